"""What every page of the desk says at its top: what waits, how urgent it is, and whether an exercise runs."""

from typing import Any

from sqlalchemy import Connection, select

from sync.station import alarms
from sync.station.alarm_life import OPEN, State
from sync.station.escalation import SECOND_PERSON, SUPERVISOR
from sync.station.tables import alarms as alarms_table

_URGENCY = {None: 0, SECOND_PERSON: 1, SUPERVISOR: 2}


def frame(conn: Connection) -> dict[str, Any]:
    """Return waiting, urgency (0: nobody was called yet, 1: a second person, 2: the supervisor) and exercise."""
    c = alarms_table.c
    first = c.repeats_of.is_(None)
    steps = conn.execute(select(c.escalated).where(c.state == State.RAISED, first).distinct()).scalars()
    drill = select(c.id).where(c.state.in_(OPEN), first, c.exercise).limit(1)
    return {
        "waiting": alarms.waiting(conn),
        "urgency": max((_URGENCY[step] for step in steps), default=0),
        "exercise": conn.execute(drill).first() is not None,
    }
