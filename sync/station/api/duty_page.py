"""The page of duty: who is there now, the week as a roster, and the forms by which a supervisor plans it."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection

from sync.station import duty, people, teams
from sync.station.api.pages import SomeVisitor, SomeWords, desk_page
from sync.station.api.session import AStation
from sync.station.refusals import BadRequestError
from sync.station.rights import Right, Role
from sync.station.site_time import SITE_TIME, site_day

router = APIRouter()

SOME_YEARS: Final = (2000, 2999)
"""What is beyond them is no week of anybody's, and past what a clock counts with a time zone."""
DAYS: Final = duty.WEEK.days


def some_week(week: date | None = None) -> date | None:
    """Return the day that was asked for, if any. Raises BadRequestError: there was no duty then, nor will there be."""
    if week is not None and not SOME_YEARS[0] <= week.year <= SOME_YEARS[1]:
        raise BadRequestError("malformed")
    return week


Week = Annotated[date | None, Depends(some_week)]


@router.get("/duty")
def duty_page(station: AStation, who: SomeVisitor, words: SomeWords, week: Week) -> Response:
    """Show the week of this day, from Monday on."""
    if who is None or not who.may(Right.SEE_DUTY):
        return RedirectResponse("/login" if who is None else "/", 303)
    now = station.now()
    today = site_day(now)
    day = week or today
    monday = day - timedelta(days=day.weekday())
    with station.store.read() as conn:
        everybody = [one for one in people.everybody(conn) if one["parted_at"] is None]
        shown = {
            "days": [monday + timedelta(days=n) for n in range(DAYS)],
            "today": today,
            "rows": _roster(conn, monday, now),
            "there": teams.on_duty(conn, now),
            "at_desk": duty.there(conn, now).get(None, []),
            "teams": teams.every(conn),
            "guards": [one["login"] for one in everybody if Role.GUARD in one["roles"]],
            "staff": [one["login"] for one in everybody if (duty.DESK | {Role.GUARD}) & set(one["roles"])],
            "site_now": now.astimezone(SITE_TIME).strftime("%Y-%m-%dT%H:00"),
            "longest": int(duty.LONGEST / timedelta(hours=1)),
            "days_at_once": duty.DAYS_AT_ONCE,
        }
        return desk_page("duty.html", "/duty", conn, now, words, who, **shown)


def _roster(conn: Connection, monday: date, now: datetime) -> list[dict[str, Any]]:
    """Return a row for the desk, for each team, and for each team that has ended but was on duty in this week."""
    shifts = duty.planned(conn, monday, now)
    rows = [{"id": None, "name": None, "for_exercises": False}, *teams.every(conn)]
    known = {row["id"] for row in rows}
    ended = {shift["team"]: shift["team_name"] for shift in shifts if shift["team"] not in known}
    rows += [{"id": team, "name": name, "for_exercises": False} for team, name in sorted(ended.items())]
    return [{**row, "cells": _cells(shifts, row["id"], monday)} for row in rows]


def _cells(shifts: list[dict[str, Any]], team: str | None, monday: date) -> list[list[dict[str, Any]]]:
    cells: list[list[dict[str, Any]]] = [[] for _ in range(DAYS)]
    for shift in shifts:
        if shift["team"] == team:
            begins, ends = (datetime.fromisoformat(shift[name]) for name in ("begins", "ends"))
            later = (ends.date() - begins.date()).days
            told = {"from": f"{begins:%H:%M}", "to": f"{ends:%H:%M}", "later": f" +{later}" if later else ""}
            cells[max((begins.date() - monday).days, 0)].append({**shift, **told})
    return cells
