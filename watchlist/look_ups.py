"""How many numbers were ever looked up at this machine: eight bytes that the kiosk app writes and the agent reads.

They are overwritten in place, within one sector, so a full disk does not stop the count and a power cut leaves the old
number or the new one.
"""

import os
from pathlib import Path
from typing import Final

from kiosk.private_file import sync_folder

COUNT_FILE: Final = "look-ups.count"
_BYTES: Final = 8


class LookUpCount:
    """The count in the agent's data folder. One process adds to it."""

    def __init__(self, data: Path) -> None:
        self._path = data / COUNT_FILE
        self._is_named = False

    def read(self) -> int:
        """Return the count, 0 where nothing was counted yet."""
        try:
            return int.from_bytes(self._path.read_bytes()[:_BYTES], "big")
        except FileNotFoundError:
            return 0

    def add(self, numbers: int) -> None:
        """Count so many numbers more; they are on the disk when this returns. Raises OSError."""
        file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            count = int.from_bytes(os.pread(file, _BYTES, 0), "big") + numbers
            os.pwrite(file, count.to_bytes(_BYTES, "big"), 0)
            os.fdatasync(file)
        finally:
            os.close(file)
        if not self._is_named:  # once in each process: the one that made the file may not have come to it
            sync_folder(self._path.parent)
            self._is_named = True
