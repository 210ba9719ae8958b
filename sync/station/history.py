"""What happened to an entry, and how the list of one day differs from another's: told from the audit log.

An entry stood on the list at the end of a day if it was approved and not withdrawn by then, and its last day, as it
was by then, was not over. A renewal moves the last day, and its audit row keeps the day that was: that is how the last
day of an earlier date is known.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, or_, select

from sync.station.audit import record
from sync.station.live_list import entry_of
from sync.station.site_time import end_of
from sync.station.tables import audit, audited_entry, audited_import, entries, import_withdrawals

_AT_ONCE: Final = 1000


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened. ``facts`` hold ids, codes and days, never a number or a name of a listed person."""

    at: datetime
    who: str
    what: str
    facts: dict[str, str | int]


@dataclass(frozen=True, slots=True)
class Difference:
    """An entry at the end of the first day and of the second: its last day, or None where it was not listed."""

    entry: str
    case_number: str
    before: date | None
    after: date | None


def history(conn: Connection, entry: str) -> list[Event]:
    """Return everything that happened to the entry, in order; what happened to its imports counts.

    Raises:
        NotFoundError: there is no such entry.
    """
    brought_by = entry_of(conn, entry).import_id
    withdrawn_by = select(import_withdrawals.c.import_id).where(import_withdrawals.c.entry == entry)
    imports = [brought_by, *conn.execute(withdrawn_by).scalars()]
    own = audited_entry == entry
    with_others = audited_import.in_([one for one in imports if one is not None])
    rows = conn.execute(select(audit).where(or_(own, with_others)).order_by(audit.c.n))
    return [Event(row.at, row.who, row.what, row.facts) for row in rows]


def look_at(conn: Connection, entry: str, who: str, now: datetime) -> list[Event]:
    """Return everything that happened to the entry, and record who looked: it is a look at a person (RULES 17).

    Raises:
        NotFoundError: there is no such entry.
    """
    events = history(conn, entry)
    record(conn, now, who, "entry.looked-up", entry=entry)
    return events


def difference(conn: Connection, first: date, second: date) -> Iterator[Difference]:
    """Yield each entry that was on the list at the end of one day only, or whose last day changed between them."""
    before, after = _last_days_at(conn, first), _last_days_at(conn, second)
    touched = entries.c.approved_at < max(end_of(first), end_of(second))
    query = select(entries).where(touched).order_by(entries.c.approved_at, entries.c.id)
    for row in conn.execute(query.execution_options(yield_per=_AT_ONCE)):
        then, later = _listed_until(row, first, before), _listed_until(row, second, after)
        if then != later:
            yield Difference(row.id, row.case_number, then, later)


def _listed_until(row: Row[Any], day: date, last_days: dict[str, date]) -> date | None:
    """Return the entry's last day as it was at the end of ``day``, or None if it was not on the list then."""
    end = end_of(day)
    if row.approved_at >= end or (row.withdrawn_at is not None and row.withdrawn_at < end):
        return None
    last: date = last_days.get(row.id, row.expires_on)
    return last if last >= day else None


def _last_days_at(conn: Connection, day: date) -> dict[str, date]:
    """Return, for each entry that was renewed after this day, the last day that it had before."""
    renewed = select(audit.c.facts).where(audit.c.what == "entry.renewed", audit.c.at >= end_of(day))
    last_days: dict[str, date] = {}
    for facts in conn.execute(renewed.order_by(audit.c.n)).scalars():
        last_days.setdefault(facts["entry"], date.fromisoformat(facts["was"]))
    return last_days
