"""Sealing the list: each number of each live entry, under the pepper of each epoch that is open or being built.

How it works
- Sealing is slow (Argon2id, 60-90 ms of a core for each number), so it is done when an entry is proposed, outside of
  any transaction, and an approval finds the rows ready. What is missing (an epoch began meanwhile, an import was
  interrupted) is sealed by whoever needs it next.
- The rows of an entry are kept in one transaction, and only if it is still live and still ends on the sealed day: so an
  entry has all of its rows under an epoch or none, and a renewal seals anew.
- Argon2id releases the GIL: threads use every core as well as processes would, and no number leaves the process.

What it does not do: it publishes nothing.
"""

import os
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, and_, delete, exists, func, insert, select, true

from kiosk.domain.ids import EntryId
from kiosk.domain.numbers import DocumentNumber
from sync.station.feeds import open_epochs, sealing_epochs
from sync.station.live_list import LIVE, numbers_of
from sync.station.refusals import ConflictError
from sync.station.store import Store
from sync.station.tables import entries, entry_numbers, epochs, sealed_rows
from watchlist.seal import Pepper, Record, SealedRow, seal

_IS_LIVE: Final = (entries.c.state + "").in_(LIVE)
"""Written so that no index on the state is used: entries are taken in the order of their ids, some at a time, and
SQLite would otherwise sort the whole list anew each time."""
_EVERY_ENTRY: Final = true()
_AT_ONCE: Final = 64
"""Entries between two commits: some seconds of work, which an interruption costs at most."""


class NotSealedError(ConflictError):
    """An entry has no rows under an open epoch: seal it, then try again."""


@dataclass(frozen=True, slots=True)
class Unsealed:
    """What is to be sealed: an entry as a kiosk shall learn of it, and its numbers."""

    record: Record
    numbers: tuple[DocumentNumber, ...]


@dataclass(frozen=True, slots=True)
class Sealed:
    """An entry's rows under one epoch."""

    record: Record
    epoch: int
    rows: tuple[SealedRow, ...] = field(repr=False)


def seal_entry(unsealed: Unsealed, pepper: Pepper) -> Sealed:
    """Return the entry's rows. Slow, so outside of any transaction."""
    rows = tuple(seal(number, unsealed.record, pepper) for number in unsealed.numbers)
    return Sealed(unsealed.record, pepper.epoch, rows)


def keep(conn: Connection, sealed: Collection[Sealed]) -> int:
    """Keep the rows, of one epoch, in place of the entries' older ones; return how many were still to be sealed so."""
    last_days = _last_days(conn, sealed)
    current = [one for one in sealed if last_days.get(one.record.entry) == one.record.expires_on]
    if current:
        theirs = sealed_rows.c.entry.in_([one.record.entry for one in current])
        conn.execute(delete(sealed_rows).where(sealed_rows.c.epoch == current[0].epoch, theirs))
        conn.execute(insert(sealed_rows), [row for one in current for row in _columns(one)])
    return len(current)


def unsealed(conn: Connection, epoch: int, chosen: ColumnElement[bool] = _EVERY_ENTRY) -> int:
    """Return how many live entries, of those chosen, have no rows under this epoch."""
    return conn.execute(select(func.count()).select_from(_unsealed(epoch, chosen).subquery())).scalar_one()


def require_sealed(conn: Connection, chosen: ColumnElement[bool]) -> None:
    """Return if the chosen entries have their rows under every open epoch.

    Raises:
        NotSealedError: some have none; ``epoch`` is the first such.
    """
    for epoch in open_epochs(conn):
        if conn.execute(_unsealed(epoch, chosen).limit(1)).first() is not None:
            raise NotSealedError("not-sealed", epoch=epoch)


def seal_missing(
    store: Store,
    peppers: Mapping[int, Pepper],
    chosen: ColumnElement[bool] = _EVERY_ENTRY,
    *,
    say: Callable[[int, int], None] = lambda done, of: None,
) -> int:
    """Seal the chosen live entries that have no rows yet under an epoch whose pepper is given, and return how many.

    May be interrupted at any time and go on later. ``say`` is told how many are done, and of how many.
    """
    with store.read() as conn:
        missing = {epoch: unsealed(conn, epoch, chosen) for epoch in sealing_epochs(conn) if epoch in peppers}
    done, of = 0, sum(missing.values())
    if not of:
        return 0
    with ThreadPoolExecutor(os.cpu_count()) as cores:
        for epoch in (epoch for epoch, count in missing.items() if count):
            after = ""
            while some := _next_unsealed(store, epoch, chosen, after):
                sealed = list(cores.map(seal_entry, some, [peppers[epoch]] * len(some)))
                with store.write() as conn:
                    keep(conn, sealed)
                after = some[-1].record.entry
                done += len(some)
                say(done, max(of, done))
    return done


def seal_renewed(conn: Connection, entry: str, last_day: date) -> Unsealed:
    """Return what is to be sealed so that the entry ends on another day."""
    return Unsealed(Record(EntryId(entry), last_day), numbers_of(conn, entry))


def forget_rows(conn: Connection, chosen: Select[tuple[str]]) -> None:
    """Drop the rows of these entries, which are withdrawn."""
    # The epochs are named so that the table's key is used: without them a withdrawal would read every row.
    known = conn.execute(select(epochs.c.epoch)).scalars().all()
    conn.execute(delete(sealed_rows).where(sealed_rows.c.epoch.in_(known), sealed_rows.c.entry.in_(chosen)))


def _last_days(conn: Connection, sealed: Collection[Sealed]) -> dict[str, date]:
    ids = [one.record.entry for one in sealed]
    query = select(entries.c.id, entries.c.expires_on).where(entries.c.id.in_(ids), _IS_LIVE)
    return {row.id: row.expires_on for row in conn.execute(query)}


def _columns(sealed: Sealed) -> list[dict[str, Any]]:
    common = {"epoch": sealed.epoch, "entry": sealed.record.entry, "expires_on": sealed.record.expires_on}
    return [{**common, "idx": row.idx, "ct": row.ct} for row in sealed.rows]


def _unsealed(epoch: int, chosen: ColumnElement[bool]) -> Select[tuple[str, date]]:
    as_it_ends = and_(
        sealed_rows.c.epoch == epoch,
        sealed_rows.c.entry == entries.c.id,
        sealed_rows.c.expires_on == entries.c.expires_on,
    )
    return select(entries.c.id, entries.c.expires_on).where(_IS_LIVE, chosen, ~exists().where(as_it_ends))


def _next_unsealed(store: Store, epoch: int, chosen: ColumnElement[bool], after: str) -> list[Unsealed]:
    query = _unsealed(epoch, chosen).where(entries.c.id > after).order_by(entries.c.id).limit(_AT_ONCE)
    with store.read() as conn:
        found = conn.execute(query).all()
        pairs = select(entry_numbers).where(entry_numbers.c.entry.in_([row.id for row in found]))
        numbers: dict[str, list[DocumentNumber]] = {row.id: [] for row in found}
        for row in conn.execute(pairs):
            numbers[row.entry].append(DocumentNumber(row.number))
    return [Unsealed(Record(EntryId(row.id), row.expires_on), tuple(sorted(numbers[row.id]))) for row in found]
