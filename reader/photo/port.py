"""What every photo decoder keeps."""

from typing import Final, Protocol, TypeAlias

from kiosk.domain.document import Portrait
from kiosk.domain.evidence import Unavailable
from kiosk.domain.reasons import Reason

WIDTH, HEIGHT = 102, 126
"""Pixels of the photo in a card's chip (facts/resident-id.md)."""

Undecodable: TypeAlias = Unavailable
UNDECODABLE: Final = Unavailable(Reason.PORTRAIT_UNDECODABLE)


class PhotoDecoder(Protocol):
    """A plug-in that knows one photo format. What it is given is hostile."""

    @property
    def is_broken(self) -> bool:
        """Tell whether the decoder itself crashed, hung or broke its contract, and has decoded nothing since."""

    def decode(self, block: bytes) -> Portrait | Undecodable:
        """Return the 102 x 126 portrait of a photo block, or ``Unavailable``. Never raises."""

    def close(self) -> None:
        """End what the decoder keeps running."""


class NoDecoder:
    """For a reader whose photo format nobody here can open: every visitor goes to staff."""

    is_broken = False

    def decode(self, block: bytes) -> Portrait | Undecodable:
        """Return ``Unavailable``, whatever the block."""
        return UNDECODABLE

    def close(self) -> None:
        """Let go of nothing: it holds nothing."""
