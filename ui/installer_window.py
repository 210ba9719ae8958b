"""The installer's window (``kiosk setup``)."""

from pathlib import Path
from typing import Final

import shiboken6

from kiosk.ports import Camera
from ui.installer_bridge import Installer
from ui.preview import LiveCamera
from ui.window import load_window

_WINDOW: Final = Path(__file__).parent / "qml" / "installer" / "Setup.qml"


class InstallerWindow:
    """Shows the steps; ``size`` None fills the screen."""

    def __init__(self, installer: Installer, camera: Camera, *, px_per_mm: float, size: tuple[int, int] | None) -> None:
        self._camera = LiveCamera(camera)
        bound = {"installer": installer, "camera": self._camera, "pxPerMm": px_per_mm}
        self._engine, self.quick_window = load_window(_WINDOW, bound)
        if size is None:
            self.quick_window.showFullScreen()
        else:
            self.quick_window.resize(*size)
            self.quick_window.show()

    def close(self) -> None:
        """Destroy the window, and only then what it was bound to."""
        shiboken6.delete(self._engine)
        shiboken6.delete(self._camera)
