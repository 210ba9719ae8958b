"""Repeats of one presence: kept and acknowledged like any alarm, but no second row for people to handle.

Rules
- One presence is one kiosk and one entry; without an entry (tailgating, a forced gate), one kiosk and one kind.
- Within 60 s of the last of them: a visit is over in ten seconds, so whoever tries again does so within a minute, and
  whoever comes back later has come back, which people must know.
- A device that comes and goes chatters: it is calm only after ten minutes, like a silent kiosk (sync.station.silence).
- A call for help is never folded into another: who presses again has not been helped.
- Only an alarm that is still open takes up a repeat. After its end the next one is new: none is lost in a closed case.
- What the list says must be the same: a number that was withdrawn since the last try is a new alarm, which says so.
- Counted by the kiosk's clock, so that hours of alarms that come at once after an outage are not one presence.
- The repeat's own facts are in the event on the first, and a confirmation must have seen them (alarm_json).
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Connection,
    Select,
    String,
    TableValuedAlias,
    bindparam,
    func,
    literal_column,
    select,
)

from kiosk.domain.verdict import AlarmKind
from sync.station.alarm_life import OPEN
from sync.station.silence import SAME_ALARM_FOR
from sync.station.tables import alarms

AGAIN: Final = "again"
"""The event on the first alarm."""
SAME_PRESENCE_FOR: Final = timedelta(seconds=60)
CHATTERS: Final = frozenset({AlarmKind.READER_LOST, AlarmKind.CAMERA_COVERED})
NEVER_FOLDED: Final = frozenset({AlarmKind.STAFF_PANIC})

_c: Final = alarms.c
_last: Final = alarms.alias("last")
_first: Final = alarms.alias("first")


_LAST: Final = (
    select(_last.c.kiosk, _last.c.entry, _last.c.kind, _last.c.listed, _last.c.raised_at, _first.c.id, _first.c.state)
    .join(_first, _first.c.id == func.coalesce(_last.c.repeats_of, _last.c.id))
    .where(_last.c.id.in_(bindparam("ids", expanding=True)))
)
"""Alarms, and for each the first one of its presence."""


def _last_of(presences: TableValuedAlias, *same: ColumnElement[bool]) -> Select[tuple[str | None]]:
    """Return a query for the last alarm of each of these presences, None where there was none lately.

    An index leads to it, so a kiosk that delivers the alarms of days costs no more with each. It is no join, which
    PostgreSQL might do the other way round: all alarms, and which of them is one of these.
    """
    lately = select(_c.id).where(*same, _c.received_at >= bindparam("from_time"), ~_c.exercise)
    lately = lately.order_by(_c.received_at.desc(), _c.seq.desc()).limit(1).correlate(presences)
    return select(lately.scalar_subquery()).select_from(presences)


def _queries(presences: TableValuedAlias) -> tuple[Select[Any], Select[Any]]:
    """Return the query for presences with an entry, and the one for those without."""

    def same(column: Column[Any]) -> ColumnElement[bool]:
        return column == presences.c.value.op("->>", return_type=String())(literal_column(f"'{column.name}'"))

    at_kiosk = same(_c.kiosk)
    of_entry = _last_of(presences, at_kiosk, same(_c.entry), same(_c.listed))
    return of_entry, _last_of(presences, at_kiosk, _c.entry.is_(None), same(_c.kind))


_asked: Final = bindparam("presences", type_=JSON())
_QUERIES: Final = {  # the presences as a JSON array: one statement, however many there are
    "sqlite": _queries(func.json_each(_asked).table_valued("value")),
    "postgresql": _queries(func.json_array_elements(_asked).table_valued("value")),
}


class Newest:
    """The newest alarm of every presence, as new ones are taken."""

    def __init__(self, conn: Connection, rows: Iterable[dict[str, Any]], now: datetime) -> None:
        """``rows``: the new ones, of any kiosks."""
        self._newest: dict[tuple[str, ...], tuple[str, datetime]] = {}
        self._open: dict[str, bool] = {}
        presences = {_presence(row): row for row in rows}
        with_entry = [row for row in presences.values() if row["entry"] is not None]
        without = [row for row in presences.values() if row["entry"] is None]
        ids: list[str] = []
        for query, some in zip(_QUERIES[conn.dialect.name], (with_entry, without), strict=True):
            if some:
                asked = [{name: row[name] for name in ("kiosk", "entry", "listed", "kind")} for row in some]
                found = conn.execute(query, {"presences": asked, "from_time": now - SAME_ALARM_FOR}).scalars()
                ids += [alarm for alarm in found if alarm is not None]
        for last in conn.execute(_LAST, {"ids": ids}) if ids else ():
            self._newest[_presence(last._asdict())] = (last.id, last.raised_at)
            self._open[last.id] = last.state in OPEN

    def first_of(self, row: dict[str, Any]) -> str | None:
        """Return the alarm that this one repeats, or None: then it is the first itself."""
        presence, raised_at = _presence(row), row["raised_at"]
        known = self._newest.get(presence)
        first: str | None = None
        if known is not None and row["kind"] not in NEVER_FOLDED and _close(row["kind"], known[1], raised_at):
            first = known[0] if self._open[known[0]] else None
        self._newest[presence] = (first or row["id"], raised_at)
        if first is None:
            self._open[row["id"]] = True  # though not inserted yet
        return first


def facts_of(row: dict[str, Any]) -> dict[str, Any]:
    """Return what the first alarm's event says of a repeat: its four facts, and which one it is."""
    return {"alarm": row["id"], "kind": row["kind"], "raised_at": row["raised_at"].isoformat(), **row["facts"]}


def _presence(row: dict[str, Any]) -> tuple[str, ...]:
    of = (row["entry"], row["listed"]) if row["entry"] is not None else (row["kind"],)
    return (row["kiosk"], *of)


def _close(kind: str, before: datetime, after: datetime) -> bool:
    return abs(after - before) <= (SAME_ALARM_FOR if kind in CHATTERS else SAME_PRESENCE_FOR)
