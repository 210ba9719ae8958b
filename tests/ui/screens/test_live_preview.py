"""The live picture: really the camera's, as in a mirror, only while it is wanted, and never an old one."""

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from pytestqt.qtbot import QtBot
from screen_gate import Gate, lisa
from screen_looking import contrast, named, place

from kiosk.domain.guidance import Guidance
from kiosk.visit.screen import Screen, ScreenKind
from ui.preview import crop_to

BLUE, RED = (200, 40, 10), (20, 30, 220)  # blue-green-red
LOOK_HERE = Screen(kind=ScreenKind.LOOK_HERE)


def blue_left_red_right() -> np.ndarray:
    image = np.empty((480, 640, 3), np.uint8)
    image[:, :320], image[:, 320:] = BLUE, RED
    return image


def preview_place(gate: Gate) -> QRectF:
    return place(named(gate.window.quick_window, "preview"))


def see_preview(gate: Gate, qtbot: QtBot) -> np.ndarray:
    """Return the middle row of the oval, a few frames later: width x 3, red-green-blue."""
    asked = gate.camera.asked
    qtbot.waitUntil(lambda: gate.camera.asked >= asked + 3)
    oval = preview_place(gate)
    return gate.picture()[round(oval.center().y()), round(oval.left()) + 4 : round(oval.right()) - 4]


@pytest.mark.parametrize("kind", [ScreenKind.READING, ScreenKind.LOOK_HERE])
def test_visitors_see_themselves_as_in_a_mirror(gate: Gate, qtbot: QtBot, kind: ScreenKind) -> None:
    gate.camera.image = blue_left_red_right()
    gate.show(Screen(kind=kind))
    row = see_preview(gate, qtbot)
    assert (row[: len(row) // 2 - 3] == RED[::-1]).all()
    assert (row[len(row) // 2 + 3 :] == BLUE[::-1]).all()


def test_what_is_shown_is_the_newest_frame(gate: Gate, qtbot: QtBot) -> None:
    gate.show(LOOK_HERE)
    gate.camera.image = np.full((480, 640, 3), BLUE, np.uint8)
    assert (see_preview(gate, qtbot) == BLUE[::-1]).all()
    gate.camera.image = np.full((480, 640, 3), RED, np.uint8)
    assert (see_preview(gate, qtbot) == RED[::-1]).all()


def test_without_a_fresh_frame_the_old_one_goes_away(gate: Gate, qtbot: QtBot) -> None:
    gate.camera.image = np.full((480, 640, 3), BLUE, np.uint8)
    gate.show(LOOK_HERE)
    see_preview(gate, qtbot)
    gate.camera.image = None
    assert not (see_preview(gate, qtbot) == BLUE[::-1]).all(axis=1).any()


@pytest.mark.parametrize("kind", sorted(set(ScreenKind) - {ScreenKind.READING, ScreenKind.LOOK_HERE}))
def test_the_camera_is_asked_for_nothing_while_no_screen_shows_it(gate: Gate, qtbot: QtBot, kind: ScreenKind) -> None:
    gate.show(LOOK_HERE)
    gate.say(Screen(kind=kind))
    asked = gate.camera.asked
    qtbot.wait(120)
    assert gate.camera.asked == asked


def test_the_last_frame_is_overwritten_when_the_preview_is_hidden(gate: Gate, qtbot: QtBot) -> None:
    gate.show(LOOK_HERE)
    see_preview(gate, qtbot)
    preview = named(gate.window.quick_window, "preview")
    shown = preview._shown
    assert shown.any()
    gate.say(Screen(kind=ScreenKind.GO_IN))
    assert not shown.any()
    assert preview._shown is None


@pytest.mark.parametrize("guidance", [None, Guidance.HOLD_STILL])
def test_the_ring_stands_out_four_and_a_half_to_one(gate: Gate, guidance: Guidance | None) -> None:
    gate.show(Screen(kind=ScreenKind.LOOK_HERE, guidance=guidance))
    picture, oval = gate.picture(), preview_place(gate)
    beside = picture[round(oval.center().y()) - 60 : round(oval.center().y()) + 60, : round(oval.left()) - 2]
    assert np.quantile(contrast(beside.reshape(-1, 3), picture[150, 2]), 0.99) >= 4.5


def test_all_is_well_shows_without_colour(gate: Gate) -> None:
    """A broken ring becomes whole: count the changes between ring and ground on the way round."""
    changes = {}
    for guidance in (Guidance.COME_CLOSER, Guidance.HOLD_STILL):
        gate.show(Screen(kind=ScreenKind.LOOK_HERE, guidance=guidance))
        picture, ring = gate.picture(), place(named(gate.window.quick_window, "mirror"))
        angles = np.linspace(np.pi, 2 * np.pi, 2000)  # the upper half; the tick is below
        inset = 2 * gate.window.quick_window.property("mm")
        xs = ring.center().x() + (ring.width() / 2 - inset) * np.cos(angles)
        ys = ring.center().y() + (ring.height() / 2 - inset) * np.sin(angles)
        on_ring = contrast(picture[ys.astype(int), xs.astype(int)], picture[150, 2]) > 3
        changes[guidance] = np.count_nonzero(np.diff(on_ring))
    assert changes[Guidance.HOLD_STILL] == 0
    assert changes[Guidance.COME_CLOSER] > 20


@pytest.mark.parametrize("aspect", [0.8, 1.0, 2.0])
def test_the_middle_of_the_frame_is_kept_undistorted(aspect: float) -> None:
    image = lisa()
    crop = crop_to(image, aspect)
    height, width, _ = crop.shape
    assert width / height == pytest.approx(aspect, rel=0.01)
    assert height == image.shape[0] or width == image.shape[1]
    top, left = (image.shape[0] - height) // 2, (image.shape[1] - width) // 2
    assert (crop == image[top : top + height, left : left + width]).all()
