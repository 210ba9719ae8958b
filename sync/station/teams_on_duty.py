"""Which teams have somebody on duty, and where they are: what a dispatcher chooses from, and the wall shows."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from sync.station.alarm_life import ON_THE_WAY
from sync.station.tables import alarms, dispatches, shifts, teams


def teams_on_duty(conn: Connection, now: datetime) -> list[dict[str, Any]]:
    """Return id, name, for_exercises, guards (how many), lane and state (of where they are sent, or null), by name."""
    there = (shifts.c.begins_at <= now) & (shifts.c.ends_at > now)
    query = (
        select(teams, func.count(shifts.c.login.distinct()).label("guards"))
        .join(shifts, shifts.c.team == teams.c.id)
        .where(there, teams.c.ended_at.is_(None))
        .group_by(*teams.c)
        .order_by(teams.c.name)
    )
    d = dispatches.c
    sent = select(d.team, d.state, alarms.c.lane).join(alarms, alarms.c.id == d.alarm).where(d.state.in_(ON_THE_WAY))
    errands = {row.team: row for row in conn.execute(sent.order_by(d.sent_at))}
    return [
        {
            "id": row.id,
            "name": row.name,
            "for_exercises": row.for_exercises,
            "guards": row.guards,
            "lane": errands[row.id].lane if row.id in errands else None,
            "state": errands[row.id].state if row.id in errands else None,
        }
        for row in conn.execute(query)
    ]


def names(conn: Connection) -> dict[str, str]:
    """Return the name of every team there is or was, by its id."""
    return {row.id: row.name for row in conn.execute(select(teams.c.id, teams.c.name))}
