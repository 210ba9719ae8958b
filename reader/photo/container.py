"""The card simulator's container: magic, u16 big-endian length, JPEG 2000 code stream, zeros, 1,024 bytes in all."""

import io
from typing import Final

from PIL.Jpeg2KImagePlugin import Jpeg2KImageFile

from kiosk.domain.document import Portrait
from reader.photo.port import HEIGHT, UNDECODABLE, WIDTH, Undecodable

PHOTO_BYTES: Final = 1024
_MAGIC: Final = b"HTSIM1"


class SimulatorDecoder:
    """Opens the container."""

    is_broken = False

    def decode(self, block: bytes) -> Portrait | Undecodable:
        """Return the portrait, or ``Unavailable`` for every other format (a WLT photo too), size or broken stream."""
        start = len(_MAGIC) + 2
        length = int.from_bytes(block[len(_MAGIC) : start], "big")
        if len(block) != PHOTO_BYTES or not block.startswith(_MAGIC) or length > PHOTO_BYTES - start:
            return UNDECODABLE
        try:
            # Not Image.open, which loads every format it knows: 200 ms once, and doors that nobody needs.
            with Jpeg2KImageFile(io.BytesIO(block[start : start + length])) as image:
                # Opening reads the header only: nothing of a wrong size is ever decoded.
                if image.size != (WIDTH, HEIGHT) or image.mode != "RGB":
                    return UNDECODABLE
                return Portrait(WIDTH, HEIGHT, image.tobytes("raw", "BGR"))
        except Exception:
            # A codec has no closed list of what it raises on hostile bytes, and all of it means the same here.
            return UNDECODABLE

    def close(self) -> None:
        """Let go of nothing: it holds nothing."""
