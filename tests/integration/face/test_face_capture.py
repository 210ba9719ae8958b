"""Getting it right the first time, and bad input: through the face thread, with the real models."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from face_lane import Lane, picture, portrait_of
from PIL import Image, ImageFilter

from face import attempt as attempts
from face.attempt import Attempt
from face.models import FaceModels
from hardware.camera.process import CameraProcess
from hardware.simulators.camera import Stage, set_stage
from hardware.simulators.personas import PERSONAS
from kiosk.domain.document import Portrait
from kiosk.domain.evidence import Band, FaceScore, LivenessEvidence, Passed, Unavailable
from kiosk.domain.guidance import Guidance
from kiosk.domain.ids import VisitId
from kiosk.domain.reasons import Reason
from kiosk.ports import BgrImage, Look
from kiosk.visit.events import FaceCompared, FaceGuided, LivenessChecked

pytestmark = pytest.mark.models

VISIT = VisitId("visit-1")


@pytest.mark.parametrize("height", ["seated", "tall"])
def test_people_in_wheelchairs_and_tall_people_are_seen_like_others(lane: Lane, height: str) -> None:
    lane.before_the_camera(f"{height}:lisa")
    lane.face.begin(VISIT)
    lane.face.compare(VISIT, portrait_of("lisa"))
    compared = lane.next_event(FaceCompared)
    assert isinstance(compared.result, FaceScore)
    assert compared.result.band is Band.ACCEPT


def test_a_mask_is_asked_off_and_then_all_is_well(lane: Lane) -> None:
    lane.before_the_camera("masked:p005")
    lane.face.begin(VISIT)
    assert lane.next_event(FaceGuided) == FaceGuided(VISIT, Guidance.UNCOVER_FACE)
    lane.before_the_camera("p005")
    assert lane.next_event(FaceGuided) == FaceGuided(VISIT, Guidance.HOLD_STILL)


def test_who_cannot_take_it_off_is_compared_all_the_same(lane: Lane, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "PATIENCE_S", 0.5)
    lane.before_the_camera("masked:p005")
    lane.face.begin(VISIT)
    lane.face.compare(VISIT, portrait_of("p005"))
    assert isinstance(lane.next_event(FaceCompared).result, FaceScore)


def test_one_good_look_does_not_let_covered_ones_in_beside_it(models: FaceModels, tmp_path: Path) -> None:
    """Whoever puts the mask on again is asked again, and the good look is all that is compared."""
    stage = Stage(tmp_path / "stage")
    set_stage(tmp_path / "stage", "p005")
    stage.open()
    looking = Attempt(models)
    assert looking.see(stage.read().copy(), 0.0) is Guidance.HOLD_STILL
    set_stage(tmp_path / "stage", "masked:p005")
    for number in range(1, 4):
        assert looking.see(stage.read().copy(), number / 10) is Guidance.UNCOVER_FACE
    assert not looking.has_enough
    looking.wipe()


def test_the_camera_is_told_where_the_face_is_and_let_go_afterwards(lane: Lane) -> None:
    lane.before_the_camera("lisa")
    lane.face.begin(VISIT)
    lane.face.compare(VISIT, portrait_of("lisa"))
    lane.next_event(FaceCompared)
    time.sleep(0.2)
    left, top, right, bottom = next(box for box in lane.camera.aimed_at if box is not None)
    assert left < 640 < right
    assert top < bottom
    assert lane.camera.aimed_at[-1] is None


@pytest.fixture
def backlit(tmp_path: Path) -> Iterator[tuple[CameraProcess, Callable[[str], None]]]:
    stage = tmp_path / "stage"
    set_stage(stage, "backlit:lisa")
    camera = CameraProcess(f"stage:{stage}")
    camera.start(lambda event: None)
    yield camera, lambda line: set_stage(stage, line)
    camera.stop()


def _frame(camera: CameraProcess) -> BgrImage:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        frame = camera.latest()
        if frame is not None:
            return frame.image
        time.sleep(0.02)
    raise AssertionError("no frame came")


def test_a_silhouette_before_a_bright_doorway_becomes_a_face_that_is_accepted(
    backlit: tuple[CameraProcess, Callable[[str], None]], models: FaceModels
) -> None:
    """Through the real camera worker: the face room says where the face is, and the exposure follows it."""
    camera, _ = backlit
    looking = Attempt(models)
    looking.take_portrait(portrait_of("lisa"))
    first = _frame(camera)[200:500, 560:720].mean()
    guided, answer = [], None
    until = time.monotonic() + 12
    while answer is None and time.monotonic() < until:
        now_s = time.monotonic()
        guided.append(looking.see(_frame(camera), now_s))
        camera.expose_for(looking.face_box(now_s))
        answer = looking.answer(now_s)
    assert _frame(camera)[200:500, 560:720].mean() > first + 20
    assert answer is not None
    assert isinstance(answer.face, FaceScore)
    assert answer.face.band is Band.ACCEPT
    looking.wipe()


# ---- exactly two tries


def _scene(key: str) -> BgrImage:
    return picture(PERSONAS[key].live[0])


def _run(models: FaceModels, live: str, card: str, frames: int = 80) -> tuple[FaceScore | None, int, float]:
    """Look at the same picture thirty times a second; return the answer, the comparisons made, and when it came."""
    looking = Attempt(models)
    looking.take_portrait(portrait_of(card))
    scores = 0
    for number in range(frames):
        now_s = number / 10
        looking.see(_scene(live), now_s)
        answer = looking.answer(now_s)
        scores = max(scores, len(looking._scores))
        if answer is not None:
            assert isinstance(answer.face, FaceScore)
            return answer.face, scores, now_s
    return None, scores, frames / 10


def test_the_holder_needs_one_try(models: FaceModels) -> None:
    score, tries, _ = _run(models, "p005", "p005")
    assert score is not None
    assert (score.band, tries) == (Band.ACCEPT, 1)


def test_somebody_else_has_two_tries_and_never_a_third(models: FaceModels) -> None:
    score, tries, after_s = _run(models, "p005", "p061")
    assert score is not None
    assert (score.band, tries) == (Band.REJECT, 2)
    assert after_s <= attempts.SECOND_TRY_S + 1


# ---- liveness is bound to the face that is compared


class _PassingPad:
    """A liveness provider that is content at once."""

    def begin(self) -> None: ...
    def wipe(self) -> None: ...
    def see(self, look: Look) -> Guidance | LivenessEvidence:
        return Passed()


def test_after_the_liveness_check_no_answer_comes_before_a_look_that_matches(models: FaceModels) -> None:
    """Who did the gestures must be who is compared: an unsharp face, which cannot tell, is waited out."""
    looking = Attempt(models, _PassingPad())
    looking.take_portrait(portrait_of("p005"))
    unsharp = np.asarray(Image.fromarray(_scene("p005")).filter(ImageFilter.GaussianBlur(8)))
    looking.see(_scene("p005"), 0.0)
    for number in range(1, 12):
        looking.see(unsharp.copy(), number / 10)
        assert looking.answer(number / 10) is None
    looking.see(_scene("p005"), 1.2)
    assert looking.answer(1.2) is None  # two more frames may come
    answer = looking.answer(2.0)
    assert answer is not None
    assert answer.liveness == Passed()


# ---- bad input


def test_two_faces_in_a_portrait_are_nobody_s(lane: Lane) -> None:
    one = np.frombuffer(portrait_of("p005").bgr, np.uint8).reshape(126, 102, 3)
    other = np.frombuffer(portrait_of("p061").bgr, np.uint8).reshape(126, 102, 3)
    both = np.ascontiguousarray(np.hstack([one, other]))
    lane.before_the_camera("p005")
    lane.face.begin(VISIT)
    lane.face.compare(VISIT, Portrait(204, 126, both.tobytes()))
    assert lane.next_event(FaceCompared) == FaceCompared(VISIT, Unavailable(Reason.PORTRAIT_SEVERAL_FACES))


@pytest.mark.parametrize("size", [(1, 1), (2, 3), (102, 126), (3000, 4000)])
def test_a_portrait_of_any_size_without_a_face_is_told_as_such(models: FaceModels, size: tuple[int, int]) -> None:
    width, height = size
    looking = Attempt(models)
    looking.take_portrait(Portrait(width, height, bytes(width * height * 3)))
    answer = looking.answer(0.0)
    assert answer is not None
    assert answer.face == Unavailable(Reason.PORTRAIT_NO_FACE)


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 1280, 3), (720, 1, 3), (4320, 7680, 3)])
def test_a_frame_of_any_size_is_looked_at_and_overwritten(models: FaceModels, shape: tuple[int, int, int]) -> None:
    looking = Attempt(models)
    image = np.full(shape, 90, np.uint8)
    assert looking.see(image, 0.0) is Guidance.COME_INTO_VIEW
    assert not image.any()


def test_a_face_in_an_8k_frame_is_found(models: FaceModels) -> None:
    frame = np.full((4320, 7680, 3), 90, np.uint8)
    large = np.repeat(np.repeat(_scene("p005"), 4, axis=0), 4, axis=1)[:4320]
    frame[: large.shape[0], 2000 : 2000 + large.shape[1]] = large
    assert Attempt(models).see(frame, 0.0) is Guidance.HOLD_STILL


def test_a_camera_that_goes_in_mid_visit_and_comes_back_serves_the_same_visit(
    lane: Lane, monkeypatch: pytest.MonkeyPatch
) -> None:
    lane.before_the_camera("p005")
    lane.face.begin(VISIT)
    lane.next_event(FaceGuided)
    latest = lane.camera.latest
    monkeypatch.setattr(lane.camera, "latest", lambda: None)
    time.sleep(0.8)
    lane.face.compare(VISIT, portrait_of("p005"))
    time.sleep(0.3)
    monkeypatch.setattr(lane.camera, "latest", latest)
    compared = lane.next_event(FaceCompared)
    assert isinstance(compared.result, FaceScore)
    assert compared.result.band is Band.ACCEPT


def test_without_a_liveness_check_the_answer_says_that_it_was_not_measured(lane: Lane) -> None:
    lane.before_the_camera("p005")
    lane.face.begin(VISIT)
    lane.face.compare(VISIT, portrait_of("p005"))
    assert lane.next_event(LivenessChecked) == LivenessChecked(VISIT, Unavailable(Reason.LIVENESS_NOT_MEASURED))
