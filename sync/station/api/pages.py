"""The console's pages. HTML is made here and in the live stream, of the same templates."""

from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request, Response
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
from sync.station.api.session import AStation, guesses_of, party_of, visitor
from sync.station.audit_reading import in_words
from sync.station.kiosk_wording import by_need, is_silent_for_long, look_of, machine_of, parts_of, road_of, silence_of
from sync.station.people import Person
from sync.station.refusals import ConflictError, NotFoundError
from sync.station.rights import RIGHTS, Right, Role
from sync.station.station import Station
from sync.station.wording import Language, Words, facts_of, kind_in_both, lateness_s

router = APIRouter()

TEMPLATES: Final = Environment(
    loader=PackageLoader("ui.console"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)
TEMPLATES.globals.update(Right=Right, facts_of=facts_of, kind_in_both=kind_in_both, lateness_s=lateness_s)
TEMPLATES.globals.update(
    silence_of=silence_of, is_silent_for_long=is_silent_for_long, by_need=by_need, look_of=look_of, in_words=in_words
)
TEMPLATES.globals.update(parts_of=parts_of, road_of=road_of, machine_of=machine_of)


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
    return HTMLResponse(TEMPLATES.get_template(template).render(t=words, **fields), status)
