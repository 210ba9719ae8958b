"""The guard's page: a view for a phone of what was sent to a guard, and never the way of an alarm.

| call | answer |
|---|---|
| GET /guard | the page: a shell without data, the same for every guard, so that a phone may keep it |
| GET /guard-worker.js | what keeps that shell while there is no network (ui/console/static/guard-worker.js) |
| GET /api/dispatches/open | now, login, duty, plan, dispatches: all that this guard has to look at |
| GET /api/dispatches/events | the same as a stream: ``dispatches`` where something is new, ``pulse`` {now} in between |

Both say everything each time: a phone that was locked or away has missed nothing that it could need.
"""

from collections.abc import AsyncIterator
from typing import Annotated, Any, Final

import msgspec
from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import FileResponse, RedirectResponse

from sync.station import dispatches, duty, sessions, site_plan
from sync.station.alarm_life import Outcome
from sync.station.api.edge import JsonAnswer
from sync.station.api.pages import SomeVisitor, SomeWords, _page
from sync.station.api.session import COOKIE, AStation, holder_of
from sync.station.api.sse import EventStream, event
from sync.station.people import Person
from sync.station.rights import Right
from sync.station.station import Station
from sync.station.wording import FOLDER

PULSE_S: Final = 2.0
"""A stand-down is at the phone within 5 s (issue 7), also where nobody rings."""

router = APIRouter()

Guard = Annotated[Person, Depends(holder_of(Right.ANSWER_DISPATCH))]


@router.get("/guard")
def guard_page(who: SomeVisitor, words: SomeWords) -> Response:
    """Show the guard's page."""
    if who is None or not who.may(Right.ANSWER_DISPATCH):
        return RedirectResponse("/login" if who is None else "/", 303)
    kinds = {f"kind.{code}": text for code, text in words.beginning("kind.").items()}
    said = words.beginning("guard.") | kinds
    return _page("guard.html", words, outcomes=list(Outcome), said=said)


@router.get("/guard-worker.js")
def worker() -> Response:
    """Return the service worker, from a path above the page: a worker serves what lies under its own."""
    return FileResponse(str(FOLDER / "static" / "guard-worker.js"), media_type="text/javascript")


@router.get("/api/dispatches/open")
def open_dispatches(station: AStation, who: Guard) -> Response:
    """Return all that this guard has to look at now."""
    return JsonAnswer(_open(station, who.login))


@router.get("/api/dispatches/events", dependencies=[Depends(holder_of(Right.ANSWER_DISPATCH))])
async def events(request: Request, station: AStation) -> Response:
    """Stream the same. The stream ends with the session."""
    return EventStream(_live(station, request.cookies.get(COOKIE)))


async def _live(station: Station, session: str | None) -> AsyncIterator[bytes]:
    told: dict[str, Any] = {}
    with station.alarm_bell.listening() as ear:
        while not station.alarm_bell.silenced:
            news = await run_sync(_news, station, session)
            if news is None:
                return
            pulse = {"now": news.pop("now")}
            if news != told:
                yield event(msgspec.json.encode(pulse | news), name="dispatches")
            else:
                yield event(msgspec.json.encode(pulse), name="pulse")
            told = news
            await ear.wait(PULSE_S)


def _news(station: Station, session: str | None) -> dict[str, Any] | None:
    who = sessions.person_of(station.store, session, station.now())
    return None if who is None or not who.may(Right.ANSWER_DISPATCH) else _open(station, who.login)


def _open(station: Station, login: str) -> dict[str, Any]:
    now = station.now()
    with station.store.read() as conn:
        on, plan = duty.of_person(conn, login, now), site_plan.current(conn)
        sent = dispatches.open_of_guard(conn, login, now)
    drawn = {key: plan[key] for key in ("version", "width", "height")} if plan is not None else None
    return {"now": now.isoformat(), "login": login, "duty": on, "plan": drawn, "dispatches": sent}
