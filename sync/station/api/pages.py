"""The console's pages and its one live stream: HTML is made here, so that page and stream show an alarm alike."""

from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Final

import msgspec
from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from sqlalchemy import Connection

from sync.station import (
    alarms,
    audit_reading,
    fleet,
    look_ups,
    passkeys,
    people,
    requests,
    second_factor,
    sessions,
    statistics,
    statistics_wording,
)
from sync.station.api.audit_calls import asked_of, query_of
from sync.station.api.session import COOKIE, AStation, guesses_of, holder_of, party_of, visitor
from sync.station.api.sse import EventStream, event
from sync.station.audit_reading import Asked, in_words
from sync.station.kiosk_wording import by_need, is_silent_for_long, machine_of, parts_of, road_of, silence_of
from sync.station.people import Person
from sync.station.period import Length, period_of
from sync.station.proposals import LegalBasis
from sync.station.refusals import ConflictError, NotFoundError
from sync.station.rights import Right, Role
from sync.station.site_time import SITE_TIME, site_day
from sync.station.station import Station
from sync.station.supervision import ESCALATED
from sync.station.wording import Language, Words, facts_of, kind_in_both, lateness_s

PULSE_S: Final = 3.0
"""The console's stream says at least this often that it lives, and how the kiosks are."""

router = APIRouter()

_TEMPLATES: Final = Environment(
    loader=PackageLoader("ui.console"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)
_TEMPLATES.globals.update(Right=Right, facts_of=facts_of, kind_in_both=kind_in_both, lateness_s=lateness_s)
_TEMPLATES.globals.update(silence_of=silence_of, is_silent_for_long=is_silent_for_long, by_need=by_need)
_TEMPLATES.globals.update(in_words=in_words)
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
        return _desk_page("account.html", "/account", conn, station.now(), words, who, **shown)


@router.get("/")
def live_alarms(station: AStation, who: SomeVisitor, words: SomeWords) -> Response:
    """Show the live alarms."""
    if who is None:
        return RedirectResponse("/login", 303)
    with station.store.read() as conn:
        return _desk_page("alarms.html", "/", conn, station.now(), words, who, alarms=alarms.board(conn))


@router.get("/kiosks")
def kiosks_page(station: AStation, who: SomeVisitor, words: SomeWords) -> Response:
    """Show how the kiosks are."""
    if who is None:
        return RedirectResponse("/login", 303)
    with station.store.read() as conn:
        now = station.now()
        site_now = now.astimezone(SITE_TIME).strftime("%Y-%m-%dT%H:%M")
        return _desk_page("kiosks.html", "/kiosks", conn, now, words, who, site_now=site_now)


@router.get("/list")
def list_page(station: AStation, who: SomeVisitor, words: SomeWords) -> Response:
    """Show the list to whoever may see it."""
    if who is None or not who.may(Right.SEE_LIST):
        return RedirectResponse("/login" if who is None else "/", 303)
    now = station.now()
    today = site_day(now)
    days = {"today": today.isoformat(), "tomorrow": (today + timedelta(days=1)).isoformat()}
    with station.store.read() as conn:
        waiting = requests.waiting(conn)
        shown = {"entries": look_ups.shown(conn, now), "requests": waiting, "bases": list(LegalBasis), **days}
        return _desk_page("list.html", "/list", conn, now, words, who, **shown)


@router.get("/people")
def people_page(station: AStation, who: SomeVisitor, words: SomeWords) -> Response:
    """Show who works here, and let an admin invite."""
    if who is None or not who.may(Right.INVITE):
        return RedirectResponse("/login" if who is None else "/", 303)
    with station.store.read() as conn:
        shown = {"people": people.everybody(conn), "roles": list(Role)}
        return _desk_page("people.html", "/people", conn, station.now(), words, who, **shown)


@router.get("/statistics")
def statistics_page(
    station: AStation, who: SomeVisitor, words: SomeWords, of: Length = Length.WEEK, on: date | None = None
) -> Response:
    """Show the statistics of a period; this week's where nothing is said."""
    if who is None or not who.may(Right.SEE_STATISTICS):
        return RedirectResponse("/login" if who is None else "/", 303)
    now = station.now()
    period = period_of(of, on or site_day(now))
    with station.store.read() as conn:
        sheets = statistics_wording.in_words(statistics.sheets(conn, period, now), words)
        shown = {"period": period, "lengths": list(Length), "today": site_day(now), "sheets": sheets}
        return _desk_page("statistics.html", "/statistics", conn, now, words, who, **shown)


@router.get("/audit")
def audit_page(
    station: AStation, who: SomeVisitor, words: SomeWords, asked: Annotated[Asked, Depends(asked_of)]
) -> Response:
    """Show the audit log's newest rows, who looked persons up, and how far the log is signed."""
    if who is None or not who.may(Right.SEE_AUDIT):
        return RedirectResponse("/login" if who is None else "/", 303)
    now = station.now()
    month = period_of(Length.MONTH, asked.day or site_day(now))
    with station.store.read() as conn:
        shown: dict[str, Any] = {"log": audit_reading.rows(conn, asked), "signed": audit_reading.signed(conn)}
        shown |= {"authors": audit_reading.authors(conn), "look_ups": audit_reading.look_ups(conn, month)}
        shown |= {"asked": asked, "query": query_of(asked), "month": month, "today": site_day(now)}
        return _desk_page("audit.html", "/audit", conn, now, words, who, **shown)


@router.get("/api/events", dependencies=[Depends(holder_of(Right.SEE_ALARMS))])
async def events(
    request: Request, station: AStation, words: SomeWords, since: Annotated[int, Query(ge=0, lt=2**53)] = 0
) -> Response:
    """Stream every change of an alarm after event ``since``, and a pulse in between.

    Both say {now, waiting, strip}: the station's time, how many alarms wait, and how the kiosks are as HTML.
    ``alarms`` adds {upto, alarms: [{id, state, html, loud}]}; what is loud makes sound though nothing new waits. The
    stream ends with the session.
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
        waiting, health = alarms.waiting(conn), fleet.health(conn, now)
    if who is None:
        return None
    strip = _TEMPLATES.get_template("_strip.html").render(t=words, kiosks=health)
    news: dict[str, Any] = {"now": now.isoformat(), "waiting": waiting, "strip": strip}
    if changed:
        row = _TEMPLATES.get_template("_alarm.html")
        rows = [(alarm, row.render(alarm=alarm, t=words, who=who)) for alarm in changed]
        news["upto"] = upto
        news["alarms"] = [
            {
                "id": alarm["id"],
                "state": alarm["state"],
                "html": html,
                "loud": alarm["history"][-1]["event"] == ESCALATED,
            }
            for alarm, html in rows
        ]
    return news


def _has_passkeys(request: Request, station: Station) -> bool:
    try:
        party_of(request, station)
    except ConflictError:
        return False
    return True


def _desk_page(
    template: str, here: str, conn: Connection, now: datetime, words: Words, who: Person, **fields: Any
) -> HTMLResponse:
    """Render a page whose live stream goes on after the last event that ``conn``'s moment knows."""
    frame: dict[str, Any] = {
        "upto": alarms.newest_event(conn),
        "waiting": alarms.waiting(conn),
        "kiosks": fleet.health(conn, now),
    }
    return _page(template, words, who=who, here=here, **frame, **fields)


def _page(template: str, words: Words, *, status: int = 200, **fields: Any) -> HTMLResponse:
    return HTMLResponse(_TEMPLATES.get_template(template).render(t=words, **fields), status)
