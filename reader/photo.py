"""The card's photo: decoders are plug-ins, and none is no pass.

A real card holds 1,024 bytes of "WLT". No public algorithm or free decoder exists: every public program calls a
licensed vendor library. An operator who has one plugs it in here; without one the visitor goes to staff.

Card bytes are hostile input. A decoder runs only inside the reader worker, which can be killed; it opens one format,
checks the size before it decodes, and returns exactly 102 x 126 pixels or nothing.
"""

import io
from collections.abc import Mapping
from typing import Final, Protocol

from PIL.Jpeg2KImagePlugin import Jpeg2KImageFile

from kiosk.domain.document import Portrait
from kiosk.domain.evidence import Unavailable
from kiosk.domain.reasons import Reason

WIDTH, HEIGHT = 102, 126
PHOTO_BYTES: Final = 1024

_SIMULATOR_MAGIC: Final = b"HTSIM1"


class PhotoDecoder(Protocol):
    """A plug-in that knows one photo format."""

    def decode(self, block: bytes) -> Portrait | Unavailable:
        """Return the 102 x 126 portrait of a photo block, or ``Unavailable``. Never raises."""


class NoDecoder:
    """For a reader whose photo format nobody here can open."""

    def decode(self, block: bytes) -> Portrait | Unavailable:
        """Return ``Unavailable``, whatever the block."""
        return Unavailable(Reason.PORTRAIT_UNDECODABLE)


class SimulatorDecoder:
    """Opens the card simulator's container: magic, u16 big-endian length, JPEG 2000 code stream, zeros."""

    def decode(self, block: bytes) -> Portrait | Unavailable:
        """Return the portrait, or ``Unavailable`` for every other format (a WLT photo too), size or broken stream."""
        start = len(_SIMULATOR_MAGIC) + 2
        length = int.from_bytes(block[len(_SIMULATOR_MAGIC) : start], "big")
        if len(block) != PHOTO_BYTES or not block.startswith(_SIMULATOR_MAGIC) or length > PHOTO_BYTES - start:
            return Unavailable(Reason.PORTRAIT_UNDECODABLE)
        try:
            # Not Image.open, which loads every format it knows: 200 ms once, and doors that nobody needs.
            with Jpeg2KImageFile(io.BytesIO(block[start : start + length])) as image:
                # Opening reads the header only: nothing of a wrong size is ever decoded.
                if image.size != (WIDTH, HEIGHT) or image.mode != "RGB":
                    return Unavailable(Reason.PORTRAIT_UNDECODABLE)
                return Portrait(WIDTH, HEIGHT, image.tobytes("raw", "BGR"))
        except Exception:
            # A codec has no closed list of what it raises on hostile bytes, and all of it means the same here.
            return Unavailable(Reason.PORTRAIT_UNDECODABLE)


_DECODERS: Final[Mapping[str, PhotoDecoder]] = {"simulator": SimulatorDecoder(), "none": NoDecoder()}


def decoder(name: str) -> PhotoDecoder:
    """Return the decoder that a reader profile names."""
    return _DECODERS[name]
