"""When the voice speaks: at once when the screen changes, and at a listener's pace while the camera looks.

Hints come as fast as pictures do, and may change several times a second. Each would cut off the one before, and nobody
would hear a whole word. So a hint waits until the words before it have had their time; what is said then is the newest.
"""

from typing import Final

from PySide6.QtCore import QObject, QTimer

from kiosk.visit.screen import Screen, ScreenKind
from ui.bridge import Visitor
from ui.voice import Voice

HINT_EVERY_S: Final = 3.3
"""The longest hint takes 3.2 s at the voice's pace (tests/unit/ui/test_voice.py)."""
_CAMERA: Final = frozenset({ScreenKind.READING, ScreenKind.LOOK_HERE})


class Speaker(QObject):
    """Has the voice follow the visitor's screen and language."""

    def __init__(self, visitor: Visitor, voice: Voice) -> None:
        super().__init__()
        self._visitor = visitor
        self._voice = voice
        self._before = (visitor.screen, visitor.language)
        self._waits = False
        self.timer = QTimer(self, singleShot=True, interval=int(HINT_EVERY_S * 1000))
        self.timer.timeout.connect(self._speak_what_waits)
        visitor.changed.connect(self._follow)

    def _follow(self) -> None:
        before, self._before = self._before, (self._visitor.screen, self._visitor.language)
        if self.timer.isActive() and _is_a_hint(before, self._before):
            self._waits = True
        else:
            self._speak()

    def _speak_what_waits(self) -> None:
        if self._waits:
            self._speak()

    def _speak(self) -> None:
        self._waits = False
        self._voice.show(self._visitor.screen, self._visitor.language)
        self.timer.start()


def _is_a_hint(before: tuple[Screen, str], now: tuple[Screen, str]) -> bool:
    """Tell whether nothing but the camera's advice is another now."""
    (old, spoken), (new, speaks) = before, now
    return {old.kind, new.kind} <= _CAMERA and old.asks_more_time == new.asks_more_time and spoken == speaks
