"""What every photo decoder keeps, and what those that run in the worker share."""

import io
from collections.abc import Callable
from typing import Final, Protocol

from PIL.ImageFile import ImageFile

from kiosk.domain.document import Portrait
from kiosk.domain.evidence import Unavailable
from kiosk.domain.reasons import Reason

WIDTH, HEIGHT = 102, 126
"""Pixels of the photo in a card's chip (facts/resident-id.md)."""

UNDECODABLE: Final = Unavailable(Reason.PORTRAIT_UNDECODABLE)


class PhotoDecoder(Protocol):
    """A plug-in that knows one photo format. What it is given is hostile."""

    @property
    def is_broken(self) -> bool:
        """Tell whether the decoder itself crashed, hung or broke its contract, and has decoded nothing since."""

    def decode(self, block: bytes) -> Portrait | Unavailable:
        """Return the 102 x 126 portrait of a photo block, or ``Unavailable``. Never raises."""

    def close(self) -> None:
        """End what the decoder keeps running."""


class Codec:
    """What a decoder is that runs in the worker itself: with nothing to break and nothing to end."""

    is_broken = False

    def close(self) -> None:
        """Let go of nothing: it holds nothing."""


class NoDecoder(Codec):
    """For a reader whose photo format nobody here can open: every visitor goes to staff."""

    def decode(self, block: bytes) -> Portrait | Unavailable:
        """Return ``Unavailable``, whatever the block."""
        return UNDECODABLE


def portrait_of(opened: Callable[[io.BytesIO], ImageFile], content: bytes) -> Portrait | Unavailable:
    """Return the portrait that a Pillow plug-in finds in ``content``, or ``Unavailable`` where it is not one whole.

    ``opened`` is the plug-in's class. Not Image.open, which loads every format it knows: 200 ms once, and doors that
    nobody needs.
    """
    try:
        with opened(io.BytesIO(content)) as image:
            # Opening reads the header only: nothing of a wrong size is ever decoded.
            if image.size != (WIDTH, HEIGHT) or image.mode != "RGB":
                return UNDECODABLE
            return Portrait(WIDTH, HEIGHT, image.tobytes("raw", "BGR"))
    except Exception:
        # A codec has no closed list of what it raises on hostile bytes, and all of it means the same here.
        return UNDECODABLE
