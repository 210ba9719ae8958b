"""What the station last said the time was, left by the agent for the kiosk app and for its own next start.

It counts for this start of the machine only, for it is told on a clock that begins anew with each; so it has to survive
no power cut, and is not synced. Where it cannot be written (a full disk) the last one goes on counting.
"""

import os
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct

from kiosk.boot_clock import boot_id
from kiosk.reckoning import Moment

ANCHOR_FILE: Final = "station-time.json"


class _Noted(Struct, frozen=True):
    boot: str
    at: Annotated[datetime, Meta(tz=True)]
    since_boot_s: float


class AnchorFile:
    """The anchor in a data folder."""

    def __init__(self, data: Path) -> None:
        self._path = data / ANCHOR_FILE

    def read(self) -> Moment | None:
        """Return the anchor of this start of the machine, or None."""
        try:
            noted = msgspec.json.decode(self._path.read_bytes(), type=_Noted)
        except (OSError, ValueError):
            return None
        return Moment(noted.at, noted.since_boot_s) if noted.boot == boot_id() else None

    def write(self, anchor: Moment) -> None:
        """Leave the anchor, if there is room for it."""
        noted = _Noted(boot_id(), anchor.at, anchor.since_boot_s)
        new = self._path.with_suffix(".new")
        with suppress(OSError):
            with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(msgspec.json.encode(noted))
            new.replace(self._path)
