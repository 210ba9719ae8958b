"""What a station's list was after each of its changes, by the station's own books: the judge of what a kiosk holds."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import msgspec
from list_world import Site
from sqlalchemy import Connection, select

from kiosk.domain.ids import EntryId
from kiosk.ports import FeedPosition
from sync.station.feeds import open_epochs
from sync.station.live_list import EntryState
from sync.station.tables import entries, entry_numbers, epochs, feed_changes, sealed_rows
from watchlist.feed import GENESIS, Change
from watchlist.seal import SealedRow

Listed = Mapping[str, Mapping[EntryId, date]]
"""For a number the entries that name it, each with its last day."""


@dataclass(frozen=True, slots=True)
class Commit:
    """The whole list from ``at`` on, in true time: the station's clock may be wrong."""

    at: datetime
    listed: Listed


@dataclass(frozen=True, slots=True)
class Standing:
    """An epoch's list at one position. It has commit ``whole`` and all before it, and perhaps a part of the next."""

    head: str
    rows: Mapping[EntryId, frozenset[SealedRow]]
    whole: int


class ListHistory:
    """Every list that there was; ``take_note`` belongs after whatever may have changed it."""

    def __init__(self, site: Site, at: datetime) -> None:
        self._site = site
        self.commits = [Commit(at, {})]
        self._standings = {1: [Standing(GENESIS, {}, 0)]}
        self._begins_after = {1: 0}

    def at(self, position: FeedPosition) -> Standing:
        """Return the list of the position's epoch there."""
        return self._standings[position.epoch][position.seq - self._begins_after[position.epoch]]

    def indexes(self, epoch: int) -> list[bytes]:
        """Return under what this epoch ever had a row."""
        return sorted({row.idx for one in self._standings[epoch] for rows in one.rows.values() for row in rows})

    def take_note(self, at: datetime) -> None:
        """Read what is new. Every open epoch must say what the books say."""
        with self._site.store.read() as conn:
            listed = _listed(conn)
            if listed != self.commits[-1].listed:
                self.commits.append(Commit(at, listed))
            for epoch in open_epochs(conn):
                if epoch not in self._standings:
                    self._standings[epoch] = [Standing(GENESIS, _sealed(conn, epoch), self._newest)]
                    self._begins_after[epoch] = _begins_after(conn, epoch)
                self._follow(epoch, _changes(conn, epoch, self._begins_after[epoch] + len(self._standings[epoch])))
                by_entry = {entry: len(rows) for entry, rows in self._standings[epoch][-1].rows.items()}
                assert by_entry == Counter(entry for having in listed.values() for entry in having), epoch

    @property
    def _newest(self) -> int:
        return len(self.commits) - 1

    def _follow(self, epoch: int, new: list[tuple[str, Change]]) -> None:
        known = self._standings[epoch]
        for n, (head, change) in enumerate(new, start=1):
            rows = {entry: its for entry, its in known[-1].rows.items() if entry != change.entry}
            if change.op == "add":
                rows[change.entry] = frozenset(change.rows)
            known.append(Standing(head, rows, self._newest if n == len(new) else known[-1].whole))


def _listed(conn: Connection) -> dict[str, dict[EntryId, date]]:
    listed: dict[str, dict[EntryId, date]] = defaultdict(dict)
    named = select(entry_numbers.c.number, entries.c.id, entries.c.expires_on).select_from(entry_numbers.join(entries))
    for number, entry, last_day in conn.execute(named.where(entries.c.state == EntryState.LISTED)):
        listed[number][EntryId(entry)] = last_day
    return listed


def _sealed(conn: Connection, epoch: int) -> dict[EntryId, frozenset[SealedRow]]:
    sealed: dict[EntryId, frozenset[SealedRow]] = defaultdict(frozenset)
    c = sealed_rows.c
    rows = select(c.entry, c.idx, c.ct).select_from(sealed_rows.join(entries, entries.c.id == c.entry))
    for entry, idx, ct in conn.execute(rows.where(c.epoch == epoch, entries.c.state == EntryState.LISTED)):
        sealed[EntryId(entry)] |= {SealedRow(idx, ct)}
    return sealed


def _begins_after(conn: Connection, epoch: int) -> int:
    return conn.execute(select(epochs.c.begins_after).where(epochs.c.epoch == epoch)).scalar_one()


def _changes(conn: Connection, epoch: int, first: int) -> list[tuple[str, Change]]:
    c = feed_changes.c
    new = select(c.head, c.change).where(c.epoch == epoch, c.seq >= first).order_by(c.seq)
    return [(head, msgspec.json.decode(change, type=Change)) for head, change in conn.execute(new)]
