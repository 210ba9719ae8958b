"""The feeds: every change of the list is chained into the feed of each open epoch, in the transaction that makes it.

Each epoch has a feed of its own (watchlist.published). While two are open both carry every change, so that a kiosk
which holds either is current; and under the same number, since a feed's numbers go on from those of the epoch before
it: of two epochs the one with the higher number has the newer list, whatever a clock says.

What is appended never changes; signing it is the publisher's.
"""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from typing import Any, Final, Literal

import msgspec
from sqlalchemy import Connection, Select, bindparam, insert, select

from kiosk.domain.ids import EntryId
from kiosk.ports import FeedPosition
from sync.station.in_chunks import in_chunks
from sync.station.tables import entries, epochs, feed_changes, sealed_rows
from watchlist.feed import GENESIS, Change, chain
from watchlist.seal import SealedRow

_AT_ONCE: Final = 1000
# Made once: a thousand heartbeats ask, and to put a statement together takes longer than to run it.
_STATE: Final = select(epochs.c.state).where(epochs.c.epoch == bindparam("epoch"))
_BEGINS_AFTER: Final = select(epochs.c.begins_after).where(epochs.c.epoch == bindparam("epoch"))
_NEWEST: Final = (
    select(feed_changes.c.seq, feed_changes.c.head)
    .where(feed_changes.c.epoch == bindparam("epoch"))
    .order_by(feed_changes.c.seq.desc())
    .limit(1)
)


class EpochState(StrEnum):
    """How far a pepper epoch has come."""

    BUILDING = "building"
    """The list is being sealed under its pepper."""
    OPEN = "open"
    """Published: every change goes into its feed."""
    ENDED = "ended"
    """No longer published."""


def open_epochs(conn: Connection) -> tuple[int, ...]:
    """Return the epochs whose feeds carry every change, oldest first."""
    return _in_state(conn, EpochState.OPEN)


def sealing_epochs(conn: Connection) -> tuple[int, ...]:
    """Return the epochs under which a new entry is sealed, oldest first: those that are open or being built."""
    return _in_state(conn, EpochState.OPEN, EpochState.BUILDING)


def standing(conn: Connection, epoch: int) -> FeedPosition | None:
    """Return where this epoch's feed stands; None where it is not open."""
    state = conn.execute(_STATE, {"epoch": epoch}).scalar()
    return _standing(conn, epoch) if state == EpochState.OPEN else None


def standings(conn: Connection) -> list[FeedPosition]:
    """Return where every open epoch's feed stands, oldest first."""
    return [_standing(conn, epoch) for epoch in open_epochs(conn)]


def append_changes(
    conn: Connection, op: Literal["add", "withdraw"], chosen: Select[tuple[str]], now: datetime
) -> int | None:
    """Append a change for each chosen entry, in the order of their ids, to the feed of every open epoch.

    An added entry goes out with its sealed rows of that epoch, which must be there (sync.station.sealing).

    Returns:
        Where the feed of the newest open epoch then stands; None where nothing was chosen.
    """
    seq = None
    for epoch in open_epochs(conn):
        seq = _append(conn, epoch, op, chosen, now)
    return seq


def _append(
    conn: Connection, epoch: int, op: Literal["add", "withdraw"], chosen: Select[tuple[str]], now: datetime
) -> int | None:
    before = _standing(conn, epoch)
    entries_with_rows = _sealed(conn, epoch, chosen) if op == "add" else _bare(conn, chosen)
    seq, head = before.seq, before.head
    for some in in_chunks(entries_with_rows, _AT_ONCE):
        new: list[dict[str, Any]] = []
        for entry, rows in some:
            seq += 1
            change = Change(seq=seq, op=op, entry=EntryId(entry), rows=rows)
            head = chain(head, change)
            new.append({"epoch": epoch, "seq": seq, "head": head, "at": now, "change": msgspec.json.encode(change)})
        conn.execute(insert(feed_changes), new)
    return seq if seq != before.seq else None


def _standing(conn: Connection, epoch: int) -> FeedPosition:
    last = conn.execute(_NEWEST, {"epoch": epoch}).one_or_none()
    if last is not None:
        return FeedPosition(epoch, last.seq, last.head)
    return FeedPosition(epoch, conn.execute(_BEGINS_AFTER, {"epoch": epoch}).scalar_one(), GENESIS)


def _sealed(conn: Connection, epoch: int, chosen: Select[tuple[str]]) -> Iterator[tuple[str, tuple[SealedRow, ...]]]:
    query = (
        select(sealed_rows.c.entry, sealed_rows.c.idx, sealed_rows.c.ct)
        .where(sealed_rows.c.epoch == epoch, sealed_rows.c.entry.in_(chosen))
        .order_by(sealed_rows.c.entry, sealed_rows.c.idx)
    )
    found = conn.execute(query.execution_options(yield_per=_AT_ONCE))
    for entry, rows in groupby(found, key=lambda row: row.entry):
        yield entry, tuple(SealedRow(idx=row.idx, ct=row.ct) for row in rows)


def _bare(conn: Connection, chosen: Select[tuple[str]]) -> Iterator[tuple[str, tuple[SealedRow, ...]]]:
    for row in conn.execute(chosen.order_by(entries.c.id).execution_options(yield_per=_AT_ONCE)):
        yield row.id, ()


def _in_state(conn: Connection, *states: EpochState) -> tuple[int, ...]:
    query = select(epochs.c.epoch).where(epochs.c.state.in_(states)).order_by(epochs.c.epoch)
    return tuple(conn.execute(query).scalars())
