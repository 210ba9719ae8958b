"""The liveness check through the face thread and the visit machine, with a head that does what the screen asks."""

import queue
import time
from pathlib import Path

import pytest
from face_lane import portrait_of

from face.challenge import ChallengePad
from face.evaluation.turned_head import Head
from face.models import FaceModels
from face.verify import FaceThread
from hardware.simulators.personas import PERSONAS
from hardware.simulators.presentation import FlatPicture, LivePerson, Presenter, scene
from kiosk.clock import SystemClock
from kiosk.domain.evidence import Band, FaceScore, Failed, LivenessEvidence, Passed
from kiosk.domain.guidance import Guidance
from kiosk.domain.ids import VisitId
from kiosk.domain.reasons import Reason
from kiosk.ports import Box, Frame, Post
from kiosk.visit.events import Event, FaceCompared, FaceGuided, LivenessChecked

pytestmark = pytest.mark.models

VISIT = VisitId("visit-1")


class ObedientCamera:
    """A camera before somebody who sees the screen: what is asked is what was last guided."""

    def __init__(self, presenter: Presenter) -> None:
        self._presenter = presenter
        self._seq = 0
        self._began_s = time.monotonic()
        self.asked = Guidance.COME_INTO_VIEW

    def start(self, post: Post) -> None: ...
    def expose_for(self, box: Box | None) -> None: ...
    def stop(self) -> None: ...

    def latest(self) -> Frame | None:
        self._seq += 1
        now_s = time.monotonic()
        return Frame(self._seq, now_s, self._presenter.frame(now_s - self._began_s, self.asked))


def _visit(presenter: Presenter, pack_dir: Path) -> tuple[LivenessEvidence, object, list[Guidance]]:
    camera = ObedientCamera(presenter)
    events: queue.Queue[Event] = queue.Queue()
    thread = FaceThread(camera, pack_dir, SystemClock(), ChallengePad())
    thread.start(events.put)
    thread.begin(VISIT)
    thread.compare(VISIT, portrait_of("p005"))
    guided: list[Guidance] = []
    liveness: LivenessEvidence | None = None
    try:
        while True:
            match events.get(timeout=60):
                case FaceGuided(guidance=guidance):
                    guided.append(guidance)
                    camera.asked = guidance
                case LivenessChecked(result=result):
                    liveness = result
                case FaceCompared(result=score):
                    assert liveness is not None
                    return liveness, score, guided
                case _:
                    pass
    finally:
        thread.stop()


def test_who_does_what_the_screen_asks_is_live_and_compared(models: FaceModels, pack_dir: Path) -> None:
    liveness, score, guided = _visit(LivePerson(Head(scene(PERSONAS["p005"]), models)), pack_dir)
    assert liveness == Passed()
    assert isinstance(score, FaceScore)
    assert score.band is Band.ACCEPT
    assert {Guidance.TURN_LEFT, Guidance.TURN_RIGHT} & set(guided)


def test_a_photo_of_the_holder_matches_and_is_not_live(
    models: FaceModels, pack_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("face.challenge.STEP_S", 1.5)
    liveness, score, _ = _visit(FlatPicture(Head(scene(PERSONAS["p005"]), models)), pack_dir)
    assert liveness == Failed(Reason.LIVENESS_FAILED)
    assert isinstance(score, FaceScore)
