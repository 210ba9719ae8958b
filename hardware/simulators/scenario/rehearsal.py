"""The kiosk app with a hand on it: the product's own app in this process, worked through a Unix socket.

It runs in the kiosk's place in a rehearsal (``python -m hardware.simulators.scenario.rehearsal SETTINGS SOCKET``). A
touch is a real Qt touch on the real window; the product itself has no such door. Lines of JSON:

    →  {"touch": "staffedLane"}   {"picture": "/path.png"}   {"keep": "/folder"}   {"keep": null}
    ←  {"screen": "attract", "reason_class": null, "slip": null, "guidance": null, "faults": [...], "at": 12.3}
       {"done": "touch"}

With ``keep``, every screen is saved as ``<kind>.png`` at the moment when it comes; the reading screen half a second
later, when its live picture is there.
"""

import json
import socket
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QObject, QSocketNotifier, Qt, QTimer, Slot
from PySide6.QtQuick import QQuickItem
from PySide6.QtTest import QTest

from kiosk import app as kiosk_app
from kiosk import events, logbook
from kiosk.settings import load_settings
from kiosk.visit.screen import Screen, ScreenKind

_PREVIEW_IS_THERE_MS: Final = 500


class Hand(QObject):
    """Works the window as told through the socket, and tells each screen that the visitor sees."""

    def __init__(self, app: kiosk_app.KioskApp, line: socket.socket) -> None:
        super().__init__()
        self._app = app
        self._line = line
        self._heard = b""
        self._keep: Path | None = None
        self._touchscreen = QTest.createTouchDevice()
        self._notifier = QSocketNotifier(line.fileno(), QSocketNotifier.Type.Read)
        self._notifier.activated.connect(self._listen)
        # Queued as the screens' own connection is, and behind it: what is told here has been shown.
        app.window.screens.arrived.connect(self._tell, Qt.ConnectionType.QueuedConnection)

    @Slot(object)
    def _tell(self, screen: Screen) -> None:
        self._say(
            screen=screen.kind,
            reason_class=screen.slip.reason_class if screen.slip else None,
            slip=screen.slip.code if screen.slip else None,
            guidance=screen.guidance,
            faults=sorted(screen.faults),
            at=time.monotonic(),
        )
        if self._keep is not None:
            wait_ms = _PREVIEW_IS_THERE_MS if screen.kind is ScreenKind.READING else 0
            QTimer.singleShot(wait_ms, partial(self._save, self._keep / f"{screen.kind}.png"))

    def _save(self, path: Path) -> None:
        self._app.window.picture().save(str(path))

    def _listen(self, *_: object) -> None:
        heard = self._line.recv(65536)
        if not heard:
            self._app.qt.exit()
            return
        *lines, self._heard = (self._heard + heard).split(b"\n")
        for line in lines:
            self._obey(json.loads(line))

    def _obey(self, order: dict[str, Any]) -> None:
        match order:
            case {"touch": str(name)}:
                self._touch(name)
            case {"picture": str(path)}:
                self._save(Path(path))
            case {"keep": folder}:
                self._keep = None if folder is None else Path(folder)
        self._say(done=next(iter(order)))

    def _touch(self, name: str) -> None:
        window = self._app.window.quick_window
        item = next(item for item in _items_below(window.contentItem()) if item.objectName() == name)
        middle = item.mapToScene(item.boundingRect().center()).toPoint()
        QTest.touchEvent(window, self._touchscreen).press(0, middle, window).commit()
        QTest.touchEvent(window, self._touchscreen).release(0, middle, window).commit()

    def _say(self, **words: object) -> None:
        self._line.sendall(json.dumps(words).encode() + b"\n")


def _items_below(item: QQuickItem) -> Iterator[QQuickItem]:
    """Walk the items that are shown: QML's visual tree is another than QObject's."""
    for child in item.childItems():
        if child.isVisible():
            yield child
            yield from _items_below(child)


def main() -> int:
    """Run the app until the socket closes."""
    settings = load_settings(Path(sys.argv[1]))
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(sys.argv[2])
        assert settings.log is not None
        with settings.log.open("a", encoding="utf-8") as stream:
            logbook.configure(events.CATALOGUE, stream)
            app = kiosk_app.KioskApp(settings)
            hand = Hand(app, line)
            code = app.run()
            del hand
    return code


if __name__ == "__main__":
    sys.exit(main())
