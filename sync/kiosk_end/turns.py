"""Two processes may refresh one copy of the list, the agent and ``watchlist import``: here they take turns.

A refresh keeps signed files in a folder and fills tables that nobody else looks into; of two that are interleaved one
could put back what the other has just replaced. Pushed batches need no turn: each is one transaction.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from kiosk.file_lock import HeldByAnotherError, holding
from kiosk.ports import FeedPosition, ListReplica, Road, RoadError

LOCK_FILE: Final = "refresh.lock"
PATIENCE_S: Final = 5.0


@contextmanager
def refreshing(data: Path, patience_s: float = PATIENCE_S) -> Iterator[None]:
    """Have the data folder's refreshes to oneself. Raises RoadError("another-refresh") if another takes too long."""
    try:
        with holding(data / LOCK_FILE, patience_s):
            yield
    except HeldByAnotherError:
        raise RoadError("another-refresh") from None


class TakingTurns:
    """A ``kiosk.ports.ListReplica`` whose refreshes take turns with those of other processes."""

    def __init__(self, replica: ListReplica, data: Path) -> None:
        self._replica = replica
        self._data = data

    def positions(self) -> tuple[FeedPosition, ...]:
        """See ``kiosk.ports.ListReplica.positions``."""
        return self._replica.positions()

    def apply(self, batch: bytes, now: datetime) -> FeedPosition:
        """See ``kiosk.ports.ListReplica.apply``."""
        return self._replica.apply(batch, now)

    def refresh(self, road: Road, now: datetime) -> None:
        """See ``kiosk.ports.ListReplica.refresh``."""
        with refreshing(self._data):
            self._replica.refresh(road, now)

    def checked_at(self) -> datetime | None:
        """See ``kiosk.ports.ListReplica.checked_at``."""
        return self._replica.checked_at()
