"""How people come in, show that they are still there, and keep their ways in; how admins keep the accounts.

| call | body | answer |
|---|---|---|
| POST /api/passkeys/ask | - | options for navigator.credentials.get |
| POST /api/login/passkey | challenge, credential | login, roles (and the session cookie) |
| POST /api/login | login, password, code | the same |
| POST /api/logout, /api/logout/everywhere | - | - |
| GET /api/me | - | login, roles, verified, passkeys, code: whether there is one |
| POST /api/me/verify/passkey | challenge, credential | - |
| POST /api/me/verify | password, code | - |
| POST /api/me/passkeys/offer | - | options for navigator.credentials.create (verified) |
| POST /api/me/passkeys | name, made: {challenge, credential} | passkeys (verified) |
| POST /api/me/passkeys/{id}/rename | name | passkeys |
| POST /api/me/passkeys/{id}/remove | - | passkeys (verified) |
| POST /api/me/code/offer | - | challenge, secret, uri, qr: shown once (verified) |
| POST /api/me/password | password, challenge, code | - (verified) |
| POST /api/welcome/{token}/passkey/offer | login | options for navigator.credentials.create |
| POST /api/welcome/{token}/passkey | login, name, made | login, roles (and the session cookie) |
| POST /api/welcome/{token}/code/offer | login | challenge, secret, uri, qr: shown once |
| POST /api/welcome/{token} | login, password, challenge, code | login, roles (and the session cookie) |
| GET /api/people | - | people |
| POST /api/invitations | roles | token, path (verified) |
| POST /api/invitations/{invitation}/cancel | - | - (verified): its link opens nothing |
| POST /api/people/{login}/invitation | - | token, path (verified): a new way in for who has lost theirs |
| POST /api/people/{login}/roles | roles | people (verified) |
| POST /api/people/{login}/part | - | people (verified): they have left |
| POST /api/people/{login}/logout | - | - (verified) |

(verified): 403 {"error": "verify-again"} unless the person was proved to be there within five minutes.

Every act may carry ``Idempotency-Key: UUID``. Of those that take a password, a code or a passkey only the status is
kept (sync.station.api.kept_answers), and nothing of their body: a challenge is used once.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, TypeAlias

from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, Request, Response
from msgspec import Meta, Struct
from sqlalchemy import Connection

from sync.station import challenges, passkeys, people, second_factor, sessions
from sync.station.api.act_once import Nothing, act_once
from sync.station.api.edge import JsonAnswer, read_json
from sync.station.api.kept_answers import KeptAnswers
from sync.station.api.session import (
    COOKIE,
    AStation,
    forget_session,
    guesses_of,
    holder_of,
    meant,
    party_of,
    person,
    set_session,
    verified,
    verified_holder_of,
)
from sync.station.challenges import Purpose
from sync.station.passkeys import Ceremony, NewPasskey
from sync.station.people import Credentials, Login, Person
from sync.station.refusals import NotSignedInError
from sync.station.rights import Right, Role
from sync.station.station import Station

router = APIRouter(prefix="/api", dependencies=[Depends(meant)], route_class=KeptAnswers)

APerson: TypeAlias = Annotated[Person, Depends(person)]
AVerifiedPerson: TypeAlias = Annotated[Person, Depends(verified)]
AnAdmin: TypeAlias = Annotated[Person, Depends(verified_holder_of(Right.INVITE))]

Password: TypeAlias = Annotated[str, Meta(max_length=256)]
Code: TypeAlias = Annotated[str, Meta(pattern=r"\A[0-9]{6}\Z")]


class _LogIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    login: Login
    password: Password
    code: Code


class _Proof(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    password: Password
    code: Code


class _NewPassword(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    password: Password
    challenge: Annotated[str, Meta(pattern=r"\A[0-9a-f]{2,200}\Z")]
    code: Code

    @property
    def challenge_bytes(self) -> bytes:
        return bytes.fromhex(self.challenge) if len(self.challenge) % 2 == 0 else b""


class _NewPerson(_NewPassword, frozen=True, kw_only=True, forbid_unknown_fields=True):
    login: Login


class _NewPersonsPasskey(NewPasskey, frozen=True, kw_only=True, forbid_unknown_fields=True):
    login: Login


class _WhoIsInvited(Struct, frozen=True, forbid_unknown_fields=True):
    login: Login


class _Name(Struct, frozen=True, forbid_unknown_fields=True):
    name: Annotated[str, Meta(min_length=1, max_length=100, pattern=r"\S")]


class _Roles(Struct, frozen=True, forbid_unknown_fields=True):
    roles: Annotated[tuple[Role, ...], Meta(min_length=1, max_length=len(Role))]


# Coming in


@router.post("/passkeys/ask")
def ask_for_passkey(request: Request, station: AStation) -> Response:
    """Ask whoever is there for a passkey. Nothing is kept for it."""
    return JsonAnswer(passkeys.ask(station.keyring.accounts_key, party_of(request, station), station.now()))


@router.post("/login/passkey")
async def log_in_with_passkey(request: Request, station: AStation) -> Response:
    """Begin a session of whoever's passkey is shown."""
    shown, party = await read_json(request, Ceremony), party_of(request, station)

    def signed_in() -> Response:
        with station.store.read() as conn:
            claimed = passkeys.owner(conn, shown)
        with station.attempts.counted(station.now(), *guesses_of(request, station, claimed, road="passkey")):
            login = passkeys.prove(station.store, station.keyring.accounts_key, party, shown, station.now())
        return _signed_in(station, login)

    return await run_sync(signed_in)


@router.post("/login")
async def log_in(request: Request, station: AStation) -> Response:
    """Begin a session for a password and its code."""
    given = await read_json(request, _LogIn)

    def signed_in() -> Response:
        with station.attempts.counted(station.now(), *guesses_of(request, station, given.login)):
            _prove_by_password(station, given.login, given.password, given.code)
        return _signed_in(station, given.login)

    # One password at a time: see Station.password_turn.
    return await run_sync(signed_in, limiter=station.password_turn)


@router.post("/logout")
def log_out(request: Request, station: AStation, who: APerson) -> Response:
    """End this session."""
    with station.store.write() as conn:
        sessions.end(conn, request.cookies[COOKIE], who.login, station.now())
    return forget_session(Response(status_code=204))


@router.post("/logout/everywhere")
def log_out_everywhere(station: AStation, who: APerson) -> Response:
    """End all sessions of this person, this one too."""
    with station.store.write() as conn:
        sessions.end_all(conn, who.login, who.login, station.now())
    return forget_session(Response(status_code=204))


# Taking up an invitation


@router.post("/welcome/{token}/passkey/offer")
async def offer_guest_passkey(request: Request, station: AStation, token: str) -> Response:
    """Offer an invited person a passkey."""
    login, party = (await read_json(request, _WhoIsInvited)).login, party_of(request, station)

    def offered() -> dict[str, Any]:
        with station.attempts.counted(station.now(), *guesses_of(request, station)), station.store.read() as conn:
            people.invitation_of(conn, token, station.now())
            return passkeys.offer(conn, station.keyring.accounts_key, party, login, station.now())

    return JsonAnswer(await run_sync(offered))


@router.post("/welcome/{token}/passkey")
async def welcome_with_passkey(request: Request, station: AStation, token: str) -> Response:
    """Take up an invitation with a passkey, and be signed in."""
    given, party = await read_json(request, _NewPersonsPasskey), party_of(request, station)

    def signed_in() -> Response:
        now = station.now()
        with station.attempts.counted(now, *guesses_of(request, station)):
            made = passkeys.made(station.keyring.accounts_key, party, given.login, given, now)
            with station.store.write() as conn:
                people.welcome(conn, token, given.login, "", now)
                passkeys.keep(conn, given.login, made, now)
        return _signed_in(station, given.login)

    return await run_sync(signed_in)


@router.post("/welcome/{token}/code/offer")
async def offer_guest_code(request: Request, station: AStation, token: str) -> Response:
    """Offer an invited person the secret of a second factor."""
    login = (await read_json(request, _WhoIsInvited)).login

    def offered() -> Response:
        with station.attempts.counted(station.now(), *guesses_of(request, station)), station.store.read() as conn:
            people.invitation_of(conn, token, station.now())
        return _offered_code(station, login)

    return await run_sync(offered)


@router.post("/welcome/{token}")
async def welcome(request: Request, station: AStation, token: str) -> Response:
    """Take up an invitation with a password and a code, and be signed in."""
    given = await read_json(request, _NewPerson)

    def signed_in() -> Response:
        with station.attempts.counted(station.now(), *guesses_of(request, station)):
            with station.store.read() as conn:
                people.invitation_of(conn, token, station.now())  # before the slow hash

            def come_in(conn: Connection, password_hash: str) -> None:
                people.welcome(conn, token, given.login, password_hash, station.now())

            _keep_password(station, given.login, given, come_in)
        return _signed_in(station, given.login)

    return await run_sync(signed_in, limiter=station.password_turn)


# One's own account


@router.get("/me")
def me(station: AStation, who: APerson) -> Response:
    """Tell who is signed in, and how they come in."""
    with station.store.read() as conn:
        return JsonAnswer(
            {
                "login": who.login,
                "roles": sorted(who.roles),
                "verified": who.verified,
                "passkeys": passkeys.of_person(conn, who.login),
                "code": second_factor.has(conn, who.login),
            }
        )


@router.post("/me/verify/passkey")
async def verify_by_passkey(request: Request, station: AStation, who: APerson) -> Response:
    """Show again, with a passkey, that it is still this person."""
    shown, party = await read_json(request, Ceremony), party_of(request, station)

    def committed() -> None:
        with station.attempts.counted(station.now(), *guesses_of(request, station, who.login, road="passkey")):
            if passkeys.prove(station.store, station.keyring.accounts_key, party, shown, station.now()) != who.login:
                raise NotSignedInError("passkey-unknown")
        with station.store.write() as conn:
            sessions.verify(conn, request.cookies[COOKIE], station.now())

    await run_sync(committed)
    return Response(status_code=204)


@router.post("/me/verify")
async def verify_by_password(request: Request, station: AStation, who: APerson) -> Response:
    """Show again, with password and code, that it is still this person."""
    given = await read_json(request, _Proof)

    def committed() -> None:
        with station.attempts.counted(station.now(), *guesses_of(request, station, who.login)):
            _prove_by_password(station, who.login, given.password, given.code)
        with station.store.write() as conn:
            sessions.verify(conn, request.cookies[COOKIE], station.now())

    await run_sync(committed, limiter=station.password_turn)
    return Response(status_code=204)


@router.post("/me/passkeys/offer")
def offer_passkey(request: Request, station: AStation, who: AVerifiedPerson) -> Response:
    """Offer one passkey more."""
    party = party_of(request, station)
    with station.store.read() as conn:
        return JsonAnswer(passkeys.offer(conn, station.keyring.accounts_key, party, who.login, station.now()))


@router.post("/me/passkeys")
async def add_passkey(request: Request, station: AStation, who: AVerifiedPerson) -> Response:
    """Keep one passkey more."""
    given, party = await read_json(request, NewPasskey), party_of(request, station)

    def committed() -> list[dict[str, Any]]:
        made = passkeys.made(station.keyring.accounts_key, party, who.login, given, station.now())
        with station.store.write() as conn:
            passkeys.keep(conn, who.login, made, station.now())
            return passkeys.of_person(conn, who.login)

    return JsonAnswer({"passkeys": await run_sync(committed)}, 201)


@router.post("/me/passkeys/{passkey}/rename")
async def rename_passkey(request: Request, station: AStation, passkey: str, who: APerson) -> Response:
    """Give a passkey another name."""

    def act(conn: Connection, given: _Name, _now: datetime) -> dict[str, Any]:
        passkeys.rename(conn, who.login, passkey, given.name.strip())
        return {"passkeys": passkeys.of_person(conn, who.login)}

    return await act_once(request, station, who, _Name, act)


@router.post("/me/passkeys/{passkey}/remove")
async def remove_passkey(request: Request, station: AStation, passkey: str, who: AVerifiedPerson) -> Response:
    """Let a passkey open nothing any more; never the last way in."""

    def act(conn: Connection, _given: Nothing, now: datetime) -> dict[str, Any]:
        passkeys.remove(conn, who.login, passkey, now)
        return {"passkeys": passkeys.of_person(conn, who.login)}

    return await act_once(request, station, who, Nothing, act)


@router.post("/me/code/offer")
def offer_code(station: AStation, who: AVerifiedPerson) -> Response:
    """Offer the secret of a new second factor."""
    return _offered_code(station, who.login)


@router.post("/me/password")
async def set_password(request: Request, station: AStation, who: AVerifiedPerson) -> Response:
    """Set password and code, both anew."""
    given = await read_json(request, _NewPassword)

    def change(conn: Connection, password_hash: str) -> None:
        people.set_password(conn, who.login, password_hash)

    await run_sync(_keep_password, station, who.login, given, change, limiter=station.password_turn)
    return Response(status_code=204)


# Other people's accounts


@router.get("/people", dependencies=[Depends(holder_of(Right.INVITE))])
def everybody(station: AStation) -> Response:
    """Return who works here."""
    with station.store.read() as conn:
        return JsonAnswer({"people": people.everybody(conn)})


@router.post("/invitations")
async def invite(request: Request, station: AStation, who: AnAdmin) -> Response:
    """Make a one-time invitation."""

    def act(conn: Connection, given: _Roles, now: datetime) -> dict[str, Any]:
        return _invitation(people.invite(conn, given.roles, who.login, now))

    return await act_once(request, station, who, _Roles, act, status=201, shown_once=True)


@router.post("/invitations/{invitation}/cancel")
async def cancel_invitation(request: Request, station: AStation, invitation: str, who: AnAdmin) -> Response:
    """Let a link that nobody has used yet open nothing."""

    def act(conn: Connection, _given: Nothing, now: datetime) -> dict[str, Any]:
        people.cancel_invitation(conn, invitation, who.login, now)
        return {}

    return await act_once(request, station, who, Nothing, act, status=204)


@router.post("/people/{login}/invitation")
async def invite_anew(request: Request, station: AStation, login: str, who: AnAdmin) -> Response:
    """Make an invitation for somebody who has lost their ways in."""

    def act(conn: Connection, _given: Nothing, now: datetime) -> dict[str, Any]:
        return _invitation(people.invite_anew(conn, login, who.login, now))

    return await act_once(request, station, who, Nothing, act, status=201, shown_once=True)


@router.post("/people/{login}/roles")
async def change_roles(request: Request, station: AStation, login: str, who: AnAdmin) -> Response:
    """Make somebody something else; their sessions end."""

    def act(conn: Connection, given: _Roles, now: datetime) -> dict[str, Any]:
        people.change_roles(conn, login, given.roles, who.login, now)
        return {"people": people.everybody(conn)}

    return await act_once(request, station, who, _Roles, act)


@router.post("/people/{login}/part")
async def part(request: Request, station: AStation, login: str, who: AnAdmin) -> Response:
    """Let somebody in no more, who has left."""

    def act(conn: Connection, _given: Nothing, now: datetime) -> dict[str, Any]:
        people.part(conn, login, who.login, now)
        return {"people": people.everybody(conn)}

    return await act_once(request, station, who, Nothing, act)


@router.post("/people/{login}/logout")
async def log_somebody_out(request: Request, station: AStation, login: str, who: AnAdmin) -> Response:
    """End all sessions of somebody."""

    def act(conn: Connection, _given: Nothing, now: datetime) -> dict[str, Any]:
        people.person_here(conn, login)
        sessions.end_all(conn, login, who.login, now)
        return {}

    return await act_once(request, station, who, Nothing, act, status=204)


def _prove_by_password(station: Station, login: str, password: str, code: str) -> None:
    now, key = station.now(), station.keyring.accounts_key
    with station.store.read() as conn:
        step = second_factor.step_of(conn, key, login, code, now)
        people.check_password(conn, Credentials(login=login, password=password))
    if step is None:  # only now, so that a wrong code takes as long as a wrong password, and reads alike
        raise NotSignedInError("login-or-password")
    with station.store.write() as conn:
        second_factor.use(conn, login, step)


def _keep_password(station: Station, login: str, given: _NewPassword, keep: Callable[[Connection, str], None]) -> None:
    now, key = station.now(), station.keyring.accounts_key
    step = second_factor.confirm(key, given.challenge_bytes, login, given.code, now)
    password_hash = people.hash_password(Credentials(login=login, password=given.password))
    with station.store.write() as conn:
        keep(conn, password_hash)
        second_factor.keep(conn, key, given.challenge_bytes, login, step, now)


def _offered_code(station: Station, login: str) -> Response:
    key = station.keyring.accounts_key
    challenge = challenges.new(key, Purpose.ADD_CODE, login, station.now())
    secret = second_factor.secret_of(key, challenge)
    uri = second_factor.uri_of(secret, login, station.keyring.site)
    return JsonAnswer({"challenge": challenge.hex(), "secret": secret, "uri": uri, "qr": second_factor.qr_svg(uri)})


def _invitation(token: str) -> dict[str, Any]:
    return {"token": token, "path": f"/welcome/{token}"}


def _signed_in(station: Station, login: str) -> Response:
    with station.store.write() as conn:
        token = sessions.begin(conn, login, station.now())
        who = people.person_named(conn, login)
    response = JsonAnswer({"login": who.login, "roles": sorted(who.roles)})
    set_session(response, station, login, token)
    return response
