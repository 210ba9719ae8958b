"""The pages of the kiosks, of the plan of the lanes, and of what the site decides for itself."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Response
from fastapi.responses import RedirectResponse

from sync.station import certificates, fleet, settings, webhooks
from sync.station.alarm_life import State
from sync.station.api.pages import SomeVisitor, SomeWords, desk_page
from sync.station.api.session import AStation
from sync.station.kiosk_wording import NEED, by_need, needs_somebody
from sync.station.people import Person
from sync.station.rights import Right
from sync.station.site_time import SITE_TIME

AT_ONCE: Final = 50
"""Kiosks on one page: more of them cannot be read, and a thousand cost a browser seconds."""
_NEEDS: Final = "needs"
_AT_SITE: Final = "%Y-%m-%dT%H:%M"

router = APIRouter()

Find = Annotated[str, Query(max_length=64)]
WhichPage = Annotated[int, Query(ge=1, lt=10_000)]


@router.get("/kiosks")
def kiosks_page(
    station: AStation, who: SomeVisitor, words: SomeWords, find: Find = "", state: Find = "", page: WhichPage = 1
) -> Response:
    """Show how the kiosks are, those that need somebody first; all, or those that are looked for."""
    if who is None or not who.may(Right.SEE_ALARMS):
        return _elsewhere(who)
    now = station.now()
    with station.store.read() as conn:
        kiosks = fleet.health(conn, now)
        found = [kiosk for kiosk in by_need(kiosks) if _is_meant(kiosk, find.strip().lower(), state)]
        last = max(1, -(-len(found) // AT_ONCE))
        page = min(page, last)
        shown = {
            "kiosks": kiosks,
            "found": found[(page - 1) * AT_ONCE : page * AT_ONCE],
            "n_found": len(found),
            "find": find,
            "state": state,
            "counts": _counts(kiosks),
            "page": page,
            "last": last,
            "site_now": now.astimezone(SITE_TIME).strftime(_AT_SITE),
        }
        return desk_page("kiosks.html", "/kiosks", conn, now, words, who, **shown)


@router.get("/kiosks/{kiosk}")
def one_kiosk(station: AStation, who: SomeVisitor, words: SomeWords, kiosk: str) -> Response:
    """Show one kiosk, what it is known by, and what may be done with it."""
    if who is None or not who.may(Right.SEE_ALARMS):
        return _elsewhere(who)
    now = station.now()
    with station.store.read() as conn:
        kiosks = fleet.health(conn, now)
        one = next((one for one in kiosks if one["kiosk"] == kiosk), None)
        if one is None:
            return RedirectResponse("/kiosks", 303)
        shown = {
            "kiosks": kiosks,
            "one": one,
            "kiosk": kiosk,
            "certificates": certificates.every(conn, now, kiosk),
            "site_now": now.astimezone(SITE_TIME).strftime(_AT_SITE),
        }
        return desk_page("kiosk.html", "/kiosks", conn, now, words, who, **shown)


@router.get("/plan")
def plan_page(station: AStation, who: SomeVisitor, words: SomeWords, kiosk: Find = "") -> Response:
    """Show the plan with every kiosk on it, and let an admin place them."""
    if who is None or not who.may(Right.SEE_ALARMS):
        return _elsewhere(who)
    with station.store.read() as conn:
        return desk_page("plan.html", "/kiosks", conn, station.now(), words, who, kiosk=kiosk)


@router.get("/settings")
def settings_page(station: AStation, who: SomeVisitor, words: SomeWords) -> Response:
    """Show what the site has decided, and whom the station tells of its alarms."""
    if who is None or not who.may(Right.SEE_SITE):
        return _elsewhere(who)
    with station.store.read() as conn:
        shown = {"settings": settings.every(conn), "table": settings.TABLE, "hooks": webhooks.every(conn)}
        events = [webhooks.EVERY, *(f"alarm.{state}" for state in State)]
        return desk_page("settings.html", "/settings", conn, station.now(), words, who, **shown, events=events)


def _elsewhere(who: Person | None) -> Response:
    return RedirectResponse("/login" if who is None else "/", 303)


def _is_meant(kiosk: Mapping[str, Any], find: str, state: str) -> bool:
    if find not in kiosk["kiosk"].lower() and find not in kiosk["lane"].lower():
        return False
    return needs_somebody(kiosk) if state == _NEEDS else state in ("", kiosk["state"])


def _counts(health: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Return how many kiosks there are, how many need somebody, and how many are in each state that one is in."""
    of_states = Counter(kiosk["state"] for kiosk in health)
    needs = sum(map(needs_somebody, health))
    return {"": len(health), _NEEDS: needs, **{state: of_states[state] for state in NEED if of_states[state]}}
