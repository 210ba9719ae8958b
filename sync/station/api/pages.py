"""The console's pages and its one live stream: HTML is made here, so that page and stream show an alarm alike."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any, Final

import msgspec
from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from sqlalchemy import Connection

from kiosk.domain.verdict import AlarmKind
from sync.station import (
    alarms,
    desk,
    fleet,
    overrides,
    passkeys,
    people,
    second_factor,
    sessions,
    settings,
    site_plan,
)
from sync.station.alarm_life import State
from sync.station.alarm_wording import LOUD
from sync.station.api.session import COOKIE, AStation, guesses_of, holder_of, party_of, visitor
from sync.station.api.sse import EventStream, event
from sync.station.audit_reading import in_words
from sync.station.kiosk_wording import by_need, is_silent_for_long, look_of, machine_of, parts_of, road_of, silence_of
from sync.station.people import Person
from sync.station.refusals import ConflictError, NotFoundError
from sync.station.rights import RIGHTS, Right, Role
from sync.station.station import Station
from sync.station.wording import Language, Words, facts_of, kind_in_both, lateness_s

PULSE_S: Final = 3.0
"""The console's stream says at least this often that it lives, and how the kiosks are."""

router = APIRouter()

_TEMPLATES: Final = Environment(
    loader=PackageLoader("ui.console"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)
_TEMPLATES.globals.update(Right=Right, facts_of=facts_of, kind_in_both=kind_in_both, lateness_s=lateness_s)
_TEMPLATES.globals.update(
    silence_of=silence_of, is_silent_for_long=is_silent_for_long, by_need=by_need, look_of=look_of, in_words=in_words
)
_TEMPLATES.globals.update(parts_of=parts_of, road_of=road_of, machine_of=machine_of)


def words_of(request: Request) -> Words:
    """Return the words in the language that this browser has chosen; Chinese until then."""
    return Words(Language.EN if request.cookies.get("lang") == Language.EN else Language.ZH)


SomeVisitor = Annotated[Person | None, Depends(visitor)]
SomeWords = Annotated[Words, Depends(words_of)]


@router.get("/login")
def log_in(request: Request, station: AStation, who: SomeVisitor, words: SomeWords) -> Response:
    """Show the log-in."""
    if who is not None:
        return RedirectResponse("/", 303)
    return _page("login.html", words, passkeys=_has_passkeys(request, station))


@router.get("/welcome/{token}")
def welcome(request: Request, station: AStation, words: SomeWords, token: str) -> Response:
    """Show where an invited person chooses a login and how they come in."""
    try:
        with station.attempts.counted(station.now(), *guesses_of(request, station)), station.store.read() as conn:
            login = people.invitation_of(conn, token, station.now()).login
    except NotFoundError:
        return _page("gone.html", words, status=404)
    asked: dict[str, Any] = {"token": token, "login": login, "shortest": people.SHORTEST_PASSWORD}
    return _page("welcome.html", words, passkeys=_has_passkeys(request, station), **asked)


@router.get("/account")
def account(request: Request, station: AStation, who: SomeVisitor, words: SomeWords) -> Response:
    """Show one's own ways in."""
    if who is None:
        return RedirectResponse("/login", 303)
    with station.store.read() as conn:
        own = {"own": passkeys.of_person(conn, who.login), "code": second_factor.has(conn, who.login)}
        shown = {**own, "passkeys": _has_passkeys(request, station), "shortest": people.SHORTEST_PASSWORD}
        return desk_page("account.html", "/account", conn, station.now(), words, who, **shown)


@router.get("/")
def live_alarms(station: AStation, who: SomeVisitor, words: SomeWords) -> Response:
    """Show the live alarms; a guard's own page is another."""
    if who is None or not who.may(Right.SEE_ALARMS):
        return RedirectResponse("/login" if who is None else "/guard", 303)
    with station.store.read() as conn:
        shown = {"alarms": alarms.board(conn), "unreviewed": overrides.unreviewed(conn), "kinds": list(AlarmKind)}
        return desk_page("alarms.html", "/", conn, station.now(), words, who, **shown)


@router.get("/people")
def people_page(station: AStation, who: SomeVisitor, words: SomeWords) -> Response:
    """Show who works here, and let an admin invite."""
    if who is None or not who.may(Right.INVITE):
        return RedirectResponse("/login" if who is None else "/", 303)
    with station.store.read() as conn:
        now = station.now()
        here = {"here_now": sessions.signed_in(conn, now), "invitations": people.open_invitations(conn, now)}
        shown = {"people": people.everybody(conn), "roles": list(Role), "rights": RIGHTS, **here}
        return desk_page("people.html", "/people", conn, now, words, who, **shown)


@router.get("/api/events", dependencies=[Depends(holder_of(Right.SEE_ALARMS))])
async def events(
    request: Request, station: AStation, words: SomeWords, since: Annotated[int, Query(ge=0, lt=2**53)] = 0
) -> Response:
    """Stream every change of an alarm after event ``since``, and a pulse in between.

    Both say {now, waiting, urgency, exercise, strip}: the station's time, how many alarms wait, whether the second
    person (1) or the supervisor (2) was called, whether an exercise runs, and how the kiosks are as HTML. ``alarms``
    adds {upto, alarms: [{id, state, html, loud, call}]}; what is loud makes sound though nothing new waits, and
    ``call`` is what a browser's notification says of it. The stream ends with the session.
    """
    return EventStream(_live(station, words, request.cookies.get(COOKIE), since))


async def _live(station: Station, words: Words, session: str | None, since: int) -> AsyncIterator[bytes]:
    with station.alarm_bell.listening() as ear:
        while not station.alarm_bell.silenced:
            news = await run_sync(_news, station, words, session, since)
            if news is None:
                return
            yield event(msgspec.json.encode(news), name="alarms" if "alarms" in news else "pulse")
            if "alarms" in news:
                since = news["upto"]
            else:
                await ear.wait(PULSE_S)


def _news(station: Station, words: Words, session: str | None, since: int) -> dict[str, Any] | None:
    now = station.now()
    who = sessions.person_of(station.store, session, now)
    with station.store.read() as conn:
        upto, changed = alarms.changed_since(conn, since)
        frame = desk.frame(conn)
    if who is None:
        return None
    strip = _TEMPLATES.get_template("_strip.html").render(t=words, kiosks=station.kiosks_watched.health())
    news: dict[str, Any] = {"now": now.isoformat(), "strip": strip, **frame}
    if changed:
        news["upto"] = upto
        news["alarms"] = [_told(alarm, words, who) for alarm in changed]
    return news


def _told(alarm: dict[str, Any], words: Words, who: Person) -> dict[str, Any]:
    html = _TEMPLATES.get_template("_alarm.html").render(alarm=alarm, t=words, who=who)
    newest = alarm["history"][-1]["event"]
    told = {"id": alarm["id"], "state": alarm["state"], "html": html, "loud": newest in LOUD}
    if newest not in LOUD | {State.RAISED}:
        return told
    # Names nobody, and no case: it may be read over somebody's shoulder.
    mark = words("exercise.mark") + " " if alarm["exercise"] else ""
    return {**told, "call": mark + words("call", what=words.of_code("event", newest), lane=alarm["lane"])}


def _has_passkeys(request: Request, station: Station) -> bool:
    try:
        party_of(request, station)
    except ConflictError:
        return False
    return True


def desk_page(
    template: str, here: str, conn: Connection, now: datetime, words: Words, who: Person, **fields: Any
) -> HTMLResponse:
    """Render a page whose live stream goes on after the last event that ``conn``'s moment knows.

    ``fields`` may have the ``kiosks`` (fleet.health), where the page has read them itself.
    """
    own = {"plan": site_plan.current(conn), "site": settings.values(conn)}
    frame = {"upto": alarms.newest_event(conn), **own, **desk.frame(conn)}
    if "kiosks" not in fields:
        fields["kiosks"] = fleet.health(conn, now)
    return _page(template, words, who=who, here=here, **frame, **fields)


def _page(template: str, words: Words, *, status: int = 200, **fields: Any) -> HTMLResponse:
    return HTMLResponse(_TEMPLATES.get_template(template).render(t=words, **fields), status)
