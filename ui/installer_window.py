"""The installer's window (``kiosk setup``)."""

from pathlib import Path
from typing import Final

import shiboken6
from PySide6.QtCore import QUrl
from PySide6.QtQml import QQmlApplicationEngine
from PySide6.QtQuick import QQuickWindow

from kiosk.ports import Camera
from ui.installer_bridge import Installer
from ui.preview import LiveCamera
from ui.window import ScreenSetupError

_WINDOW: Final = Path(__file__).parent / "qml" / "installer" / "Setup.qml"


class InstallerWindow:
    """Shows the steps; ``size`` None fills the screen."""

    def __init__(self, installer: Installer, camera: Camera, *, px_per_mm: float, size: tuple[int, int] | None) -> None:
        self._camera = LiveCamera(camera)
        self._engine = QQmlApplicationEngine()
        bound = {"installer": installer, "camera": self._camera, "pxPerMm": px_per_mm}
        self._engine.setInitialProperties(bound)
        self._engine.load(QUrl.fromLocalFile(str(_WINDOW)))
        roots = self._engine.rootObjects()
        if not roots or not isinstance(roots[0], QQuickWindow):
            raise ScreenSetupError(f"{_WINDOW.name} did not load")
        self.quick_window: QQuickWindow = roots[0]
        if size is None:
            self.quick_window.showFullScreen()
        else:
            self.quick_window.resize(*size)
            self.quick_window.show()

    def close(self) -> None:
        """Destroy the window, and only then what it was bound to."""
        shiboken6.delete(self._engine)
        shiboken6.delete(self._camera)
