"""Every screen, in both languages, on both panels: as a visitor of eighty at arm's length would have it."""

from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage
from PySide6.QtQuick import QQuickWindow
from screen_gate import Gate
from screen_looking import Rgb, ancestors, cap_height_px, contrast_within, made_of, named, place, texts, visible_items
from screen_scenes import SCENES, SCREENS, SIZES, Scene

from kiosk.domain.reasons import Reason, ReasonClass
from kiosk.visit.screen import Screen, ScreenKind, Slip
from ui.catalogue import LANGUAGES
from ui.window import PX_PER_MM

PICTURES = Path(__file__).parents[3] / "build" / "screens"


@dataclass
class Seen:
    """A scene as it stands on the window now."""

    scene: Scene
    window: QQuickWindow
    picture: Rgb


@pytest.fixture(scope="module", params=SCENES, ids=str)
def seen(request: pytest.FixtureRequest, one_gate: Gate) -> Seen:
    """Show each scene once, for all the tests that look at it."""
    scene = request.param
    one_gate.show(scene.screen, scene.language, scene.size)
    return Seen(scene, one_gate.window.quick_window, one_gate.picture())


def test_a_picture_is_kept_for_people_to_judge(seen: Seen) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    height, width, _ = seen.picture.shape
    image = QImage(seen.picture.data, width, height, 3 * width, QImage.Format.Format_RGB888)
    assert image.save(str(PICTURES / f"{seen.scene}.png"))


def test_all_words_are_whole_and_in_their_place(seen: Seen) -> None:
    for text in texts(seen.window):
        said = text.property("text")
        assert not text.property("truncated"), said
        assert text.property("contentWidth") <= text.width() + 1, said
        assert text.property("contentHeight") <= text.height() + 1, said
        for around in ancestors(text):
            if around.width() > 0:
                assert _grown(place(around)).contains(place(text)), f"{said!r} leaves {around.metaObject().className()}"


def test_no_words_lie_on_others_or_on_a_button_that_is_not_theirs(seen: Seen) -> None:
    words = texts(seen.window)
    for one, other in combinations(words, 2):
        overlap = place(one).intersected(place(other))
        assert min(overlap.width(), overlap.height()) <= 1, (one.property("text"), other.property("text"))
    for button in visible_items(seen.window, "QQuickAbstractButton"):
        for text in words:
            assert button in ancestors(text) or not place(button).intersects(place(text)), text.property("text")


def test_no_word_is_smaller_than_a_standing_person_can_read(seen: Seen) -> None:
    """ADA 707.7.2: capitals of 4.8 mm."""
    for text in texts(seen.window):
        assert cap_height_px(text) >= 4.8 * PX_PER_MM, text.property("text")


def test_words_stand_out_seven_to_one(seen: Seen) -> None:
    """WCAG 1.4.6, measured on the picture."""
    for text in texts(seen.window):
        assert contrast_within(seen.picture, place(text)) >= 7, text.property("text")


def test_drawings_stand_out_four_and_a_half_to_one(seen: Seen) -> None:
    """WCAG 1.4.11 asks 3:1 of graphics; sunlight asks for more."""
    for picture in made_of(seen.window, "Picture"):
        if picture.parentItem().objectName() != "mirror":  # the live picture covers the one in the oval
            assert contrast_within(seen.picture, place(picture)) >= 4.5, picture.property("name")


def test_touch_targets_suit_an_old_hand(seen: Seen) -> None:
    """At least 20 mm each way and 3 mm apart (Colle & Hiszem 2004), in the lowest third: a seated person's reach."""
    buttons = [place(button) for button in visible_items(seen.window, "QQuickAbstractButton")]
    assert len(buttons) == 2
    for button in buttons:
        assert min(button.width(), button.height()) >= 20 * PX_PER_MM
        assert button.top() >= seen.scene.size.height() * 2 / 3
        assert button.bottom() <= seen.scene.size.height()
    for one, other in combinations(buttons, 2):
        margin = 3 * PX_PER_MM
        assert not one.adjusted(-margin, -margin, margin, margin).intersects(other)


def test_a_verdict_is_read_from_three_metres(seen: Seen) -> None:
    verdict = named(seen.window, "verdict")
    assert verdict.isVisible() == seen.scene.name.startswith(("go-in", "see-staff"))
    assert cap_height_px(verdict) >= 25 * PX_PER_MM


@pytest.mark.parametrize("orientation", SIZES)
def test_the_staffed_lane_has_the_same_size_as_any_action_and_never_moves(gate: Gate, orientation: str) -> None:
    seen = set()
    for language in LANGUAGES:
        for screen in SCREENS.values():
            gate.show(screen, language, SIZES[orientation])
            lane, other = (place(named(gate.window.quick_window, name)) for name in ("staffedLane", "language"))
            assert lane.size() == other.size()
            seen.add(lane.getRect())
    assert len(seen) == 1


@pytest.mark.parametrize("orientation", SIZES)
def test_a_listed_persons_screen_is_any_referred_persons_screen(gate: Gate, orientation: str) -> None:
    pictures = set()
    for reason in (Reason.LISTED, Reason.LIST_TOO_OLD, Reason.READER_FAULT, Reason.TIME_OUT):
        assert reason.reason_class() is ReasonClass.CHECK
        slip = Slip(code="A7K2", reason_class=reason.reason_class())
        gate.show(Screen(kind=ScreenKind.SEE_STAFF, slip=slip), size=SIZES[orientation])
        pictures.add(gate.picture().tobytes())
    assert len(pictures) == 1


def test_a_larger_panel_shows_the_same_picture_larger(gate: Gate) -> None:
    """32 inches with as many pixels: 2.7 a millimetre. Everything grows with the panel."""
    gate.show(SCREENS["see-staff"])
    as_it_was = gate.picture()
    root = gate.window.quick_window
    root.setProperty("pxPerMm", 2.7)
    try:
        assert abs(gate.picture().astype(int) - as_it_was).mean() < 1
    finally:
        root.setProperty("pxPerMm", PX_PER_MM)


def _grown(rect: QRectF) -> QRectF:
    return rect.adjusted(-1, -1, 1, 1)
