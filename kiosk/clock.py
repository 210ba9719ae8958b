"""The kiosk's clock, behind ``kiosk.ports.Clock``: the machine's, so far as it can be believed (kiosk.reckoning)."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from kiosk.boot_clock import since_boot_s
from kiosk.reckoning import Moment, Reckoned, reckon
from kiosk.time_anchor import AnchorFile

LONGEST_ROUND_TRIP_S: Final = 30.0
"""An answer that was held up for longer on its way leaves the time too open; the next one comes in ten seconds."""


class SystemClock:
    """The machine's own time, or a better one where that is wrong. Safe to use from any thread.

    Without a data folder and a checkpoint there is nothing to hold it against until ``hear_station`` is called.
    """

    def __init__(self, data: Path | None = None, checkpoint: Callable[[], datetime | None] = lambda: None) -> None:
        """Share what the station says by ``data``, the agent's folder; ``checkpoint`` is the newest signed moment."""
        self._file = None if data is None else AnchorFile(data)
        self._checkpoint = checkpoint
        self._anchor: Moment | None = None
        self._floor: Moment | None = None

    def now(self) -> datetime:
        """Return the aware UTC time."""
        return self._reckon().now

    def proven(self) -> datetime:
        """Return the latest moment that has certainly passed, whatever the wall clock says."""
        return self._reckon().proven

    def is_wrong(self) -> bool:
        """Tell whether the machine's clock is wrong: then nobody knows how old the list is."""
        return self._reckon().is_wrong

    def monotonic(self) -> float:
        """Return seconds that never go back."""
        return time.monotonic()

    def hear_station(self, said: datetime, asked_s: float) -> float | None:
        """Take the station's word for the time, in its answer just now to what was asked at ``asked_s``.

        Args:
            said: the station's clock.
            asked_s: ``kiosk.boot_clock.since_boot_s`` just before.

        Returns:
            How many seconds the machine's clock is ahead of the station's; None if the answer was so long on its way
            that it says little of the time.
        """
        answered_s, wall = since_boot_s(), datetime.now(UTC)
        round_trip_s = answered_s - asked_s
        if round_trip_s > LONGEST_ROUND_TRIP_S:
            return None
        self._anchor = Moment(said + timedelta(seconds=round_trip_s / 2), answered_s)
        if self._file is not None:
            self._file.write(self._anchor)
        return (wall - self._anchor.at).total_seconds()

    def _reckon(self) -> Reckoned:
        elapsed_s = since_boot_s()
        anchor = self._newest_anchor()
        floor = self._highest_floor(elapsed_s) if anchor is None else None
        return reckon(datetime.now(UTC), elapsed_s, anchor=anchor, floor=floor)

    def _newest_anchor(self) -> Moment | None:
        """Keep the agent's last word in mind, should its file go."""
        noted = self._file.read() if self._file is not None else None
        if noted is not None and (self._anchor is None or noted.since_boot_s > self._anchor.since_boot_s):
            self._anchor = noted
        return self._anchor

    def _highest_floor(self, elapsed_s: float) -> Moment | None:
        checkpoint = self._checkpoint()
        if checkpoint is not None and (self._floor is None or checkpoint > self._floor.later(elapsed_s)):
            self._floor = Moment(checkpoint, elapsed_s)
        return self._floor
