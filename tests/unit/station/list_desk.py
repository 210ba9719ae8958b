"""The list's keepers at one station without a network: made-up people, a clock to set, and what the feeds then say."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import insert, select, update

from kiosk.domain.numbers import DocumentNumber, check_character
from sync.station import acts, audit, clearances, import_loading, importing, renewals, taking_back, withdrawals
from sync.station.feeds import EpochState
from sync.station.import_check import Verdict, verdicts
from sync.station.import_file import format_of, inspect, records
from sync.station.import_loading import ImportProposed
from sync.station.import_rows import rows
from sync.station.proposals import Proposal
from sync.station.site_time import site_day
from sync.station.store import Store
from sync.station.tables import epochs, feed_changes
from sync.station.taking_back import ImportTakenBack
from tests.blank_station import new_store
from watchlist.feed import GENESIS, Change, chain
from watchlist.seal import Pepper

NOON = datetime(2026, 3, 1, 4, tzinfo=UTC)
"""Noon at the site."""
TODAY = date(2026, 3, 1)
LAST_DAY = date(2026, 12, 31)


def number(person: int) -> str:
    """A number that is nobody's: region 000000 was never given out."""
    day = date(1950, 1, 1) + timedelta(days=person // 500)
    first_17 = f"000000{day:%Y%m%d}{person % 500:03d}"
    return first_17 + check_character(first_17)


def facts_of(person: int = 1, **facts: Any) -> dict[str, Any]:
    """What is proposed of a made-up person, as JSON values."""
    whole = {
        "numbers": [number(person)],
        "name": f"测试{person}",
        "unit": "城南派出所",
        "contact": "010-0000 0000",
        "case_number": f"C-{person}",
        "legal_basis": "wanted-notice",
        "expires_on": LAST_DAY.isoformat(),
    }
    return {**whole, **facts}


def proposal(person: int = 1, **facts: Any) -> Proposal:
    return msgspec.convert(facts_of(person, **facts), Proposal)


@dataclass
class ListDesk:
    """A store, the peppers of its epochs, and a clock."""

    store: Store
    folder: Path
    now: datetime = NOON
    peppers: dict[int, Pepper] = field(default_factory=lambda: {1: Pepper(1, bytes(32))})

    def time(self) -> datetime:
        return self.now

    def pass_time(self, **how_long: float) -> None:
        self.now += timedelta(**how_long)

    def propose(self, person: int = 1, *, by: str = "lin", **facts: Any) -> str:
        return acts.propose(self.store, self.peppers, proposal(person, **facts), by, self.now)

    def approve(self, entry: str, *, by: str = "zhou") -> int:
        return acts.approve(self.store, self.peppers, entry, by, self.time)

    def listed(self, person: int = 1, **facts: Any) -> str:
        entry = self.propose(person, **facts)
        self.approve(entry)
        return entry

    def withdraw(self, entry: str, *, by: str = "lin") -> int | None:
        with self.store.write() as conn:
            return withdrawals.withdraw(conn, entry, "case closed", by, self.now)

    def review(self, entry: str, *, by: str) -> None:
        with self.store.write() as conn:
            withdrawals.review(conn, entry, by, self.now)

    def clear(self, entry: str, *, by: str = "lin") -> tuple[str, tuple[str, ...]]:
        with self.store.write() as conn:
            return clearances.clear_entry(conn, entry, "mistaken identity", by, self.now)

    def clear_number(self, text: str, *, by: str = "lin") -> tuple[str, tuple[str, ...]]:
        with self.store.write() as conn:
            return clearances.clear_numbers(conn, (DocumentNumber(text),), "mistaken identity", by, self.now)

    def ask_to_lift(self, clearance: str, *, by: str = "lin") -> str:
        with self.store.write() as conn:
            return clearances.ask_to_lift(conn, clearance, "a new warrant", by, self.now)

    def ask_to_renew(self, entry: str, until: date, *, by: str = "lin") -> str:
        with self.store.write() as conn:
            return renewals.ask_to_renew(conn, entry, until, by, self.now)

    def grant(self, request: str, *, by: str = "zhou", why: str = "seen the warrant") -> int | None:
        return acts.grant(self.store, self.peppers, request, why, by, self.time)[1]

    def renewed(self, entry: str, until: date) -> None:
        self.grant(self.ask_to_renew(entry, until))

    def begin_epoch(self, epoch: int, state: EpochState) -> None:
        self.peppers[epoch] = Pepper(epoch, bytes([epoch]) * 32)
        with self.store.write() as conn:
            conn.execute(insert(epochs).values(epoch=epoch, state=state, began_at=self.now))

    def open_epoch(self, epoch: int) -> None:
        with self.store.write() as conn:
            conn.execute(update(epochs).where(epochs.c.epoch == epoch).values(state=EpochState.OPEN))

    def file(self, name: str, content: str | bytes) -> Path:
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def json_lines(self, *people: dict[str, Any], name: str = "people.jsonl") -> Path:
        return self.file(name, b"\n".join(msgspec.json.encode(one) for one in people))

    def tried(self, path: Path) -> list[Verdict]:
        with self.store.read() as conn:
            found = records(inspect(path, format_of(path)))
            return list(verdicts(conn, rows(found, site_day(self.now))))

    def propose_import(self, path: Path, *, by: str = "lin") -> ImportProposed:
        proposed = import_loading.propose_import(self.store, inspect(path, format_of(path)), by, self.now)
        importing.seal_import(self.store, self.peppers, proposed.import_id)
        return proposed

    def approve_import(self, import_id: str, *, by: str = "zhou") -> tuple[int, int, int]:
        with self.store.write() as conn:
            return importing.approve_import(conn, import_id, by, self.now)

    def imported(self, path: Path) -> str:
        import_id = self.propose_import(path).import_id
        self.approve_import(import_id)
        return import_id

    def take_back(self, import_id: str, *, by: str = "lin") -> ImportTakenBack:
        with self.store.write() as conn:
            return taking_back.take_back(conn, import_id, "the wrong file", by, self.now)

    def feed(self, epoch: int = 1) -> list[Change]:
        """What an epoch's feed says. Its chain holds."""
        query = select(feed_changes).where(feed_changes.c.epoch == epoch).order_by(feed_changes.c.seq)
        with self.store.read() as conn:
            found = conn.execute(query).all()
        head, changes = GENESIS, []
        for row in found:
            change = msgspec.json.decode(row.change, type=Change)
            head = chain(head, change)
            assert (row.seq, row.head) == (change.seq, head)
            changes.append(change)
        return changes

    def at_work(self, epoch: int = 1) -> set[str]:
        """The entries that a kiosk holds which has read an epoch's feed to its end."""
        held: set[str] = set()
        for change in self.feed(epoch):
            (held.add if change.op == "add" else held.discard)(change.entry)
        return held

    def audited(self, what: str | None = None) -> list[tuple[str, str, dict[str, Any]]]:
        """Who did what: every row of the audit log, or those of one kind."""
        with self.store.read() as conn:
            found = conn.execute(select(audit.audit).order_by(audit.audit.c.n)).all()
        return [(row.who, row.what, row.facts) for row in found if what in (None, row.what)]


@pytest.fixture
def cheap_sealing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stretch in microseconds: what sealing costs is measured elsewhere, and what it protects is watchlist's test."""
    monkeypatch.setattr("watchlist.seal.ARGON2_MEMORY_KIB", 8)


@pytest.fixture
def desk(tmp_path: Path, cheap_sealing: None) -> Iterator[ListDesk]:
    store = new_store(tmp_path)
    yield ListDesk(store, tmp_path)
    store.close()
