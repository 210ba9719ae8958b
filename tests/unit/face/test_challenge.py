"""The liveness check on a face that is only points: what passes, what does not, and that nobody can know it before."""

import random
from collections import Counter

import numpy as np
import pytest

from face.challenge import REST_S, STEP_S, ChallengePad
from face.geometry import eyes_open, parallax, pose
from kiosk.domain.evidence import Failed, LivenessEvidence, Passed
from kiosk.domain.guidance import Guidance
from kiosk.domain.reasons import Reason
from kiosk.ports import BgrImage, Look

GESTURES = {Guidance.TURN_LEFT, Guidance.TURN_RIGHT, Guidance.NOD, Guidance.BLINK}
FAILED = Failed(Reason.LIVENESS_FAILED)
_SIDE = 400


def _face() -> np.ndarray:
    """468 points on half a ball of 100 px, with the named ones where a face has them."""
    rng = np.random.default_rng(3)
    points = rng.normal(size=(468, 3))
    points[:, 2] = -np.abs(points[:, 2])
    points = points / np.linalg.norm(points, axis=1, keepdims=True) * 100
    named = {33: (-60, -30), 263: (60, -30), 10: (0, -90), 152: (0, 90), 133: (-25, -30), 362: (25, -30)}
    named |= {160: (-50, -36), 158: (-35, -36), 153: (-35, -24), 144: (-50, -24)}
    named |= {385: (35, -36), 387: (50, -36), 373: (50, -24), 380: (35, -24)}
    for index, (x, y) in named.items():
        points[index] = (x, y, -np.sqrt(max(0.0, 100**2 - x**2 - y**2)) if index in (10, 152) else -60)
    points[10, 2] = points[152, 2] = -40
    return points.astype(np.float32)


FACE = _face()


def _turned(yaw: float = 0.0, pitch: float = 0.0, flat: bool = False) -> np.ndarray:
    """The face turned about its own middle; a flat one only grows narrower."""
    a, b = np.radians(yaw), np.radians(pitch)
    x, y, z = FACE.T.astype(np.float64)
    if flat:
        return np.column_stack([x * np.cos(a), y * np.cos(b), z]).astype(np.float32) + _SIDE / 2
    x, z = x * np.cos(a) - z * np.sin(a), x * np.sin(a) + z * np.cos(a)
    y, z = y * np.cos(b) - z * np.sin(b), y * np.sin(b) + z * np.cos(b)
    moved = np.column_stack([x, y, z]).astype(np.float32)
    moved[:, :2] += _SIDE / 2
    return moved


def _image(*, shut: bool = False) -> BgrImage:
    image = np.full((_SIDE, _SIDE, 3), 150, np.uint8)
    if not shut:
        for middle in (-42, 42):
            column = _SIDE // 2 + middle
            image[150:190, column - 8 : column + 8] = 20
    return image


SHOWN = {
    Guidance.TURN_LEFT: (_turned(yaw=20), _image()),
    Guidance.TURN_RIGHT: (_turned(yaw=-20), _image()),
    Guidance.NOD: (_turned(pitch=15), _image()),
    Guidance.BLINK: (_turned(), _image(shut=True)),
}
REST = (_turned(), _image())


class Visitor:
    """Shows what a rule says to what is asked, ten pictures a second."""

    def __init__(self, seed: int = 0) -> None:
        self.pad = ChallengePad(random.Random(seed))
        self.pad.begin()
        self.now_s = 0.0
        self.asked: list[Guidance] = []

    def show(self, face: tuple[np.ndarray, BgrImage]) -> Guidance | LivenessEvidence:
        self.now_s += 0.1
        told = self.pad.see(Look(face[1], face[0].copy(), self.now_s))
        if isinstance(told, Guidance) and (not self.asked or self.asked[-1] is not told):
            self.asked.append(told)
        return told

    def obey(self, told: Guidance | LivenessEvidence, within_s: float = 20.0) -> LivenessEvidence | None:
        until_s = self.now_s + within_s
        while isinstance(told, Guidance):
            if self.now_s > until_s:
                return None
            told = self.show(SHOWN.get(told, REST))
        return told


def test_the_made_face_turns_as_the_camera_sees_it() -> None:
    assert pose(_turned(yaw=20)).yaw == pytest.approx(20, abs=2)
    assert pose(_turned(pitch=15)).pitch - pose(_turned()).pitch == pytest.approx(15, abs=4)
    assert eyes_open(_image(), _turned()) > 2 * eyes_open(_image(shut=True), _turned())
    assert parallax(_turned(), _turned(yaw=20)) > 2 * parallax(_turned(), _turned(yaw=20, flat=True))


@pytest.mark.parametrize("seed", range(12))
def test_whoever_does_what_is_asked_passes(seed: int) -> None:
    visitor = Visitor(seed)
    assert visitor.obey(visitor.show(REST)) == Passed()
    asked = [guidance for guidance in visitor.asked if guidance in GESTURES]
    assert len(asked) == 2
    assert {Guidance.TURN_LEFT, Guidance.TURN_RIGHT} & set(asked)


def test_the_gestures_are_drawn_anew_for_each_visit_and_spread_evenly() -> None:
    drawn: Counter[tuple[Guidance, ...]] = Counter()
    for seed in range(600):
        visitor = Visitor(seed)
        visitor.obey(visitor.show(REST))
        drawn[tuple(guidance for guidance in visitor.asked if guidance in GESTURES)] += 1
    # two orders of the two turns, and for each turn a nod or shut eyes, before or after it
    assert len(drawn) == 10
    assert max(drawn.values()) < 600 / 3


def test_without_a_seed_the_system_s_randomness_draws() -> None:
    assert type(ChallengePad()._draw).__name__ == "SystemRandom"


def test_a_picture_that_never_moves_fails_within_two_steps() -> None:
    visitor = Visitor()
    told = visitor.show(REST)
    while isinstance(told, Guidance):
        told = visitor.show(REST)
    assert told == FAILED
    assert visitor.now_s <= 2 * (STEP_S + REST_S) + 1


def test_the_wrong_gesture_fails_at_the_second_time() -> None:
    other = {
        Guidance.TURN_LEFT: Guidance.TURN_RIGHT,
        Guidance.TURN_RIGHT: Guidance.TURN_LEFT,
        Guidance.NOD: Guidance.TURN_LEFT,
        Guidance.BLINK: Guidance.NOD,
    }
    visitor = Visitor()
    told = visitor.show(REST)
    while isinstance(told, Guidance):
        told = visitor.show(SHOWN[other[told]] if told in other else REST)
    assert told == FAILED
    assert visitor.now_s < 3


def test_one_mistake_is_forgiven_with_new_gestures() -> None:
    visitor = Visitor()
    told = visitor.show(REST)
    while told not in GESTURES:
        told = visitor.show(REST)
    wrong = next(gesture for gesture in (Guidance.TURN_LEFT, Guidance.TURN_RIGHT) if gesture is not told)
    assert visitor.obey(visitor.show(SHOWN[wrong])) == Passed()


@pytest.mark.parametrize("seed", range(8))
def test_a_flat_picture_that_is_turned_does_not_pass(seed: int) -> None:
    flat = {Guidance.TURN_LEFT: 35.0, Guidance.TURN_RIGHT: -35.0}
    visitor = Visitor(seed)
    told = visitor.show(REST)
    while isinstance(told, Guidance):
        held = (_turned(yaw=flat[told], flat=True), _image()) if told in flat else SHOWN.get(told, REST)
        told = visitor.show(held)
    assert told == FAILED


def test_a_turn_without_depth_fails_even_if_the_landmarks_believe_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("face.challenge.parallax", lambda before, after: 0.01)
    visitor = Visitor()
    assert visitor.obey(visitor.show(REST)) == FAILED


def test_a_face_that_jumps_in_size_is_another_face_and_a_mistake() -> None:
    visitor = Visitor()
    visitor.show(REST)
    larger = REST[0].copy()
    larger[:, :2] = (larger[:, :2] - _SIDE / 2) * 1.5 + _SIDE / 2
    assert visitor.show((larger, REST[1])) is Guidance.LOOK_STRAIGHT
    visitor.show(REST)
    assert visitor.show((larger, REST[1])) == FAILED


def test_wiping_overwrites_the_face_at_rest() -> None:
    visitor = Visitor()
    visitor.show(REST)
    rest = visitor.pad._rest
    assert rest is not None
    visitor.pad.wipe()
    assert not rest.points.any()
