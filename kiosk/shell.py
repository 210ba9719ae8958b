"""The kiosk's shell: a calm screen that is always there, and the app in front of it, started again whenever it fails.

Theory of operation
- One plain window fills the screen from the first second, and says where staff are. No QML, no camera, no list and no
  key: what is not in this process cannot bring it down.
- The app is a child whose window comes to lie in front (there is no window manager). When it dies, its window goes with
  it and the calm one is seen at once.
- The app says that it lives as it would to systemd (sd_notify), twice a second, and only while its screen is drawn and
  its engine turns (kiosk.app). After ``HUNG_AFTER_S`` without a word it is killed: a picture that has stopped would
  ask people to do things that nobody sees. So a calm screen stands within 3 s of whatever happened.
- An app that ends with ``SETUP_WANTED`` is followed once by the installer's screens, which a member of staff asked for.
- systemd watches this process, and its word goes on while the app is down: a kiosk whose app cannot start shows the way
  to staff until somebody comes.

It decides nothing about a visit, and opens no gate.
"""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPainter, QPaintEvent, QRasterWindow

from kiosk import service_manager
from kiosk.process import harden
from kiosk.qt_loop import ends_on_signals, every, says_it_lives
from kiosk.settings import KioskSettings

HUNG_AFTER_S: Final = 2.0
"""Four words of the app; together with a look every 0.1 s and the kill it leaves half of a second of the three."""
READY_WITHIN_S: Final = 60.0
"""A machine's first start reads models and libraries from a cold disk."""
_PULSE_US: Final = 1_000_000
_LOOK_S: Final = 0.1
_AGAIN_AFTER_S: Final = (0.2, 1.0, 5.0, 15.0)
"""Between the first failures in a row, and all later ones: an app that cannot start must not keep the machine busy."""
_WELL_AFTER_S: Final = 30.0
_END_WITHIN_S: Final = 10.0

_PAPER, _INK, _EARTH = QColor("#F8F5EF"), QColor("#241E1B"), QColor("#8C2B1C")
_VERDICT: Final = (("请到人工通道", 0.145), ("Please see our staff", 0.08))
_NOTE: Final = (("本机现在不能使用", 0.05), ("This machine is not in use right now.", 0.04))
"""Each with its height as a part of the screen's shorter side: the first is read from three metres, as a verdict is."""


class CalmWindow(QRasterWindow):
    """Please see our staff: drawn without anything that could fail."""

    def __init__(self) -> None:
        super().__init__()
        self.setFlags(Qt.WindowType.Window | Qt.WindowType.FramelessWindowHint)
        self.setTitle("Hongtu Gate")

    def paintEvent(self, _event: QPaintEvent) -> None:  # Qt's name
        """Draw the words in the middle, above a line in the colour of the house."""
        painter = QPainter(self)
        painter.fillRect(QRect(0, 0, self.width(), self.height()), _PAPER)
        short = min(self.width(), self.height())
        middle = self.height() // 2
        top = middle - short * 3 // 8
        for text, part in _VERDICT:
            top = self._line(painter, text, round(part * short), top, _EARTH)
        painter.fillRect(QRect(self.width() // 2 - short // 8, top + short // 30, short // 4, short // 180), _EARTH)
        top += short // 12
        for text, part in _NOTE:
            top = self._line(painter, text, round(part * short), top, _INK)
        painter.end()

    def _line(self, painter: QPainter, text: str, height: int, top: int, colour: QColor) -> int:
        font = QFont("Noto Sans CJK SC")
        font.setPixelSize(height)
        font.setBold(colour == _EARTH)
        painter.setFont(font)
        painter.setPen(colour)
        bottom = top + round(1.5 * height)
        painter.drawText(QRect(0, top, self.width(), bottom - top), Qt.AlignmentFlag.AlignCenter, text)
        return bottom


class App:
    """The app as a child process: started, listened to, killed when it has fallen silent, started again."""

    def __init__(
        self,
        command: Sequence[str],
        setup: Sequence[str],
        ear: Path,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """``ear`` is the path of the socket to be made, on which the app says that it lives."""
        self._command, self._setup = tuple(command), tuple(setup)
        self._is_setup_next = False
        self._now_s = now_s
        self._ear = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self._ear.bind(str(ear))
        mine = {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}
        ours = {name: value for name, value in os.environ.items() if name not in mine}
        self._environment = {**ours, "NOTIFY_SOCKET": str(ear), "WATCHDOG_USEC": str(_PULSE_US)}
        self._process: subprocess.Popen[bytes] | None = None
        self._silent_after_s = 0.0
        self._started_s = 0.0
        self._again_s = 0.0
        self._failures = 0

    def look(self) -> None:
        """Do what is due: start it, hear it, kill it. Called ten times a second."""
        now_s = self._now_s()
        if self._process is None:
            if now_s >= self._again_s:
                self._start(now_s)
            return
        if self._hear() and now_s - self._started_s > _WELL_AFTER_S:
            self._failures = 0
        if self._process.poll() is None and now_s > self._silent_after_s:
            self._process.kill()  # SIGTERM would wait for a thread that hangs
            self._process.wait()
        if (code := self._process.poll()) is not None:
            self._is_setup_next = code == service_manager.SETUP_WANTED
            self._process = None
            was_asked = code in (0, service_manager.SETUP_WANTED)  # by somebody who is not to wait for it
            pause = 0 if was_asked else min(self._failures, len(_AGAIN_AFTER_S) - 1)
            self._again_s = now_s + _AGAIN_AFTER_S[pause]
            self._failures += not was_asked

    def end(self) -> None:
        """End it in order, or by force when it takes its time."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(_END_WITHIN_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._ear.close()

    def _start(self, now_s: float) -> None:
        self._hear()  # what its predecessor said last is not its word
        command = self._setup if self._is_setup_next else self._command
        self._process = subprocess.Popen(command, env=self._environment, stdin=subprocess.DEVNULL)
        self._started_s = now_s
        self._silent_after_s = now_s + READY_WITHIN_S

    def _hear(self) -> bool:
        heard = False
        with suppress(BlockingIOError):
            while word := self._ear.recv(256):
                if word != service_manager.STOPPING.encode():
                    heard = True
                    self._silent_after_s = self._now_s() + HUNG_AFTER_S
                else:
                    self._silent_after_s = self._now_s() + _END_WITHIN_S
        return heard


def run(settings: KioskSettings, settings_file: Path) -> int:
    """Show the calm screen, and keep the app in front of it until SIGTERM."""
    run_it, set_up = (
        (sys.executable, "-m", "kiosk", word, "--settings", str(settings_file)) for word in ("run", "setup")
    )
    size = None if settings.screen.full_screen else (settings.screen.width, settings.screen.height)
    return keep(run_it, set_up, size, hide_cursor=settings.production)


def keep(command: Sequence[str], setup: Sequence[str], size: tuple[int, int] | None, *, hide_cursor: bool) -> int:
    """Keep ``command`` running in front of the calm window; ``size`` None fills the screen. Returns the exit code."""
    harden()
    qt = QGuiApplication(["hongtu-gate-shell"])
    if hide_cursor:
        qt.setOverrideCursor(Qt.CursorShape.BlankCursor)
    window = CalmWindow()
    if size is None:
        window.showFullScreen()
    else:
        window.setGeometry(0, 0, *size)
        window.show()
    with TemporaryDirectory(prefix="kiosk-shell-") as folder:
        app = App(command, setup, Path(folder) / "alive")
        with ends_on_signals(qt):  # to the end: a second word must not cut off the app's own
            try:
                with every(_LOOK_S, app.look), says_it_lives():
                    return qt.exec()
            finally:
                service_manager.tell(service_manager.STOPPING)
                app.end()
