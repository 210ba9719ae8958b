"""Teams: who goes together, and how a team is made, renamed, joined and ended.

Rules
- A team for exercises is one from the day it is made to its end: it is sent to no real alarm (sync.station.dispatches).
- Its members are guards who are here. Who leaves a team leaves its shifts as well.
- A team that is on its way, or that has yet to learn that it is stood down, is not ended, and keeps somebody on duty:
  a stand-down reaches only who is there to read it.
- A name is given once and stays with the record, also after the team's end.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import Connection, delete, insert, select, update

from sync.station import audit, dispatches, duty
from sync.station.refusals import BadRequestError, ConflictError, NotFoundError
from sync.station.rights import Role
from sync.station.tables import people, shifts, team_members, teams

_c: Final = teams.c


def make(conn: Connection, name: str, for_exercises: bool, who: str, now: datetime) -> str:
    """Make a team and return its id.

    Raises:
        BadRequestError: "team-name": there is none.
        ConflictError: "team-name-taken".
    """
    team = str(uuid4())
    conn.execute(insert(teams).values(id=team, name=_free_name(conn, name), for_exercises=for_exercises))
    audit.record(conn, now, who, "team.made", team=team, name=name.strip(), for_exercises=for_exercises)
    return team


def rename(conn: Connection, team: str, name: str, who: str, now: datetime) -> None:
    """Give a team another name.

    Raises:
        NotFoundError: "no-such-team".
        BadRequestError, ConflictError: see ``make``.
    """
    if duty.team_of(conn, team).name == name.strip():
        return
    conn.execute(update(teams).where(_c.id == team).values(name=_free_name(conn, name)))
    audit.record(conn, now, who, "team.renamed", team=team, name=name.strip())


def end(conn: Connection, team: str, who: str, now: datetime) -> None:
    """End a team; its shifts end with it.

    Raises:
        NotFoundError: "no-such-team".
        ConflictError: "team-on-its-way".
    """
    name = duty.team_of(conn, team).name
    if dispatches.is_under_way(conn, team):
        raise ConflictError("team-on-its-way", team=name)
    duty.take_off_all(conn, (shifts.c.team == team), who, now)
    conn.execute(update(teams).where(_c.id == team).values(ended_at=now))
    audit.record(conn, now, who, "team.ended", team=team)


def set_members(conn: Connection, team: str, logins: Collection[str], who: str, now: datetime) -> None:
    """Say who belongs to a team from now on.

    Raises:
        NotFoundError: "no-such-team", "no-such-person".
        ConflictError: "no-guard": says who is none; "team-on-its-way": nobody on duty would be left.
    """
    name = duty.team_of(conn, team).name
    before = set(conn.execute(select(team_members.c.login).where(team_members.c.team == team)).scalars())
    come, gone = sorted(set(logins) - before), sorted(before - set(logins))
    for login in come:
        _require_a_guard(conn, login)
        conn.execute(insert(team_members).values(team=team, login=login))
        audit.record(conn, now, who, "team.joined", team=team, login=login)
    for login in gone:
        duty.take_off_all(conn, (shifts.c.team == team) & (shifts.c.login == login), who, now)
        conn.execute(delete(team_members).where(team_members.c.team == team, team_members.c.login == login))
        audit.record(conn, now, who, "team.left", team=team, login=login)
    if gone and dispatches.is_under_way(conn, team) and not duty.is_staffed(conn, team, now):
        raise ConflictError("team-on-its-way", team=name)


def every(conn: Connection) -> list[dict[str, Any]]:
    """Return the teams that have not ended as JSON values, each with its members; those for exercises last."""
    rows = conn.execute(select(teams).where(_c.ended_at.is_(None)).order_by(_c.for_exercises, _c.name)).all()
    joined = conn.execute(select(team_members).order_by(team_members.c.login)).all()
    return [
        {
            "id": row.id,
            "name": row.name,
            "for_exercises": row.for_exercises,
            "members": [member.login for member in joined if member.team == row.id],
        }
        for row in rows
    ]


def on_duty(conn: Connection, now: datetime) -> list[dict[str, Any]]:
    """Return the teams with somebody on duty now as JSON values; ``busy``: on its way, there, or not yet back."""
    there = duty.there(conn, now)
    return [
        {name: team[name] for name in ("id", "name", "for_exercises")}
        | {"on_duty": there[team["id"]], "busy": dispatches.is_under_way(conn, team["id"])}
        for team in every(conn)
        if team["id"] in there
    ]


def names(conn: Connection) -> dict[str, str]:
    """Return the name of every team there is or was, by its id."""
    return {row.id: row.name for row in conn.execute(select(_c.id, _c.name))}


def _free_name(conn: Connection, name: str) -> str:
    if not name.strip():
        raise BadRequestError("team-name")
    if conn.execute(select(_c.id).where(_c.name == name.strip())).first() is not None:
        raise ConflictError("team-name-taken", team=name.strip())
    return name.strip()


def _require_a_guard(conn: Connection, login: str) -> None:
    here = people.c.locked_at.is_(None) & (people.c.login == login)
    roles = conn.execute(select(people.c.roles).where(here)).scalar_one_or_none()
    if roles is None:
        raise NotFoundError("no-such-person")
    if Role.GUARD not in roles:
        raise ConflictError("no-guard", login=login)
