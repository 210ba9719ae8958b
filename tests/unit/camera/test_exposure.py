"""The exposure follows the face, and lets go of it."""

import numpy as np
import pytest

from hardware.camera.exposure import WELL_LIT, Exposure
from hardware.simulators.camera import _levels
from kiosk.ports import BgrImage

BOX = (500, 200, 700, 450)


def _picture(face: int, behind: int = 235) -> BgrImage:
    image = np.full((720, 1280, 3), behind, np.uint8)
    image[200:450, 500:700] = face
    return image


class Watch:
    """Time that a test moves on, however slow its machine is."""

    def __init__(self) -> None:
        self.s = 100.0

    def __call__(self) -> float:
        return self.s


def _settle(follows: Exposure, scene: BgrImage) -> float:
    """Let the exposure work on a scene for sixty pictures; return the stops that it has come to."""
    stops = 0.0
    for _ in range(60):
        moved = follows.step(_levels(stops)[scene])
        stops = stops if moved is None else moved
    return stops


@pytest.mark.parametrize("face", [40, 70, 115, 200])
def test_a_face_against_the_light_and_one_in_full_light_become_well_lit(face: int) -> None:
    follows = Exposure(Watch())
    follows.aim(BOX)
    scene = _picture(face)
    lit = _levels(_settle(follows, scene))[scene][200:450, 500:700].mean()
    assert WELL_LIT[0] <= lit <= WELL_LIT[1]


def test_it_never_moves_by_more_than_three_stops() -> None:
    follows = Exposure(Watch())
    follows.aim(BOX)
    assert _settle(follows, _picture(3)) == 3.0


def test_without_a_face_the_camera_has_its_own_way() -> None:
    follows = Exposure(Watch())
    scene = _picture(40)
    assert _settle(follows, scene) == 0.0
    follows.aim(BOX)
    assert _settle(follows, scene) > 1.0
    follows.aim(None)
    assert follows.step(scene) is None or _settle(follows, scene) == 0.0


def test_a_face_that_was_not_seen_for_two_seconds_is_forgotten() -> None:
    watch = Watch()
    follows = Exposure(watch)
    follows.aim(BOX)
    watch.s += 1.9
    assert _settle(follows, _picture(40)) > 1.0
    watch.s += 0.2
    assert _settle(follows, _picture(40)) == 0.0


@pytest.mark.parametrize("box", [(0, 0, 0, 0), (-50, -50, -10, -10), (5000, 5000, 6000, 6000), (700, 450, 500, 200)])
def test_a_box_outside_the_picture_changes_nothing(box: tuple[int, int, int, int]) -> None:
    follows = Exposure(Watch())
    follows.aim(box)
    assert _settle(follows, _picture(40)) == 0.0
