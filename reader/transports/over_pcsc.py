"""A reader that PC/SC knows: frames go inside pseudo-APDUs or escapes, and PC/SC says when a card comes and goes."""

import fnmatch
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Final, assert_never

from reader import monitor, pcsc
from reader.errors import CardGoneError, PcscError, ReaderLostError, ServiceDownError, UnknownKindError
from reader.messages import Card, Status
from reader.profiles import Apdu, Escape
from reader.sam import Transceive
from reader.transports import apdu, escape
from reader.watchdog import Guard

_COUNTER_MASK: Final = 0xFFFF


class PcscTransport:
    """``Transport`` for a reader whose cards PC/SC sees."""

    def __init__(self, way: Apdu | Escape, guard: Guard) -> None:
        self._way = way
        self._guard = guard
        self._context: pcsc.Context | None = None
        """The reading thread's own. It is kept: to make one costs as much as two APDUs."""

    def watch(self, tell: Callable[[Status], None]) -> None:
        """Tell the reader's status for ever (``reader.monitor``)."""
        monitor.watch(self._way, self._guard, tell)

    @contextmanager
    def session(self, card: Card) -> Iterator[Transceive]:
        """Open the way to the SAM while this card lies there.

        The event counter is compared once the connection is open. From then on PC/SC itself fails every transmit when
        the card is lifted, so what is read is this card's and no other's. An escape goes to the reader whatever lies on
        it: there the counter is compared once more at the end.
        """
        try:
            with self._guard(monitor.CONNECT_WITHIN_S):
                context, connection = self._connect(card.reader)
            with connection:
                state = _state(context, card)
                if not fnmatch.fnmatchcase(state.atr.hex().upper(), self._way.atr):
                    raise UnknownKindError("the card's ATR is not the profile's")
                yield transceive_over(self._way, connection, self._guard)
                if isinstance(self._way, Escape):
                    _state(context, card)
        except PcscError:
            # Whatever broke, the next session begins with a sound one.
            self._drop_context()
            raise

    def _connect(self, reader: str) -> tuple[pcsc.Context, pcsc.Connection]:
        """Connect through the context at hand, or a fresh one where that belongs to a pcscd that has gone."""
        if self._context is not None:
            with suppress(ServiceDownError):
                return self._context, self._context.connect(reader)
            self._drop_context()
        self._context = pcsc.Context()
        return self._context, self._context.connect(reader)

    def _drop_context(self) -> None:
        context, self._context = self._context, None
        if context is not None:
            context.close()

    def bare_session(self) -> AbstractContextManager[Transceive] | None:
        """Open the way without a card: escapes reach the reader itself, an APDU needs a card to be addressed to."""
        return bare_escape(self._way, self._guard) if isinstance(self._way, Escape) else None


@contextmanager
def bare_escape(way: Escape, guard: Guard) -> Iterator[Transceive]:
    """Open the way to the SAM through escapes to the reader alone. Raises PcscError."""
    with pcsc.Context() as context:
        fitting = monitor.fitting_readers(context, way)
        if not fitting:
            raise ReaderLostError("SCardListReaders", 0)
        with guard(monitor.CONNECT_WITHIN_S):
            connection = context.connect_reader(fitting[0])
        with connection:
            yield transceive_over(way, connection, guard)


def transceive_over(way: Apdu | Escape, connection: pcsc.Connection, guard: Guard) -> Transceive:
    """Return the way to the SAM over an open connection. It cannot give up at its deadline: the guard does."""

    def transceive(frame: bytes, deadline_s: float) -> bytes:
        with guard(deadline_s):
            match way:
                case Apdu():
                    return apdu.exchange(way, frame, connection.transmit)
                case Escape():
                    return escape.exchange(way, frame, connection.control)
                case _ as never:
                    assert_never(never)

    return transceive


def _state(context: pcsc.Context, card: Card) -> pcsc.ReaderState:
    """Return the reader's state while this very card lies there. Raises CardGoneError."""
    state = context.state(card.reader)
    if not state.has_card or state.counter != card.counter & _COUNTER_MASK:
        raise CardGoneError("SCardGetStatusChange", 0)
    return state
