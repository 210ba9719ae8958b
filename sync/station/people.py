"""Who may do what at the console, and how they come in.

Rules
- There is no default login: a fresh station knows nobody. ``station init`` makes one invitation for the first admin.
- Everybody else comes by an admin's one-time invitation, which names the roles; the password is the person's own,
  at least 12 characters (NIST SP 800-63B-4 asks for length, not for kinds of characters), kept as Argon2id.
- A session lasts a shift. Its token is a cookie that scripts cannot read; the store has only its hash.
- A wrong login and a wrong password take the same time and read alike.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Final

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from msgspec import Meta, Struct
from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from sync.station import audit
from sync.station.refusals import BadRequestError, ConflictError, NotFoundError, NotSignedInError
from sync.station.rights import RIGHTS, Right, Role
from sync.station.store import insert_new
from sync.station.tables import invitations, people, sessions
from sync.station.tokens import new_token, token_hash

SESSION_LIFE: Final = timedelta(hours=12)
INVITATION_LIFE: Final = timedelta(days=2)
SHORTEST_PASSWORD: Final = 12
_HASHER: Final = PasswordHasher()
_NOBODYS_HASH: Final = (
    "$argon2id$v=19$m=65536,t=3,p=4$THnEgwPwYTIQaxtqk3d7WA$tMNp5PFr+zHcW4wo5vIdA4fASKxVR/o2njvuv9ktGew"
)
"""Of a random password that nobody kept, so that an unknown login takes as long as a known one."""


class Credentials(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody types."""

    login: Annotated[str, Meta(pattern=r"\A[a-z0-9][a-z0-9._-]{1,31}\Z")]
    password: Annotated[str, Meta(max_length=256)]

    def __repr__(self) -> str:
        return "Credentials(…)"


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in."""

    login: str
    roles: frozenset[Role]

    def may(self, right: Right) -> bool:
        """Tell whether one of the roles gives this right."""
        return bool(self.roles & RIGHTS[right])


def hash_password(credentials: Credentials) -> str:
    """Return the Argon2id hash to keep. Slow (tens of ms): outside of any transaction.

    Raises:
        BadRequestError: the password is shorter than ``SHORTEST_PASSWORD``, or is the login over again.
    """
    if len(credentials.password) < SHORTEST_PASSWORD or credentials.login in credentials.password.lower():
        raise BadRequestError("password", at_least=SHORTEST_PASSWORD)
    return _HASHER.hash(credentials.password)


def invite(conn: Connection, roles: Iterable[Role], who: str, now: datetime) -> str:
    """Return the token of a one-time invitation to take on these roles."""
    token = new_token()
    kept = sorted(set(roles))
    row = {"hash": token_hash(token), "roles": kept, "invited_by": who, "expires_at": now + INVITATION_LIFE}
    conn.execute(insert(invitations).values(row))
    audit.record(conn, now, who, "person.invited", roles=",".join(kept))
    return token


def is_invited(conn: Connection, token: str, now: datetime) -> bool:
    """Tell whether the invitation can still be used."""
    return conn.execute(select(invitations.c.hash).where(_usable(token, now))).one_or_none() is not None


def welcome(conn: Connection, token: str, login: str, password_hash: str, now: datetime) -> None:
    """Use up the invitation: the person exists from now on.

    Raises:
        NotFoundError: the invitation is unknown, used or too old.
        ConflictError: somebody has this login already. The invitation stays good.
    """
    roles = conn.execute(select(invitations.c.roles).where(_usable(token, now))).scalar_one_or_none()
    if roles is None:
        raise NotFoundError("invitation")
    if not insert_new(conn, people, {"login": login, "password_hash": password_hash, "roles": roles, "since": now}):
        raise ConflictError("login-taken")
    conn.execute(update(invitations).where(invitations.c.hash == token_hash(token)).values(used_at=now))
    audit.record(conn, now, login, "person.welcomed", roles=",".join(roles))


def check_password(conn: Connection, credentials: Credentials) -> None:
    """Return if login and password belong together. Slow (tens of ms): outside of any write transaction.

    Raises:
        NotSignedInError: they do not; the answer does not tell which of the two is wrong.
    """
    query = select(people.c.password_hash).where(people.c.login == credentials.login)
    kept = conn.execute(query).scalar_one_or_none()
    try:
        _HASHER.verify(kept or _NOBODYS_HASH, credentials.password)
    except VerifyMismatchError:
        raise NotSignedInError("login-or-password") from None
    if kept is None:
        raise NotSignedInError("login-or-password")


def begin_session(conn: Connection, login: str, now: datetime) -> str:
    """Return the token of a new session."""
    token = new_token()
    conn.execute(delete(sessions).where(sessions.c.expires_at <= now))
    conn.execute(insert(sessions).values(hash=token_hash(token), login=login, expires_at=now + SESSION_LIFE))
    audit.record(conn, now, login, "session.began")
    return token


def end_session(conn: Connection, token: str, who: str, now: datetime) -> None:
    """Make the token worthless."""
    conn.execute(delete(sessions).where(sessions.c.hash == token_hash(token)))
    audit.record(conn, now, who, "session.ended")


def person_of(conn: Connection, token: str | None, now: datetime) -> Person | None:
    """Return whose session this is, or None where it is nobody's (any more)."""
    if token is None:
        return None
    live = (sessions.c.hash == token_hash(token)) & (sessions.c.expires_at > now)
    query = select(people.c.login, people.c.roles).join(sessions, sessions.c.login == people.c.login).where(live)
    row = conn.execute(query).one_or_none()
    return Person(row.login, frozenset(Role(role) for role in row.roles)) if row is not None else None


def person_named(conn: Connection, login: str) -> Person:
    """Return the person with this login, who has proved to be it.

    Raises:
        NotSignedInError: there is none.
    """
    roles = conn.execute(select(people.c.roles).where(people.c.login == login)).scalar_one_or_none()
    if roles is None:
        raise NotSignedInError("login-or-password")
    return Person(login, frozenset(Role(role) for role in roles))


def everybody(conn: Connection) -> list[dict[str, Any]]:
    """Return who has a login here, as JSON values."""
    rows = conn.execute(select(people.c.login, people.c.roles, people.c.since).order_by(people.c.login))
    return [{"login": row.login, "roles": row.roles, "since": row.since.isoformat()} for row in rows]


def _usable(token: str, now: datetime) -> ColumnElement[bool]:
    unused = invitations.c.used_at.is_(None) & (invitations.c.expires_at > now)
    return (invitations.c.hash == token_hash(token)) & unused
