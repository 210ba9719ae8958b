"""Who is at the console: the session cookie, the rights, and proof that a request was meant.

A request that changes something must carry the header ``X-Station: console`` (another site's form cannot set it, and
its script may not without our leave), and an Origin, where the browser sends one, must be ours. Beside them stands
the cookie's SameSite=Strict.
"""

from collections.abc import Callable
from typing import Annotated, Final

from fastapi import Depends, Request, Response

from sync.station import people
from sync.station.api.edge import station_of
from sync.station.people import Person
from sync.station.refusals import NotAllowedError, NotSignedInError
from sync.station.rights import Right
from sync.station.station import Station

COOKIE: Final = "__Host-session"
"""The prefix makes browsers insist on Secure, Path=/ and no Domain."""

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
    with station.store.read() as conn:
        return people.person_of(conn, request.cookies.get(COOKIE), station.now())


def person(someone: Annotated[Person | None, Depends(visitor)]) -> Person:
    """Return who is signed in.

    Raises:
        NotSignedInError: nobody is.
    """
    if someone is None:
        raise NotSignedInError("sign-in")
    return someone


def holder_of(right: Right) -> Callable[[Person], Person]:
    """Return a dependency that lets through only who has this right."""

    def checked(someone: Annotated[Person, Depends(person)]) -> Person:
        if not someone.may(right):
            raise NotAllowedError("right", right=right)
        return someone

    return checked


def set_session(response: Response, token: str) -> None:
    """Hand the session to the browser."""
    age_s = int(people.SESSION_LIFE.total_seconds())
    response.set_cookie(COOKIE, token, max_age=age_s, path="/", secure=True, httponly=True, samesite="strict")
