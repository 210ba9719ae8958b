"""Who works at this station, and how they become so.

Rules
- There is no default login: a fresh station knows nobody. ``station init`` makes one invitation for the first admin.
- Everybody else comes by an admin's one-time invitation, which names the roles.
- They come in by a passkey (sync.station.passkeys), or by a password with a code (sync.station.second_factor). The
  password is the person's own, at least 12 characters (NIST SP 800-63B-4 asks for length, not for kinds of
  characters), kept as Argon2id.
- Who has lost their ways in is invited anew under their own login: what they came in by before opens nothing then.
- Whose roles change or who leaves is on duty no more for what they no longer are (sync.station.duty).
- Nobody changes their own roles, and somebody stays who can invite: the last admin remains one.
- A wrong login and a wrong password take the same time and read alike.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Final, TypeAlias

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from msgspec import Meta, Struct
from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

from sync.station import audit, duty
from sync.station.refusals import BadRequestError, ConflictError, NotAllowedError, NotFoundError, NotSignedInError
from sync.station.rights import RIGHTS, Right, Role
from sync.station.store import insert_new
from sync.station.tables import invitations, passkeys, people, sessions
from sync.station.tokens import new_token, token_hash

INVITATION_LIFE: Final = timedelta(days=2)
SHORTEST_PASSWORD: Final = 12
_HASHER: Final = PasswordHasher()
_NOBODYS_HASH: Final = (
    "$argon2id$v=19$m=65536,t=3,p=4$THnEgwPwYTIQaxtqk3d7WA$tMNp5PFr+zHcW4wo5vIdA4fASKxVR/o2njvuv9ktGew"
)
"""Of a random password that nobody kept, so that an unknown login takes as long as a known one."""


Login: TypeAlias = Annotated[str, Meta(pattern=r"\A[a-z0-9][a-z0-9._-]{1,31}\Z")]


class Credentials(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody types."""

    login: Login
    password: Annotated[str, Meta(max_length=256)]

    def __repr__(self) -> str:
        return "Credentials(…)"


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in."""

    login: str
    roles: frozenset[Role]
    verified: bool = False
    """They have proved within the last minutes to be there (sync.station.sessions)."""

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


@dataclass(frozen=True, slots=True)
class Invitation:
    """What an invited person will be. ``login`` is set where somebody is invited who is here already."""

    roles: tuple[Role, ...]
    login: str | None


def invite(conn: Connection, roles: Iterable[Role], who: str, now: datetime) -> str:
    """Return the token of a one-time invitation to take on these roles."""
    kept = sorted(set(roles))
    token = _new_invitation(conn, kept, None, who, now)
    audit.record(conn, now, who, "person.invited", roles=",".join(kept))
    return token


def invite_anew(conn: Connection, login: str, who: str, now: datetime) -> str:
    """Return the token of a one-time invitation for somebody who has lost their ways in.

    Raises:
        NotFoundError: nobody has this login.
    """
    token = _new_invitation(conn, _roles_of(conn, login), login, who, now)
    audit.record(conn, now, who, "person.invited-anew", login=login)
    return token


def invitation_of(conn: Connection, token: str, now: datetime) -> Invitation:
    """Return an invitation that can still be used.

    Raises:
        NotFoundError: it is unknown, used or too old.
    """
    row = conn.execute(select(invitations.c.roles, invitations.c.login).where(_usable(token, now))).one_or_none()
    if row is None:
        raise NotFoundError("invitation")
    return Invitation(tuple(Role(role) for role in row.roles), row.login)


def welcome(conn: Connection, token: str, login: str, password_hash: str, now: datetime) -> None:
    """Use up the invitation: the person exists from now on. The caller keeps their passkey or second factor.

    Raises:
        NotFoundError: the invitation is unknown, used or too old.
        ConflictError: somebody has this login already, or the invitation is another's. It stays good.
    """
    invited = invitation_of(conn, token, now)
    if invited.login is None:
        row = {"login": login, "password_hash": password_hash, "roles": list(invited.roles), "since": now}
        if not insert_new(conn, people, row):
            raise ConflictError("login-taken")
    elif invited.login != login:
        raise ConflictError("another-login", login=invited.login)
    else:
        conn.execute(delete(passkeys).where(passkeys.c.login == login))
        conn.execute(delete(sessions).where(sessions.c.login == login))
        fresh = {"password_hash": password_hash, "totp_secret": None, "totp_used": None, "locked_at": None}
        conn.execute(update(people).where(people.c.login == login).values(fresh))
    conn.execute(update(invitations).where(invitations.c.hash == token_hash(token)).values(used_at=now))
    audit.record(conn, now, login, "person.welcomed", roles=",".join(invited.roles))


def cancel_invitation(conn: Connection, invitation: str, who: str, now: datetime) -> None:
    """Let an invitation that nobody has taken up open nothing.

    Args:
        conn: a write transaction.
        invitation: its id, as ``open_invitations`` gives it.
        who: an admin.
        now: aware UTC.

    Raises:
        NotFoundError: "no-such-invitation": it is unknown, used, too old, or cancelled already.
    """
    ends = update(invitations).where(invitations.c.hash == invitation, _open(now)).values(expires_at=now)
    if conn.execute(ends).rowcount != 1:
        raise NotFoundError("no-such-invitation")
    audit.record(conn, now, who, "person.invitation-cancelled", invitation=invitation)


def set_password(conn: Connection, login: str, password_hash: str) -> None:
    """Give somebody who is here a password; it opens nothing without a second factor."""
    conn.execute(update(people).where(people.c.login == login).values(password_hash=password_hash))


def change_roles(conn: Connection, login: str, roles: Iterable[Role], who: str, now: datetime) -> None:
    """Make somebody something else. Their sessions end, so that nothing goes on under the old roles.

    Raises:
        NotFoundError: nobody has this login.
        NotAllowedError: it is one's own.
        ConflictError: no admin would be left.
    """
    kept = sorted(set(roles))
    _require_other(conn, login, who)
    conn.execute(update(people).where(people.c.login == login).values(roles=kept))
    _require_an_admin(conn)
    conn.execute(delete(sessions).where(sessions.c.login == login))
    duty.fit(conn, login, kept, who, now)
    audit.record(conn, now, who, "person.roles-changed", login=login, roles=",".join(kept))


def part(conn: Connection, login: str, who: str, now: datetime) -> None:
    """Let somebody in no more, who has left; their name stays on what they did. ``invite_anew`` brings them back.

    Raises:
        NotFoundError, NotAllowedError, ConflictError: see ``change_roles``.
    """
    _require_other(conn, login, who)
    conn.execute(update(people).where(people.c.login == login).values(locked_at=now))
    _require_an_admin(conn)
    conn.execute(delete(sessions).where(sessions.c.login == login))
    duty.fit(conn, login, (), who, now)
    audit.record(conn, now, who, "person.parted", login=login)


def check_password(conn: Connection, credentials: Credentials) -> None:
    """Return if login and password belong together. Slow (tens of ms): outside of any write transaction.

    Raises:
        NotSignedInError: they do not; the answer does not tell which of the two is wrong.
    """
    query = select(people.c.password_hash).where((people.c.login == credentials.login) & people.c.locked_at.is_(None))
    kept = conn.execute(query).scalar_one_or_none() or None  # empty: comes in by passkey alone
    try:
        _HASHER.verify(kept or _NOBODYS_HASH, credentials.password)
    except VerifyMismatchError:
        raise NotSignedInError("login-or-password") from None
    if kept is None:
        raise NotSignedInError("login-or-password")


def person_named(conn: Connection, login: str) -> Person:
    """Return the person with this login, who has proved to be it.

    Raises:
        NotSignedInError: there is none.
    """
    here = (people.c.login == login) & people.c.locked_at.is_(None)
    roles = conn.execute(select(people.c.roles).where(here)).scalar_one_or_none()
    if roles is None:
        raise NotSignedInError("login-or-password")
    return Person(login, frozenset(Role(role) for role in roles))


def person_here(conn: Connection, login: str) -> None:
    """Return if somebody has this login. Raises NotFoundError."""
    _roles_of(conn, login)


def everybody(conn: Connection) -> list[dict[str, Any]]:
    """Return who has a login here, as JSON values; ``code`` tells whether they may come in by password and code."""
    counted = select(passkeys.c.login, func.count().label("n")).group_by(passkeys.c.login)
    keys = {row.login: row.n for row in conn.execute(counted)}
    rows = conn.execute(select(people).order_by(people.c.locked_at.is_not(None), people.c.login))
    return [
        {
            "login": row.login,
            "roles": row.roles,
            "passkeys": keys.get(row.login, 0),
            "code": row.totp_secret is not None,
            "since": row.since.isoformat(),
            "parted_at": row.locked_at.isoformat() if row.locked_at is not None else None,
        }
        for row in rows
    ]


def open_invitations(conn: Connection, now: datetime) -> list[dict[str, Any]]:
    """Return the invitations that can still be used, as JSON values: never their links, of which ``id`` is a hash."""
    rows = conn.execute(select(invitations).where(_open(now)).order_by(invitations.c.expires_at))
    return [
        {
            "id": row.hash,
            "login": row.login,
            "roles": row.roles,
            "by": row.invited_by,
            "until": row.expires_at.isoformat(),
        }
        for row in rows
    ]


def _new_invitation(conn: Connection, roles: list[Role], login: str | None, who: str, now: datetime) -> str:
    token = new_token()
    row = {"hash": token_hash(token), "roles": roles, "login": login, "invited_by": who}
    conn.execute(insert(invitations).values(**row, expires_at=now + INVITATION_LIFE))
    return token


def _roles_of(conn: Connection, login: str) -> list[Role]:
    roles = conn.execute(select(people.c.roles).where(people.c.login == login)).scalar_one_or_none()
    if roles is None:
        raise NotFoundError("no-such-person")
    return [Role(role) for role in roles]


def _require_other(conn: Connection, login: str, who: str) -> None:
    if login == who:
        raise NotAllowedError("own-roles")
    _roles_of(conn, login)


def _require_an_admin(conn: Connection) -> None:
    here = conn.execute(select(people.c.roles).where(people.c.locked_at.is_(None))).scalars()
    if not any(Role.ADMIN in roles for roles in here):
        raise ConflictError("last-admin")


def _usable(token: str, now: datetime) -> ColumnElement[bool]:
    return (invitations.c.hash == token_hash(token)) & _open(now)


def _open(now: datetime) -> ColumnElement[bool]:
    return invitations.c.used_at.is_(None) & (invitations.c.expires_at > now)
