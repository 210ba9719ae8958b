"""Reading the list: what is shown to those who keep it, and how a look at one person is recorded.

Rules
- Numbers are masked; in full only for whoever must compare them with the case file.
- Every look-up of a person, by entry, number or case, is in the audit log by user (RULES 17). The number or case that
  was typed is not: what was found is, by entry.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, select

from kiosk.domain.numbers import DocumentNumber
from sync.station import audit
from sync.station.in_chunks import in_chunks
from sync.station.live_list import EntryState, entry_of, numbers_of
from sync.station.proposals import masked
from sync.station.site_time import site_day
from sync.station.tables import cleared_numbers, entries, entry_numbers
from sync.station.withdrawals import TO_REVIEW

_AT_ONCE: Final = 500
_DATES: Final = ("listed_on", "expires_on", "proposed_at", "approved_at", "withdrawn_at", "reviewed_at")
_TEXTS: Final = (
    *("name", "unit", "contact", "case_number", "legal_basis", "guidance", "import_id"),
    *("proposed_by", "approved_by", "withdrawn_by", "withdrawn_why", "reviewed_by"),
)


def shown(conn: Connection, now: datetime, limit: int = 100) -> list[dict[str, Any]]:
    """Return the newest entries as JSON values, the numbers masked.

    What waits for somebody comes first: proposals, then withdrawals that nobody has reviewed; then the list, and the
    rest. At most ``limit`` of each.
    """
    withdrawn = entries.c.state == EntryState.WITHDRAWN
    kinds = (
        entries.c.state == EntryState.PROPOSED,
        TO_REVIEW,
        entries.c.state == EntryState.LISTED,
        withdrawn & (entries.c.approved_at.is_(None) | entries.c.reviewed_by.is_not(None)),
    )
    newest = select(entries).order_by(entries.c.proposed_at.desc(), entries.c.id.desc()).limit(limit)
    rows = [row for kind in kinds for row in conn.execute(newest.where(kind))]
    return in_json(conn, rows, now)


def in_json(conn: Connection, rows: Sequence[Row[Any]], now: datetime) -> list[dict[str, Any]]:
    """Return entries as JSON values, the numbers masked."""
    return [as_json(row, numbers, now) for row, numbers in _with_numbers(conn, rows)]


def everything(
    conn: Connection, now: datetime, *, chosen: ColumnElement[bool], in_full: bool = False
) -> Iterator[dict[str, Any]]:
    """Yield every chosen entry as JSON values, in the order of their proposal. The caller records a look at numbers."""
    query = select(entries).where(chosen).order_by(entries.c.proposed_at, entries.c.id)
    for some in in_chunks(conn.execute(query.execution_options(yield_per=_AT_ONCE)), _AT_ONCE):
        for row, numbers in _with_numbers(conn, some):
            yield as_json(row, numbers, now, in_full=in_full)


def look_up(conn: Connection, entry: str, who: str, now: datetime, *, in_full: bool = False) -> dict[str, Any]:
    """Return one entry as JSON values and record who looked.

    Raises:
        NotFoundError: there is no such entry.
    """
    found = as_json(entry_of(conn, entry), numbers_of(conn, entry), now, in_full=in_full)
    audit.record(conn, now, who, "entry.looked-up", entry=entry)
    return found


def reveal_numbers(conn: Connection, entry: str, who: str, now: datetime) -> list[str]:
    """Return the entry's numbers in full and record who looked (RULES 17).

    Raises:
        NotFoundError: there is no such entry.
    """
    numbers: list[str] = look_up(conn, entry, who, now, in_full=True)["numbers"]
    return numbers


def search_number(
    conn: Connection, number: DocumentNumber, who: str, now: datetime
) -> tuple[list[dict[str, Any]], dict[str, Any] | None]:
    """Return the entries with this number, and its clearance if there is one; record who looked."""
    with_it = entries.c.id.in_(select(entry_numbers.c.entry).where(entry_numbers.c.number == number.value))
    found = _searched(conn, "number", with_it, who, now)
    cleared = conn.execute(select(cleared_numbers).where(cleared_numbers.c.number == number.value)).one_or_none()
    if cleared is None:
        return found, None
    facts = {"clearance": cleared.clearance, "cleared_by": cleared.cleared_by, "why": cleared.why}
    return found, {**facts, "cleared_at": cleared.cleared_at.isoformat()}


def search_case(conn: Connection, case_number: str, who: str, now: datetime) -> list[dict[str, Any]]:
    """Return the entries of this case, and record who looked."""
    return _searched(conn, "case", entries.c.case_number == case_number, who, now)


def as_json(
    row: Row[Any], numbers: Iterable[DocumentNumber], now: datetime, *, in_full: bool = False
) -> dict[str, Any]:
    """Return an entry as JSON values."""
    dates = {name: day.isoformat() if (day := row._mapping[name]) is not None else None for name in _DATES}
    return {
        "entry": row.id,
        "state": row.state,
        "expired": row.expires_on < site_day(now),
        "to_review": row.state == EntryState.WITHDRAWN and row.approved_at is not None and row.reviewed_by is None,
        "numbers": [number.value if in_full else masked(number) for number in numbers],
        **{name: row._mapping[name] for name in _TEXTS},
        **dates,
    }


def _searched(conn: Connection, by: str, chosen: ColumnElement[bool], who: str, now: datetime) -> list[dict[str, Any]]:
    found = list(everything(conn, now, chosen=chosen))
    audit.record(conn, now, who, "list.searched", by=by, found=len(found))
    for entry in found:
        audit.record(conn, now, who, "entry.looked-up", entry=entry["entry"])
    return found


def _with_numbers(conn: Connection, rows: Sequence[Row[Any]]) -> Iterator[tuple[Row[Any], list[DocumentNumber]]]:
    numbers: dict[str, list[DocumentNumber]] = {row.id: [] for row in rows}
    for some in in_chunks(numbers, _AT_ONCE):
        pairs = select(entry_numbers).where(entry_numbers.c.entry.in_(some)).order_by(entry_numbers.c.number)
        for pair in conn.execute(pairs):
            numbers[pair.entry].append(DocumentNumber(pair.number))
    for row in rows:
        yield row, numbers[row.id]
