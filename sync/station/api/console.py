"""What the console's pages may ask, as JSON. The demo and the bench use the same calls.

The list's own calls are in sync.station.api.list_calls, those of an alarm's life in alarm_calls.

| call | body | answer |
|---|---|---|
| POST /api/login | login, password | login, roles (and the session cookie) |
| POST /api/logout | - | - |
| GET /api/me | - | login, roles |
| POST /api/welcome/{token} | login, password | login, roles (and the session cookie) |
| POST /api/invitations | roles | token, path |
| GET /api/kiosks | - | kiosks |
| GET /api/counts | - | counts: how visits ended, never whose |
"""

from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, Request, Response
from msgspec import Meta, Struct

from sync.station import fleet, people, visit_counts
from sync.station.api.edge import JsonAnswer, read_json
from sync.station.api.session import COOKIE, AStation, holder_of, meant, person, set_session
from sync.station.people import Credentials, Person
from sync.station.rights import Right, Role
from sync.station.station import Station

router = APIRouter(prefix="/api", dependencies=[Depends(meant)])

APerson = Annotated[Person, Depends(person)]


class Invitation(Struct, frozen=True, forbid_unknown_fields=True):
    """What the invited person will be."""

    roles: Annotated[tuple[Role, ...], Meta(min_length=1, max_length=len(Role))]


@router.post("/login")
async def log_in(request: Request, station: AStation) -> Response:
    """Begin a session."""
    given = await read_json(request, Credentials)
    address = request.client.host if request.client is not None else ""
    station.attempts.begin(address, station.monotonic())

    def checked() -> None:
        with station.store.read() as conn:
            people.check_password(conn, given)

    await run_sync(checked, limiter=station.password_turn)
    station.attempts.succeeded(address)
    return await run_sync(_signed_in, station, given.login)


@router.post("/logout")
def log_out(request: Request, station: AStation, who: APerson) -> Response:
    """End this session."""
    with station.store.write() as conn:
        people.end_session(conn, request.cookies[COOKIE], who.login, station.now())
    response = Response(status_code=204)
    response.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="strict")
    return response


@router.get("/me")
def me(who: APerson) -> Response:
    """Tell who is signed in."""
    return JsonAnswer({"login": who.login, "roles": sorted(who.roles)})


@router.post("/welcome/{token}")
async def welcome(request: Request, station: AStation, token: str) -> Response:
    """Take up an invitation: choose login and password, and be signed in."""
    given = await read_json(request, Credentials)
    address = request.client.host if request.client is not None else ""
    station.attempts.begin(address, station.monotonic())
    password_hash = await run_sync(people.hash_password, given, limiter=station.password_turn)

    def committed() -> None:
        with station.store.write() as conn:
            people.welcome(conn, token, given.login, password_hash, station.now())

    await run_sync(committed)
    station.attempts.succeeded(address)
    return await run_sync(_signed_in, station, given.login)


@router.post("/invitations")
async def invite(
    request: Request, station: AStation, who: Annotated[Person, Depends(holder_of(Right.INVITE))]
) -> Response:
    """Make a one-time invitation."""
    roles = (await read_json(request, Invitation)).roles

    def committed() -> str:
        with station.store.write() as conn:
            return people.invite(conn, roles, who.login, station.now())

    token = await run_sync(committed)
    return JsonAnswer({"token": token, "path": f"/welcome/{token}"}, 201)


@router.get("/kiosks", dependencies=[Depends(holder_of(Right.SEE_ALARMS))])
def kiosks_health(station: AStation) -> Response:
    """Return how every kiosk is."""
    with station.store.read() as conn:
        return JsonAnswer({"kiosks": fleet.health(conn, station.now())})


@router.get("/counts", dependencies=[Depends(holder_of(Right.SEE_ALARMS))])
def counts(station: AStation) -> Response:
    """Return how many visits ended in each way."""
    with station.store.read() as conn:
        return JsonAnswer({"counts": visit_counts.totals(conn)})


def _signed_in(station: Station, login: str) -> Response:
    with station.store.write() as conn:
        token = people.begin_session(conn, login, station.now())
        who = people.person_of(conn, token, station.now())
    assert who is not None
    response = JsonAnswer({"login": who.login, "roles": sorted(who.roles)})
    set_session(response, token)
    return response
