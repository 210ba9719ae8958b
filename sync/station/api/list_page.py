"""The list's pages: its parts a page at a time, and one entry with all that happened to it."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi.responses import RedirectResponse

from sync.station import history, list_views, look_ups, requests
from sync.station.api.pages import SomeVisitor, SomeWords, desk_page
from sync.station.api.session import AStation
from sync.station.imports import waiting_imports
from sync.station.list_views import Which
from sync.station.list_wording import acts_of, looks_of
from sync.station.live_list import entry_of
from sync.station.proposals import LegalBasis
from sync.station.refusals import NotFoundError
from sync.station.rights import Right
from sync.station.site_time import site_day

router = APIRouter()

AnEntry = Annotated[str | None, Query(max_length=36)]


@router.get("/list")
def list_page(
    station: AStation, who: SomeVisitor, words: SomeWords, which: Which | None = None, after: AnEntry = None
) -> Response:
    """Show what waits for somebody and what is listed, or another part of the list, to whoever may see it."""
    if who is None or not who.may(Right.SEE_LIST):
        return RedirectResponse("/login" if who is None else "/", 303)
    now = station.now()
    today = site_day(now)
    days = {"today": today.isoformat(), "tomorrow": (today + timedelta(days=1)).isoformat()}
    begins = which is None and after is None
    with station.store.read() as conn:
        entries, more = list_views.page_of(conn, which or Which.LISTED, now, after)
        waiting = {
            "requests": requests.waiting(conn) if begins else (),
            "imports": waiting_imports(conn) if begins else (),
            "waiting_entries": list_views.waiting(conn, now) if begins else (),
        }
        part = {"entries": entries, "more": more, "after": after, "which": which, "begins": begins}
        shown = {"counts": list_views.how_many(conn, now), "bases": list(LegalBasis), "parts": list(Which), **days}
        return desk_page("list.html", "/list", conn, now, words, who, **waiting, **part, **shown)


@router.get("/list/{entry}")
def entry_page(station: AStation, who: SomeVisitor, words: SomeWords, entry: str) -> Response:
    """Show one entry and its history; the audit log says who looked."""
    if who is None or not who.may(Right.SEE_LIST):
        return RedirectResponse("/login" if who is None else "/", 303)
    now = station.now()
    try:
        with station.store.write() as conn:
            events = history.look_at(conn, entry, who.login, now)
            (shown,) = look_ups.in_json(conn, [entry_of(conn, entry)], now)
            told = {"acts": acts_of(events, words), "looks": looks_of(events)}
            tomorrow = (site_day(now) + timedelta(days=1)).isoformat()
            return desk_page("entry.html", "/list", conn, now, words, who, entry=shown, tomorrow=tomorrow, **told)
    except NotFoundError:
        with station.store.read() as conn:
            return desk_page("no_entry.html", "/list", conn, now, words, who, status=404)
