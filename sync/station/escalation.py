"""What nobody takes up is said again, louder: 30 s unacknowledged to a second person, 90 s to the supervisor.

- Driven by the station's clock every second, and kept in the store: a station that starts again goes on where it was,
  and each step is taken once, whichever process takes it.
- An alarm's age is the longer of two: by the wall clock since its arrival, and by the clock that only grows since this
  process first saw it wait. A wall clock that is set back makes nobody wait longer.
- A repeat waits with the first alarm. An exercise escalates like any alarm, and marked.
- An override that no supervisor has reviewed after a quarter of an hour is said again once.
"""

import asyncio
from datetime import datetime, timedelta
from typing import Final

import structlog
from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from sqlalchemy import Connection, select, update

from sync.station import alarms
from sync.station import log as station_log
from sync.station.alarm_life import State
from sync.station.in_chunks import in_chunks
from sync.station.station import Station
from sync.station.tables import alarm_events
from sync.station.tables import alarms as alarms_table
from sync.station.tables import overrides as overrides_table

LOOK_EVERY_S: Final = 1.0
AT_ONCE: Final = 200
"""In one transaction: when gates come back after a long cut, thousands may be due, and who takes them up has a turn."""
SECOND_PERSON: Final = "second-person"
SUPERVISOR: Final = "supervisor"
STEPS: Final = (
    (None, SECOND_PERSON, timedelta(seconds=30)),
    (SECOND_PERSON, SUPERVISOR, timedelta(seconds=90)),
)
"""From where, to whom, after how long since the alarm's arrival."""
REVIEW_WITHIN: Final = timedelta(minutes=15)
UNREVIEWED: Final = "override-unreviewed"

log = structlog.get_logger()


class Escalation:
    """Of one running station."""

    def __init__(self, station: Station) -> None:
        self._station = station
        self._seen_s: dict[str, float] = {}

    async def run(self) -> None:
        """Look every second, until cancelled."""
        own_thread = CapacityLimiter(1)
        while True:
            try:
                await run_sync(self.look, limiter=own_thread)
            except Exception as error:
                # A full disk, say. What is due stays due, and the next look tries again.
                log.error("escalation.failed", error=type(error).__name__, where=station_log.where(error))
            await asyncio.sleep(LOOK_EVERY_S)

    def look(self) -> None:
        """Take every step that is due."""
        with self._station.store.read() as conn:
            now = self._station.now()
            due, late = self._due(conn, now), _unreviewed(conn, now)
        if not due and not late:
            return
        for some in in_chunks(due, AT_ONCE):
            with self._station.store.write() as conn:
                now = self._station.now()
                for alarm, before, step in some:
                    _escalate(conn, alarm, before, step, now)
            self._station.alarm_bell.ring()
        if late:
            with self._station.store.write() as conn:
                now = self._station.now()
                for alarm in _unreviewed(conn, now):
                    alarms.note(conn, alarm, UNREVIEWED, now)
            self._station.alarm_bell.ring()
        log.warning("alarms.escalated", n=len(due), unreviewed=len(late))

    def _due(self, conn: Connection, now: datetime) -> list[tuple[str, str | None, str]]:
        a, now_s = alarms_table.c, self._station.monotonic()
        waiting = select(a.id, a.received_at, a.escalated).where(a.state == State.RAISED, a.repeats_of.is_(None))
        waiting = waiting.where(a.escalated.is_distinct_from(SUPERVISOR))  # there is nobody beyond
        rows = conn.execute(waiting).all()
        self._seen_s = {row.id: self._seen_s.get(row.id, now_s) for row in rows}
        due = []
        for row in rows:
            reached = row.escalated
            age = max(now - row.received_at, timedelta(seconds=now_s - self._seen_s[row.id]))
            for before, step, after in STEPS:
                if reached == before and age >= after:
                    due.append((row.id, before, step))
                    reached = step
        return due


def _escalate(conn: Connection, alarm: str, before: str | None, step: str, now: datetime) -> None:
    a = alarms_table.c
    waits = (a.id == alarm) & (a.state == State.RAISED) & a.escalated.is_not_distinct_from(before)
    if conn.execute(update(alarms_table).where(waits).values(escalated=step)).rowcount == 1:
        alarms.note(conn, alarm, step, now)


def _unreviewed(conn: Connection, now: datetime) -> list[str]:
    c, e = overrides_table.c, alarm_events.c
    said = select(e.n).where(e.alarm == c.alarm, e.event == UNREVIEWED).exists()
    query = select(c.alarm).where(c.reviewed_by.is_(None), c.at <= now - REVIEW_WITHIN, ~said)
    return list(conn.execute(query).scalars())
