"""The ways to a reader's security module, one module each, under one port.

- ``apdu``: SAM frames inside PC/SC pseudo-APDUs; ``escape``: inside SCardControl. Both over ``reader.pcsc``.
- ``serial_line``: a COM port (the only import of pyserial); ``vendor_sdk``: a vendor's library through ctypes.

Which one a reader model needs, and its bytes, is the profile's to say (``reader.profiles``).
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

from reader.messages import Card, Status
from reader.sam import Transceive


class Transport(Protocol):
    """One reader, in one worker. ``watch`` runs in a thread of its own, ``session`` in another."""

    def watch(self, tell: Callable[[Status], None]) -> None:
        """Tell the whole status (faults, card) at start, at every change and once a second. Never returns."""

    def session(self, card: Card) -> AbstractContextManager[Transceive]:
        """Open the way to the SAM while this card, and no other, lies there.

        Raises:
            CardGoneError: at entry, or at a clean exit, when another card or none lies there.
            ReaderError: the reader cannot be reached.
        """

    def bare_session(self) -> AbstractContextManager[Transceive] | None:
        """Open the way to the SAM without a card, or return None where that cannot be (PC/SC pseudo-APDUs)."""
