"""The agent's list: it takes whatever a road has until the copy stands where the station does.

A refresh
1. asks TUF whose word counts and which epochs are in force (watchlist.updates), and believes that from then on;
2. for each epoch takes a full copy where none is held, where the copy is far ahead of us, or where the pieces between
   are no longer published;
3. takes the newest changes (``head.json``), and pieces before them until they fit.

What went wrong with one epoch does not hold up the other. Whatever is refused changes nothing, and what was good before
goes on. A refresh may run while pushed batches are applied: the store takes either in its turn.
"""

import threading
from datetime import datetime
from pathlib import Path
from typing import Final

from kiosk.ports import FeedPosition, FeedRefusedError, NotPublishedError, Road
from watchlist.device_key import DeviceKeys
from watchlist.feed import MAX_BATCH_BYTES
from watchlist.look_ups import LookUpCount
from watchlist.published import EpochTrust, head_path, piece_path
from watchlist.store import LIST_FILE, ListStore
from watchlist.trust import Trust
from watchlist.updates import Updates, Vouched

FAR_BEHIND: Final = 5_000
"""Changes. A copy of a million rows is some 200 MB, as much as a million changes; ten pieces are 3 MB."""

_OUT_OF_STEP: Final = frozenset({"gap", "rolled-back", "wrong-epoch"})
"""A pushed batch may have been overtaken, or come before its time: a refresh decides."""


class ListFollower:
    """A ``kiosk.ports.ListReplica`` in the agent's data folder."""

    def __init__(self, data: Path, trusted: Trust, keys: DeviceKeys) -> None:
        """Open the copy in ``data``; a damaged or foreign one is begun afresh."""
        self._store = ListStore.create(data / LIST_FILE, trusted, keys)
        self._updates = Updates(data, trusted)
        self._count = LookUpCount(data)
        self._refreshing = threading.Lock()
        self._refused: str | None = None

    @property
    def refused(self) -> str | None:
        """Why the last update was refused; None once something good came."""
        return self._refused

    def look_ups(self) -> int:
        """Return how many numbers were ever looked up at this machine."""
        return self._count.read()

    def close(self) -> None:
        """Let go of the files."""
        self._store.close()

    def positions(self) -> tuple[FeedPosition, ...]:
        """See ``kiosk.ports.ListReplica.positions``."""
        return self._store.positions()

    def checked_at(self) -> datetime | None:
        """See ``kiosk.ports.ListReplica.checked_at``."""
        return self._store.checked_at()

    def apply(self, batch: bytes, now: datetime) -> FeedPosition:
        """See ``kiosk.ports.ListReplica.apply``."""
        try:
            position = self._store.apply(batch, now)
        except FeedRefusedError as error:
            if error.why not in _OUT_OF_STEP:
                self._refused = error.why
            raise
        self._refused = None
        return position

    def refresh(self, road: Road, now: datetime) -> None:
        """See ``kiosk.ports.ListReplica.refresh``. Codes: those of ``apply``, the store's and watchlist.updates'."""
        try:
            with self._refreshing:
                self._refresh(road, now)
        except FeedRefusedError as error:
            self._refused = error.why
            raise
        self._refused = None

    def _refresh(self, road: Road, now: datetime) -> None:
        vouched = self._updates.refresh(road, now)
        self._store.take_trust(vouched.trust, vouched.peppers())
        first: FeedRefusedError | NotPublishedError | None = None
        for epoch in vouched.trust.epochs:
            try:
                self._follow(epoch, vouched, road, now)
            except (FeedRefusedError, NotPublishedError) as error:
                first = first or error
        self._store.sweep()
        if first is not None:
            raise first

    def _follow(self, epoch: EpochTrust, vouched: Vouched, road: Road, now: datetime) -> None:
        held = self._held(epoch.epoch)
        copy = epoch.full_copy
        if copy is not None and (held is None or copy.seq - held.seq > FAR_BEHIND):
            held = self._take_copy(epoch, vouched, now)
        if held is None:
            raise NotPublishedError  # an epoch that is named before its first full copy: next time
        while not self._take_head(held, road, now):
            reached = self._take_piece(held, epoch, vouched, road, now)
            if reached.seq <= held.seq:
                raise FeedRefusedError("gap")
            held = reached

    def _take_head(self, held: FeedPosition, road: Road, now: datetime) -> bool:
        """Apply the newest changes. Return False if there is a gap before them."""
        try:
            self._store.apply(_read(road, head_path(held.epoch)), now)
        except FeedRefusedError as error:
            if error.why == "gap":
                return False
            # A pushed batch may have come in between; otherwise the road is older than what we have.
            if error.why != "rolled-back" or self._held(held.epoch) == held:
                raise
        return True

    def _take_piece(
        self, held: FeedPosition, epoch: EpochTrust, vouched: Vouched, road: Road, now: datetime
    ) -> FeedPosition:
        try:
            return self._store.apply(_read(road, piece_path(held.epoch, held.seq + 1)), now)
        except NotPublishedError:
            if epoch.full_copy is None or epoch.full_copy.seq <= held.seq:
                raise
            return self._take_copy(epoch, vouched, now)

    def _take_copy(self, epoch: EpochTrust, vouched: Vouched, now: datetime) -> FeedPosition:
        assert epoch.full_copy is not None
        with vouched.full_copy(epoch.full_copy) as file:
            return self._store.take_copy(file, epoch.full_copy, vouched.pepper(epoch), now)

    def _held(self, epoch: int) -> FeedPosition | None:
        return next((one for one in self._store.positions() if one.epoch == epoch), None)


def _read(road: Road, path: str) -> bytes:
    data = bytearray()
    with road.fetch(path) as pieces:
        for piece in pieces:
            data += piece
            if len(data) > MAX_BATCH_BYTES:
                raise FeedRefusedError("too-large")
    return bytes(data)
