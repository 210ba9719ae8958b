"""The engine's thread and Qt's."""

import sys
import threading

import pytest
from PySide6.QtCore import QCoreApplication, Qt, QThread
from pytestqt.qtbot import QtBot
from screen_gate import SITE, Gate, StillCamera

from kiosk.visit.screen import Screen, ScreenKind
from ui.bridge import QtScreens
from ui.window import KioskWindow, ScreenSetupError, make_application


def test_a_screen_shown_from_the_engines_thread_is_taken_up_in_qts(gate: Gate, qtbot: QtBot) -> None:
    taken_in: list[QThread] = []
    gate.window.visitor.changed.connect(
        lambda: taken_in.append(QThread.currentThread()), Qt.ConnectionType.DirectConnection
    )
    engine = threading.Thread(target=gate.window.screens.show, args=[Screen(kind=ScreenKind.GO_IN)])
    engine.start()
    engine.join()
    assert taken_in == []
    qtbot.waitUntil(lambda: bool(taken_in))
    assert taken_in == [gate.window.quick_window.thread()]
    assert gate.window.visitor.view["headline"] == "请进"


def test_screens_arrive_in_their_order(gate: Gate) -> None:
    for kind in (ScreenKind.READING, ScreenKind.LOOK_HERE, ScreenKind.SEE_STAFF, ScreenKind.TAKE_CARD):
        gate.window.screens.show(Screen(kind=kind))
    QCoreApplication.processEvents()
    assert gate.window.visitor.view["headline"] == "请拿走证件"


def test_until_the_engine_speaks_the_machine_is_out_of_service(gate: Gate) -> None:
    other = KioskWindow(StillCamera(None), lambda event: None, SITE)
    assert other.visitor.view["headline"] == "请走人工通道"
    other.close()


def test_no_signal_costs_a_reference_to_true(qapp: QCoreApplication) -> None:
    """PySide6 6.12.0 on Python 3.11 loses one at every emit, and aborts within a minute at 30 frames a second."""
    screens = QtScreens()
    taken: list[Screen] = []
    screens.arrived.connect(taken.append)
    screen = Screen(kind=ScreenKind.ATTRACT)
    before = sys.getrefcount(True)
    for _ in range(100_000):
        screens.show(screen)
        taken.clear()
    assert abs(sys.getrefcount(True) - before) < 100


@pytest.mark.parametrize("name", ["QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR"])
def test_another_qt_in_the_process_is_found_before_it_breaks_ours(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "/somewhere/cv2/qt")
    with pytest.raises(ScreenSetupError, match=name):
        make_application()
