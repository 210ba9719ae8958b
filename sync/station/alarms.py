"""An alarm's life at the station: a table, and one compare-and-set that walks it.

Rules
- Every step is one row of ``alarm_events``, appended, never changed. Their numbers order everything that a console
  has to learn: it asks for what is newer than the last number it has seen.
- Of two people who act at once, one is first; the other is told who (409).
- Whether the entry is still on the list is looked up when the alarm arrives and kept with it.
- What the station sees happen to an alarm of its own (sync.station.supervision) is an event too, and no step.
- What a kiosk did not measure stays null here and is shown as "n/a" (RULES 11).

The life so far is raised → acknowledged → dismissed; confirm, dispatch and resolve are further rows of ``LIFE``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import uuid4

import msgspec
from sqlalchemy import Connection, Row, func, insert, select, update

from sync.station import alarm_log, audit, live_list
from sync.station.certificates import Kiosk
from sync.station.refusals import ConflictError, NotFoundError
from sync.station.tables import alarm_events, alarms, entries, kiosks, silences, taken_messages
from sync.wire import AlarmBody, Message

STATION: Final = "station"
"""Who raised what no kiosk and no person did."""
SHOWN_AT_ONCE: Final = 200
"""Alarms in one answer."""
HANDLED_SHOWN: Final = 50
"""ISA-18.2 holds an operator to less than one alarm in ten minutes: a shift fits."""

_INSERT: Final = insert(alarms)


class State(StrEnum):
    """How far an alarm has come. Its value is also the name of the event that led there."""

    RAISED = "raised"
    ACKNOWLEDGED = "acknowledged"
    DISMISSED = "dismissed"


class Act(StrEnum):
    """What a person does with an alarm."""

    ACKNOWLEDGE = "acknowledge"
    DISMISS = "dismiss"


LIFE: Final[dict[tuple[State, Act], State]] = {
    (State.RAISED, Act.ACKNOWLEDGE): State.ACKNOWLEDGED,
    (State.ACKNOWLEDGED, Act.DISMISS): State.DISMISSED,
}
"""Every allowed step. What is not here is refused."""


class Listed(StrEnum):
    """What the live list said of the alarm's entry when the alarm arrived."""

    STILL = "still-listed"
    WITHDRAWN = "withdrawn-since"
    """Withdrawn, or past its last day."""
    UNKNOWN = "unknown-here"
    """This station never had such an entry: a restored database, or a kiosk with a wrong list."""
    NOT_APPLICABLE = "n/a"


@dataclass(frozen=True, slots=True)
class Raised:
    """A new alarm, and when it was raised by the station's clock, where that can be told (sync.station.intake)."""

    message: Message
    body: AlarmBody
    reckoned_at: datetime | None


def take_alarms(conn: Connection, kiosk: Kiosk, raised: Sequence[Raised], now: datetime) -> None:
    """Insert new alarms, each with its first event, in this order. The caller has made sure that they are new."""
    if raised:
        _insert(conn, kiosk, raised, kiosk.id, now)


def raise_own(conn: Connection, kiosk: Kiosk, kind: str, now: datetime) -> str:
    """Raise an alarm of the station's own, about this kiosk; nothing was measured. Returns the alarm's id."""
    alarm = str(uuid4())
    conn.execute(insert(taken_messages).values(id=alarm, kiosk=kiosk.id, seq=0, received_at=now))
    unmeasured = ("entry", "similarity", "band", "accept_threshold", "pack", "pack_digest", "face_reason")
    nothing: dict[str, Any] = dict.fromkeys((*unmeasured, "list_age_s", "document_expired"))
    body = AlarmBody(kind=kind, visit="", liveness="n/a", **nothing)
    # Not decoded, so not checked: 0 is the one number that no kiosk's message has.
    message = Message(id=alarm, seq=0, created_at=now, body=body)
    _insert(conn, kiosk, [Raised(message, body, now)], STATION, now)
    return alarm


def note(conn: Connection, alarm: str, event: str, now: datetime) -> None:
    """Append what the station has seen happen to an alarm. That moves no alarm along its life."""
    alarm_log.append(conn, [{"alarm": alarm, "event": event, "who": STATION, "at": now}])


def _insert(conn: Connection, kiosk: Kiosk, raised: Sequence[Raised], who: str, now: datetime) -> None:
    conn.execute(_INSERT, [_row(conn, kiosk, one, now) for one in raised])
    began = [{"alarm": one.message.id, "event": State.RAISED, "who": who, "at": now} for one in raised]
    alarm_log.append(conn, began)


def _row(conn: Connection, kiosk: Kiosk, raised: Raised, now: datetime) -> dict[str, Any]:
    message, body = raised.message, raised.body
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
        "listed": _listed(conn, body.entry, now),
        "facts": facts,
        "raised_at": message.created_at,
        "reckoned_at": raised.reckoned_at,
        "received_at": now,
        "state": State.RAISED,
    }


def act(conn: Connection, alarm: str, what: Act, who: str, now: datetime, **facts: str) -> State:
    """Take one step of the alarm's life and return the new state; the audit log has it with these facts.

    Raises:
        NotFoundError: there is no such alarm.
        ConflictError: the alarm is not in a state from which this step leads on; says who was first, and when.
    """
    for (before, possible), after in LIFE.items():
        if possible is what:
            changed = update(alarms).where(alarms.c.id == alarm, alarms.c.state == before).values(state=after)
            if conn.execute(changed).rowcount == 1:
                alarm_log.append(conn, [{"alarm": alarm, "event": after, "who": who, "at": now}])
                audit.record(conn, now, who, f"alarm.{after}", alarm=alarm, **facts)
                return after
    newest = alarm_events.c.n.desc()
    steps = select(alarm_events).where(alarm_events.c.alarm == alarm, alarm_events.c.event.in_(State))
    last = conn.execute(steps.order_by(newest).limit(1)).first()
    if last is None:
        raise NotFoundError("no-such-alarm")
    raise ConflictError("already", state=last.event, who=last.who, at=last.at.isoformat())


def board(conn: Connection) -> list[dict[str, Any]]:
    """Return what a console shows when it opens, newest first: every alarm that waits, and ``HANDLED_SHOWN`` others."""
    newest_first = _ALARMS.order_by(alarms.c.received_at.desc(), alarms.c.seq.desc())
    waiting = conn.execute(newest_first.where(alarms.c.state == State.RAISED)).all()
    handled = conn.execute(newest_first.where(alarms.c.state != State.RAISED).limit(HANDLED_SHOWN)).all()
    return _with_history(conn, [*waiting, *handled])


def newest_event(conn: Connection) -> int:
    """Return the number of the newest event, 0 where there is none: from there a stream goes on."""
    newest: int = conn.execute(select(func.coalesce(func.max(alarm_events.c.n), 0))).scalar_one()
    return newest


def waiting(conn: Connection) -> int:
    """Return how many alarms nobody has acknowledged."""
    return conn.execute(select(func.count()).where(alarms.c.state == State.RAISED)).scalar_one()


def changed_since(conn: Connection, since: int) -> tuple[int, list[dict[str, Any]]]:
    """Return the alarms that had an event after number ``since``, the oldest event first, and the last number.

    At most ``SHOWN_AT_ONCE``: ask again from the number returned until nothing comes.
    """
    newest = func.max(alarm_events.c.n).label("n")
    latest = select(alarm_events.c.alarm, newest).group_by(alarm_events.c.alarm).having(newest > since).subquery()
    changed = _ALARMS.add_columns(latest.c.n).join(latest, latest.c.alarm == alarms.c.id)
    rows = conn.execute(changed.order_by(latest.c.n).limit(SHOWN_AT_ONCE)).all()
    return (rows[-1].n if rows else since), _with_history(conn, rows)


_ALARMS: Final = select(alarms, entries.c.case_number, entries.c.unit, entries.c.contact, entries.c.guidance).outerjoin(
    entries, entries.c.id == alarms.c.entry
)


def _with_history(conn: Connection, rows: Sequence[Row[Any]]) -> list[dict[str, Any]]:
    """Return the alarms as JSON values, each with its events."""
    history: dict[str, list[dict[str, str]]] = {row.id: [] for row in rows}
    events = select(alarm_events).where(alarm_events.c.alarm.in_(history)).order_by(alarm_events.c.n)
    for event in conn.execute(events):
        history[event.alarm].append({"event": event.event, "who": event.who, "at": event.at.isoformat()})
    silent = _silences(conn, history)
    return [
        {
            "id": row.id,
            "kiosk": row.kiosk,
            "lane": row.lane,
            "seq": row.seq,
            "kind": row.kind,
            "visit": row.visit,
            "entry": row.entry,
            "listed": row.listed,
            "state": row.state,
            "raised_at": row.raised_at.isoformat(),
            "reckoned_at": row.reckoned_at.isoformat() if row.reckoned_at else None,
            "received_at": row.received_at.isoformat(),
            "facts": row.facts,
            "case": None
            if row.case_number is None
            else {
                "case_number": row.case_number,
                "unit": row.unit,
                "contact": row.contact,
                "guidance": row.guidance,
            },
            "history": history[row.id],
            "silence": silent.get(row.id),
        }
        for row in rows
    ]


def _silences(conn: Connection, alarm_ids: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
    """Return whose silence each alarm is, if it is one (sync.station.supervision): who is still silent comes first."""
    c = silences.c
    query = select(silences, kiosks.c.lane).join(kiosks, kiosks.c.id == c.kiosk).where(c.alarm.in_(alarm_ids))
    found: dict[str, list[dict[str, Any]]] = {}
    for row in conn.execute(query.order_by(c.returned_at.is_not(None), c.kiosk)):
        one = {"kiosk": row.kiosk, "lane": row.lane, "since": row.since.isoformat(), "times": row.times}
        back = None if row.returned_at is None else row.returned_at.isoformat()
        found.setdefault(row.alarm, []).append({**one, "returned_at": back, "escalated": row.escalated_at is not None})
    return found


def _listed(conn: Connection, entry: str | None, now: datetime) -> Listed:
    if entry is None:
        return Listed.NOT_APPLICABLE
    live = live_list.is_listed(conn, entry, now)
    return Listed.UNKNOWN if live is None else Listed.STILL if live else Listed.WITHDRAWN
