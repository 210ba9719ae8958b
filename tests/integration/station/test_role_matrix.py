"""Every road of the station, tried as every role and as nobody. A new road without a line here fails."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum, auto
from typing import TypeAlias

import httpx
import pytest
from fastapi.routing import iter_route_contexts
from sqlalchemy import insert
from starlette.routing import Mount
from station_world import CONSOLE, World

from sync.station import sessions
from sync.station.app import create_app
from sync.station.rights import RIGHTS, Right, Role
from sync.station.tables import people

COOKIE = "__Host-session"


class Open(Enum):
    """Roads that ask for no right."""

    ANYBODY = auto()
    SIGNED_IN = auto()
    KIOSK = auto()
    """A kiosk's certificate; no person, whatever their role."""
    SCRAPER = auto()
    """The token of the metrics; no person either."""


Need: TypeAlias = Right | Open
ANYBODY, SIGNED_IN, KIOSK, SCRAPER = Open.ANYBODY, Open.SIGNED_IN, Open.KIOSK, Open.SCRAPER

PAGES: dict[str, Need] = {
    "/login": ANYBODY,
    "/welcome/{token}": ANYBODY,
    "/": Right.SEE_ALARMS,
    "/alarms/{alarm}": Right.SEE_ALARMS,
    "/wall": Right.SEE_ALARMS,
    "/kiosks": Right.SEE_ALARMS,
    "/kiosks/{kiosk}": Right.SEE_ALARMS,
    "/plan": Right.SEE_ALARMS,
    "/settings": Right.SEE_SITE,
    "/account": SIGNED_IN,
    "/list": Right.SEE_LIST,
    "/list/{entry}": Right.SEE_LIST,
    "/imports": Right.SEE_LIST,
    "/imports/{import_id}": Right.SEE_LIST,
    "/imports/tries/{this}": Right.PROPOSE,
    "/people": Right.INVITE,
    "/guard": Right.ANSWER_DISPATCH,
    "/duty": Right.SEE_DUTY,
    "/statistics": Right.SEE_STATISTICS,
    "/audit": Right.SEE_AUDIT,
}

CALLS: dict[str, Need] = {
    "POST /api/passkeys/ask": ANYBODY,
    "POST /api/login": ANYBODY,
    "POST /api/login/passkey": ANYBODY,
    "POST /api/welcome/{token}": ANYBODY,
    "POST /api/welcome/{token}/passkey/offer": ANYBODY,
    "POST /api/welcome/{token}/passkey": ANYBODY,
    "POST /api/welcome/{token}/code/offer": ANYBODY,
    "POST /api/logout": SIGNED_IN,
    "POST /api/logout/everywhere": SIGNED_IN,
    "GET /api/me": SIGNED_IN,
    "POST /api/me/verify": SIGNED_IN,
    "POST /api/me/verify/passkey": SIGNED_IN,
    "POST /api/me/passkeys/offer": SIGNED_IN,
    "POST /api/me/passkeys": SIGNED_IN,
    "POST /api/me/passkeys/{passkey}/rename": SIGNED_IN,
    "POST /api/me/passkeys/{passkey}/remove": SIGNED_IN,
    "POST /api/me/code/offer": SIGNED_IN,
    "POST /api/me/password": SIGNED_IN,
    "GET /api/people": Right.INVITE,
    "POST /api/invitations": Right.INVITE,
    "POST /api/invitations/{invitation}/cancel": Right.INVITE,
    "POST /api/people/{login}/invitation": Right.INVITE,
    "POST /api/people/{login}/roles": Right.INVITE,
    "POST /api/people/{login}/part": Right.INVITE,
    "POST /api/people/{login}/logout": Right.INVITE,
    "GET /api/alarms": Right.SEE_ALARMS,
    "GET /api/events": Right.SEE_ALARMS,
    "GET /api/kiosks": Right.SEE_ALARMS,
    "GET /api/counts": Right.SEE_ALARMS,
    "POST /api/alarms/{alarm}/acknowledge": Right.ACKNOWLEDGE,
    "GET /api/alarms/{alarm}": Right.SEE_ALARMS,
    "POST /api/alarms/{alarm}/confirm": Right.DECIDE,
    "POST /api/alarms/{alarm}/dismiss": Right.DECIDE,
    "POST /api/alarms/{alarm}/dispatch": Right.DECIDE,
    "POST /api/alarms/{alarm}/override": Right.DECIDE,
    "POST /api/alarms/{alarm}/note": Right.DECIDE,
    "POST /api/alarms/{alarm}/resolve": Right.DECIDE,
    "POST /api/alarms/{alarm}/review-override": Right.REVIEW_OVERRIDE,
    "GET /api/overrides": Right.SEE_ALARMS,
    "POST /api/exercises": Right.BEGIN_EXERCISE,
    "GET /guard-worker.js": ANYBODY,
    "GET /api/dispatches": Right.ANSWER_DISPATCH,
    "GET /api/dispatches/open": Right.ANSWER_DISPATCH,
    "GET /api/dispatches/events": Right.ANSWER_DISPATCH,
    "POST /api/dispatches/{dispatch_id}/accept": Right.ANSWER_DISPATCH,
    "POST /api/dispatches/{dispatch_id}/arrived": Right.ANSWER_DISPATCH,
    "POST /api/dispatches/{dispatch_id}/stood-down": Right.ANSWER_DISPATCH,
    "POST /api/dispatches/{dispatch_id}/help": Right.ANSWER_DISPATCH,
    "POST /api/dispatches/{dispatch_id}/result": Right.ANSWER_DISPATCH,
    "GET /api/teams/on-duty": Right.SEE_DUTY,
    "GET /api/teams": Right.PLAN_DUTY,
    "POST /api/teams": Right.PLAN_DUTY,
    "POST /api/teams/{team}/name": Right.PLAN_DUTY,
    "POST /api/teams/{team}/members": Right.PLAN_DUTY,
    "POST /api/teams/{team}/end": Right.PLAN_DUTY,
    "GET /api/duty": Right.SEE_DUTY,
    "POST /api/duty": Right.PLAN_DUTY,
    "POST /api/duty/{shift}/end": Right.PLAN_DUTY,
    "GET /api/acts/{key}": SIGNED_IN,
    "POST /api/alarms/{alarm}/evidence": Right.SEE_EVIDENCE,
    "GET /api/alarms/{alarm}/evidence": Right.SEE_EVIDENCE,
    "GET /api/list": Right.SEE_LIST,
    "POST /api/list": Right.PROPOSE,
    "POST /api/list/check": Right.PROPOSE,
    "POST /api/list/search": Right.SEE_LIST,
    "POST /api/list/{entry}/approve": Right.APPROVE,
    "POST /api/list/{entry}/withdraw": Right.WITHDRAW,
    "POST /api/list/{entry}/review": Right.WITHDRAW,
    "POST /api/list/{entry}/clear": Right.WITHDRAW,
    "POST /api/list/{entry}/renew": Right.PROPOSE,
    "POST /api/list/{entry}/numbers": Right.SEE_LIST,
    "GET /api/list/{entry}/history": Right.SEE_LIST,
    "GET /api/requests": Right.SEE_LIST,
    "POST /api/requests/{asked}/grant": Right.APPROVE,
    "POST /api/requests/{asked}/decline": Right.APPROVE,
    "POST /api/clearances": Right.WITHDRAW,
    "POST /api/clearances/{clearance}/lift": Right.PROPOSE,
    "POST /api/imports/tries": Right.PROPOSE,
    "GET /api/imports/tries/{this}": Right.PROPOSE,
    "POST /api/imports/tries/{this}/read": Right.PROPOSE,
    "POST /api/imports/tries/{this}/propose": Right.PROPOSE,
    "POST /api/imports/tries/{this}/forget": Right.PROPOSE,
    "GET /api/imports": Right.SEE_LIST,
    "GET /api/imports/{import_id}": Right.SEE_LIST,
    "POST /api/imports/{import_id}/seal": Right.PROPOSE,
    "POST /api/imports/{import_id}/approve": Right.APPROVE,
    "POST /api/imports/{import_id}/take-back": Right.WITHDRAW,
    "POST /api/imports/{import_id}/review": Right.WITHDRAW,
    "POST /api/kiosks/enrol-token": Right.KEEP_KIOSKS,
    "POST /api/kiosks/{kiosk}/revoke": Right.KEEP_KIOSKS,
    "POST /api/kiosks/{kiosk}/maintenance": Right.KEEP_KIOSKS,
    "POST /api/kiosks/{kiosk}/maintenance/end": Right.KEEP_KIOSKS,
    "GET /api/alarms/{alarm}/cap": Right.SEE_ALARMS,
    "GET /api/openapi.json": SIGNED_IN,
    "GET /plan.svg": SIGNED_IN,
    "GET /api/plan": Right.SEE_ALARMS,
    "POST /api/plan": Right.KEEP_SITE,
    "POST /api/kiosks/{kiosk}/place": Right.KEEP_KIOSKS,
    "POST /api/kiosks/{kiosk}/place/remove": Right.KEEP_KIOSKS,
    "GET /api/settings": Right.SEE_SITE,
    "POST /api/settings/{name}": Right.KEEP_SITE,
    "GET /api/webhooks": Right.SEE_SITE,
    "POST /api/webhooks": Right.KEEP_SITE,
    "POST /api/webhooks/{webhook}/end": Right.KEEP_SITE,
    "POST /api/webhooks/{webhook}/send-again": Right.KEEP_SITE,
    "GET /api/statistics": Right.SEE_STATISTICS,
    "GET /api/statistics/{sheet}.csv": Right.SEE_STATISTICS,
    "GET /api/audit": Right.SEE_AUDIT,
    "GET /api/audit/look-ups": Right.SEE_AUDIT,
    "GET /api/audit/check": Right.SEE_AUDIT,
    "POST /api/audit/export": Right.EXPORT_AUDIT,
    "GET /healthz": ANYBODY,
    "GET /readyz": ANYBODY,
    "GET /metrics": SCRAPER,
    "POST /v1/enrol": ANYBODY,
    "POST /v1/renew": KIOSK,
    "POST /v1/messages": KIOSK,
    "POST /v1/heartbeat": KIOSK,
    "POST /v1/evidence": KIOSK,
    "GET /v1/list/events": KIOSK,
    "GET /v1/list/wait": KIOSK,
    "GET /v1/list/{path:path}": KIOSK,
}

MATRIX = {**{f"GET {path}": need for path, need in PAGES.items()}, **CALLS}
QUERIES = {"GET /v1/list/wait": "?epoch=1&seq=0"}
"""Of roads that refuse a request without them before they look who asks."""


def roads_of(world: World) -> set[str]:
    found = set()
    for route in iter_route_contexts(create_app(world.station).routes):
        if isinstance(route.original_route, Mount):
            assert route.path == "/static"  # the pages' own files, for anybody
            continue
        assert route.methods, route
        found |= {f"{method} {route.path}" for method in route.methods if method != "HEAD"}
    return found


@dataclass
class Caller:
    """Somebody with one role, or nobody; signed in anew for each road, since some of them end the session."""

    world: World
    role: Role | None
    desk: httpx.Client = field(repr=False)

    def ask(self, road: str) -> tuple[int, str]:
        """The status, and where a page sends them or what a call says is missing."""
        headers = dict(CONSOLE)
        if self.role is not None:
            with self.world.station.store.write() as conn:
                headers["Cookie"] = f"{COOKIE}={sessions.begin(conn, self.role, datetime.now(UTC))}"
        method, _, path = road.partition(" ")
        path = path.replace("{path:path}", "timestamp.json")
        for name in ("token", "passkey", "login", "alarm", "entry", "asked", "clearance", "kiosk", "name", "sheet"):
            path = path.replace(f"{{{name}}}", "x")
        with self.desk.stream(method, path + QUERIES.get(road, ""), headers=headers) as answer:  # some never end
            if answer.status_code in (401, 403):
                answer.read()
                return answer.status_code, answer.json()["error"]
            return answer.status_code, answer.headers.get("location", "")


@pytest.fixture(scope="module")
def desk(shared_world: World) -> Iterator[httpx.Client]:
    everybody = [{"login": role, "password_hash": "", "roles": [role], "since": datetime.now(UTC)} for role in Role]
    with shared_world.station.store.write() as conn:
        conn.execute(insert(people), everybody)
    with shared_world.browser() as client:
        yield client


def test_every_road_of_the_station_has_a_line_in_this_matrix(shared_world: World) -> None:
    assert roads_of(shared_world) == set(MATRIX)


@pytest.mark.parametrize("role", [*Role, None])
def test_a_role_opens_its_own_roads_and_no_other(shared_world: World, desk: httpx.Client, role: Role | None) -> None:
    caller = Caller(shared_world, role, desk)
    wrong = {}
    for road, need in MATRIX.items():
        came = caller.ask(road)
        if came not in allowed(road, need, role) and not (opens(need, role) and is_let_in(*came)):
            wrong[road] = came
    assert wrong == {}


def opens(need: Need, role: Role | None) -> bool:
    match need:
        case Open.ANYBODY:
            return True
        case Open.SIGNED_IN:
            return role is not None
        case Open.KIOSK | Open.SCRAPER:
            return False
        case Right():
            return role in RIGHTS[need]


def is_let_in(status: int, said: str) -> bool:
    """Past the doors: done, or refused for what was asked and not for who asks."""
    return status < 500 and said not in ("/login", "sign-in", "right", "client-certificate", "cross-site")


def allowed(road: str, need: Need, role: Role | None) -> set[tuple[int, str]]:
    """How a road may refuse this role."""
    if opens(need, role):
        return {(303, "/")} if road == "GET /login" else set()
    if need is Open.KIOSK:
        return {(401, "client-certificate")}
    if need is Open.SCRAPER:
        return {(401, "metrics-token")}
    page = road.removeprefix("GET ") in PAGES
    if role is None:
        return {(303, "/login")} if page else {(401, "sign-in")}
    if road == "GET /":
        return {(303, "/guard")}
    return {(303, "/")} if page else {(403, "right")}
