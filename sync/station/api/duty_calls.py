"""Teams and duty at the console (sync.station.teams, duty). Every act may carry ``Idempotency-Key: UUID``.

| call | body | answer |
|---|---|---|
| GET /api/teams/on-duty | - | teams: id, name, for_exercises, on_duty (logins), busy |
| GET /api/teams | - | teams: id, name, for_exercises, members |
| POST /api/teams | name, for_exercises | id |
| POST /api/teams/{team}/name | name | id |
| POST /api/teams/{team}/members | logins | id |
| POST /api/teams/{team}/end | - | id |
| GET /api/duty?week=2026-05-04 | - | shifts: those that touch the seven days from there on |
| POST /api/duty | login, team, begins (day and time at the site), hours, days | shifts: ids |
| POST /api/duty/{shift}/end | - | id |
"""

from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from msgspec import Meta, Struct
from sqlalchemy import Connection

from sync.station import duty, teams
from sync.station.api.act_once import Nothing, act_once
from sync.station.api.duty_page import Week
from sync.station.api.edge import JsonAnswer
from sync.station.api.session import AStation, holder_of, meant
from sync.station.people import Login, Person
from sync.station.refusals import BadRequestError
from sync.station.rights import Right
from sync.station.site_time import SITE_TIME, site_day

router = APIRouter(prefix="/api", dependencies=[Depends(meant)])

Planner = Annotated[Person, Depends(holder_of(Right.PLAN_DUTY))]
TeamName = Annotated[str, Meta(max_length=60)]


class NewTeam(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A team's name, and whether it is for exercises alone."""

    name: TeamName
    for_exercises: bool = False


class TeamRename(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A team's new name."""

    name: TeamName


class TeamMembers(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everybody who belongs to a team from now on."""

    logins: Annotated[tuple[Login, ...], Meta(max_length=200)]


class PlannedShift(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who, where (no team, or an empty one: at the desk) and when, as a browser's field gives it: 2026-05-01T22:00."""

    login: Login
    team: Annotated[str, Meta(max_length=36)] | None = None
    begins: Annotated[str, Meta(pattern=r"\A\d{4}-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d\Z")]
    hours: Annotated[float, Meta(ge=0, le=1000)]
    days: Annotated[int, Meta(ge=0, le=1000)] = 1


@router.get("/teams/on-duty", dependencies=[Depends(holder_of(Right.SEE_DUTY))])
def teams_on_duty(station: AStation) -> Response:
    """Return the teams that can be sent: those with somebody on duty."""
    with station.store.read() as conn:
        return JsonAnswer({"teams": teams.on_duty(conn, station.now())})


@router.get("/teams", dependencies=[Depends(holder_of(Right.PLAN_DUTY))])
def every_team(station: AStation) -> Response:
    """Return the teams that have not ended."""
    with station.store.read() as conn:
        return JsonAnswer({"teams": teams.every(conn)})


@router.post("/teams")
async def make_team(request: Request, station: AStation, who: Planner) -> Response:
    """Make a team."""

    def act(conn: Connection, given: NewTeam, now: datetime) -> dict[str, Any]:
        return {"id": teams.make(conn, given.name, given.for_exercises, who.login, now)}

    return await act_once(request, station, who, NewTeam, act, status=201)


@router.post("/teams/{team}/name")
async def rename_team(request: Request, station: AStation, team: str, who: Planner) -> Response:
    """Give a team another name."""

    def act(conn: Connection, given: TeamRename, now: datetime) -> dict[str, Any]:
        teams.rename(conn, team, given.name, who.login, now)
        return {"id": team}

    return await act_once(request, station, who, TeamRename, act)


@router.post("/teams/{team}/members")
async def set_members(request: Request, station: AStation, team: str, who: Planner) -> Response:
    """Say who belongs to a team."""

    def act(conn: Connection, given: TeamMembers, now: datetime) -> dict[str, Any]:
        teams.set_members(conn, team, given.logins, who.login, now)
        return {"id": team}

    return await act_once(request, station, who, TeamMembers, act)


@router.post("/teams/{team}/end")
async def end_team(request: Request, station: AStation, team: str, who: Planner) -> Response:
    """End a team that is not on its way."""

    def act(conn: Connection, _given: Nothing, now: datetime) -> dict[str, Any]:
        teams.end(conn, team, who.login, now)
        return {"id": team}

    return await act_once(request, station, who, Nothing, act)


@router.get("/duty", dependencies=[Depends(holder_of(Right.SEE_DUTY))])
def duty_of_week(station: AStation, week: Week) -> Response:
    """Return who is on duty in the seven days from this day at the site on; without one, from today on."""
    now = station.now()
    with station.store.read() as conn:
        return JsonAnswer({"shifts": duty.planned(conn, week or site_day(now), now)})


@router.post("/duty")
async def plan_duty(request: Request, station: AStation, who: Planner) -> Response:
    """Plan the same hours on some days in a row: all of them or none."""

    def act(conn: Connection, given: PlannedShift, now: datetime) -> dict[str, Any]:
        begins, length = _at_site(given.begins), timedelta(hours=given.hours)
        return {"shifts": duty.plan(conn, given.login, given.team or None, begins, length, given.days, who.login, now)}

    return await act_once(request, station, who, PlannedShift, act, status=201)


@router.post("/duty/{shift}/end")
async def end_shift(request: Request, station: AStation, shift: str, who: Planner) -> Response:
    """End a shift now, or take it out of the plan."""

    def act(conn: Connection, _given: Nothing, now: datetime) -> dict[str, Any]:
        duty.take_off(conn, shift, who.login, now)
        return {"id": shift}

    return await act_once(request, station, who, Nothing, act)


def _at_site(begins: str) -> datetime:
    try:
        return datetime.fromisoformat(begins).replace(tzinfo=SITE_TIME)
    except ValueError:  # the thirty-first of February
        raise BadRequestError("malformed") from None
