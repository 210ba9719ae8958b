"""Five keys for people who cannot see the screen or reach it (EN 301 549), and the head-phones' socket beside them.

- A USB keypad for kiosks is a keyboard; it is programmed to send F1 to F7, which no text needs and no layout moves.
- A key does what a touch does, through the same ``Visitor``: there is no second way into a visit.
- From left to right as the voice says them (``spoken.keys``), each to be told by its shape under a finger.
"""

from collections.abc import Callable, Mapping
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent

from ui.bridge import Visitor
from ui.voice import Voice

START: Final = Qt.Key.Key_F1
REPEAT: Final = Qt.Key.Key_F2
STAFF: Final = Qt.Key.Key_F3
LANGUAGE: Final = Qt.Key.Key_F4
MORE_TIME: Final = Qt.Key.Key_F5
HEADPHONES_IN: Final = Qt.Key.Key_F6
HEADPHONES_OUT: Final = Qt.Key.Key_F7


class Keypad(QObject):
    """Turns key presses on the window that it is installed on into what a visitor may do."""

    def __init__(self, visitor: Visitor, voice: Voice) -> None:
        super().__init__()
        self._visitor = visitor
        self._voice = voice
        self._acts: Mapping[int, Callable[[], None]] = {
            START: self._start,
            REPEAT: voice.say_again,
            STAFF: visitor.choose_staffed_lane,
            LANGUAGE: self._next_language,
            MORE_TIME: visitor.want_more_time,
            HEADPHONES_IN: lambda: voice.plug(headphones=True),
            HEADPHONES_OUT: lambda: voice.plug(headphones=False),
        }

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the keypad's keys; leave everything else to the window. A key that is held down counts once."""
        if event.type() is not QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        act = self._acts.get(event.key())
        if act is None:
            return False
        if not event.isAutoRepeat():
            act()
        return True

    def _start(self) -> None:
        """OK: yes to more time where that is asked, and everything there is to know otherwise."""
        if self._visitor.screen.asks_more_time:
            self._visitor.want_more_time()
        else:
            self._voice.explain()

    def _next_language(self) -> None:
        self._visitor.change_language()
        self._voice.say_again()
