"""What a visitor can touch, and what cannot be done by touch."""

from itertools import combinations

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QPoint
from PySide6.QtGui import QPointingDevice
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from screen_gate import SITE, Gate, Rgb
from screen_looking import named, place, texts, visible_items
from screen_scenes import SCREENS, SIZES

from kiosk.domain.document import DocumentKind
from kiosk.visit.events import MoreTimeWanted, StaffedLaneChosen
from kiosk.visit.screen import Screen, ScreenKind
from ui.catalogue import EN, FR, LANGUAGES, Language, catalogues
from ui.window import PX_PER_MM


def middle(gate: Gate, name: str) -> QPoint:
    return place(named(gate.window.quick_window, name)).center().toPoint()


def touch(gate: Gate, finger: QPointingDevice, name: str) -> None:
    point = middle(gate, name)
    QTest.touchEvent(gate.window.quick_window, finger).press(0, point).commit()
    QTest.touchEvent(gate.window.quick_window, finger).release(0, point).commit()


def headline(gate: Gate) -> str:
    return str(gate.window.visitor.view["headline"])


def settled(gate: Gate, qtbot: QtBot) -> Rgb:
    """Return the picture once it stays: a layout settles over a few frames."""
    pictures = [gate.picture()]

    def stays() -> bool:
        pictures.append(gate.picture())
        return bool((pictures[-1] == pictures[-2]).all())

    qtbot.waitUntil(stays)
    return pictures[-1]


def written(gate: Gate) -> list[tuple[str, object, object, object]]:
    """Return every text with its place, font and colour."""
    shown = texts(gate.window.quick_window)
    return [(one.property("text"), place(one).getRect(), one.property("font"), one.property("color")) for one in shown]


@pytest.mark.parametrize("screen", SCREENS.values(), ids=SCREENS)
def test_one_touch_on_any_screen_chooses_the_staffed_lane_once(
    gate: Gate, finger: QPointingDevice, screen: Screen
) -> None:
    gate.show(screen)
    touch(gate, finger, "staffedLane")
    assert gate.posted == [StaffedLaneChosen()]


def test_a_finger_that_rests_long_is_still_a_touch(gate: Gate, finger: QPointingDevice, qtbot: QtBot) -> None:
    point = middle(gate, "staffedLane")
    QTest.touchEvent(gate.window.quick_window, finger).press(0, point).commit()
    qtbot.wait(1000)
    trembling = point + QPoint(12, 9)
    QTest.touchEvent(gate.window.quick_window, finger).move(0, trembling).commit()
    assert gate.posted == []
    QTest.touchEvent(gate.window.quick_window, finger).release(0, trembling).commit()
    assert gate.posted == [StaffedLaneChosen()]


def test_a_touch_can_be_taken_back_by_sliding_off(gate: Gate, finger: QPointingDevice) -> None:
    point = middle(gate, "staffedLane")
    elsewhere = point - QPoint(0, 600)
    QTest.touchEvent(gate.window.quick_window, finger).press(0, point).commit()
    QTest.touchEvent(gate.window.quick_window, finger).move(0, elsewhere).commit()
    QTest.touchEvent(gate.window.quick_window, finger).release(0, elsewhere).commit()
    assert gate.posted == []


def choose(gate: Gate, finger: QPointingDevice, language: Language) -> None:
    touch(gate, finger, "language")
    QCoreApplication.processEvents()
    touch(gate, finger, f"language-{language}")


@pytest.mark.parametrize("orientation", SIZES)
def test_one_touch_opens_every_language_by_its_own_name_and_one_more_chooses(
    gate: Gate, finger: QPointingDevice, orientation: str
) -> None:
    gate.show(SCREENS["attract"], size=SIZES[orientation])
    touch(gate, finger, "language")
    QCoreApplication.processEvents()
    targets = {
        item.objectName(): place(item) for item in visible_items(gate.window.quick_window, "QQuickAbstractButton")
    }
    assert {f"language-{language}" for language in LANGUAGES} <= targets.keys()
    for one, other in combinations(targets.values(), 2):
        gap = 3 * PX_PER_MM - 1
        assert not one.adjusted(-gap, -gap, gap, gap).intersects(other)
    assert min(min(target.width(), target.height()) for target in targets.values()) >= 20 * PX_PER_MM
    reach = SIZES[orientation].height() - 300 * PX_PER_MM
    assert min(target.top() for target in targets.values()) >= reach
    touch(gate, finger, f"language-{EN}")
    assert headline(gate) == catalogues()[EN].say("attract.headline")
    assert not gate.window.visitor.choices["choosing"]
    assert gate.posted == []


def test_a_visitor_keeps_every_wish_and_the_next_one_finds_no_trace_of_them(
    gate: Gate, finger: QPointingDevice, qtbot: QtBot
) -> None:
    untouched, as_written = settled(gate, qtbot), written(gate)
    choose(gate, finger, EN)
    for wish in ("larger", "lower", "still"):
        touch(gate, finger, wish)
    wishes = {"large": True, "low": True, "still": not SITE.reduced_motion, "language": EN}
    for kind in (ScreenKind.READING, ScreenKind.LOOK_HERE, ScreenKind.GO_IN):
        gate.say(Screen(kind=kind))
        assert headline(gate) == catalogues()[EN].say(f"{kind}.headline")
        assert wishes.items() <= gate.window.visitor.choices.items()
    gate.say(Screen(kind=ScreenKind.ATTRACT))
    now = settled(gate, qtbot)
    assert written(gate) == as_written
    # The software renderer smooths a letter that it draws again by up to a tenth differently; a trace would be darker.
    assert np.abs(now.astype(int) - untouched).max() < 40


@pytest.mark.parametrize("kind", [ScreenKind.ATTRACT, ScreenKind.OUT_OF_SERVICE])
def test_what_somebody_chose_and_left_is_forgotten(gate: Gate, finger: QPointingDevice, kind: ScreenKind) -> None:
    gate.say(Screen(kind=kind))
    before = gate.window.visitor.choices
    choose(gate, finger, EN)
    touch(gate, finger, "larger")
    assert gate.window.visitor.choices_timer.isActive()
    gate.window.visitor.choices_timer.timeout.emit()
    assert gate.window.visitor.choices == before


def test_the_next_step_closes_the_list_of_languages(gate: Gate, finger: QPointingDevice) -> None:
    touch(gate, finger, "language")
    gate.say(Screen(kind=ScreenKind.READING))
    assert not gate.window.visitor.choices["choosing"]


@pytest.mark.parametrize("name", ["look-here-more-time", "see-staff-more-time"])
def test_one_touch_gives_more_time_while_it_is_asked(gate: Gate, finger: QPointingDevice, name: str) -> None:
    gate.show(SCREENS[name])
    touch(gate, finger, "moreTime")
    assert gate.posted == [MoreTimeWanted()]


def test_a_visitor_who_wants_no_motion_sees_none(gate: Gate, finger: QPointingDevice, qtbot: QtBot) -> None:
    assert SITE.reduced_motion
    still = [gate.picture(), qtbot.wait(400), gate.picture()]
    assert (still[0] == still[2]).all()
    touch(gate, finger, "still")
    moving = [gate.picture(), qtbot.wait(1100), gate.picture()]
    assert (moving[0] != moving[2]).any()


def test_the_window_cannot_be_closed_from_outside(gate: Gate) -> None:
    assert not gate.window.quick_window.close()
    assert gate.window.quick_window.isVisible()


def test_a_card_from_elsewhere_changes_the_words_unless_the_visitor_chose_them(gate: Gate) -> None:
    card = Screen(kind=ScreenKind.LOOK_HERE, card=DocumentKind.PERMANENT_2023)
    gate.say(card)
    assert headline(gate) == catalogues()[EN].say("look-here.headline")
    gate.say(Screen(kind=ScreenKind.GO_IN))
    assert headline(gate) == catalogues()[EN].say("go-in.headline")
    gate.say(Screen(kind=ScreenKind.READING))
    assert headline(gate) == catalogues()[SITE.default_language].say("reading.headline")
    gate.window.visitor.choose_language(FR)
    gate.say(card)
    assert headline(gate) == catalogues()[FR].say("look-here.headline")
