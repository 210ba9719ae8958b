"""The visitor's window on a real screen, without an engine: says what is touched.

Lines in: ``show KIND``, ``ask KIND`` (a screen that asks whether more time is wanted), ``where NAME``. Lines out: each
screen with its language, the middle of what was asked for, each event that a touch posts.
"""

import sys
import threading
from pathlib import Path

from PySide6.QtCore import QObject, QPointF, QSize, Qt, Signal
from PySide6.QtQuick import QQuickItem

import ui
from kiosk.visit.events import Event
from kiosk.visit.screen import Screen, ScreenKind
from ui.site import load_site
from ui.window import KioskWindow, make_application


class NoCamera:
    def latest(self) -> None: ...


class Lines(QObject):
    arrived = Signal(str)


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def obey(line: str) -> None:
    order, what = line.split()
    if order == "where":
        window.picture()  # whatever is new is in its place then
        (item,) = [item for item in items(window.quick_window.contentItem()) if item.objectName() == what]
        middle = item.mapToScene(QPointF(item.width() / 2, item.height() / 2))
        say(f"{round(middle.x())} {round(middle.y())}")
    else:
        window.screens.show(Screen(kind=ScreenKind(what), asks_more_time=order == "ask"))


def items(item: QQuickItem) -> list[QQuickItem]:
    visible = [child for child in item.childItems() if child.isVisible()]
    return [*visible, *(inner for child in visible for inner in items(child))]


def posted(event: Event) -> None:
    say(type(event).__name__)


qt = make_application()
site = load_site(Path(ui.__file__).parent / "sites" / "gutian.toml")
size = QSize(*map(int, sys.argv[1:3]))
window = KioskWindow(NoCamera(), posted, site, size=size, px_per_mm=size.width() / 268)  # type: ignore[arg-type]  # never asked
window.visitor.changed.connect(lambda: say(f"{window.visitor.screen.kind} {window.visitor.language}"))
lines = Lines()
lines.arrived.connect(obey, Qt.ConnectionType.QueuedConnection)


def listen() -> None:
    for line in sys.stdin:
        lines.arrived.emit(line)
    qt.exit()


threading.Thread(target=listen, daemon=True).start()
say("ready")
qt.exec()
window.close()
