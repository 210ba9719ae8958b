"""Who is at the console: the session cookie, the rights, and proof that a request was meant.

A request that changes something must carry the header ``X-Station: console`` (another site's form cannot set it, and
its script may not without our leave), and an Origin, where the browser sends one, must be ours. Beside them stands
the cookie's SameSite=Strict.
"""

from collections.abc import Callable
from hashlib import sha256
from typing import Annotated, Final

from fastapi import Depends, Request, Response

from sync.station import attempts, passkeys, sessions
from sync.station.api.edge import station_of
from sync.station.attempts import Scope
from sync.station.passkeys import Party
from sync.station.people import Person
from sync.station.refusals import NotAllowedError, NotSignedInError
from sync.station.rights import Right
from sync.station.station import Station

COOKIE: Final = "__Host-session"
"""The prefix makes browsers insist on Secure, Path=/ and no Domain."""
_MARK_LIFE_S: Final = 400 * 24 * 3600
"""What browsers allow at most (RFC 6265bis, 5.5)."""

AStation = Annotated[Station, Depends(station_of)]


async def meant(request: Request) -> None:
    """Refuse a change that another site may have caused.

    Raises:
        NotAllowedError: the header is missing, or the origin is another.
    """
    if request.method in ("GET", "HEAD"):
        return
    origin = request.headers.get("origin")
    ours = origin is None or origin == f"https://{request.headers.get('host')}"
    if request.headers.get("x-station") != "console" or not ours:
        raise NotAllowedError("cross-site")


def visitor(request: Request, station: AStation) -> Person | None:
    """Return who is signed in, or None."""
    return sessions.person_of(station.store, request.cookies.get(COOKIE), station.now())


def person(someone: Annotated[Person | None, Depends(visitor)]) -> Person:
    """Return who is signed in.

    Raises:
        NotSignedInError: nobody is.
    """
    if someone is None:
        raise NotSignedInError("sign-in")
    return someone


def verified(someone: Annotated[Person, Depends(person)]) -> Person:
    """Return who is signed in and was proved to be there within the last minutes.

    Raises:
        NotAllowedError: they have to show again that it is them.
    """
    if not someone.verified:
        raise NotAllowedError("verify-again")
    return someone


def holder_of(right: Right) -> Callable[[Person], Person]:
    """Return a dependency that lets through only who has this right."""

    def checked(someone: Annotated[Person, Depends(person)]) -> Person:
        if not someone.may(right):
            raise NotAllowedError("right", right=right)
        return someone

    return checked


def verified_holder_of(right: Right) -> Callable[[Person], Person]:
    """Return a dependency for an act that gives power to others: the right, and a person proved to be there."""

    def checked(someone: Annotated[Person, Depends(holder_of(right))]) -> Person:
        return verified(someone)

    return checked


def party_of(request: Request, station: Station) -> Party:
    """Return the station under the name by which this browser knows it. Raises ConflictError: no passkeys there."""
    keyring = station.keyring
    return passkeys.party_of(keyring.hosts, frozenset(station.ports), request.headers.get("host"), keyring.site)


def guesses_of(request: Request, station: Station, login: str | None = None, *, road: str = "log-in") -> list[Scope]:
    """Return what an attempt counts for: a browser that this person has used before, or its address, or both.

    Args:
        request: the attempt.
        station: ours.
        login: whom it claims to be, if anybody.
        road: what is tried. Where that is a passkey, there is nothing of the login's to guess.
    """
    mark = request.cookies.get(_mark_cookie(login)) if login is not None else None
    if login is not None and mark is not None and attempts.is_mark(station.keyring.accounts_key, login, mark):
        return [attempts.of_browser(mark)]
    here = attempts.of_address(request.client.host if request.client is not None else "", road)
    return [here] if login is None or road == "passkey" else [here, attempts.of_login(login)]


def set_session(response: Response, station: Station, login: str, token: str) -> None:
    """Hand the session to the browser, and the mark by which it is known at its next log-in."""
    _set_cookie(response, COOKIE, token, int(sessions.LIFE.total_seconds()))
    _set_cookie(response, _mark_cookie(login), attempts.new_mark(station.keyring.accounts_key, login), _MARK_LIFE_S)


def forget_session(response: Response) -> Response:
    """Take the session from the browser; its mark stays."""
    response.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="strict")
    return response


def _mark_cookie(login: str) -> str:
    """Return the cookie's name: a desk has one for each of its people. It does not say the login."""
    return f"__Host-known-{sha256(login.encode()).hexdigest()[:12]}"


def _set_cookie(response: Response, name: str, value: str, age_s: int) -> None:
    response.set_cookie(name, value, max_age=age_s, path="/", secure=True, httponly=True, samesite="strict")
