"""A station of the first version keeps its list, its feed and its people's history when it is brought up to date."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
import pytest
from alembic import command
from alembic.config import Config
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from kiosk.domain.ids import EntryId
from kiosk.domain.numbers import DocumentNumber
from kiosk.sqlite import open_sqlite
from sync.station import history, live_list, look_ups, withdrawals
from sync.station.keyring import create_keyring
from sync.station.station import Station
from sync.station.store import DATABASE, Store, open_store
from watchlist.feed import GENESIS, Change, chain
from watchlist.seal import Pepper, Record, SealedRow, seal

NOON = datetime(2026, 3, 1, 4, tzinfo=UTC)
LATE = datetime(2026, 3, 1, 17, tzinfo=UTC)
"""Already 2 March at the site."""
PEPPER = Pepper(1, bytes(32))
NUMBER = DocumentNumber("11010519491231002X")
LAST_DAY = date(2027, 1, 31)
LISTED, PROPOSED, WITHDRAWN = (f"00000000-0000-4000-8000-00000000000{n}" for n in (1, 2, 3))

_ENTRY = (
    "INSERT INTO entries (id, state, name, unit, contact, case_number, legal_basis, guidance, expires_on, proposed_by,"
    " proposed_at, approved_by, approved_at, withdrawn_by, withdrawn_at, withdrawn_why)"
    " VALUES (?, ?, '某人', 'unit', 'contact', ?, 'wanted-notice', '', '2027-01-31', 'lin', ?, ?, ?, ?, ?, ?)"
)


def first_version(path: Path) -> list[Change]:
    """Make the database of a station of the first version that has worked; return its feed."""
    engine = open_sqlite(path)
    config = Config()
    config.set_main_option("script_location", "sync.station:migrations")
    with engine.begin() as conn:
        config.attributes["connection"] = conn
        command.upgrade(config, "0001")
    engine.dispose()
    changes = [
        Change(seq=1, op="add", entry=EntryId(LISTED), rows=(seal(NUMBER, Record(EntryId(LISTED), LAST_DAY), PEPPER),)),
        Change(seq=2, op="add", entry=EntryId(WITHDRAWN), rows=(SealedRow(bytes(32), bytes(156)),)),
        Change(seq=3, op="withdraw", entry=EntryId(WITHDRAWN)),
    ]
    at, late = "2026-03-01 04:00:00.000000", "2026-03-01 17:00:00.000000"
    with sqlite3.connect(path) as db:
        db.execute(_ENTRY, (LISTED, "listed", "C-1", at, "zhou", at, None, None, None))
        db.execute(_ENTRY, (PROPOSED, "proposed", "C-2", late, None, None, None, None, None))
        db.execute(_ENTRY, (WITHDRAWN, "withdrawn", "C-3", at, "zhou", at, "lin", late, "cleared"))
        numbers = [(LISTED, NUMBER.value), (PROPOSED, "H00000123"), (WITHDRAWN, "H00000124")]
        db.executemany("INSERT INTO entry_numbers VALUES (?, ?)", numbers)
        head = GENESIS
        for change in changes:
            head = chain(head, change)
            row = (change.seq, head, at, msgspec.json.encode(change))
            db.execute("INSERT INTO feed_changes (seq, head, at, change) VALUES (?, ?, ?, ?)", row)
    db.close()
    return changes


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    first_version(tmp_path / DATABASE)
    store = open_store(tmp_path / DATABASE)
    yield store
    store.close()


def rows(store: Store, statement: str) -> list[tuple[object, ...]]:
    with store.read() as conn:
        return [tuple(row) for row in conn.exec_driver_sql(statement)]


def test_every_entry_and_number_is_there_as_it_was(store: Store) -> None:
    assert rows(store, "SELECT id, state, case_number, approved_by, withdrawn_why FROM entries ORDER BY id") == [
        (LISTED, "listed", "C-1", "zhou", None),
        (PROPOSED, "proposed", "C-2", None, None),
        (WITHDRAWN, "withdrawn", "C-3", "zhou", "cleared"),
    ]
    with store.read() as conn:
        assert live_list.numbers_of(conn, LISTED) == (NUMBER,)
        assert live_list.is_listed(conn, LISTED, NOON)
        assert history.history(conn, LISTED) == []
    assert rows(store, "PRAGMA foreign_key_check") == []
    assert rows(store, "SELECT name FROM sqlite_master WHERE name LIKE 'kept%' OR name LIKE '%alembic_tmp%'") == []


def test_an_entry_was_listed_on_the_site_s_day_on_which_it_was_proposed(store: Store) -> None:
    found = rows(store, "SELECT id, listed_on FROM entries ORDER BY id")
    assert found == [(LISTED, "2026-03-01"), (PROPOSED, "2026-03-02"), (WITHDRAWN, "2026-03-01")]


def test_the_feed_is_the_feed_of_epoch_1_byte_for_byte(tmp_path: Path) -> None:
    changes = first_version(tmp_path / DATABASE)
    with sqlite3.connect(tmp_path / DATABASE) as db:
        before = db.execute("SELECT 1, seq, head, at, change FROM feed_changes ORDER BY seq").fetchall()
    db.close()
    store = open_store(tmp_path / DATABASE)
    assert rows(store, "SELECT epoch, seq, head, at, change FROM feed_changes ORDER BY seq") == before
    assert len(before) == len(changes)
    assert [row[:2] for row in rows(store, "SELECT epoch, state FROM epochs")] == [(1, "open")]
    store.close()


def test_what_is_listed_has_the_sealed_rows_that_it_had_published(tmp_path: Path) -> None:
    (published,) = first_version(tmp_path / DATABASE)[0].rows
    store = open_store(tmp_path / DATABASE)
    found = rows(store, "SELECT epoch, entry, idx, ct, expires_on FROM sealed_rows")
    assert found == [(1, LISTED, published.idx, published.ct, LAST_DAY.isoformat())]
    store.close()


def test_withdrawals_of_the_first_version_wait_to_be_reviewed(store: Store) -> None:
    with store.write() as conn:
        assert withdrawals.to_review(conn) == 1
        withdrawals.review(conn, WITHDRAWN, "zhou", NOON)
        assert [one["to_review"] for one in look_ups.shown(conn, NOON)] == [False] * 3


def test_the_station_goes_on_with_its_feed_key_and_its_pepper(tmp_path: Path) -> None:
    """The keyring of the first version: feed.key, pepper, and a site.json that names the epoch."""
    folder = tmp_path / "station"
    create_keyring(folder, site="shikumen", hosts=("127.0.0.1",), now=datetime.now(UTC))
    feed_key = next((folder / "feed-keys").glob("*.key")).read_bytes()
    for newer in ("feed-keys", "peppers", "tuf-keys", "root-keys", "published"):
        shutil.rmtree(folder / newer, ignore_errors=True)
    (folder / "group.key").unlink(missing_ok=True)
    (folder / "feed.key").write_bytes(feed_key)
    (folder / "pepper").write_bytes(PEPPER.salt)
    (folder / "site.json").write_bytes(msgspec.json.encode({"name": "shikumen", "hosts": ["127.0.0.1"], "epoch": 1}))
    first_version(folder / DATABASE)
    station = Station(folder)
    try:
        assert station.keyring.peppers[1] == PEPPER
        (key,) = station.keyring.feed_keys.trusted()
        loaded = load_key(feed_key)
        assert key.public == loaded.public_key().public_bytes_raw()
        with station.store.read() as conn:
            assert live_list.is_listed(conn, LISTED, NOON)
    finally:
        station.store.close()


def test_a_command_opens_a_station_that_is_up_to_date_in_the_middle_of_a_long_write(tmp_path: Path) -> None:
    """Beside a busy server a command would otherwise wait for the write lock before its turn, and fail."""
    with closing(open_store(tmp_path / DATABASE)) as server, server.write():
        open_store(tmp_path / DATABASE).close()


def load_key(pem: bytes) -> Ed25519PrivateKey:
    key = load_pem_private_key(pem, password=None)
    assert isinstance(key, Ed25519PrivateKey)
    return key
