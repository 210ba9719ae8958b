"""Presence by "find card": for readers of which PC/SC knows nothing (a COM port, a vendor's library, some escapes).

- The module is asked at most every 300 ms, over one line that a session borrows: nobody polls while a card is read.
- A card counts as gone after two missed finds. Its counter grows with each laying-down.
- Modules differ in what they find once a card was read [unverified]: some find it for as long as it lies there, others
  not before it was lifted. A find at the end of a good read tells which. To the second kind a read card lies there
  until another is found or ``HELD_S`` have passed; nothing more can be known of it. The next visitor's card ends it
  at once, so B never walks on A's card.
  To such a module's reader, a visitor who takes longer than that is asked to lay the card again where another reader's
  would be offered more time. A longer time would be worse for everybody: each card that was taken would be called
  forgotten (``forgotten_card_s`` after a result that is shown for ``result_shown_s``).
- After a failed read no module finds the card again until it was lifted: its next laying-down is a new presence.
- A line that breaks is opened anew, for ever.
"""

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Final

from kiosk.domain.faults import Fault
from reader import sam
from reader.errors import (
    CardGoneError,
    DeadlineError,
    FrameError,
    LineError,
    ReaderBusyError,
    ReaderError,
    SamError,
    SamFaultError,
    ServiceDownError,
)
from reader.messages import Card, Status

POLL_EVERY_S: Final = 0.3
HELD_S: Final = 15.0
"""As long as a visit may look at the face (kiosk.visit.policy.look_timeout_s)."""
RETRY_EVERY_S: Final = 0.5
TELL_EVERY_S: Final = 1.0
_MISSES: Final = 2
_BROKEN_FRAMES: Final = 5
"""So many answers in a row that are no frames, and this is no line to a SAM."""


class PolledTransport:
    """``Transport`` over a line that only the SAM itself can tell about.

    Args:
        name: what the cards' presences name as their reader.
        open_line: opens the line; LineError or PcscError where that fails.
    """

    def __init__(self, name: str, open_line: Callable[[], AbstractContextManager[sam.Transceive]]) -> None:
        self._name = name
        self._open_line = open_line
        self._lock = threading.Lock()
        # Guarded by the lock.
        self._line: sam.Transceive | None = None
        self._card: Card | None = None
        self._held_until_s = 0.0

    def watch(self, tell: Callable[[Status], None]) -> None:
        """Tell the status for ever."""
        counters = itertools.count(1)
        while True:
            try:
                with self._open_line() as line:
                    self._hold(line)
                    self._watch_cards(line, counters, tell)
            except ReaderError as error:
                self._hold(None)
                tell(Status(frozenset({_fault_of(error)}), None))
            time.sleep(RETRY_EVERY_S)

    @contextmanager
    def session(self, card: Card) -> Iterator[sam.Transceive]:
        """Borrow the line while this card lies there."""
        with self._lock:
            if self._line is None or card != self._card:
                raise CardGoneError("find card", 0)
            yield self._line
            # The card was read whole: a disturbed answer to this last question is no reason to lose it.
            with suppress(FrameError):
                self._held_until_s = 0.0 if _finds(self._line) else time.monotonic() + HELD_S

    @contextmanager
    def bare_session(self) -> Iterator[sam.Transceive]:
        """Borrow the line, or open one where nobody watches. Raises LineError."""
        with self._lock:
            if self._line is not None:
                yield self._line
                return
            with self._open_line() as line:
                yield line

    def _hold(self, line: sam.Transceive | None) -> None:
        with self._lock:
            self._line, self._card, self._held_until_s = line, None, 0.0

    def _watch_cards(self, line: sam.Transceive, counters: Iterator[int], tell: Callable[[Status], None]) -> None:
        misses = broken = 0
        told_s = 0.0
        told: Card | None = None
        while True:
            with self._lock:
                try:
                    found = _finds(line)
                    broken = 0
                except FrameError:
                    found, broken = False, broken + 1
                    if broken >= _BROKEN_FRAMES:
                        raise LineError("what answers is no security module") from None
                misses = 0 if found else misses + 1
                now_s = time.monotonic()
                if found and (self._card is None or self._held_until_s):
                    self._card, self._held_until_s = Card(self._name, next(counters) & 0xFFFFFFFF), 0.0
                elif not found and misses >= _MISSES and now_s >= self._held_until_s:
                    self._card, self._held_until_s = None, 0.0
                card = self._card
            if card != told or now_s - told_s >= TELL_EVERY_S:
                tell(Status(frozenset(), card))
                told, told_s = card, now_s
            time.sleep(POLL_EVERY_S)


def _finds(line: sam.Transceive) -> bool:
    try:
        sam.run(sam.FIND_CARD, line)
    except SamFaultError:
        raise
    except SamError:
        return False
    return True


def _fault_of(error: ReaderError) -> Fault:
    match error:
        case DeadlineError():
            return Fault.READER_STALLED
        case SamFaultError():
            return Fault.READER_SAM
        case ServiceDownError():
            return Fault.READER_SERVICE_DOWN
        case ReaderBusyError():
            return Fault.READER_BUSY
        case _:
            return Fault.READER_LOST
