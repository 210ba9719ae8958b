"""The staff's panel: a PIN opens it, it says what to do and never who, and it closes itself."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QSize, Qt
from PySide6.QtGui import QPointingDevice
from PySide6.QtQuick import QQuickWindow
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from screen_gate import SITE, StillCamera, keep, lisa, pixels
from screen_looking import contrast_within, named, place, texts, touch, visible_items
from screen_scenes import SIZES

from kiosk.domain.by_hand import HandReason
from kiosk.domain.faults import Fault
from kiosk.domain.ids import SlipCode
from kiosk.domain.reasons import Reason, ReasonClass
from kiosk.staff_pin import FREE_TRIES, StaffPin
from kiosk.visit import events as on
from kiosk.visit.panel import LaneWord, Panel, Waiting
from kiosk.visit.screen import Screen, ScreenKind
from ui.staff_bridge import QtPanel, Staff
from ui.staff_window import StaffWindow
from ui.window import PORTRAIT, PX_PER_MM, KioskWindow

PIN = "270519"
EVERY = frozenset(HandReason)
ASKED = frozenset({HandReason.STATION_ASKED})
FIRST = Waiting(code=SlipCode("7KM-2FQ"), reason_class=ReasonClass.CHECK, by_hand=ASKED)
SECOND = Waiting(code=SlipCode("XW4-9TR"), reason_class=ReasonClass.DOCUMENT, by_hand=EVERY)
PANELS = {
    "open": Panel(lane=LaneWord.OPEN, is_paused=False, by_hand=EVERY),
    "document": Panel(
        lane=LaneWord.REFERRED,
        is_paused=False,
        code=SECOND.code,
        reason_class=ReasonClass.DOCUMENT,
        reason=Reason.EXPIRED,
        waiting=(SECOND,),
        by_hand=EVERY,
    ),
    "check": Panel(
        lane=LaneWord.REFERRED,
        is_paused=False,
        code=FIRST.code,
        reason_class=ReasonClass.CHECK,
        faults=frozenset({Fault.DEVICE_KEY_FILE, Fault.STATION_LINK}),
        waiting=(SECOND, FIRST),
        by_hand=ASKED,
    ),
    "faulty": Panel(
        lane=LaneWord.FAULTY,
        is_paused=True,
        faults=frozenset({Fault.READER_LOST, Fault.CAMERA_LOST, Fault.LIST_TOO_OLD, Fault.DEVICE_KEY_FILE}),
        by_hand=EVERY,
    ),
}


@dataclass
class Desk:
    """A kiosk's window with a panel behind its corner, and what staff's touches came to."""

    folder: Path
    posted: list[on.Event] = field(default_factory=list)
    restarts: list[str] = field(default_factory=list)
    panel: QtPanel = field(default_factory=QtPanel)
    is_always_shown: bool = False

    def __post_init__(self) -> None:
        self.now_s = 0.0
        self.pin = StaffPin(self.folder, lambda: self.now_s)
        self.pin.set(PIN)
        self.staff = Staff(
            self.panel,
            self.pin,
            self.posted.append,
            language="zh_CN",
            list_age=lambda: timedelta(minutes=3),
            restart=lambda: self.restarts.append("restart"),
            set_up=lambda: self.restarts.append("setup"),
            is_always_shown=self.is_always_shown,
        )

    def tell(self, panel: Panel) -> None:
        self.panel.tell(panel)
        QCoreApplication.processEvents()

    def enter(self, qtbot: QtBot, pin: str = PIN) -> None:
        self.staff.ask()
        for digit in pin:
            self.staff.digit(digit)
        with qtbot.waitSignal(self.staff._compared, timeout=20_000):
            self.staff.enter()
        QCoreApplication.processEvents()


@pytest.fixture(scope="module")
def one_desk(qapp: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, KioskWindow]]:
    desk = Desk(tmp_path_factory.mktemp("desk"))
    window = KioskWindow(StillCamera(lisa()), desk.posted.append, SITE, staff=desk.staff)  # type: ignore[arg-type]  # a camera without exposure
    yield desk, window
    window.close()


@pytest.fixture
def desk(one_desk: tuple[Desk, KioskWindow]) -> Desk:
    desk, window = one_desk
    window.quick_window.resize(PORTRAIT)
    window.screens.show(Screen(kind=ScreenKind.ATTRACT))
    desk.staff.close()
    desk.tell(PANELS["open"])
    desk.pin.set(PIN)
    desk.posted.clear()
    desk.restarts.clear()
    return desk


@pytest.fixture
def window(one_desk: tuple[Desk, KioskWindow]) -> QQuickWindow:
    return one_desk[1].quick_window


def look(window: QQuickWindow, name: str) -> np.ndarray:
    QCoreApplication.processEvents()
    image = window.grabWindow()
    keep(image, name)
    return pixels(image)


def words(window: QQuickWindow) -> str:
    return "\n".join(text.property("text") for text in texts(window))


def test_holding_the_corner_and_the_right_pin_open_the_panel(
    desk: Desk, window: QQuickWindow, finger: QPointingDevice, qtbot: QtBot
) -> None:
    corner = place(named(window, "staffCorner")).center().toPoint()
    QTest.touchEvent(window, finger).press(0, corner).commit()
    qtbot.waitUntil(lambda: desk.staff.is_asking, timeout=10_000)
    QTest.touchEvent(window, finger).release(0, corner).commit()
    look(window, "staff-pin")
    for digit in PIN:
        touch(window, finger, f"key{digit}")
    touch(window, finger, "key✓")
    qtbot.waitUntil(lambda: desk.staff.is_open, timeout=20_000)
    assert "通道开放" in words(window)


def test_a_short_touch_of_the_corner_opens_nothing(desk: Desk, window: QQuickWindow, finger: QPointingDevice) -> None:
    touch(window, finger, "staffCorner")
    assert not desk.staff.is_asking


def test_a_keyboard_does_as_well_as_a_finger(desk: Desk, window: QQuickWindow, qtbot: QtBot) -> None:
    window.requestActivate()
    desk.staff.ask()
    QCoreApplication.processEvents()
    for digit in PIN:
        QTest.keyClick(window, Qt.Key(ord(digit)))
    QTest.keyClick(window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: desk.staff.is_open, timeout=20_000)


def test_a_wrong_pin_opens_nothing_and_soon_has_to_wait(desk: Desk, window: QQuickWindow, qtbot: QtBot) -> None:
    for _ in range(FREE_TRIES):
        desk.enter(qtbot, "111222")
        assert not desk.staff.is_open
    assert desk.staff.pin_note == "请等 5 秒"
    desk.enter(qtbot)
    assert not desk.staff.is_open, "the right one, while the wait is on"
    desk.now_s += 5
    desk.enter(qtbot)
    assert desk.staff.is_open


def test_nothing_is_done_without_the_pin(desk: Desk) -> None:
    desk.tell(PANELS["check"])
    desk.staff.pause()
    desk.staff.admit(FIRST.code, HandReason.STATION_ASKED)
    desk.staff.dismiss(FIRST.code)
    desk.staff.call_colleague()
    desk.staff.restart()
    assert (desk.posted, desk.restarts) == ([], [])


def test_a_visitor_is_let_in_by_hand_with_a_reason(
    desk: Desk, window: QQuickWindow, finger: QPointingDevice, qtbot: QtBot
) -> None:
    desk.enter(qtbot)
    desk.tell(PANELS["document"])
    touch(window, finger, f"admit-{SECOND.code}")
    look(window, "staff-reasons")
    touch(window, finger, "because-document-seen")
    assert desk.posted == [on.AdmittedByHand(HandReason.DOCUMENT_SEEN, SECOND.code)]


def test_after_a_check_only_the_station_s_word_is_offered(
    desk: Desk, window: QQuickWindow, finger: QPointingDevice, qtbot: QtBot
) -> None:
    desk.enter(qtbot)
    desk.tell(PANELS["check"])
    touch(window, finger, f"admit-{FIRST.code}")
    offered = [b.objectName() for b in visible_items(window, "QQuickAbstractButton") if "because" in b.objectName()]
    assert offered == ["because-station-asked"]


@pytest.mark.parametrize(
    ("name", "event"),
    [
        ("pause", on.LanePaused()),
        ("callColleague", on.ColleagueCalled()),
        (f"dismiss-{SECOND.code}", on.CallDismissed(SECOND.code)),
    ],
)
def test_one_touch_pauses_calls_and_dismisses(
    desk: Desk, window: QQuickWindow, finger: QPointingDevice, qtbot: QtBot, name: str, event: on.Event
) -> None:
    desk.enter(qtbot)
    desk.tell(PANELS["document"])
    touch(window, finger, name)
    assert desk.posted == [event]


def test_restarting_takes_two_touches(desk: Desk, window: QQuickWindow, finger: QPointingDevice, qtbot: QtBot) -> None:
    desk.enter(qtbot)
    before = words(window)
    touch(window, finger, "restart")
    qtbot.waitUntil(lambda: words(window) != before)  # it asks whether that was meant
    assert desk.restarts == []
    touch(window, finger, "restart")
    qtbot.waitUntil(lambda: desk.restarts == ["restart"])


def test_the_installer_s_screens_are_behind_the_pin_on_a_paused_lane(
    desk: Desk, window: QQuickWindow, finger: QPointingDevice, qtbot: QtBot
) -> None:
    desk.staff.set_up()
    assert desk.restarts == []
    desk.enter(qtbot)
    desk.tell(PANELS["faulty"])
    touch(window, finger, "setUp")
    assert desk.restarts == ["setup"]


def test_a_panel_that_nobody_touches_closes(desk: Desk, qtbot: QtBot) -> None:
    desk.enter(qtbot)
    assert desk.staff.idle.isActive()
    desk.staff.idle.timeout.emit()
    assert not desk.staff.is_open


def test_the_next_visitor_s_card_closes_the_panel(desk: Desk, window: QQuickWindow, qtbot: QtBot) -> None:
    desk.enter(qtbot)
    desk.tell(Panel(lane=LaneWord.SERVING, is_paused=False))
    assert not desk.staff.is_open
    assert not named(window, "staffPanel").isVisible()


@pytest.mark.parametrize(("language", "orientation"), [("zh_CN", "portrait"), ("en", "portrait"), ("en", "landscape")])
@pytest.mark.parametrize("name", PANELS)
def test_the_panel_is_legible_and_its_targets_suit_a_gloved_hand(
    desk: Desk, window: QQuickWindow, qtbot: QtBot, name: str, language: str, orientation: str
) -> None:
    window.resize(SIZES[orientation])
    desk.enter(qtbot)
    desk.tell(PANELS[name])
    if desk.staff.view["list_age"].startswith("名单") != (language == "zh_CN"):
        desk.staff.change_language()
    picture = look(window, f"staff-{name}-{language}-{orientation}")
    on_panel = [text for text in texts(window) if named(window, "staffPanel").isAncestorOf(text)]
    for text in on_panel:
        assert text.property("contentWidth") <= text.width() + 1, text.property("text")
        shown = place(text).intersected(place(window.contentItem()))
        assert shown.isEmpty() or contrast_within(picture, shown) >= 7, text.property("text")
    panel = named(window, "staffPanel")
    buttons = [place(b) for b in visible_items(window, "QQuickAbstractButton") if panel.isAncestorOf(b)]
    for button in buttons:
        assert min(button.width(), button.height()) >= 20 * PX_PER_MM - 1
    for one, other in combinations(buttons, 2):
        margin = 3 * PX_PER_MM - 1
        assert not one.adjusted(-margin, -margin, margin, margin).intersects(other)


def test_an_alarm_is_any_check_to_staff(desk: Desk, window: QQuickWindow, qtbot: QtBot) -> None:
    """What reaches the panel is one value for both (tests/unit/kiosk/test_staff_acts.py); no word of it says more."""
    desk.enter(qtbot)
    desk.tell(replace(PANELS["check"], faults=frozenset()))
    said = words(window)
    for never in ("名单命中", "在逃", "嫌疑", "wanted", "alarm", "报警", "list.hit"):
        assert never not in said


def test_a_second_screen_shows_the_lane_and_asks_for_the_pin_before_anything_is_done(
    tmp_path: Path, finger: QPointingDevice, qtbot: QtBot
) -> None:
    desk = Desk(tmp_path, is_always_shown=True)
    second = StaffWindow(desk.staff, None, QSize(1280, 800))
    try:
        desk.tell(PANELS["check"])
        window = second.quick_window
        look(window, "staff-second-screen")
        assert FIRST.code in words(window)
        touch(window, finger, "unlock")
        assert desk.staff.is_asking
        look(window, "staff-second-screen-pin")
        desk.enter(qtbot)
        desk.tell(Panel(lane=LaneWord.SERVING, is_paused=False))
        assert desk.staff.is_open, "the desk's own screen is no visitor's"
        look(window, "staff-second-screen-open")
    finally:
        second.close()
