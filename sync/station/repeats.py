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

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, bindparam, select

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
# An index leads to the last one of a presence, so a kiosk that delivers the alarms of days costs no more with each.
_LATELY: Final = (
    select(_c.id, _c.repeats_of, _c.raised_at)
    .where(_c.kiosk == bindparam("of_kiosk"), _c.received_at >= bindparam("from_time"), ~_c.exercise)
    .order_by(_c.received_at.desc(), _c.seq.desc())
    .limit(1)
)
_OF_ENTRY: Final = _LATELY.where(_c.entry == bindparam("of_entry"), _c.listed == bindparam("as_listed"))
_OF_KIND: Final = _LATELY.where(_c.entry.is_(None), _c.kind == bindparam("of_kind"))
_STATE: Final = select(_c.state).where(_c.id == bindparam("first"))


class Newest:
    """The newest alarm of every presence at one kiosk, as one upload of it is taken."""

    def __init__(self, conn: Connection, kiosk: str, now: datetime) -> None:
        self._newest: dict[tuple[str, ...], tuple[str, datetime] | None] = {}
        self._open: dict[str, bool] = {}
        self._conn = conn
        self._lately = {"of_kiosk": kiosk, "from_time": now - SAME_ALARM_FOR}

    def first_of(self, row: dict[str, Any]) -> str | None:
        """Return the alarm that this one repeats, or None: then it is the first itself."""
        presence, raised_at = _presence(row["kind"], row["entry"], row["listed"]), row["raised_at"]
        known = self._newest[presence] if presence in self._newest else self._look_for(row)
        first: str | None = None
        if known is not None and row["kind"] not in NEVER_FOLDED and _close(row["kind"], known[1], raised_at):
            first = known[0] if self._is_open(known[0]) else None
        self._newest[presence] = (first or row["id"], raised_at)
        if first is None:
            self._open[row["id"]] = True  # though not inserted yet
        return first

    def _look_for(self, row: dict[str, Any]) -> tuple[str, datetime] | None:
        if row["entry"] is None:
            found = self._conn.execute(_OF_KIND, {**self._lately, "of_kind": row["kind"]})
        else:
            entry = {"of_entry": row["entry"], "as_listed": row["listed"]}
            found = self._conn.execute(_OF_ENTRY, {**self._lately, **entry})
        last = found.one_or_none()
        return None if last is None else (last.repeats_of or last.id, last.raised_at)

    def _is_open(self, alarm: str) -> bool:
        if alarm not in self._open:
            self._open[alarm] = self._conn.execute(_STATE, {"first": alarm}).scalar_one() in OPEN
        return self._open[alarm]


def facts_of(row: dict[str, Any]) -> dict[str, Any]:
    """Return what the first alarm's event says of a repeat: its four facts, and which one it is."""
    return {"alarm": row["id"], "kind": row["kind"], "raised_at": row["raised_at"].isoformat(), **row["facts"]}


def _presence(kind: str, entry: str | None, listed: str) -> tuple[str, ...]:
    return ("entry", entry, listed) if entry is not None else ("kind", kind)


def _close(kind: str, before: datetime, after: datetime) -> bool:
    return abs(after - before) <= (SAME_ALARM_FOR if kind in CHATTERS else SAME_PRESENCE_FOR)
