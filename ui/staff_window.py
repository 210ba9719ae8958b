"""The staff's panel on a screen of its own, named in the settings (``screen.staff_screen``, as xrandr names it)."""

from pathlib import Path
from typing import Final

import shiboken6
from PySide6.QtCore import QSize
from PySide6.QtGui import QGuiApplication

from ui.staff_bridge import Staff
from ui.window import ScreenSetupError, load_window

_SIZE: Final = QSize(1280, 800)
_WINDOW: Final = Path(__file__).parent / "qml" / "staff" / "StaffWindow.qml"


class StaffWindow:
    """The second window. Close it before the first, which sets the sizes of both."""

    def __init__(self, staff: Staff, screen: str | None, size: QSize = _SIZE) -> None:
        """Fill the screen of that name; without one, be a plain window of ``size``.

        Raises:
            ScreenSetupError: there is no such screen, or the QML did not load.
        """
        self._engine, self.quick_window = load_window(_WINDOW, {"staff": staff})
        if screen is None:
            self.quick_window.resize(size)
            self.quick_window.show()
            return
        there = {found.name(): found for found in QGuiApplication.screens()}
        if screen not in there:
            raise ScreenSetupError(f"screen.staff_screen: no screen {screen}; there are: {', '.join(sorted(there))}")
        self.quick_window.setScreen(there[screen])
        self.quick_window.setGeometry(there[screen].geometry())
        self.quick_window.showFullScreen()

    def close(self) -> None:
        """Destroy the window. What it was bound to is its owner's."""
        shiboken6.delete(self._engine)
