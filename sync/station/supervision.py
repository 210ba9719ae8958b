"""The station listens for its kiosks, and says so when one is silent (sync.station.silence has the rules).

- Every second all of them are looked at, at the start as well: what counts is how it stands, not what has changed.
- Silence is measured by a clock that only grows: a station whose wall clock jumps has not heard anybody less. What this
  process did not hear before it began to listen, or while it was held up itself, is nobody's silence.
- With several instances the one that leads looks. A kiosk that speaks to another one was heard when the shared database
  says so, by the database's clock. Whoever begins to lead, and whoever had no database for a while, begins to listen.
- A silence is an alarm like any other, raised by the station and acknowledged like any. What happens to it (silent
  again, returned, escalated) is a further event of it, never a further alarm.
"""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

import structlog
from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from sqlalchemy import ColumnElement, Connection, Float, cast, func, insert, select, update

from sync.station import alarms, maintenance
from sync.station import log as station_log
from sync.station.certificates import Kiosk
from sync.station.silence import GATHERS_FOR, SAME_ALARM_FOR, Decision, Silence, Watched, decide
from sync.station.station import Station
from sync.station.tables import alarms as alarms_table
from sync.station.tables import kiosk_certificates, kiosks, silences

LOOK_EVERY_S: Final = 1.0
DEAF_AFTER_S: Final = 5.0
"""A station that was held up for so long (stopped, swapped out, starved) has not listened meanwhile."""

ONE_SILENT: Final = "kiosk-silent"
MANY_SILENT: Final = "kiosks-silent"
THE_STATION: Final = Kiosk("station", "–")
"""Whose alarm it is that several kiosks have in common."""

RETURNED: Final = "returned"
SILENT_AGAIN: Final = "silent-again"
MORE_SILENT: Final = "more-silent"
FEWER_SILENT: Final = "fewer-silent"
ESCALATED: Final = "escalated"

log = structlog.get_logger()


class Supervision:
    """Of one running station."""

    def __init__(self, station: Station) -> None:
        self._station = station
        self._is_shared = station.store.server is not None
        self._listening_s = station.monotonic()
        self._known_s: dict[tuple[str, datetime], float] = {}
        """Since when we have known each enrolment: a kiosk that enrols anew begins anew."""

    async def run(self) -> None:
        """Look every second, until cancelled."""
        own_thread = CapacityLimiter(1)
        monotonic = self._station.monotonic
        while True:
            try:
                await run_sync(self.look_if_leading, limiter=own_thread)
            except Exception as error:
                # A full disk, say. The next look finds the same kiosks silent, and tries again.
                log.error("supervision.failed", error=type(error).__name__, where=station_log.where(error))
                if self._is_shared:
                    self.listen_anew()  # without the database nobody was heard by any instance
            slept_s = monotonic()
            await asyncio.sleep(LOOK_EVERY_S)
            if monotonic() - slept_s > DEAF_AFTER_S:
                self.listen_anew()

    def listen_anew(self) -> None:
        """Hold nothing against anybody that was not heard until now."""
        self._listening_s = self._station.monotonic()

    def look_if_leading(self) -> None:
        """Look, unless another instance does."""
        if self._station.leader.is_us():
            self.look()
        else:
            self.listen_anew()

    def look(self) -> None:
        """Look at every kiosk once, and do what is due."""
        with self._station.store.read() as conn:
            if not self._decide(conn, self._station.now()):
                return
        asked_s = self._station.monotonic()
        with self._station.store.write() as conn:
            now = self._station.now()
            if self._is_shared and self._station.monotonic() - asked_s > DEAF_AFTER_S:
                return self.listen_anew()  # whoever held the turn has held up the heartbeats of every instance
            decision = self._decide(conn, now)  # anew: this turn may have been long in coming
            _carry_out(conn, decision, now)
        self._station.alarm_bell.ring()
        for act, whom in (
            ("raised", decision.alone + decision.together),
            ("again", decision.again),
            ("returned", decision.returned),
            ("escalated", decision.escalated),
        ):
            if whom:
                log.warning("kiosks.silence", act=act, n=len(whom))

    def _decide(self, conn: Connection, now: datetime) -> Decision:
        return decide(self._watched(conn, now), now, is_gathering=_gathering(conn, now) is not None)

    def _watched(self, conn: Connection, now: datetime) -> list[Watched]:
        """Return every kiosk that has a certificate: a revoked one is expected to be silent."""
        c = kiosk_certificates.c
        query = select(kiosks.c.id, kiosks.c.lane, kiosks.c.enrolled_at, kiosks.c.heard_at, c.fingerprint)
        if self._is_shared:
            query = query.add_columns(_HEARD_AGO.label("heard_ago"))
        rows = conn.execute(query.join(kiosk_certificates, c.kiosk == kiosks.c.id).where(c.ended_at.is_(None))).all()
        windows, said, now_s = maintenance.current(conn, now), _newest_silences(conn, now), self._station.monotonic()
        heard_s: dict[str, float] = {}
        for row in rows:  # a kiosk has two while it changes from one certificate to the next
            by_another = self._is_shared and row.heard_ago is not None
            ears = (self._station.hearing.heard_s(row.fingerprint), now_s - row.heard_ago if by_another else None)
            for last_s in ears:
                if last_s is not None and last_s >= max(self._listening_s, heard_s.get(row.id, last_s)):
                    heard_s[row.id] = last_s
        return [
            Watched(
                kiosk=row.id,
                lane=row.lane,
                heard=row.id in heard_s,
                ever_heard=row.id in heard_s or row.heard_at is not None,
                quiet_for=timedelta(
                    seconds=now_s - heard_s.get(row.id, self._listens_since_s(row.id, row.enrolled_at, now_s))
                ),
                excused=row.id in windows,
                silence=said.get(row.id),
            )
            for row in {row.id: row for row in rows}.values()
        ]

    def _listens_since_s(self, kiosk: str, enrolled_at: datetime, now_s: float) -> float:
        """Return since when this process has listened for a kiosk that it has not heard."""
        return max(self._listening_s, self._known_s.setdefault((kiosk, enrolled_at), now_s))


_HEARD_AGO: Final = cast(func.extract("epoch", func.clock_timestamp() - kiosks.c.heard_at), Float)
"""Seconds, on a shared database."""


def _newest_silences(conn: Connection, now: datetime) -> Mapping[str, Silence]:
    """Return the silence of each kiosk that stands, or else the last to end, where that still counts."""
    c = silences.c
    counts = c.returned_at.is_(None) | (c.returned_at >= now - SAME_ALARM_FOR)
    rows = conn.execute(select(silences).where(counts).order_by(c.returned_at.is_(None), c.returned_at))
    return {
        row.kiosk: Silence(alarm=row.alarm, returned_at=row.returned_at, escalated=row.escalated_at is not None)
        for row in rows
    }


def _gathering(conn: Connection, now: datetime) -> str | None:
    """Return the common alarm that whoever falls silent now belongs to."""
    c = alarms_table.c
    lately = c.received_at.between(now - GATHERS_FOR, now)
    return conn.execute(select(c.id).where(c.kind == MANY_SILENT, lately).order_by(c.received_at.desc())).scalar()


def _carry_out(conn: Connection, decision: Decision, now: datetime) -> None:
    before = _silent(conn)
    for one in decision.alone:
        _note_silence(conn, alarms.raise_own(conn, Kiosk(one.kiosk, one.lane), ONE_SILENT, now), (one,), now)
    changed = {one.silence.alarm for one in decision.again + decision.returned if one.silence is not None}
    if decision.together:
        alarm = _gathering(conn, now)
        if alarm is None:
            alarm = alarms.raise_own(conn, THE_STATION, MANY_SILENT, now)
        else:
            changed.add(alarm)
        _note_silence(conn, alarm, decision.together, now)
    c = silences.c
    for one in decision.again:
        again = {"since": now - one.quiet_for, "returned_at": None, "escalated_at": None, "times": c.times + 1}
        conn.execute(update(silences).where(_its_row(one)).values(again))
    for one in decision.returned:
        conn.execute(update(silences).where(_its_row(one)).values(returned_at=now))
    after = _silent(conn)
    for alarm in sorted(changed):
        alarms.note(conn, alarm, _event(before.get(alarm, 0), after.get(alarm, 0)), now)
    for alarm in sorted(decision.escalated):
        conn.execute(update(silences).where(c.alarm == alarm, c.returned_at.is_(None)).values(escalated_at=now))
        alarms.note(conn, alarm, ESCALATED, now)


def _event(silent_before: int, silent_now: int) -> str:
    """Return what has happened to an alarm, by how many of its kiosks were silent and are."""
    if silent_now == 0:
        return RETURNED
    if silent_before == 0:
        return SILENT_AGAIN
    return MORE_SILENT if silent_now > silent_before else FEWER_SILENT


def _note_silence(conn: Connection, alarm: str, silent: Iterable[Watched], now: datetime) -> None:
    rows = [{"alarm": alarm, "kiosk": one.kiosk, "since": now - one.quiet_for, "times": 1} for one in silent]
    conn.execute(insert(silences), rows)


def _its_row(one: Watched) -> ColumnElement[bool]:
    assert one.silence is not None  # the decision was made by it
    return (silences.c.kiosk == one.kiosk) & (silences.c.alarm == one.silence.alarm)


def _silent(conn: Connection) -> dict[str, int]:
    """Return how many kiosks are silent by each alarm."""
    c = silences.c
    rows = conn.execute(select(c.alarm, func.count().label("n")).where(c.returned_at.is_(None)).group_by(c.alarm))
    return {row.alarm: row.n for row in rows}
