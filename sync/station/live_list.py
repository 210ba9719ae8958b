"""What is on the list: the states of an entry, and how one is read."""

from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, select

from kiosk.domain.numbers import DocumentNumber
from sync.station.refusals import ConflictError, NotFoundError
from sync.station.site_time import site_day
from sync.station.tables import entries, entry_numbers


class EntryState(StrEnum):
    """How far an entry has come."""

    PROPOSED = "proposed"
    LISTED = "listed"
    WITHDRAWN = "withdrawn"


LIVE: Final = (EntryState.PROPOSED, EntryState.LISTED)
"""Whose numbers nobody may propose again."""

_STAND: Final = select(entries.c.id, entries.c.state, entries.c.expires_on).where(
    entries.c.id.in_(bindparam("ids", expanding=True))
)


def entry_of(conn: Connection, entry: str) -> Row[Any]:
    """Return the entry's row.

    Raises:
        NotFoundError: there is no such entry.
    """
    row = conn.execute(select(entries).where(entries.c.id == entry)).one_or_none()
    if row is None:
        raise NotFoundError("no-such-entry")
    return row


def numbers_of(conn: Connection, entry: str) -> tuple[DocumentNumber, ...]:
    """Return the entry's numbers in order."""
    query = select(entry_numbers.c.number).where(entry_numbers.c.entry == entry).order_by(entry_numbers.c.number)
    return tuple(DocumentNumber(number) for number in conn.execute(query).scalars())


def is_listed(conn: Connection, entry: str, now: datetime) -> bool | None:
    """Tell whether the entry is on the live list now; None where there never was such an entry."""
    return are_listed(conn, [entry], now).get(entry)


def are_listed(conn: Connection, ids: Collection[str], now: datetime) -> dict[str, bool]:
    """Return the same for each of these entries that there is."""
    today = site_day(now)
    rows = conn.execute(_STAND, {"ids": list(ids)})
    return {row.id: row.state == EntryState.LISTED and row.expires_on >= today for row in rows}


def live_with(conn: Connection, numbers: Iterable[DocumentNumber]) -> tuple[Row[Any], ...]:
    """Return the proposed and listed entries that have one of these numbers, listed ones first."""
    having = {entry for _, entry in entries_with(conn, numbers)}
    # By id alone: told of the state too, SQLite prefers that index and reads the whole list.
    rows = conn.execute(select(entries).where(entries.c.id.in_(having)))
    return tuple(sorted((row for row in rows if row.state in LIVE), key=lambda row: (row.state, row.id)))


def entries_with(conn: Connection, numbers: Iterable[DocumentNumber]) -> tuple[tuple[str, str], ...]:
    """Return pairs of one of these numbers and an entry that has it, whatever its state."""
    wanted = entry_numbers.c.number.in_([number.value for number in numbers])
    pairs = conn.execute(select(entry_numbers.c.number, entry_numbers.c.entry).where(wanted))
    return tuple((pair.number, pair.entry) for pair in pairs)


def refuse_listed(conn: Connection, numbers: Iterable[DocumentNumber], *, but: str | None = None) -> None:
    """Return if nobody else is listed or proposed under these numbers.

    Raises:
        ConflictError: already-listed or already-proposed, with the other entry.
    """
    for other in live_with(conn, numbers):
        if other.id != but:
            raise ConflictError(f"already-{other.state}", entry=other.id)


def already(found: Row[Any]) -> ConflictError:
    """Return the refusal that says how far the entry has come, and who was first."""
    who, at = {
        EntryState.WITHDRAWN: (found.withdrawn_by, found.withdrawn_at),
        EntryState.LISTED: (found.approved_by, found.approved_at),
    }.get(EntryState(found.state), (found.proposed_by, found.proposed_at))
    return ConflictError("already", state=found.state, who=who, at=at.astimezone(UTC).isoformat())
