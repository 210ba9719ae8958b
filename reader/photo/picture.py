"""A picture that the reader's own software has decoded: a BMP or a JPEG in place of the chip's block."""

import io
from typing import Final

from PIL.BmpImagePlugin import BmpImageFile
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile

from kiosk.domain.document import Portrait
from reader.photo.port import HEIGHT, UNDECODABLE, WIDTH, Undecodable

_MAX_BYTES: Final = 60 * 1024
"""A 102 x 126 BMP has 38,862 bytes; a frame of the SAM holds no more than 65,535."""


class PictureDecoder:
    """Opens a 102 x 126 colour BMP or JPEG, and nothing else."""

    is_broken = False

    def decode(self, block: bytes) -> Portrait | Undecodable:
        """Return the portrait, or ``Unavailable`` for any other format, size, mode or a broken file."""
        opened = {b"BM": BmpImageFile, b"\xff\xd8": JpegImageFile}.get(block[:2])
        if opened is None or len(block) > _MAX_BYTES:
            return UNDECODABLE
        try:
            image: ImageFile
            with opened(io.BytesIO(block)) as image:
                # Opening reads the header only: nothing of a wrong size is ever decoded.
                if image.size != (WIDTH, HEIGHT) or image.mode != "RGB":
                    return UNDECODABLE
                return Portrait(WIDTH, HEIGHT, image.tobytes("raw", "BGR"))
        except Exception:
            # A codec has no closed list of what it raises on hostile bytes, and all of it means the same here.
            return UNDECODABLE

    def close(self) -> None:
        """Let go of nothing: it holds nothing."""
