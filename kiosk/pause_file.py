"""A lane that staff have paused stays paused: through a restart, a crash, a power cut, until staff open it again.

An empty file in the kiosk's data folder says so. It holds for whatever is not known (RULES 8): who closed a lane, for a
wet floor perhaps, is not asked again by a machine that has just come up.
"""

from pathlib import Path
from typing import Final

from kiosk.private_file import sync_folder, write_private

PAUSE_FILE: Final = "paused"


class PauseFile:
    """What the lane's pause is kept in (``kiosk.ports.Pause``)."""

    def __init__(self, data: Path) -> None:
        self._file = data / PAUSE_FILE

    def stands(self) -> bool:
        """Tell whether the lane was paused when the app ended."""
        return self._file.exists()

    def keep(self, *, is_paused: bool) -> None:
        """Have it survive a power cut. Raises OSError."""
        if is_paused:
            write_private(self._file, b"")
        else:
            self._file.unlink(missing_ok=True)
            sync_folder(self._file.parent)
