"""One visit's face comparison, with the real models, as the engine sees it."""

import queue
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from face_lane import Lane, portrait_of

from face import verify
from face.embed import Embedder, Embedding
from face.packs import load_pack
from kiosk.domain.document import Portrait
from kiosk.domain.evidence import Band, FaceScore, Unavailable
from kiosk.domain.faults import Fault
from kiosk.domain.guidance import Guidance
from kiosk.domain.ids import VisitId
from kiosk.domain.reasons import Reason
from kiosk.ports import BgrImage
from kiosk.visit.events import FaceCompared, FaceGuided, FaultCleared, FaultRaised

pytestmark = pytest.mark.models

VISIT, NEXT_VISIT = VisitId("visit-1"), VisitId("visit-2")


def _score(event: object) -> FaceScore:
    assert isinstance(event, FaceCompared)
    assert isinstance(event.result, FaceScore)
    return event.result


def _eventually(claim: Callable[[], bool]) -> bool:
    until = time.monotonic() + 10
    while not claim() and time.monotonic() < until:
        time.sleep(0.01)
    return claim()


@pytest.mark.parametrize("key", ["lisa", "zoom", "p005", "p013", "p061"])
def test_the_card_s_holder_is_accepted(lane: Lane, key: str) -> None:
    lane.before_the_camera(key)
    lane.face.begin(VISIT)
    lane.face.compare(VISIT, portrait_of(key))
    assert _score(lane.next_event(FaceCompared)).band is Band.ACCEPT


@pytest.mark.parametrize(("holder", "card"), [("p005", "p061"), ("p013", "p025"), ("lisa", "p030")])
def test_somebody_else_with_the_card_is_not_accepted(lane: Lane, holder: str, card: str) -> None:
    lane.before_the_camera(holder)
    lane.face.begin(VISIT)
    lane.face.compare(VISIT, portrait_of(card))
    assert _score(lane.next_event(FaceCompared)).band is not Band.ACCEPT


def test_a_score_names_the_pack_that_made_it(lane: Lane, pack_dir: Path) -> None:
    lane.before_the_camera("lisa")
    lane.face.begin(VISIT)
    lane.face.compare(VISIT, portrait_of("lisa"))
    score, pack = _score(lane.next_event(FaceCompared)), load_pack(pack_dir)
    assert (score.pack, score.pack_digest, score.accept_threshold) == (pack.spec.name, pack.digest, 0.45)


def test_a_portrait_without_a_face_is_told_as_such(lane: Lane) -> None:
    lane.before_the_camera("lisa")
    lane.face.begin(VISIT)
    lane.face.compare(VISIT, Portrait(102, 126, bytes([128]) * (102 * 126 * 3)))
    assert lane.next_event(FaceCompared) == FaceCompared(VISIT, Unavailable(Reason.PORTRAIT_NO_FACE))


def test_of_two_people_neither_is_compared(lane: Lane) -> None:
    lane.before_the_camera("two:lisa,zoom")
    lane.face.begin(VISIT)
    lane.face.compare(VISIT, portrait_of("lisa"))
    assert lane.next_event(FaceGuided) == FaceGuided(VISIT, Guidance.ONE_PERSON_ONLY)
    with pytest.raises(queue.Empty):
        lane.next_event(FaceCompared, within_s=1.0)
    lane.before_the_camera("lisa")
    assert _score(lane.next_event(FaceCompared)).band is Band.ACCEPT


def test_an_empty_gate_is_waited_for_and_guided_only_once(lane: Lane) -> None:
    lane.face.begin(VISIT)
    lane.face.compare(VISIT, portrait_of("lisa"))
    assert lane.next_event(FaceGuided) == FaceGuided(VISIT, Guidance.COME_INTO_VIEW)
    with pytest.raises(queue.Empty):
        lane.events.get(timeout=0.5)
    lane.before_the_camera("lisa")
    assert lane.next_event(FaceGuided) == FaceGuided(VISIT, Guidance.HOLD_STILL)
    assert _score(lane.next_event(FaceCompared)).band is Band.ACCEPT


def test_frames_of_who_stood_there_before_do_not_count_for_who_stands_there_now(lane: Lane) -> None:
    lane.before_the_camera("p005")
    lane.face.begin(VISIT)
    lane.next_event(FaceGuided)
    time.sleep(0.3)
    lane.before_the_camera("two:p005,p061")
    assert lane.next_event(FaceGuided) == FaceGuided(VISIT, Guidance.ONE_PERSON_ONLY)
    lane.before_the_camera("p061")
    assert lane.next_event(FaceGuided) == FaceGuided(VISIT, Guidance.HOLD_STILL)
    lane.face.compare(VISIT, portrait_of("p005"))
    assert _score(lane.next_event(FaceCompared)).band is Band.REJECT


def test_after_forget_no_picture_and_no_embedding_is_left(lane: Lane, monkeypatch: pytest.MonkeyPatch) -> None:
    embeddings: list[Embedding] = []
    crops: list[BgrImage] = []
    embed = Embedder.embed

    def remembering_embed(self: Embedder, crop: BgrImage) -> Embedding:
        crops.append(crop)
        embeddings.append(embed(self, crop))
        return embeddings[-1]

    lane.before_the_camera("lisa")
    lane.face.begin(VISIT)
    lane.next_event(FaceGuided)
    monkeypatch.setattr(Embedder, "embed", remembering_embed)
    lane.face.forget()
    lane.face.begin(NEXT_VISIT)
    lane.next_event(FaceGuided)
    assert _eventually(lambda: len(embeddings) >= 3)
    lane.face.forget()
    for kept in (lane.camera.given, crops, embeddings):
        assert kept
        assert _eventually(lambda kept=kept: not any(np.any(array) for array in kept))


def test_a_visit_forgotten_while_its_portrait_is_worked_on_is_never_answered(
    lane: Lane, monkeypatch: pytest.MonkeyPatch
) -> None:
    embed = Embedder.embed
    is_working, may_go_on = threading.Event(), threading.Event()

    def slow_embed(self: Embedder, crop: BgrImage) -> Embedding:
        is_working.set()
        assert may_go_on.wait(10)
        return embed(self, crop)

    lane.before_the_camera("lisa")
    lane.face.begin(VISIT)
    lane.next_event(FaceGuided)
    time.sleep(0.5)  # three frames are kept: what is embedded next is the portrait
    monkeypatch.setattr(Embedder, "embed", slow_embed)
    lane.face.compare(VISIT, portrait_of("lisa"))
    assert is_working.wait(10)
    lane.face.forget()
    may_go_on.set()
    lane.face.begin(NEXT_VISIT)
    assert lane.events.get(timeout=10) == FaceGuided(NEXT_VISIT, Guidance.HOLD_STILL)
    assert lane.events.empty()


def test_a_visit_that_begins_while_the_thread_is_told_to_stop_does_not_hold_it_up(
    lane: Lane, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_looking, may_go_on = threading.Event(), threading.Event()

    def slow_look() -> None:
        is_looking.set()
        assert may_go_on.wait(10)

    monkeypatch.setattr(lane.camera, "latest", slow_look)
    lane.face.begin(VISIT)
    assert is_looking.wait(10)
    stopping = threading.Thread(target=lane.face.stop, daemon=True)
    stopping.start()
    assert _eventually(lambda: lane.face._stopping)
    lane.face.begin(NEXT_VISIT)
    may_go_on.set()
    stopping.join(10)
    assert not stopping.is_alive()


def test_with_a_missing_pack_visitors_go_to_staff_until_it_is_there(
    lane_with: Callable[[Path], Lane],
    pack_dir: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(verify, "_RETRY_S", 0.2)
    lane = lane_with(tmp_path / "pack")
    lane.before_the_camera("lisa")
    lane.face.begin(VISIT)
    lane.face.compare(VISIT, portrait_of("lisa"))
    assert lane.next_event(FaceCompared) == FaceCompared(VISIT, Unavailable(Reason.FACE_FAULT))
    shutil.copytree(pack_dir, tmp_path / "copied")
    (tmp_path / "copied").rename(tmp_path / "pack")
    assert lane.next_event(FaultCleared) == FaultCleared(Fault.FACE_MODELS)
    lane.face.begin(NEXT_VISIT)
    lane.face.compare(NEXT_VISIT, portrait_of("lisa"))
    assert _score(lane.next_event(FaceCompared)).band is Band.ACCEPT


def test_a_bug_in_the_face_thread_is_a_fault_and_staff_never_silence(
    lane: Lane, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken_embed(self: Embedder, crop: BgrImage) -> Embedding:
        raise ZeroDivisionError

    lane.before_the_camera("lisa")
    lane.face.begin(VISIT)
    lane.next_event(FaceGuided)
    monkeypatch.setattr(Embedder, "embed", broken_embed)
    lane.face.compare(VISIT, portrait_of("lisa"))
    assert lane.next_event(FaultRaised) == FaultRaised(Fault.FACE_MODELS)
    assert lane.next_event(FaceCompared) == FaceCompared(VISIT, Unavailable(Reason.FACE_FAULT))
