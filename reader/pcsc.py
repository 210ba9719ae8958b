"""PC/SC as this product needs it: readers, changes, APDUs, escapes. The only import of pyscard.

- Built on the low-level calls, not on pyscard's monitors: after a restart of pcscd those threads are dead and say
  nothing (pyscard #82, #128). Every call here either answers or raises an error of ``reader.errors``.
- A context belongs to one thread: pcsc-lite lets no second call in while one waits.
- The high half of a reader's event state counts card events. It tells one laying-down from the next, even where
  both the lift and the next card fell between two looks.
- A transmit cannot be cancelled. Whoever must not wait kills the process that runs it.
"""

from dataclasses import dataclass
from typing import Final, Self

from smartcard import scard

from reader.errors import CardGoneError, PcscError, ReaderBusyError, ReaderLostError, ServiceDownError

_OK: Final = 0
_TIMEOUT: Final = 0x8010000A
_NO_READERS: Final = 0x8010002E

_ERRORS: Final[dict[int, type[PcscError]]] = {
    0x80100003: ServiceDownError,  # invalid handle: of a pcscd that has gone
    0x8010000B: ReaderBusyError,  # sharing violation
    0x8010000C: CardGoneError,  # no smart card
    0x80100009: ReaderLostError,  # unknown reader
    0x8010000F: CardGoneError,  # protocol mismatch: it went away while its protocol was being settled
    0x80100013: ServiceDownError,  # communication with the service broke
    0x80100016: CardGoneError,  # not transacted
    0x80100017: ReaderLostError,  # reader unavailable
    0x8010001D: ServiceDownError,  # no service
    0x8010001E: ServiceDownError,  # service stopped
    _NO_READERS: ReaderLostError,
    0x80100066: CardGoneError,  # unresponsive card
    0x80100067: CardGoneError,  # unpowered card
    0x80100068: CardGoneError,  # the card was reset: what was selected is gone
    0x80100069: CardGoneError,  # removed card
}


@dataclass(frozen=True, slots=True)
class ReaderState:
    """A reader at one moment.

    ``raw`` is what the next wait compares with; ``counter`` counts card events (16 bits); ``atr`` is the card's, empty
    where none lies there.
    """

    raw: int = scard.SCARD_STATE_UNAWARE
    atr: bytes = b""

    @property
    def has_card(self) -> bool:
        """Tell whether a card lies on the reader."""
        return bool(self.raw & scard.SCARD_STATE_PRESENT)

    @property
    def is_lost(self) -> bool:
        """Tell whether the reader itself is gone, though it may still be listed."""
        gone = scard.SCARD_STATE_UNKNOWN | scard.SCARD_STATE_UNAVAILABLE | scard.SCARD_STATE_IGNORE
        return bool(self.raw & gone)

    @property
    def is_held(self) -> bool:
        """Tell whether another program holds the reader for itself (we never do)."""
        return bool(self.raw & scard.SCARD_STATE_EXCLUSIVE)

    @property
    def counter(self) -> int:
        """Return the number of card events that the service has seen at this reader, modulo 65,536."""
        return self.raw >> 16 & 0xFFFF


class Connection:
    """An open connection to a reader, and to the card on it if there is one. Use it as a context manager."""

    def __init__(self, handle: int, protocol: int) -> None:
        self._handle = handle
        self._protocol_header = scard.SCARD_PCI_T0 if protocol == scard.SCARD_PROTOCOL_T0 else scard.SCARD_PCI_T1

    def transmit(self, apdu: bytes) -> tuple[bytes, int]:
        """Return the response's data and status word. May block for as long as the reader likes."""
        code, response = scard.SCardTransmit(self._handle, self._protocol_header, list(apdu))
        _check("SCardTransmit", code)
        if len(response) < 2:
            # Pulled in the middle of a transmit: PC/SC calls that a success without an answer.
            raise CardGoneError("SCardTransmit", _OK)
        answer = bytes(response)
        return answer[:-2], answer[-2] << 8 | answer[-1]

    def control(self, number: int, data: bytes) -> bytes:
        """Return the driver's answer to an escape; ``number`` is what SCARD_CTL_CODE is made of. May block as above."""
        code, response = scard.SCardControl(self._handle, scard.SCARD_CTL_CODE(number), list(data))
        _check("SCardControl", code)
        return bytes(response)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        scard.SCardDisconnect(self._handle, scard.SCARD_LEAVE_CARD)


class Context:
    """A link to the PC/SC service, for one thread. Use it as a context manager.

    Raises:
        ServiceDownError: by any call, when the service is not there. This context is then of no more use.
    """

    def __init__(self) -> None:
        code, self._handle = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
        _check("SCardEstablishContext", code)

    def readers(self) -> tuple[str, ...]:
        """Return the names of all readers, in alphabetical order; none is no error."""
        code, names = scard.SCardListReaders(self._handle, [])
        if code & 0xFFFFFFFF == _NO_READERS:
            return ()
        _check("SCardListReaders", code)
        return tuple(sorted(names))

    def wait(self, reader: str, known: ReaderState, timeout_s: float) -> ReaderState:
        """Return the reader's state as soon as a card comes or goes since ``known``, or after the time-out."""
        code, states = scard.SCardGetStatusChange(self._handle, int(timeout_s * 1000), [(reader, known.raw)])
        # A time-out has news too: pcsc-lite ends no wait when another program takes the reader for itself.
        if code & 0xFFFFFFFF != _TIMEOUT:
            _check("SCardGetStatusChange", code)
        _, raw, atr = states[0]
        return ReaderState(raw & ~scard.SCARD_STATE_CHANGED, bytes(atr))

    def state(self, reader: str) -> ReaderState:
        """Return the reader's state now."""
        return self.wait(reader, ReaderState(), 0.0)

    def connect(self, reader: str) -> Connection:
        """Connect to the card on the reader."""
        code, handle, protocol = scard.SCardConnect(
            self._handle, reader, scard.SCARD_SHARE_SHARED, scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
        )
        _check("SCardConnect", code)
        return Connection(handle, protocol)

    def connect_reader(self, reader: str) -> Connection:
        """Connect to the reader alone, for escapes; a card need not lie there, and others are not shut out."""
        code, handle, protocol = scard.SCardConnect(self._handle, reader, scard.SCARD_SHARE_DIRECT, 0)
        _check("SCardConnect", code)
        return Connection(handle, protocol)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the service."""
        scard.SCardReleaseContext(self._handle)


def _check(call: str, code: int) -> None:
    """Raise the error that a PC/SC result stands for. pyscard gives it signed on some systems."""
    if code != _OK:
        unsigned = code & 0xFFFFFFFF
        raise _ERRORS.get(unsigned, PcscError)(call, unsigned)
