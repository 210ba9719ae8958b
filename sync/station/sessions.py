"""Sessions: how the station knows a browser again after a log-in, and when it stops.

Rules
- The token is a cookie that scripts cannot read; the store has only its hash.
- A session ends with a shift; an hour after its browser was last heard (an open page of the desk is heard all the
  time: a dispatcher who watches is at work); with a log-out, here or everywhere; and when the person's roles change or
  they leave, all of theirs at once.
- Acts that give others power (inviting, roles, passkeys, the review of an override) ask that the person was proved to
  be there within five minutes; a passkey or password and code prove it again without a new session.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, delete, func, insert, select, update

from sync.station import audit
from sync.station.people import Person
from sync.station.rights import Role
from sync.station.store import Store
from sync.station.tables import people, sessions
from sync.station.tokens import new_token, token_hash

LIFE: Final = timedelta(hours=12)
IDLE: Final = timedelta(hours=1)
VERIFIED_FOR: Final = timedelta(minutes=5)
_SEEN_EVERY: Final = timedelta(minutes=1)
"""How often it is written that a browser was heard."""


def begin(conn: Connection, login: str, now: datetime) -> str:
    """Return the token of a new session of somebody who has just proved to be it."""
    token = new_token()
    conn.execute(delete(sessions).where(sessions.c.expires_at <= now))
    row = {"hash": token_hash(token), "login": login, "expires_at": now + LIFE, "seen_at": now, "verified_at": now}
    conn.execute(insert(sessions).values(row))
    audit.record(conn, now, login, "session.began")
    return token


def end(conn: Connection, token: str, who: str, now: datetime) -> None:
    """Make the token worthless."""
    conn.execute(delete(sessions).where(sessions.c.hash == token_hash(token)))
    audit.record(conn, now, who, "session.ended")


def end_all(conn: Connection, login: str, who: str, now: datetime) -> None:
    """Make every token of this person worthless."""
    conn.execute(delete(sessions).where(sessions.c.login == login))
    audit.record(conn, now, who, "sessions.ended", login=login)


def verify(conn: Connection, token: str, now: datetime) -> None:
    """Note that the person of this session has proved again to be there."""
    conn.execute(update(sessions).where(sessions.c.hash == token_hash(token)).values(verified_at=now))


def signed_in(conn: Connection, now: datetime) -> dict[str, tuple[int, datetime]]:
    """Return who is signed in: in how many browsers, and since when."""
    live = (sessions.c.expires_at > now) & (sessions.c.seen_at > now - IDLE)
    query = select(sessions.c.login, func.count(), func.min(sessions.c.expires_at)).where(live)
    return {login: (n, ends - LIFE) for login, n, ends in conn.execute(query.group_by(sessions.c.login))}


def person_of(store: Store, token: str | None, now: datetime) -> Person | None:
    """Return whose session this is, or None where it is nobody's (any more). The session counts as heard."""
    if token is None:
        return None
    this = sessions.c.hash == token_hash(token)
    live = this & (sessions.c.expires_at > now) & (sessions.c.seen_at > now - IDLE) & people.c.locked_at.is_(None)
    columns = people.c.login, people.c.roles, sessions.c.seen_at, sessions.c.verified_at
    with store.read() as conn:
        row = conn.execute(
            select(*columns).join(sessions, sessions.c.login == people.c.login).where(live)
        ).one_or_none()
    if row is None:
        return None
    if row.seen_at <= now - _SEEN_EVERY:
        with store.write() as conn:
            conn.execute(update(sessions).where(this).values(seen_at=now))
    roles = frozenset(Role(role) for role in row.roles)
    return Person(row.login, roles, verified=now - row.verified_at <= VERIFIED_FOR)
