"""What the visitor is asked for, by what the camera sees."""

import numpy as np
import pytest

from face.detect import Face
from face.quality import frontality, judge, sharpness
from kiosk.domain.guidance import Guidance

WIDTH = 1280


def _face(middle: float, inter_eye: float) -> Face:
    half, eye = inter_eye * 1.1, inter_eye / 2
    points = [[middle - eye, 300], [middle + eye, 300], [middle, 340], [middle - eye, 380], [middle + eye, 380]]
    box = np.array([middle - half, 200, middle + half, 200 + 3 * half], np.float32)
    return Face(0.95, box, np.array(points, np.float32))


VISITOR = _face(640, 100)


@pytest.mark.parametrize(
    ("faces", "guidance"),
    [
        ((), Guidance.COME_INTO_VIEW),
        ((VISITOR,), Guidance.HOLD_STILL),
        ((_face(640, 60),), Guidance.HOLD_STILL),
        ((_face(640, 59),), Guidance.COME_CLOSER),
        ((_face(100, 100),), Guidance.COME_INTO_VIEW),
        ((VISITOR, _face(900, 90)), Guidance.ONE_PERSON_ONLY),
        ((VISITOR, _face(900, 90), _face(400, 90)), Guidance.ONE_PERSON_ONLY),
    ],
)
def test_one_hint_at_a_time(faces: tuple[Face, ...], guidance: Guidance) -> None:
    sight = judge(faces, WIDTH)
    assert sight.guidance is guidance
    assert (sight.face is not None) == (guidance is Guidance.HOLD_STILL)


@pytest.mark.parametrize("other", [_face(800, 40), _face(1200, 100)])
def test_the_queue_and_passers_by_do_not_hold_a_visitor_up(other: Face) -> None:
    assert judge((VISITOR, other), WIDTH).face is VISITOR


def test_a_blurred_crop_is_less_sharp() -> None:
    crop = np.random.default_rng(0).integers(0, 256, (112, 112, 3), np.uint8)
    blurred = ((crop[:-1].astype(np.uint16) + crop[1:]) // 2).astype(np.uint8)
    assert sharpness(blurred) < sharpness(crop)
    assert sharpness(np.full((112, 112, 3), 80, np.uint8)) == 0.0


def test_a_face_that_looks_aside_is_less_frontal() -> None:
    turned = Face(0.9, VISITOR.box, VISITOR.points + np.array([[0, 0], [0, 0], [25, 0], [0, 0], [0, 0]], np.float32))
    assert frontality(VISITOR) == 1.0
    assert frontality(turned) == pytest.approx(0.5)
