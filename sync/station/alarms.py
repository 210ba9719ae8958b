"""Alarms at the station: how they are raised, the one compare-and-set that walks their life, and how they are read.

Rules
- Every step is one row of ``alarm_events``, appended, never changed. Their numbers order everything that a console
  has to learn: it asks for what is newer than the last number it has seen.
- The steps are those of sync.station.alarm_life. Of two people who act at once, one is first; the other is told who
  (409).
- Whether the entry is still on the list is looked up when the alarm arrives and kept with it; a withdrawal since
  then is an event of it, and stands its guards down (sync.station.dispatches).
- A repeat of one presence is kept and is an event of the first alarm, which is what people handle (repeats).
- What the station sees happen to an alarm of its own (sync.station.supervision) is an event too, and no step.
- What a kiosk did not measure stays null here and is shown as "n/a" (RULES 11).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import uuid4

import msgspec
from sqlalchemy import Connection, Row, Select, func, insert, select, update

from sync.station import alarm_json, alarm_log, audit, live_list, repeats
from sync.station.alarm_life import ENDED, LIFE, State
from sync.station.alarm_life import Act as Act
from sync.station.alarm_life import Listed as Listed
from sync.station.certificates import Kiosk
from sync.station.refusals import ConflictError, NotFoundError
from sync.station.tables import alarm_events, alarms, taken_messages
from sync.wire import AlarmBody, Message

STATION: Final = "station"
"""Who raised what no kiosk and no person did."""
SHOWN_AT_ONCE: Final = 200
"""Alarms in one answer."""
HANDLED_SHOWN: Final = 50
"""ISA-18.2 holds an operator to less than one alarm in ten minutes: a shift fits."""

_INSERT: Final = insert(alarms)
_FIRST: Final = alarms.c.repeats_of.is_(None)
_WAITS: Final = (alarms.c.state == State.RAISED) & _FIRST


@dataclass(frozen=True, slots=True)
class Raised:
    """A new alarm, and when it was raised by the station's clock, where that can be told (sync.station.intake)."""

    kiosk: Kiosk
    message: Message
    body: AlarmBody
    reckoned_at: datetime | None


def take_alarms(conn: Connection, raised: Sequence[Raised], now: datetime) -> None:
    """Insert new alarms, each with its event, in this order. The caller has made sure that they are new."""
    if not raised:
        return
    live = live_list.are_listed(conn, {one.body.entry for one in raised if one.body.entry is not None}, now)
    rows = [_row(one, _listed(one.body.entry, live), now) | {"exercise": False} for one in raised]
    newest, events = repeats.Newest(conn, rows, now), []
    for row in rows:
        first = row["repeats_of"] = newest.first_of(row)
        events.append(_event(row["id"], State.RAISED, row["kiosk"], now))
        if first is not None:
            events.append(_event(first, repeats.AGAIN, row["kiosk"], now, repeats.facts_of(row)))
    conn.execute(_INSERT, rows)
    alarm_log.append(conn, events)


def raise_own(conn: Connection, kiosk: Kiosk, kind: str, now: datetime, *, exercised_by: str | None = None) -> str:
    """Raise an alarm of the station's own, about this kiosk; nothing was measured. Returns the alarm's id."""
    alarm = str(uuid4())
    conn.execute(insert(taken_messages).values(id=alarm, kiosk=kiosk.id, seq=0, received_at=now))
    unmeasured = ("entry", "similarity", "band", "accept_threshold", "pack", "pack_digest", "face_reason")
    nothing: dict[str, Any] = dict.fromkeys((*unmeasured, "list_age_s", "document_expired"))
    body = AlarmBody(kind=kind, visit="", liveness="n/a", **nothing)
    # Not decoded, so not checked: 0 is the one number that no kiosk's message has.
    message = Message(id=alarm, seq=0, created_at=now, body=body)
    row = _row(Raised(kiosk, message, body, now), Listed.NOT_APPLICABLE, now)
    conn.execute(_INSERT, row | {"exercise": exercised_by is not None})
    note(conn, alarm, State.RAISED, now, exercised_by or STATION)
    return alarm


def note(conn: Connection, alarm: str, event: str, now: datetime, who: str = STATION, **facts: Any) -> None:
    """Append what has happened to an alarm. That by itself moves no alarm along its life."""
    alarm_log.append(conn, [_event(alarm, event, who, now, facts or None)])


def _event(alarm: str, event: str, who: str, now: datetime, facts: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"alarm": alarm, "event": event, "who": who, "at": now, "facts": facts}


def _row(raised: Raised, listed: Listed, now: datetime) -> dict[str, Any]:
    kiosk, message, body = raised.kiosk, raised.message, raised.body
    facts = msgspec.to_builtins(body)
    for own_column in ("type", "kind", "visit", "entry"):
        facts.pop(own_column)
    return {
        "id": message.id,
        "kiosk": kiosk.id,
        "lane": kiosk.lane,
        "seq": message.seq,
        "kind": body.kind,
        "visit": body.visit,
        "entry": body.entry,
        "listed": listed,
        "facts": facts,
        "raised_at": message.created_at,
        "reckoned_at": raised.reckoned_at,
        "received_at": now,
        "state": State.RAISED,
    }


def act(conn: Connection, alarm: str, what: Act, who: str, now: datetime, **facts: str) -> State:
    """Take one step of the alarm's life and return the new state; its event and the audit log have these facts.

    Raises:
        NotFoundError: there is no such alarm.
        ConflictError: "already" or "not-yet": this step does not lead on from where the alarm is; says who brought it
            there, and when. "repeat": it is the first alarm of the same presence that is handled.
    """
    while True:
        row = alarm_of(conn, alarm)
        after = LIFE.get((State(row.state), what))
        if after is None:
            raise _not_from_here(conn, row, what)
        # One that somebody else has moved meanwhile is read anew. No act leads back, so this ends.
        here = update(alarms).where(alarms.c.id == alarm, alarms.c.state == row.state)
        if conn.execute(here.values(state=after)).rowcount == 1:
            note(conn, alarm, after, now, who, **facts)
            audit.record(conn, now, who, f"alarm.{after}", alarm=alarm, **facts)
            return after


def alarm_of(conn: Connection, alarm: str) -> Row[Any]:
    """Return the row of an alarm that people handle.

    Raises:
        NotFoundError: there is no such alarm.
        ConflictError: "repeat".
    """
    row = conn.execute(select(alarms).where(alarms.c.id == alarm)).one_or_none()
    if row is None:
        raise NotFoundError("no-such-alarm")
    if row.repeats_of is not None:
        raise ConflictError("repeat", first=row.repeats_of)
    return row


def _not_from_here(conn: Connection, row: Row[Any], what: Act) -> ConflictError:
    steps = select(alarm_events).where(alarm_events.c.alarm == row.id, alarm_events.c.event == row.state)
    last = conn.execute(steps.order_by(alarm_events.c.n.desc()).limit(1)).one()
    begins = [before for before, possible in LIFE if possible is what]
    order = list(State)
    early = row.state not in ENDED and order.index(State(row.state)) < min(map(order.index, begins))
    return ConflictError("not-yet" if early else "already", state=row.state, who=last.who, at=last.at.isoformat())


def board(conn: Connection) -> list[dict[str, Any]]:
    """Return what a console shows when it opens, newest first: every alarm that waits, and ``HANDLED_SHOWN`` others."""
    newest_first = alarm_json.ALARMS.order_by(alarms.c.received_at.desc(), alarms.c.seq.desc())
    waiting = conn.execute(newest_first.where(_WAITS)).all()
    handled = conn.execute(newest_first.where(alarms.c.state != State.RAISED).limit(HANDLED_SHOWN)).all()
    return alarm_json.as_json(conn, [*waiting, *handled])


def one(conn: Connection, alarm: str) -> dict[str, Any]:
    """Return an alarm as JSON values, with its whole timeline.

    Raises:
        NotFoundError: there is no such alarm.
        ConflictError: "repeat".
    """
    alarm_of(conn, alarm)
    return alarm_json.as_json(conn, conn.execute(alarm_json.ALARMS.where(alarms.c.id == alarm)).all())[0]


def newest_event(conn: Connection) -> int:
    """Return the number of the newest event, 0 where there is none: from there a stream goes on."""
    newest: int = conn.execute(select(func.coalesce(func.max(alarm_events.c.n), 0))).scalar_one()
    return newest


def waiting(conn: Connection) -> int:
    """Return how many alarms nobody has acknowledged. Those of an exercise are heard at the desk like any other."""
    return conn.execute(select(func.count()).where(_WAITS)).scalar_one()


def changed_since(conn: Connection, since: int) -> tuple[int, list[dict[str, Any]]]:
    """Return the alarms that had an event after number ``since``, the oldest event first, and the last number.

    At most ``SHOWN_AT_ONCE``: ask again from the number returned until nothing comes.
    """
    newest = select(func.max(alarm_events.c.n)).where(alarm_events.c.alarm == alarms.c.id).scalar_subquery().label("n")
    changed = alarm_json.ALARMS.add_columns(newest).where(_FIRST, alarms.c.id.in_(changed_alarms(since)))
    rows = conn.execute(changed.order_by(newest).limit(SHOWN_AT_ONCE)).all()
    return (rows[-1].n if rows else since), alarm_json.as_json(conn, rows)


def changed_alarms(since: int) -> Select[tuple[str]]:
    """Return a query for the alarms that had an event after number ``since``."""
    return select(alarm_events.c.alarm).where(alarm_events.c.n > since)


def listed(conn: Connection, entry: str | None, now: datetime) -> Listed:
    """Return what the live list says of an alarm's entry now."""
    return _listed(entry, {} if entry is None else live_list.are_listed(conn, [entry], now))


def _listed(entry: str | None, live: Mapping[str, bool]) -> Listed:
    if entry is None:
        return Listed.NOT_APPLICABLE
    return Listed.UNKNOWN if entry not in live else Listed.STILL if live[entry] else Listed.WITHDRAWN
