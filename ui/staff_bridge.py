"""Where the engine's thread meets the staff's panel: a ``Panel`` comes in one queued signal, a touch is posted.

The PIN is compared on a thread of its own, since Argon2id takes longer than a picture may wait.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import timedelta
from math import ceil
from typing import Any, Final

import structlog
from PySide6.QtCore import Property, QObject, Qt, QTimer, Signal, Slot

from kiosk.domain.by_hand import HandReason
from kiosk.domain.ids import SlipCode
from kiosk.ports import Post
from kiosk.staff_pin import MAX_DIGITS, StaffPin
from kiosk.visit.events import AdmittedByHand, CallDismissed, ColleagueCalled, LanePaused, LaneResumed
from kiosk.visit.panel import LaneWord, Panel
from ui.staff_presenter import labels, present_panel
from ui.staff_words import LABELS

IDLE_S: Final = 60
"""A panel that nobody touches closes: the next person at the screen is a visitor."""
_EVERY_MS: Final = 1000
log = structlog.get_logger()


class QtPanel(QObject):
    """The panel as the engine knows it (``kiosk.ports.StaffPanel``). Stop the engine before this is deleted."""

    arrived = Signal(object)

    def tell(self, panel: Panel) -> None:
        """Show this now. May be called from any thread; returns at once."""
        self.arrived.emit(panel)


class Staff(QObject):
    """What the panel's QML binds to, and what staff can touch. Lives in Qt's main thread.

    ``is_asking`` shows the PIN pad; ``is_open`` is after the right PIN. A second screen shows the panel all the time,
    and wants the PIN before anything is done (``is_always_shown``).
    """

    changed = Signal()
    _compared = Signal(bool)

    def __init__(
        self,
        panel: QtPanel,
        pin: StaffPin,
        post: Post,
        *,
        language: str,
        list_age: Callable[[], timedelta | None],
        restart: Callable[[], None],
        set_up: Callable[[], None],
        is_always_shown: bool = False,
    ) -> None:
        """``list_age`` is asked about once a second while the panel is seen, ``restart`` ends the app in order,
        ``set_up`` ends it for the installer's screens.
        """
        super().__init__()
        self._post, self._pin, self._list_age = post, pin, list_age
        self._restart, self._set_up = restart, set_up
        self._language = language
        self._always = is_always_shown
        self._panel = Panel(lane=LaneWord.FAULTY, is_paused=False)
        self._open = self._asking = self._comparing = self._wrong = False
        self._typed = ""
        self._compares = ThreadPoolExecutor(max_workers=1, thread_name_prefix="staff-pin")
        self.idle = QTimer(self, singleShot=True, interval=IDLE_S * 1000)
        self.idle.timeout.connect(self.close)
        self._ticks = QTimer(self, interval=_EVERY_MS)
        self._ticks.timeout.connect(self.changed)
        if is_always_shown:
            self._ticks.start()
        panel.arrived.connect(self._take, Qt.ConnectionType.QueuedConnection)
        self._compared.connect(self._after_compare, Qt.ConnectionType.QueuedConnection)

    def _view(self) -> dict[str, Any]:
        seen = present_panel(self._panel, self._list_age(), self._language)
        return {name: _for_qml(value) for name, value in asdict(seen).items()}

    view = Property(dict, _view, notify=changed)
    """The fields of ``ui.staff_presenter.PanelView``."""

    words = Property(dict, lambda self: labels(self._language), notify=changed)
    is_open = Property(bool, lambda self: self._open, notify=changed)
    is_asking = Property(bool, lambda self: self._asking, notify=changed)
    is_always_shown = Property(bool, lambda self: self._always, constant=True)
    typed = Property(int, lambda self: len(self._typed), notify=changed)
    """How many digits: never which."""

    def _pin_note(self) -> str:
        if not self._pin.is_set():
            return LABELS["pin_unset"].in_(self._language)
        if (wait_s := self._pin.wait_s()) > 0:
            return LABELS["pin_wait"].in_(self._language).format(seconds=ceil(wait_s))
        return LABELS["pin_wrong"].in_(self._language) if self._wrong else ""

    pin_note = Property(str, _pin_note, notify=changed)

    # ---- the way in and out

    @Slot()
    def ask(self) -> None:
        """The corner was held: show the PIN pad."""
        self._typed, self._wrong = "", False
        self._asking = not self._open
        self._touched()
        self._ticks.start()

    @Slot(str)
    def digit(self, digit: str) -> None:
        """A digit was touched."""
        if len(self._typed) < MAX_DIGITS and not self._comparing:
            self._typed += digit
        self._wrong = False
        self._touched()

    @Slot()
    def erase(self) -> None:
        """The last digit was a slip."""
        self._typed = self._typed[:-1]
        self._touched()

    @Slot()
    def enter(self) -> None:
        """All digits are there: compare them, and forget them."""
        typed, self._typed = self._typed, ""
        if typed and not self._comparing:
            self._comparing = True
            self._compares.submit(lambda: self._compared.emit(self._pin.matches(typed)))
        self._touched()

    @Slot()
    def close(self) -> None:
        """Close panel and pad."""
        if self._open:
            log.info("panel.closed")
        self._open = self._asking = False
        self._typed = ""
        self.idle.stop()
        if not self._always:
            self._ticks.stop()
        self.changed.emit()

    @Slot()
    def change_language(self) -> None:
        """Chinese or English."""
        self._language = "en" if self._language.startswith("zh") else "zh_CN"
        self._touched()

    # ---- acts; QML offers them only after the PIN, and here they are refused without it

    @Slot()
    def pause(self) -> None:
        """Close the lane, or open it again."""
        self._act(LaneResumed() if self._panel.is_paused else LanePaused())

    @Slot(str, str)
    def admit(self, code: str, reason: str) -> None:
        """Open the gate for a waiting visitor, or for somebody without a call ("")."""
        self._act(AdmittedByHand(HandReason(reason), SlipCode(code) if code else None))

    @Slot(str)
    def dismiss(self, code: str) -> None:
        """A visitor has been seen to."""
        self._act(CallDismissed(SlipCode(code)))

    @Slot()
    def call_colleague(self) -> None:
        """Ask for another member of staff."""
        self._act(ColleagueCalled())

    @Slot()
    def restart(self) -> None:
        """End the app; its shell starts it anew."""
        if self._open:
            log.info("panel.acted", act="Restarted")
            self._restart()

    @Slot()
    def set_up(self) -> None:
        """End the app; its shell shows the installer's screens, and then starts it anew."""
        if self._open:
            log.info("panel.acted", act="SetupOpened")
            self._set_up()

    def _act(self, event: AdmittedByHand | CallDismissed | ColleagueCalled | LanePaused | LaneResumed) -> None:
        if self._open:
            log.info("panel.acted", act=type(event).__name__)
            self._post(event)
            self._touched()

    def _touched(self) -> None:
        self.idle.start()
        self.changed.emit()

    @Slot(bool)
    def _after_compare(self, is_right: bool) -> None:
        self._comparing = False
        self._wrong = not is_right
        if is_right and self._asking:
            self._asking, self._open = False, True
            log.info("panel.opened")
        self._touched()

    @Slot(object)
    def _take(self, panel: Panel) -> None:
        begins = panel.lane is LaneWord.SERVING and self._panel.lane is not LaneWord.SERVING
        self._panel = panel
        if begins and not self._always:
            self.close()  # the screen is the next visitor's
        self.changed.emit()


def _for_qml(value: Any) -> Any:
    """QML takes a list for an array, but a tuple for an unknown object."""
    match value:
        case dict():
            return {key: _for_qml(of) for key, of in value.items()}
        case tuple() | list():
            return [_for_qml(of) for of in value]
        case _:
            return value
