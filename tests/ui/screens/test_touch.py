"""What a visitor can touch, and what cannot be done by touch."""

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QPointingDevice
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from screen_gate import SITE, Gate
from screen_looking import named, place
from screen_scenes import SCREENS

from kiosk.domain.document import DocumentKind
from kiosk.visit.events import StaffedLaneChosen
from kiosk.visit.screen import Screen, ScreenKind
from ui.catalogue import EN, FR, LANGUAGES, ZH_CN, catalogues


@pytest.fixture(scope="module")
def panel(qapp: object) -> QPointingDevice:
    return QTest.createTouchDevice()


def middle(gate: Gate, name: str) -> QPoint:
    return place(named(gate.window.quick_window, name)).center().toPoint()


def touch(gate: Gate, panel: QPointingDevice, name: str) -> None:
    point = middle(gate, name)
    QTest.touchEvent(gate.window.quick_window, panel).press(0, point).commit()
    QTest.touchEvent(gate.window.quick_window, panel).release(0, point).commit()


def headline(gate: Gate) -> str:
    return str(gate.window.visitor.view["headline"])


@pytest.mark.parametrize("screen", SCREENS.values(), ids=SCREENS)
def test_one_touch_on_any_screen_chooses_the_staffed_lane_once(
    gate: Gate, panel: QPointingDevice, screen: Screen
) -> None:
    gate.show(screen)
    touch(gate, panel, "staffedLane")
    assert gate.posted == [StaffedLaneChosen()]


def test_a_finger_that_rests_long_is_still_a_touch(gate: Gate, panel: QPointingDevice, qtbot: QtBot) -> None:
    point = middle(gate, "staffedLane")
    QTest.touchEvent(gate.window.quick_window, panel).press(0, point).commit()
    qtbot.wait(1000)
    trembling = point + QPoint(12, 9)
    QTest.touchEvent(gate.window.quick_window, panel).move(0, trembling).commit()
    assert gate.posted == []
    QTest.touchEvent(gate.window.quick_window, panel).release(0, trembling).commit()
    assert gate.posted == [StaffedLaneChosen()]


def test_a_touch_can_be_taken_back_by_sliding_off(gate: Gate, panel: QPointingDevice) -> None:
    point = middle(gate, "staffedLane")
    elsewhere = point - QPoint(0, 600)
    QTest.touchEvent(gate.window.quick_window, panel).press(0, point).commit()
    QTest.touchEvent(gate.window.quick_window, panel).move(0, elsewhere).commit()
    QTest.touchEvent(gate.window.quick_window, panel).release(0, elsewhere).commit()
    assert gate.posted == []


def test_the_language_button_changes_the_words_and_tells_the_engine_nothing(gate: Gate, panel: QPointingDevice) -> None:
    assert headline(gate) == catalogues()[ZH_CN].say("attract.headline")
    touch(gate, panel, "language")
    assert headline(gate) == catalogues()[LANGUAGES[1]].say("attract.headline")
    assert gate.posted == []


def test_a_visitor_keeps_the_language_and_the_next_one_starts_in_the_sites_own(
    gate: Gate, panel: QPointingDevice
) -> None:
    touch(gate, panel, "language")
    for kind in (ScreenKind.READING, ScreenKind.LOOK_HERE, ScreenKind.GO_IN):
        gate.say(Screen(kind=kind))
        assert headline(gate) == catalogues()[LANGUAGES[1]].say(f"{kind}.headline")
    gate.say(Screen(kind=ScreenKind.ATTRACT))
    assert headline(gate) == catalogues()[SITE.default_language].say("attract.headline")


@pytest.mark.parametrize("kind", [ScreenKind.ATTRACT, ScreenKind.OUT_OF_SERVICE])
def test_a_language_that_somebody_chose_and_left_is_forgotten(
    gate: Gate, panel: QPointingDevice, kind: ScreenKind
) -> None:
    gate.say(Screen(kind=kind))
    touch(gate, panel, "language")
    assert gate.window.visitor.language_timer.isActive()
    gate.window.visitor.language_timer.timeout.emit()
    assert headline(gate) == catalogues()[SITE.default_language].say(f"{kind}.headline")


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
