"""The card simulator's container: magic, u16 big-endian length, JPEG 2000 code stream, zeros, 1,024 bytes in all.

The code stream must be of the one plain form that the simulator writes: a 102 x 126 RGB picture, one tile, one quality
layer. A kilobyte that declares thousands of layers keeps a decoder busy forty times as long (found by fuzzing).
"""

import io
from typing import Final

from PIL.Jpeg2KImagePlugin import Jpeg2KImageFile

from kiosk.domain.document import Portrait
from reader.photo.port import HEIGHT, UNDECODABLE, WIDTH, Undecodable

PHOTO_BYTES: Final = 1024
_MAGIC: Final = b"HTSIM1"

# ISO/IEC 15444-1, annex A: the markers of a code stream, and what its first two segments (SIZ and COD) must say.
_QCD, _COM, _SOT, _SOD = b"\xff\x5c", b"\xff\x64", b"\xff\x90", b"\xff\x93"
_BEGINNING: Final = bytes.fromhex(
    "ff4f ff51 002f 0000 00000066 0000007e 00000000 00000000 00000066 0000007e 00000000 00000000"
    "0003 070101 070101 070101"
    "ff52 000c 00 00 0001 01 04 04 04 00 00"
)
"""SIZ: 102 x 126, one tile of that size, three components of 8 bits. COD: one layer, colour transform, four levels."""


class SimulatorDecoder:
    """Opens the container."""

    is_broken = False

    def decode(self, block: bytes) -> Portrait | Undecodable:
        """Return the portrait, or ``Unavailable`` for every other format (a WLT photo too), size or broken stream."""
        start = len(_MAGIC) + 2
        length = int.from_bytes(block[len(_MAGIC) : start], "big")
        if len(block) != PHOTO_BYTES or not block.startswith(_MAGIC) or length > PHOTO_BYTES - start:
            return UNDECODABLE
        if not _is_plain(block[start : start + length]):
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


def _is_plain(stream: bytes) -> bool:
    """Tell whether only quantisation and comments stand between the required beginning and the data."""
    if not stream.startswith(_BEGINNING):
        return False
    at = len(_BEGINNING)
    while (marker := stream[at : at + 2]) in (_QCD, _COM, _SOT):
        at += 2 + int.from_bytes(stream[at + 2 : at + 4], "big")
        if stream[at : at + 2] == _SOD:
            return marker == _SOT
    return False
