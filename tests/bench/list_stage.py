"""A station and a kiosk in two folders, without a network in between: what the list's figures are measured on."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import inspect

from kiosk.domain.evidence import Listed, NotListed
from kiosk.domain.ids import KioskId, LaneId, Presence
from kiosk.domain.numbers import DocumentNumber, check_character
from kiosk.ports import NotPublishedError
from kiosk.sqlite import open_sqlite
from sync.station import acts
from sync.station.keyring import create_keyring
from sync.station.proposals import LegalBasis, Proposal
from sync.station.station import Station
from watchlist import trust
from watchlist.device_key import KEY_FILE, FileDeviceKeys
from watchlist.lookup import Pace, SealedList
from watchlist.replica import ListFollower
from watchlist.rows import PREFIX
from watchlist.seal import SEALED_BYTES
from watchlist.store import LIST_FILE

LISTED = 20
LOCKED_BYTES = SEALED_BYTES + 12 + 16
_RANDOM_ROWS = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT ?)
SELECT randomblob(32) AS row_key, randomblob(32) AS entry_tag, randomblob(?) AS locked FROM n ORDER BY row_key
"""


def number(person: int) -> DocumentNumber:
    """A made-up number: region 000000 was never given out."""
    first_17 = f"000000{date(1950, 1, 1) + timedelta(days=person // 500):%Y%m%d}{person % 500:03d}"
    return DocumentNumber(first_17 + check_character(first_17))


def a_station(folder: Path) -> Station:
    """Make a station of which the first ``LISTED`` persons are wanted."""
    now = datetime.now(UTC)
    create_keyring(folder, site="bench", hosts=("127.0.0.1",), now=now)
    station = Station(folder)
    for person in range(LISTED):
        proposal = Proposal(
            numbers=(number(person).value,),
            name="演示 Exercise",
            unit="bench",
            contact="-",
            case_number=f"B-{person}",
            legal_basis=LegalBasis.WANTED_NOTICE,
            expires_on=(now + timedelta(days=30)).date(),
        )
        entry = acts.propose(station.store, station.keyring.peppers, proposal, "one", now)
        acts.approve(station.store, station.keyring.peppers, entry, "other", station.now)
    return station


class PublisherRoad:
    """The station's files, without a network in between."""

    def __init__(self, station: Station) -> None:
        self._station = station

    @contextmanager
    def fetch(self, path: str) -> Iterator[Iterator[bytes]]:
        file = self._station.publisher.file(path)
        if file is None:
            raise NotPublishedError
        if isinstance(file, bytes):
            yield iter((file,))
        else:
            with file.open("rb") as opened:
                yield iter(lambda: opened.read(256 * 1024), b"")


def unpaced_list(folder: Path) -> SealedList:
    """Open a kiosk's list that answers as often as it is asked, which at a gate it does not."""
    return SealedList(folder, pace=Pace(per_minute=1e9, burst=10**9))


class AKiosk:
    """An enrolled kiosk's folder, current with the station, and its look-up without a limit of pace."""

    def __init__(self, folder: Path, station: Station) -> None:
        folder.mkdir()
        self.folder = folder
        self.road = PublisherRoad(station)
        self.pepper = station.keyring.pepper(1)
        self.trusted = trust.Trust(
            kiosk=KioskId("g1"),
            lane=LaneId("A"),
            site=station.keyring.site,
            group=station.keyring.group,
            root=station.tree.newest_root(),
            group_key=station.keyring.group_key,
        )
        self._keys = FileDeviceKeys.load_or_make(folder / KEY_FILE)
        trust.save(self.trusted, folder / trust.TRUST_FILE, self._keys)
        with self.follower() as follower:
            follower.refresh(self.road, datetime.now(UTC))
        self.list = unpaced_list(folder)
        self._presences = 0

    @contextmanager
    def follower(self) -> Iterator[ListFollower]:
        follower = ListFollower(self.folder, self.trusted, self._keys)
        try:
            yield follower
        finally:
            follower.close()

    def look_up(self, person: int) -> float:
        """Return the seconds of one look-up, of which the answer is checked."""
        self._presences += 1
        presence = Presence("bench", self._presences, 1)
        started_s = time.perf_counter()
        answer = self.list.look_up(presence, (number(person),), datetime.now(UTC))
        taken_s = time.perf_counter() - started_s
        if not isinstance(answer, Listed if person < LISTED else NotListed):
            raise AssertionError(f"person {person}: {answer}")
        return taken_s

    def fill_up_to(self, size: int) -> None:
        """Add rows that nobody looks for, in the order of their keys, and index them as a full copy's rows are."""
        engine = open_sqlite(self.folder / LIST_FILE)
        with engine.begin() as connection:
            (table,) = [name for name in inspect(connection).get_table_names() if name.startswith(PREFIX)]
            have = connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()  # noqa: S608 - our own name
            connection.exec_driver_sql(f"DROP INDEX {table}_by_entry")
            connection.exec_driver_sql(
                f"INSERT INTO {table} SELECT * FROM ({_RANDOM_ROWS})",  # noqa: S608 - our own names
                (size - have, LOCKED_BYTES),
            )
            connection.exec_driver_sql(f"CREATE INDEX {table}_by_entry ON {table} (entry_tag)")
        engine.dispose()
