"""Duty: who is there when. Guards are on duty in a team of theirs; dispatchers and supervisors at the desk.

Rules
- Nobody is on duty in two places at a time, so a guard belongs to one team at every moment.
- A shift is a day long at the most, and is planned before it is over: the past is a record and is not planned.
- A shift that has begun is not deleted but ends now; one that has not begun never was.
- While a team is on its way, or has yet to learn that it is stood down, somebody of it stays on duty (teams).
- Who leaves, or is something else from now on, is on duty no more (``fit``).
"""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import ColumnElement, Connection, Row, delete, exists, insert, select, update

from sync.station import audit, dispatches
from sync.station.refusals import BadRequestError, ConflictError, NotFoundError
from sync.station.rights import Role
from sync.station.site_time import SITE_TIME, end_of
from sync.station.tables import people, shifts, team_members, teams

LONGEST: Final = timedelta(hours=24)
DAYS_AT_ONCE: Final = 14
AHEAD: Final = timedelta(days=366)
"""Who plans further than this has mistyped the year."""
WEEK: Final = timedelta(days=7)
DESK: Final = frozenset({Role.DISPATCHER, Role.SUPERVISOR})
"""Whose duty is at the desk, in no team."""
_c: Final = shifts.c


def plan(
    conn: Connection,
    login: str,
    team: str | None,
    begins_at: datetime,
    length: timedelta,
    days: int,
    who: str,
    now: datetime,
) -> list[str]:
    """Plan the same hours on this many days in a row, all or none; return the ids of the shifts.

    Args:
        conn: a write transaction.
        login: who is on duty.
        team: where a guard is; None at the desk.
        begins_at: when the first one begins.
        length: of each.
        days: 1 to ``DAYS_AT_ONCE``.
        who: plans it.
        now: aware UTC.

    Raises:
        NotFoundError: "no-such-person", "no-such-team".
        BadRequestError: "shift-length", "shift-days", "shift-over", "shift-far".
        ConflictError: "not-in-team", "not-at-desk", "on-duty-already": says where, from when and until when.
    """
    if not timedelta() < length <= LONGEST:
        raise BadRequestError("shift-length", hours=int(LONGEST / timedelta(hours=1)))
    if not 1 <= days <= DAYS_AT_ONCE:
        raise BadRequestError("shift-days", days=DAYS_AT_ONCE)
    if begins_at > now + AHEAD:
        raise BadRequestError("shift-far")
    if begins_at + length <= now:
        raise BadRequestError("shift-over")
    _require_fit(conn, login, team)
    return [_plan_one(conn, login, team, begins_at + day * timedelta(days=1), length, who, now) for day in range(days)]


def take_off(conn: Connection, shift: str, who: str, now: datetime) -> None:
    """End a shift now, or delete it where it has not begun.

    Raises:
        NotFoundError: "no-such-shift": there is none, or it is over.
        ConflictError: "team-on-its-way": nobody of the team would be on duty.
    """
    row = conn.execute(select(shifts).where(_c.id == shift, _c.ends_at > now)).one_or_none()
    if row is None:
        raise NotFoundError("no-such-shift")
    take_off_all(conn, _c.id == shift, who, now)
    if row.team is not None and dispatches.is_under_way(conn, row.team) and not is_staffed(conn, row.team, now):
        raise ConflictError("team-on-its-way", team=team_of(conn, row.team).name)


def take_off_all(conn: Connection, which: ColumnElement[bool], who: str, now: datetime) -> None:
    """End those of these shifts that run, and delete those to come."""
    for row in conn.execute(select(shifts).where(which, _c.ends_at > now)).all():
        if row.begins_at <= now:
            conn.execute(update(shifts).where(_c.id == row.id).values(ends_at=now))
        else:
            conn.execute(delete(shifts).where(_c.id == row.id))
        audit.record(conn, now, who, "shift.ended", shift=row.id, login=row.login)


def fit(conn: Connection, login: str, roles: Collection[str], who: str, now: datetime) -> None:
    """Take off what somebody with these roles, none if they leave, is on duty for no more."""
    if Role.GUARD not in roles:
        take_off_all(conn, (_c.login == login) & _c.team.is_not(None), who, now)
        conn.execute(delete(team_members).where(team_members.c.login == login))
    if not DESK & set(roles):
        take_off_all(conn, (_c.login == login) & _c.team.is_(None), who, now)


def is_staffed(conn: Connection, team: str, now: datetime) -> bool:
    """Tell whether somebody of this team is on duty."""
    return conn.execute(select(exists().where(_c.team == team, running(now)))).scalar_one()


def running(now: datetime) -> ColumnElement[bool]:
    """Return the condition under which a shift runs."""
    return (_c.begins_at <= now) & (_c.ends_at > now)


def of_person(conn: Connection, login: str, now: datetime) -> dict[str, Any] | None:
    """Return where this person is on duty now as JSON values, or None."""
    query = select(shifts, teams.c.name, teams.c.for_exercises).outerjoin(teams, teams.c.id == _c.team)
    row = conn.execute(query.where(_c.login == login, running(now))).first()
    if row is None:
        return None
    return {
        "team": row.team,
        "name": row.name,
        "for_exercises": bool(row.for_exercises),
        "until": row.ends_at.isoformat(),
    }


def there(conn: Connection, now: datetime) -> dict[str | None, list[str]]:
    """Return who is on duty now in each team that has somebody there; at the desk: None."""
    found: dict[str | None, list[str]] = {}
    for row in conn.execute(select(_c.team, _c.login).where(running(now)).order_by(_c.login)):
        found.setdefault(row.team, []).append(row.login)
    return found


def team_of(conn: Connection, team: str) -> Row[Any]:
    """Return the row of a team that has not ended. Raises NotFoundError: "no-such-team"."""
    row = conn.execute(select(teams).where(teams.c.id == team, teams.c.ended_at.is_(None))).one_or_none()
    if row is None:
        raise NotFoundError("no-such-team")
    return row


def planned(conn: Connection, first: date, now: datetime) -> list[dict[str, Any]]:
    """Return the shifts that touch the week from this day at the site on, as JSON values, the first to begin first."""
    begins = end_of(first) - timedelta(days=1)
    named = select(shifts, teams.c.name).outerjoin(teams, teams.c.id == _c.team)
    query = named.where(_c.begins_at < begins + WEEK, _c.ends_at > begins)
    return [
        {
            "id": row.id,
            "login": row.login,
            "team": row.team,
            "team_name": row.name,
            "begins": row.begins_at.astimezone(SITE_TIME).isoformat(),
            "ends": row.ends_at.astimezone(SITE_TIME).isoformat(),
            "state": "over" if row.ends_at <= now else "running" if row.begins_at <= now else "planned",
        }
        for row in conn.execute(query.order_by(_c.begins_at, _c.login))
    ]


def _plan_one(
    conn: Connection, login: str, team: str | None, begins_at: datetime, length: timedelta, who: str, now: datetime
) -> str:
    ends_at = begins_at + length
    overlaps = select(shifts, teams.c.name).outerjoin(teams, teams.c.id == _c.team)
    other = conn.execute(
        overlaps.where(_c.login == login, _c.begins_at < ends_at, _c.ends_at > begins_at).order_by(_c.begins_at)
    ).first()
    if other is not None:
        begins, ends = (f"{at.astimezone(SITE_TIME):%m-%d %H:%M}" for at in (other.begins_at, other.ends_at))
        raise ConflictError("on-duty-already", login=login, team=other.name or "–", begins=begins, until=ends)
    shift, period = str(uuid4()), {"begins_at": begins_at, "ends_at": ends_at}
    conn.execute(insert(shifts).values(id=shift, login=login, team=team, planned_by=who, **period))
    told = {name: at.isoformat() for name, at in period.items()}
    audit.record(conn, now, who, "shift.planned", shift=shift, login=login, team=team or "", **told)
    return shift


def _require_fit(conn: Connection, login: str, team: str | None) -> None:
    here = people.c.locked_at.is_(None) & (people.c.login == login)
    roles = conn.execute(select(people.c.roles).where(here)).scalar_one_or_none()
    if roles is None:
        raise NotFoundError("no-such-person")
    if team is None:
        if not DESK & set(roles):
            raise ConflictError("not-at-desk", login=login)
        return
    name = team_of(conn, team).name
    member = (team_members.c.team == team) & (team_members.c.login == login)
    if conn.execute(select(exists().where(member))).scalar_one() is False:
        raise ConflictError("not-in-team", login=login, team=name)
