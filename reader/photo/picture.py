"""A picture that the reader's own software has decoded: a BMP or a JPEG in place of the chip's block."""

from typing import Final

from PIL.BmpImagePlugin import BmpImageFile
from PIL.JpegImagePlugin import JpegImageFile

from kiosk.domain.document import Portrait
from kiosk.domain.evidence import Unavailable
from reader.photo.port import UNDECODABLE, Codec, portrait_of

_MAX_BYTES: Final = 60 * 1024
"""A 102 x 126 BMP has 38,862 bytes; a frame of the SAM holds no more than 65,535."""


class PictureDecoder(Codec):
    """Opens a 102 x 126 colour BMP or JPEG, and nothing else."""

    def decode(self, block: bytes) -> Portrait | Unavailable:
        """Return the portrait, or ``Unavailable`` for any other format, size, mode or a broken file."""
        opened = {b"BM": BmpImageFile, b"\xff\xd8": JpegImageFile}.get(block[:2])
        if opened is None or len(block) > _MAX_BYTES:
            return UNDECODABLE
        return portrait_of(opened, block)
