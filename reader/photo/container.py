"""The card simulator's container: magic, u16 big-endian length, JPEG 2000 code stream, zeros, 1,024 bytes in all.

The code stream must be of the one plain form that the simulator writes: a 102 x 126 RGB picture, one tile, one quality
layer. A kilobyte that declares thousands of layers keeps a decoder busy forty times as long (found by fuzzing).
"""

from typing import Final

from PIL.Jpeg2KImagePlugin import Jpeg2KImageFile

from kiosk.domain.document import Portrait
from kiosk.domain.evidence import Unavailable
from reader.photo.port import UNDECODABLE, Codec, portrait_of

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


class SimulatorDecoder(Codec):
    """Opens the container."""

    def decode(self, block: bytes) -> Portrait | Unavailable:
        """Return the portrait, or ``Unavailable`` for every other format (a WLT photo too), size or broken stream."""
        start = len(_MAGIC) + 2
        length = int.from_bytes(block[len(_MAGIC) : start], "big")
        if len(block) != PHOTO_BYTES or not block.startswith(_MAGIC) or length > PHOTO_BYTES - start:
            return UNDECODABLE
        stream = block[start : start + length]
        if not _is_plain(stream):
            return UNDECODABLE
        return portrait_of(Jpeg2KImageFile, stream)


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
