"""What one worker does with its reader: watch it, know its module, read the card that lies there.

- The module is asked for its status and SAMID before anything is believed of it: at once where the reader can be spoken
  to without a card, otherwise before the first card is read. Until it is good no card is read.
- What is told is one whole status: the transport's, the module's and the photo decoder's faults together.
"""

import contextlib
from collections.abc import Callable
from typing import Final

from kiosk.domain.faults import Fault
from reader.chip import read_chip
from reader.errors import ReaderError, reason_of
from reader.identity import ModuleWatch
from reader.messages import Card, CardDocument, NotRead, Status
from reader.photo import decoder
from reader.profiles import Profile
from reader.transports.opening import open_transport
from reader.watchdog import Guard

_READER_IS_AWAY: Final = frozenset({Fault.READER_LOST, Fault.READER_SERVICE_DOWN, Fault.READER_STALLED})


class ReaderLane:
    """The reader of a profile. ``watch`` runs in one thread, ``read`` in another."""

    def __init__(self, profile: Profile, guard: Guard) -> None:
        self._profile = profile
        self._transport = open_transport(profile, guard)
        self._module = ModuleWatch(profile.sam.id)
        self._decoder = decoder(profile.photo)

    def watch(self, tell: Callable[[Status], None]) -> None:
        """Tell the whole status for ever."""
        self._transport.watch(lambda status: tell(self._completed(status)))

    def read(self, card: Card) -> CardDocument | NotRead:
        """Return the card's document, or why there is none."""
        try:
            with self._transport.session(card) as transceive:
                self._module.check(transceive)
                document = read_chip(transceive, self._profile, self._decoder)
            return CardDocument.of(card, document)
        except ReaderError as error:
            reason, again = reason_of(error)
            return NotRead(card, reason, again)

    def _completed(self, status: Status) -> Status:
        if status.faults & _READER_IS_AWAY:
            self._module.forget()
        elif not self._module.is_good:
            self._ask_without_card()
        broken = frozenset({Fault.PHOTO_DECODER} if self._decoder.is_broken else ())
        return Status(status.faults | self._module.faults | broken, status.card)

    def _ask_without_card(self) -> None:
        session = self._transport.bare_session()
        if session is not None:
            # What goes wrong here is remembered by the module's watch, or is the transport's to tell.
            with contextlib.suppress(ReaderError), session as transceive:
                self._module.check(transceive)
