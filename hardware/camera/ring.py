"""Pictures in memory that the worker and the app share.

Four slots of 1280 x 720 x 3 bytes, each behind eight bytes that say which picture it holds. The worker sets them to 0,
writes the pixels, and sets them to the picture's number; only then does it announce the number through its pipe. The
app copies the pixels and looks at the number again: a copy that was written over in the meantime is thrown away. A slot
is written anew after four pictures, 130 ms later, so that this is rare; it cannot pass unseen.

The memory is a memfd: it has no name, and goes with its last user, however that one dies. Announcing through a pipe
also orders the two processes' view of the memory, which plain stores do not on every processor.
"""

import mmap
import os
import struct
from typing import Final

import numpy as np

from kiosk.ports import BgrImage

WIDTH_PX: Final = 1280
HEIGHT_PX: Final = 720
_SLOTS: Final = 4
_HEADER: Final = struct.Struct("<Q")
_PICTURE_BYTES: Final = WIDTH_PX * HEIGHT_PX * 3
_SLOT_BYTES: Final = _HEADER.size + _PICTURE_BYTES
_BEING_WRITTEN: Final = 0


class FrameRing:
    """The newest four pictures. Picture numbers (``seq``) begin at 1 and only grow."""

    def __init__(self, fd: int) -> None:
        """Map the memory behind ``fd``, which stays the caller's to close."""
        self._memory = mmap.mmap(fd, _SLOTS * _SLOT_BYTES)

    def write(self, seq: int, image: BgrImage) -> None:
        """Put picture ``seq`` (720 x 1280 x 3) in place of the oldest."""
        start = self._start(seq)
        _HEADER.pack_into(self._memory, start, _BEING_WRITTEN)
        self._pixels(start)[:] = image
        _HEADER.pack_into(self._memory, start, seq)

    def copy(self, seq: int) -> "BgrImage | None":
        """Return a private copy of picture ``seq``, or None if it is no longer, or not wholly, there."""
        start = self._start(seq)
        if self._holds(start) != seq:
            return None
        image = self._pixels(start).copy()
        return image if self._holds(start) == seq else None

    def close(self) -> None:
        """Overwrite the pictures and unmap the memory."""
        self._memory[:] = bytes(len(self._memory))
        self._memory.close()

    def _start(self, seq: int) -> int:
        return seq % _SLOTS * _SLOT_BYTES

    def _holds(self, start: int) -> int:
        (seq,) = _HEADER.unpack_from(self._memory, start)
        return int(seq)

    def _pixels(self, start: int) -> BgrImage:
        flat = np.frombuffer(self._memory, np.uint8, _PICTURE_BYTES, start + _HEADER.size)
        return flat.reshape(HEIGHT_PX, WIDTH_PX, 3)


def new_memory() -> int:
    """Return the file descriptor of memory for a ring, empty. The caller closes it."""
    fd = os.memfd_create("camera-frames", os.MFD_CLOEXEC)
    os.ftruncate(fd, _SLOTS * _SLOT_BYTES)
    return fd
