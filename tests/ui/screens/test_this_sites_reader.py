"""The card is drawn as this site's reader takes it: nobody has to guess where, or which way."""

from dataclasses import replace

import numpy as np
import pytest
from screen_gate import SITE, Gate, Rgb, StillCamera
from screen_looking import contrast_within, made_of, place

from kiosk.visit.screen import Screen, ScreenKind
from ui.theme import ReaderKind, Side


def drawn(side: Side, kind: ReaderKind = "plate") -> Rgb:
    """Return the large drawing of a card that is to be laid (or put in) again, as a square."""
    gate = Gate(StillCamera(None), site=replace(SITE, theme=replace(SITE.theme, reader=side, reader_kind=kind)))
    try:
        gate.say(Screen(kind=ScreenKind.LAY_AGAIN))
        picture = gate.picture()
        area = max((place(one) for one in made_of(gate.window.quick_window, "Picture")), key=lambda one: one.width())
        assert contrast_within(picture, area) >= 4.5
        left, top, side_px = round(area.left()), round(area.top()), round(area.width())
        return picture[top : top + side_px, left : left + side_px]
    finally:
        gate.window.close()


@pytest.fixture(scope="module")
def below(qapp: object) -> Rgb:
    return drawn("below")


@pytest.mark.parametrize(("side", "quarters"), [("right", 1), ("left", -1)])
def test_a_plate_beside_the_screen_is_drawn_beside_it(below: Rgb, side: Side, quarters: int) -> None:
    turned = np.rot90(below, quarters).astype(int)
    unlike = np.abs(turned - drawn(side)).max(axis=2) > 100
    assert unlike.mean() < 0.02
    assert (np.abs(below.astype(int) - drawn(side)).max(axis=2) > 100).mean() > 0.1


def test_a_slot_is_drawn_as_a_slot(below: Rgb) -> None:
    assert (np.abs(below.astype(int) - drawn("below", "slot")).max(axis=2) > 100).mean() > 0.1
