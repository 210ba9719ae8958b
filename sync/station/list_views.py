"""The list, a page at a time: which entries, in which order, and where the next page begins.

A page begins after an entry, not at a number of entries: with 10⁵ of them the last page costs what the first one does,
and an entry that comes or goes meanwhile shifts nothing.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, func, literal, select, tuple_

from sync.station import look_ups
from sync.station.live_list import EntryState, entry_of
from sync.station.site_time import site_day
from sync.station.tables import entries
from sync.station.withdrawals import TO_REVIEW

AT_ONCE: Final = 50
SOON: Final = timedelta(days=30)
"""An entry that ends within this time is looked at: renewed, or let go."""


class Which(StrEnum):
    """A part of the list."""

    LISTED = "listed"
    ENDING = "ending"
    """Listed, and the last day comes soon or is over: soonest first."""
    PROPOSED = "proposed"
    TO_REVIEW = "to-review"
    WITHDRAWN = "withdrawn"


def page_of(
    conn: Connection, which: Which, now: datetime, after: str | None = None
) -> tuple[list[dict[str, Any]], str | None]:
    """Return the entries that come after the entry ``after``, as JSON values, and the last of them if more follow.

    Newest proposals first, but for those that end soon.

    Raises:
        NotFoundError: there is no entry ``after``.
    """
    by = entries.c.expires_on if which is Which.ENDING else entries.c.proposed_at
    query = select(entries).where(_chosen(which, now)).limit(AT_ONCE + 1)
    place = tuple_(by, entries.c.id)
    if after is not None:
        begin = entry_of(conn, after)
        there = tuple_(literal(begin._mapping[by.name], by.type), literal(begin.id))
        query = query.where(place > there if which is Which.ENDING else place < there)
    order = (by, entries.c.id) if which is Which.ENDING else (by.desc(), entries.c.id.desc())
    rows = conn.execute(query.order_by(*order)).all()
    shown = look_ups.in_json(conn, rows[:AT_ONCE], now)
    return shown, rows[AT_ONCE - 1].id if len(rows) > AT_ONCE else None


def waiting(conn: Connection, now: datetime) -> list[dict[str, Any]]:
    """Return what waits for a second person, as JSON values: proposals by hand, then withdrawals to be reviewed.

    At most a page of each; the entries of an import are approved with it.
    """
    by_hand = (entries.c.state == EntryState.PROPOSED) & entries.c.import_id.is_(None)
    newest = select(entries).order_by(entries.c.proposed_at.desc(), entries.c.id.desc()).limit(AT_ONCE)
    rows = [row for kind in (by_hand, TO_REVIEW) for row in conn.execute(newest.where(kind))]
    return look_ups.in_json(conn, rows, now)


def how_many(conn: Connection, now: datetime) -> dict[Which, int]:
    """Return how many entries each part has."""
    count = select(func.count()).select_from(entries)
    return {which: conn.execute(count.where(_chosen(which, now))).scalar_one() for which in Which}


def _chosen(which: Which, now: datetime) -> ColumnElement[bool]:
    match which:
        case Which.TO_REVIEW:
            return TO_REVIEW
        case Which.ENDING:
            return (entries.c.state == EntryState.LISTED) & (entries.c.expires_on <= site_day(now + SOON))
        case _:
            return entries.c.state == EntryState(which)
