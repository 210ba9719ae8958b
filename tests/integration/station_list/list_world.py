"""A station's list without its network: made-up persons in bulk, a clock to set, kiosks that read what it publishes."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import insert, select, update

from kiosk.domain.ids import KioskId, LaneId
from kiosk.ports import FeedPosition, NotPublishedError
from sync.station.feeds import append_changes, sealing_epochs, standing
from sync.station.live_list import EntryState
from sync.station.station import Station
from sync.station.tables import entries, feed_changes, sealed_rows
from tests.blank_station import lay_out_station
from watchlist.device_key import KEY_FILE, FileDeviceKeys
from watchlist.feed import GENESIS
from watchlist.replica import ListFollower
from watchlist.seal import SEALED_BYTES
from watchlist.trust import Trust

SITE = "west-gate"
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
LAST_DAY = date(2027, 5, 1)


class Site:
    """One station. ``now`` is its clock, to be set by hand."""

    def __init__(self, folder: Path, **facts: str) -> None:
        self.now = NOON
        if not (folder / "site.json").exists():
            lay_out_station(folder, SITE, self.now, **facts)
        self.station = Station(folder, now=lambda: self.now)
        self.store, self.tree, self.keyring = self.station.store, self.station.tree, self.station.keyring
        self.publisher = self.station.publisher
        self.folder = folder
        self.people = 0

    def close(self) -> None:
        self.station.store.close()

    def pass_time(self, **how_long: float) -> None:
        self.now += timedelta(**how_long)

    def list_people(self, count: int = 1, rows: int = 1) -> list[str]:
        """List people who exist nowhere, in one transaction; their rows open with no number."""
        ids = [str(UUID(int=self.people + n)) for n in range(1, count + 1)]
        self.people += count
        with self.store.write() as conn:
            epochs = sealing_epochs(conn)
            conn.execute(insert(entries), [self._entry(entry) for entry in ids])
            for epoch in epochs:
                conn.execute(
                    insert(sealed_rows),
                    [
                        {
                            "epoch": epoch,
                            "entry": entry,
                            "idx": os.urandom(32),
                            "ct": os.urandom(SEALED_BYTES),
                            "expires_on": LAST_DAY,
                        }
                        for entry in ids
                        for _ in range(rows)
                    ],
                )
            append_changes(conn, "add", select(entries.c.id).where(entries.c.id.in_(ids)), self.now)
        return ids

    def withdraw(self, *people: str) -> None:
        with self.store.write() as conn:
            conn.execute(update(entries).where(entries.c.id.in_(people)).values(state=EntryState.WITHDRAWN))
            conn.execute(sealed_rows.delete().where(sealed_rows.c.entry.in_(people)))
            append_changes(conn, "withdraw", select(entries.c.id).where(entries.c.id.in_(people)), self.now)

    def trust(self) -> Trust:
        """What a kiosk is told that enrols now."""
        return Trust(
            kiosk=KioskId("k1"),
            lane=LaneId("lane-1"),
            site=self.keyring.site,
            group=self.keyring.group,
            root=self.tree.newest_root(),
            group_key=self.keyring.group_key,
        )

    @contextmanager
    def kiosk(self, folder: Path, trust: Trust | None = None) -> Iterator[ListFollower]:
        """A kiosk that enrolled now, or a moment ago with ``trust``; its list is empty, or what lies in ``folder``."""
        folder.mkdir(exist_ok=True)
        keys = FileDeviceKeys.load_or_make(folder / KEY_FILE)
        replica = ListFollower(folder, trust or self.trust(), keys)
        try:
            yield replica
        finally:
            replica.close()

    def standing(self, epoch: int = 1) -> FeedPosition:
        """Where the feed stands."""
        with self.store.read() as conn:
            at = standing(conn, epoch)
        assert at is not None
        return at

    def head_at(self, seq: int) -> str:
        """The head of epoch 1's chain after so many changes."""
        query = select(feed_changes.c.head).where(feed_changes.c.epoch == 1, feed_changes.c.seq == seq)
        with self.store.read() as conn:
            return conn.execute(query).scalar() or GENESIS

    def _entry(self, entry: str) -> dict[str, object]:
        return {
            "id": entry,
            "state": EntryState.LISTED,
            "name": "测试",
            "unit": "城南派出所",
            "contact": "010",
            "case_number": "C-1",
            "legal_basis": "wanted-notice",
            "guidance": "",
            "listed_on": NOON.date(),
            "expires_on": LAST_DAY,
            "proposed_by": "lin",
            "proposed_at": self.now,
        }


class LiveRoad:
    """The road over the station's server, without the server: the files as it hands them out."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.fetched: list[str] = []

    @contextmanager
    def fetch(self, path: str) -> Iterator[Iterator[bytes]]:
        self.fetched.append(path)
        found = self.site.publisher.file(path)
        if found is None:
            raise NotPublishedError
        yield iter([found if isinstance(found, bytes) else found.read_bytes()])
