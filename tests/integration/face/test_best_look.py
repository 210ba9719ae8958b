"""The one picture that an alarm takes along: the visitor's, compared, and gone with everything else at Forget."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from face_lane import Lane, portrait_of

from face.best_look import SIDE_PX
from face.models import FaceModels
from face.resize import shrink, shrink_factor
from kiosk.domain.ids import VisitId
from kiosk.ports import LiveFace
from kiosk.visit.events import FaceCompared, FaceGuided

pytestmark = pytest.mark.models


@pytest.fixture(scope="module")
def one_lane(tmp_path_factory: pytest.TempPathFactory, pack_dir: Path) -> Iterator[Lane]:
    lane = Lane(tmp_path_factory.mktemp("lane"), pack_dir)
    yield lane
    lane.face.stop()


@pytest.fixture
def lane(one_lane: Lane) -> Iterator[Lane]:
    """The same lane for every test, for its models take seconds to load; nothing of the test before is left in it."""
    yield one_lane
    one_lane.before_the_camera("nobody")
    # No visit's name comes twice but in these tests: until another one is seen, the thread may be at this test's visit.
    one_lane.face.begin(BETWEEN)
    while one_lane.next_event(FaceGuided).visit != BETWEEN:  # type: ignore[attr-defined]  # it is a FaceGuided
        pass
    one_lane.face.forget()
    while not one_lane.events.empty():
        one_lane.events.get()


VISIT, NEXT_VISIT, BETWEEN = VisitId("visit-1"), VisitId("visit-2"), VisitId("between")


def compared(lane: Lane, holder: str, card: str, visit: VisitId = VISIT) -> None:
    lane.before_the_camera(holder)
    lane.face.begin(visit)
    lane.face.compare(visit, portrait_of(card))
    lane.next_event(FaceCompared)


def faces_in(picture: LiveFace, models: FaceModels) -> int:
    return len(models.detector.find_faces(shrink(picture.image, shrink_factor(picture.image.shape[1]))))


def taken(lane: Lane, visit: VisitId) -> LiveFace:
    face = lane.face.take_best(visit)
    assert face is not None
    return face


@pytest.mark.parametrize(("holder", "card"), [("lisa", "lisa"), ("p005", "p061")])
def test_an_alarm_can_have_the_face_whether_it_matched_or_not(
    lane: Lane, models: FaceModels, holder: str, card: str
) -> None:
    compared(lane, holder, card)
    assert lane.face.take_best(NEXT_VISIT) is None
    face = taken(lane, VISIT)
    assert faces_in(face, models) == 1
    assert max(face.image.shape) <= SIDE_PX
    assert (face.pack, face.pack_digest) == (models.name, models.digest)
    assert 0 <= time.monotonic() - face.taken_s < 10
    assert lane.face.take_best(VISIT) is None  # handed over once


def test_a_face_that_was_never_compared_can_be_had_while_the_visit_lasts(lane: Lane, models: FaceModels) -> None:
    lane.before_the_camera("lisa")
    lane.face.begin(VISIT)
    lane.next_event(FaceGuided)
    time.sleep(0.3)
    assert faces_in(taken(lane, VISIT), models) == 1


def forget(lane: Lane) -> None:
    lane.face.forget()


def begin_the_next(lane: Lane) -> None:
    lane.face.begin(NEXT_VISIT)


@pytest.mark.parametrize("end", [forget, begin_the_next])
def test_at_forget_and_with_the_next_visitor_it_is_overwritten(lane: Lane, end: Callable[[Lane], None]) -> None:
    compared(lane, "lisa", "lisa")
    assert lane.face._best is not None
    held = lane.face._best[1]._held
    assert held is not None
    assert held.face.image.any()
    lane.before_the_camera("nobody")
    end(lane)
    assert not np.any(held.face.image)
    assert lane.face.take_best(VISIT) is None


def test_who_stood_there_before_is_not_taken_for_who_stands_there_now(lane: Lane) -> None:
    lane.before_the_camera("p005")
    lane.face.begin(VISIT)
    lane.next_event(FaceGuided)
    time.sleep(0.3)
    lane.before_the_camera("nobody")
    lane.next_event(FaceGuided)
    time.sleep(0.7)
    assert lane.face.take_best(VISIT) is None
