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

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Select, bindparam, func, select

from kiosk.domain.verdict import AlarmKind
from sync.station.alarm_life import OPEN
from sync.station.silence import SAME_ALARM_FOR
from sync.station.tables import alarms, kiosks

AGAIN: Final = "again"
"""The event on the first alarm."""
SAME_PRESENCE_FOR: Final = timedelta(seconds=60)
CHATTERS: Final = frozenset({AlarmKind.READER_LOST, AlarmKind.CAMERA_COVERED})
NEVER_FOLDED: Final = frozenset({AlarmKind.STAFF_PANIC})

_c: Final = alarms.c
_last: Final = alarms.alias("last")
_first: Final = alarms.alias("first")
# An index leads to the last one of a presence, so a kiosk that delivers the alarms of days costs no more with each.
_LATELY: Final = (
    select(_c.id)
    .where(_c.kiosk == kiosks.c.id, _c.received_at >= bindparam("from_time"), ~_c.exercise)
    .order_by(_c.received_at.desc(), _c.seq.desc())
    .limit(1)
    .correlate(kiosks)
)


def _last_and_first(lately: Select[tuple[str]]) -> Select[tuple[str, datetime, str, str]]:
    """Return a query for the last one of a presence at each of some kiosks, and for the first one, which it repeats."""
    its_last = kiosks.join(_last, _last.c.id == lately.scalar_subquery())
    with_first = its_last.join(_first, _first.c.id == func.coalesce(_last.c.repeats_of, _last.c.id))
    found = select(_last.c.kiosk, _last.c.raised_at, _first.c.id, _first.c.state).select_from(with_first)
    return found.where(kiosks.c.id.in_(bindparam("of_kiosks", expanding=True)))


_OF_ENTRY: Final = _last_and_first(
    _LATELY.where(_c.entry == bindparam("of_entry"), _c.listed == bindparam("as_listed"))
)
_OF_KIND: Final = _last_and_first(_LATELY.where(_c.entry.is_(None), _c.kind == bindparam("of_kind")))


class Newest:
    """The newest alarm of every presence, as new ones are taken."""

    def __init__(self, conn: Connection, rows: Iterable[dict[str, Any]], now: datetime) -> None:
        """``rows``: the new ones. Of all kiosks at once, one look for each entry or kind."""
        self._newest: dict[tuple[str, ...], tuple[str, datetime]] = {}
        self._open: dict[str, bool] = {}
        kiosks_of: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
        for row in rows:
            kiosks_of[_presence(row)].add(row["kiosk"])
        for presence, at in kiosks_of.items():
            match presence:
                case ("entry", entry, listed):
                    query, which = _OF_ENTRY, {"of_entry": entry, "as_listed": listed}
                case (_, kind):
                    query, which = _OF_KIND, {"of_kind": kind}
            which |= {"of_kiosks": list(at), "from_time": now - SAME_ALARM_FOR}
            for found in conn.execute(query, which):
                self._newest[found.kiosk, *presence] = (found.id, found.raised_at)
                self._open[found.id] = found.state in OPEN

    def first_of(self, row: dict[str, Any]) -> str | None:
        """Return the alarm that this one repeats, or None: then it is the first itself."""
        presence, raised_at = (row["kiosk"], *_presence(row)), row["raised_at"]
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
    """Return which one it is, beside the kiosk."""
    return ("entry", row["entry"], row["listed"]) if row["entry"] is not None else ("kind", row["kind"])


def _close(kind: str, before: datetime, after: datetime) -> bool:
    return abs(after - before) <= (SAME_ALARM_FOR if kind in CHATTERS else SAME_PRESENCE_FOR)
