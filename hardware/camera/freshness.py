"""Whether a picture is news.

OpenCV's capture can return the last picture for ever (opencv #5221), and a driver can go on delivering black. A sensor
has noise: it never gives two identical pictures, nor a wholly black one. Such pictures are not passed on, so that a
frozen camera and a covered one look to the app like one that gives none: stalled.
"""

import zlib
from typing import Final

from kiosk.ports import BgrImage

_EACH_ROW: Final = 8
_BLACK: Final = 6.0
"""Mean level below which a picture shows nothing; an unlit room at night lies above."""


class Freshness:
    """Remembers the last picture's checksum over every eighth row: 0.3 ms."""

    def __init__(self) -> None:
        self._last: int | None = None

    def is_news(self, image: BgrImage) -> bool:
        """Tell whether this picture shows something and differs from the one before.

        The first never does: a frozen camera's first picture would clear the fault each time its worker is restarted.
        """
        rows = image[::_EACH_ROW]
        checksum = zlib.crc32(rows.tobytes())
        last, self._last = self._last, checksum
        return last is not None and checksum != last and float(rows.mean()) >= _BLACK
