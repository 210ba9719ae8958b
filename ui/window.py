"""The kiosk's window: Qt is set up here, and taken down in the right order.

The composition root does::

    app = make_application(kiosk_mode=True)
    window = KioskWindow(camera, post, site, px_per_mm=4.03, full_screen=True)
    ...                       # give window.screens to the engine, start it
    app.exec()
    ...                       # stop the engine
    window.close()

A closing event is refused, since no touch may end the kiosk; so end the event loop with ``app.exit()``. (``app.quit()``
asks the window first, and is refused too.)
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import shiboken6
from PySide6.QtCore import QEventLoop, QObject, QSize, Qt, QTimer, QUrl
from PySide6.QtGui import QFont, QGuiApplication, QImage
from PySide6.QtQml import QQmlApplicationEngine
from PySide6.QtQuick import QQuickWindow

from kiosk.ports import Camera, Post
from ui import fonts
from ui.bridge import QtScreens, Visitor
from ui.keypad import Keypad
from ui.preview import LiveCamera
from ui.site import SiteInfo
from ui.speaker import Speaker
from ui.staff_bridge import Staff
from ui.voice import Voice

PX_PER_MM: Final = 4.03
"""A 21.5-inch panel of 1080 x 1920 pixels. It is the smallest panel for which the layouts are made."""
PORTRAIT: Final = QSize(1080, 1920)
LANDSCAPE: Final = QSize(1920, 1080)

_APPEARS_WITHIN_MS: Final = 1000

_MAIN = Path(__file__).parent / "qml" / "Main.qml"


class ScreenSetupError(Exception):
    """The screens cannot be shown on this machine. The message says what to do."""


def make_application(*, kiosk_mode: bool = False) -> QGuiApplication:
    """Make the process's one Qt application; ``kiosk_mode`` hides the cursor.

    The caller chooses the display through QT_QPA_PLATFORM ("offscreen" where there is none).

    Raises:
        ScreenSetupError: another Qt is mixed in, or a font is not installed.
    """
    for name in ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR"):
        if name in os.environ:
            # opencv-python (not -headless) sets both to a Qt 5 of its own, and ours then fails to start.
            raise ScreenSetupError(f"unset {name}, and use opencv-python-headless instead of opencv-python")
    # The kiosk has no GPU to rely on: 12 % of a core in software against 57 % with emulated GL (facts/ui).
    os.environ.setdefault("QT_QUICK_BACKEND", "software")
    # Sizes are in the panel's own pixels, through px_per_mm; a desktop's scale factor would apply on top.
    os.environ.setdefault("QT_ENABLE_HIGHDPI_SCALING", "0")
    app = QGuiApplication(["hongtu-gate"])
    try:
        fonts.set_up()
    except fonts.FontsMissingError as error:
        raise ScreenSetupError(str(error)) from error
    app.setFont(QFont(fonts.FAMILY))
    if kiosk_mode:
        app.setOverrideCursor(Qt.CursorShape.BlankCursor)
    return app


def load_window(file: Path, bound: Mapping[str, object]) -> tuple[QQmlApplicationEngine, QQuickWindow]:
    """Return the window of a QML file with what it is bound to, not shown yet. Delete the engine to destroy it.

    Raises:
        ScreenSetupError: the QML did not load (Qt has logged why).
    """
    engine = QQmlApplicationEngine()
    engine.setInitialProperties(dict(bound))
    engine.load(QUrl.fromLocalFile(str(file)))
    roots = engine.rootObjects()
    if not roots or not isinstance(roots[0], QQuickWindow):
        raise ScreenSetupError(f"{file.name} did not load")
    return engine, roots[0]


class KioskWindow:
    """The visitor's window. Hand ``screens`` to the engine; call ``close`` once the engine has stopped."""

    def __init__(
        self,
        camera: Camera,
        post: Post,
        site: SiteInfo,
        *,
        voice: Voice | None = None,
        px_per_mm: float = PX_PER_MM,
        full_screen: bool = False,
        size: QSize = PORTRAIT,
        staff: Staff | None = None,
    ) -> None:
        """Load the screens and show the window.

        Args:
            camera: for the live preview; asked only while a screen shows it.
            post: takes what the visitor touches; called in Qt's main thread, must not block.
            site: the words and numbers of this site.
            voice: speaks what the screens say, and answers to the keypad; None has neither.
            px_per_mm: the panel's pixels per millimetre, from the settings.
            full_screen: fill the screen; otherwise the window has ``size``.
            size: in pixels; wider than high gives the landscape layout.
            staff: what a corner of the window opens for staff; None where there is no such corner.

        Raises:
            ScreenSetupError: the QML did not load (Qt has logged why), or no font shows what the site calls itself.
        """
        for language, words in site.words.items():
            if lost := fonts.boxes(words.everything(), language):
                raise ScreenSetupError(f"no font shows {lost!r} in the site's words in {language}")
        self.screens = QtScreens()
        self.visitor = Visitor(self.screens, site, post)
        self._listeners: tuple[QObject, ...] = ()
        self._camera = LiveCamera(camera)
        bound = {"visitor": self.visitor, "camera": self._camera, "pxPerMm": px_per_mm}
        if staff is not None:
            bound["staff"] = staff
        self._engine, self.quick_window = load_window(_MAIN, bound)
        self._has_drawn = True
        self.quick_window.frameSwapped.connect(self._note_drawn)
        if voice is not None:
            self._speak_with(voice)
        self.quick_window.resize(size)
        if full_screen:
            self.quick_window.showFullScreen()
        else:
            self.quick_window.show()

    def appear(self) -> None:
        """Draw the first picture, and return when it is seen (or a display that shows nothing has had its second)."""
        first = QEventLoop()
        self.quick_window.frameSwapped.connect(first.quit)
        QTimer.singleShot(_APPEARS_WITHIN_MS, first.quit)
        first.exec(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
        self.quick_window.frameSwapped.disconnect(first.quit)

    def draws(self) -> bool:
        """Tell whether what the last call asked to be drawn has been drawn since, and ask again."""
        has_drawn, self._has_drawn = self._has_drawn, False
        self.quick_window.update()
        return has_drawn or not self.quick_window.isExposed()

    def _note_drawn(self) -> None:
        self._has_drawn = True

    def _speak_with(self, voice: Voice) -> None:
        self.speaker = Speaker(self.visitor, voice)
        keypad = Keypad(self.visitor, voice)
        self.quick_window.installEventFilter(keypad)
        self._listeners = (self.speaker, keypad)

    def picture(self) -> QImage:
        """Return what the window shows now."""
        return self.quick_window.grabWindow()

    def close(self) -> None:
        """Destroy the window and the QML engine, and only then what they were bound to."""
        shiboken6.delete(self._engine)
        for listener in self._listeners:  # here, or a garbage collection in another thread would do it
            shiboken6.delete(listener)
        shiboken6.delete(self.visitor)
        shiboken6.delete(self._camera)
        shiboken6.delete(self.screens)
