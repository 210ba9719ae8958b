"""The audit chain shows every change to what was written."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select, update

from sync.station import audit
from sync.station.store import Store
from tests.blank_station import new_store

NOON = datetime(2026, 3, 1, 4, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = new_store(tmp_path)
    with store.write() as conn:
        for who in ("lin", "zhou", "chen"):
            audit.record(conn, NOON, who, "session.began", seq=1)
    yield store
    store.close()


def broken(store: Store) -> int | None:
    with store.read() as conn:
        return audit.first_broken_row(conn)


def test_what_was_written_verifies(store: Store) -> None:
    assert broken(store) is None


@pytest.mark.parametrize(
    "change",
    [
        {"who": "mallory"},
        {"what": "session.ended"},
        {"at": NOON.replace(hour=5)},
        {"facts": {"seq": 2}},
        {"hash": "0" * 64},
    ],
)
def test_a_changed_row_is_found(store: Store, change: dict[str, object]) -> None:
    with store.write() as conn:
        conn.execute(update(audit.audit).where(audit.audit.c.n == 2).values(change))
    assert broken(store) == 2


def test_a_row_that_was_taken_out_is_found(store: Store) -> None:
    with store.write() as conn:
        conn.execute(delete(audit.audit).where(audit.audit.c.n == 2))
    assert broken(store) == 2


def fail_after_recording(store: Store) -> None:
    with store.write() as conn:
        audit.record(conn, NOON, "lin", "entry.approved")
        raise RuntimeError


def test_an_act_that_fails_leaves_no_row(store: Store) -> None:
    with pytest.raises(RuntimeError):
        fail_after_recording(store)
    with store.write() as conn:
        audit.record(conn, NOON, "zhou", "session.ended")
        assert conn.execute(select(func.count()).select_from(audit.audit)).scalar_one() == 4
    assert broken(store) is None
