"""The emergency override: a team is sent before anybody has confirmed the alarm.

- It is logged with its reason, and pending until a supervisor reviews it who is not the one who used it.
- One that nobody has reviewed after a quarter of an hour, while those who were there still are, escalates once
  (sync.station.escalation); it stays in the list of the unreviewed until somebody has.
- It does not go round the list: nobody is sent after somebody who has been withdrawn (sync.station.dispatches).
"""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, insert, select, update

from sync.station import alarms, audit, dispatches
from sync.station.alarm_acts import said
from sync.station.alarm_json import override_json
from sync.station.alarm_life import Act, State
from sync.station.refusals import ConflictError, NotAllowedError, NotFoundError
from sync.station.tables import alarms as alarms_table
from sync.station.tables import overrides

USED: Final = "override"
REVIEWED: Final = "override-reviewed"
_c: Final = overrides.c


def override(conn: Connection, alarm: str, team: str, instruction: str, why: str, who: str, now: datetime) -> State:
    """Send a team without a confirmation.

    Raises:
        BadRequestError: "why".
        NotFoundError, ConflictError: see ``dispatches.send``.
    """
    reason = said(why, "why")
    state = dispatches.send(conn, alarm, team, instruction, who, now, by=Act.OVERRIDE)
    conn.execute(insert(overrides).values(alarm=alarm, by=who, at=now, why=reason))
    alarms.note(conn, alarm, USED, now, who, why=reason)
    audit.record(conn, now, who, "alarm.overridden", alarm=alarm, team=team, why=reason)
    return state


def review(conn: Connection, alarm: str, agrees: bool, note: str, who: str, now: datetime) -> None:
    """Say whether the override was right.

    Raises:
        NotFoundError: "no-override".
        NotAllowedError: "own-override".
        ConflictError: "already".
        BadRequestError: "note": whoever disagrees says why.
    """
    text = note.strip() if agrees else said(note, "note")
    row = conn.execute(select(overrides).where(_c.alarm == alarm)).one_or_none()
    if row is None:
        raise NotFoundError("no-override")
    if row.by == who:
        raise NotAllowedError("own-override")
    pending = update(overrides).where(_c.alarm == alarm, _c.reviewed_by.is_(None))
    reviewed = {"reviewed_by": who, "reviewed_at": now, "agrees": agrees, "review_note": text}
    if conn.execute(pending.values(reviewed)).rowcount != 1:
        first = conn.execute(select(overrides).where(_c.alarm == alarm)).one()
        raise ConflictError("already", state="reviewed", who=first.reviewed_by, at=first.reviewed_at.isoformat())
    alarms.note(conn, alarm, REVIEWED, now, who, agrees=agrees, note=text)
    audit.record(conn, now, who, "override.reviewed", alarm=alarm, agrees=int(agrees))


def unreviewed(conn: Connection) -> list[dict[str, Any]]:
    """Return the overrides that wait for a supervisor, the oldest first."""
    a = alarms_table.c
    query = select(overrides, a.lane, a.kind, a.exercise).join(alarms_table, a.id == _c.alarm)
    rows = conn.execute(query.where(_c.reviewed_by.is_(None)).order_by(_c.at))
    return [
        {"alarm": row.alarm, "lane": row.lane, "kind": row.kind, "exercise": row.exercise, **override_json(row)}
        for row in rows
    ]
