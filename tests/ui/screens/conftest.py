"""Qt without a display, one window for all tests, and no patience with Qt's warnings."""

import gc
import os
from collections.abc import Iterator

import pytest
from PySide6.QtGui import QGuiApplication, QPointingDevice
from PySide6.QtTest import QTest
from screen_gate import Gate, StillCamera, lisa

from kiosk.visit.screen import Screen, ScreenKind
from ui.window import make_application


@pytest.fixture(scope="session")
def qapp() -> QGuiApplication:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    return make_application()


@pytest.fixture(scope="session")
def finger(qapp: QGuiApplication) -> QPointingDevice:
    return QTest.createTouchDevice()


@pytest.fixture(scope="session")
def one_gate(qapp: QGuiApplication) -> Iterator[Gate]:
    gate = Gate(StillCamera(lisa()))
    yield gate
    gate.window.close()


@pytest.fixture
def gate(one_gate: Gate) -> Gate:
    """The one window, back at the attract screen, with Lisa before the camera."""
    one_gate.camera.image = lisa()
    one_gate.show(Screen(kind=ScreenKind.ATTRACT))
    one_gate.posted.clear()
    return one_gate


@pytest.fixture(scope="module", autouse=True)
def _what_a_file_leaves_dies_in_this_thread() -> Iterator[None]:
    """Garbage with Qt's objects in it, such as a desk whose callbacks know it, ends a thread that collects it."""
    yield
    gc.collect()


@pytest.fixture(autouse=True)
def _qt_is_silent(qtlog: pytest.FixtureRequest) -> Iterator[None]:
    """A warning of Qt or QML fails the test that caused it."""
    yield
    assert [str(record) for record in qtlog.records] == []
