"""What the visitor is asked for, by what the camera sees."""

from dataclasses import replace

import numpy as np
import pytest

from face.detect import Face
from face.geometry import Pose
from face.quality import Quality, frontality, judge, sharpness
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
        ((_face(640, 270),), Guidance.STEP_BACK),
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


GOOD = Quality(
    inter_eye_distance=100.0,
    sharpness=200.0,
    luminance_mean=120.0,
    illumination_uniformity=0.9,
    clipped=0.01,
    mouth_visible=15.0,
    lower_face_cover=5.0,
    eyes_visible=0.6,
    turned=0.05,
    head_pose=Pose(2.0, -5.0, 1.0),
    eyes_open=0.5,
    mouth_open=0.05,
    landmarks=1.0,
)


@pytest.mark.parametrize(
    ("spoilt", "advice"),
    [
        ({}, None),
        ({"mouth_visible": 4.0}, Guidance.UNCOVER_FACE),
        ({"lower_face_cover": 45.0}, Guidance.UNCOVER_FACE),
        ({"eyes_visible": 0.1}, Guidance.UNCOVER_FACE),
        ({"landmarks": 0.2}, Guidance.UNCOVER_FACE),
        ({"luminance_mean": 30.0}, Guidance.TURN_TO_LIGHT),
        ({"illumination_uniformity": 0.3}, Guidance.TURN_TO_LIGHT),
        ({"clipped": 0.5}, Guidance.TURN_TO_LIGHT),
        ({"luminance_mean": 30.0, "mouth_visible": 2.0}, Guidance.TURN_TO_LIGHT),
        ({"head_pose": Pose(30.0, 0.0, 0.0)}, Guidance.LOOK_STRAIGHT),
        ({"head_pose": Pose(0.0, 35.0, 0.0)}, Guidance.LOOK_STRAIGHT),
        ({"eyes_open": 0.1}, Guidance.OPEN_EYES),
        ({"eyes_open": 0.1, "mouth_visible": 2.0}, Guidance.UNCOVER_FACE),
        ({"mouth_open": 0.4}, None),
        ({"head_pose": None, "eyes_open": None, "mouth_open": None, "landmarks": None}, None),
    ],
)
def test_the_one_thing_that_spoils_most_is_asked_for(spoilt: dict[str, object], advice: Guidance | None) -> None:
    assert replace(GOOD, **spoilt).advice() is advice  # type: ignore[arg-type]  # each value is of its field's type


@pytest.mark.parametrize(
    "worse", [{"sharpness": 50.0}, {"turned": 0.4}, {"inter_eye_distance": 62.0}, {"illumination_uniformity": 0.4}]
)
def test_a_worse_picture_weighs_less(worse: dict[str, float]) -> None:
    assert 0 < replace(GOOD, **worse).weight < GOOD.weight  # type: ignore[arg-type]  # as above
