"""The watch over one reader: which card lies on it, and what is wrong with it, told as one whole status.

- Each look says everything (faults and card), so a status that was true at start is told like any change, and a
  missed one is repaired by the next.
- A card is named by the count of sightings of the reader and, below it, PC/SC's event counter (16 bits). The counter
  alone would repeat: it starts anew when pcscd restarts and when the reader is plugged in again.
- A sighting begins with a connection to the reader itself: PC/SC lists and watches a reader of which a command never
  came back, but a second connection to it blocks. The guard (``reader.watchdog``) then ends this process, and the
  fault stands until a later one gets through.
- After any error the PC/SC context is built anew. Nothing here remembers more than the last sighting's number.
"""

import contextlib
import itertools
import time
from collections.abc import Callable, Iterator
from typing import Final

from kiosk.domain.faults import Fault
from reader import pcsc
from reader.errors import PcscError, ReaderBusyError, ReaderLostError
from reader.messages import Card, Status
from reader.profiles import Apdu, Escape, choose
from reader.watchdog import Guard

LOOK_EVERY_S: Final = 1.0
"""The longest silence between two looks; the worker's sign of life."""

RETRY_EVERY_S: Final = 0.5
"""The pause before a missing service or reader is looked for again."""

CONNECT_WITHIN_S: Final = 3.0


def watch(way: Apdu | Escape, guard: Guard, tell: Callable[[Status], None]) -> None:
    """Tell the reader's status at start, at every change and once a second. Never returns."""
    sightings = itertools.count(1)
    while True:
        try:
            with pcsc.Context() as context:
                _watch_readers(context, way, guard, sightings, tell)
        except PcscError:
            # Every loss of the service ends here, whatever PC/SC called it.
            tell(Status(frozenset({Fault.READER_SERVICE_DOWN}), None))
        time.sleep(RETRY_EVERY_S)


def _watch_readers(
    context: pcsc.Context,
    way: Apdu | Escape,
    guard: Guard,
    sightings: Iterator[int],
    tell: Callable[[Status], None],
) -> None:
    while True:
        fitting = fitting_readers(context, way)
        if fitting:
            with contextlib.suppress(ReaderLostError):
                _check_that_it_answers(context, fitting[0], guard)
                _watch_cards(context, way, fitting[0], next(sightings), tell)
        tell(Status(frozenset({Fault.READER_LOST}), None))
        time.sleep(RETRY_EVERY_S)


def _check_that_it_answers(context: pcsc.Context, reader: str, guard: Guard) -> None:
    # Held by another program is an answer too: the watch tells it.
    with contextlib.suppress(ReaderBusyError), guard(CONNECT_WITHIN_S), context.connect_reader(reader):
        pass


def _watch_cards(
    context: pcsc.Context, way: Apdu | Escape, reader: str, sighting: int, tell: Callable[[Status], None]
) -> None:
    """Watch until the reader is lost, which it tells by ReaderLostError or by returning."""
    state = context.state(reader)
    while not state.is_lost:
        faults = {Fault.READER_BUSY} if state.is_held else set()
        if len(fitting_readers(context, way)) > 1:
            faults.add(Fault.READER_SEVERAL)
        card = Card(reader, card_counter(sighting, state)) if state.has_card else None
        tell(Status(frozenset(faults), card))
        state = context.wait(reader, state, LOOK_EVERY_S)


def fitting_readers(context: pcsc.Context, way: Apdu | Escape) -> tuple[str, ...]:
    """Return the readers of this model that are there; PC/SC may list one that was unplugged. The first one serves."""
    return tuple(reader for reader in choose(way, context.readers()) if not context.state(reader).is_lost)


def card_counter(sighting: int, state: pcsc.ReaderState) -> int:
    """Return the number that names the card on the reader, unlike that of any other card of this worker."""
    return (sighting & 0xFFFF) << 16 | state.counter
