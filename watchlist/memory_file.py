"""A file that lies in memory alone, for what must never have been on this disk.

A full copy of the list has to be whole before it is looked into, and is as the station sealed it: the device's key has
not touched it yet. What was once written to a disk can be found there after its file is gone, in the free space; so the
copy waits in memory (memfd), 220 bytes a row. It is written through a mapping, page by page, which is how the lock of
``kiosk.process.keep_out_of_swap`` comes to hold for it: pages of a memfd that no one has mapped may be swapped.
"""

import io
import mmap
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class MemoryFile(io.FileIO):
    """An empty file for at most ``length`` bytes, which is ``length`` long until it is truncated. It can be mapped."""

    def __init__(self, length: int) -> None:
        """Make it. Raises OSError."""
        super().__init__(os.memfd_create("list", os.MFD_CLOEXEC), "r+")
        try:
            os.ftruncate(self.fileno(), max(length, 1))
            self._pages = mmap.mmap(self.fileno(), max(length, 1))
        except (OSError, OverflowError, ValueError) as error:
            super().close()
            raise OSError("no memory for the file") from error

    def write(self, data: "ReadableBuffer", /) -> int:
        """Write all of ``data`` here. Raises ValueError if it does not fit."""
        view = memoryview(data).cast("B")
        at = self.tell()
        if at + len(view) > len(self._pages):
            raise ValueError("the file is full")
        self._pages[at : at + len(view)] = view
        self.seek(at + len(view))
        return len(view)

    def close(self) -> None:
        """Give the memory back."""
        if not self.closed:
            self._pages.close()
        super().close()
