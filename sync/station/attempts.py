"""A limit on whatever can be guessed at: log-ins, invitations, enrolments. It cannot be used to lock others out.

Rules
- An attempt counts as it begins, so that a burst of parallel guesses is not let through before the first has failed;
  one that succeeds is taken back.
- It counts for the address that it came from; of an IPv6 address, for its /64, which is one customer's.
- A password's attempt counts for the login too, so that many addresses together have no more guesses than one; that
  number is larger, and its time longer.
- A browser from which this person has logged in before has a mark (a cookie of ours), and is counted by that mark and
  by nothing else. So a stranger who uses up what an address or a login has stops strangers, never the person at their
  own desk; nor does it touch passkeys, of which there is nothing to guess (OWASP: "device cookies").
- There is no lock that somebody must open again.
- Attempts are in the database: all instances count together, and a restart forgets nothing. What is kept is a keyed
  hash. Who is over the limit is told so by a read alone: a flood does not make the alarms' writers wait.
"""

import hmac
import math
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

from sqlalchemy import Connection, delete, insert, select

from sync.station.accounts_key import AccountsKey
from sync.station.refusals import TooManyError
from sync.station.store import Store
from sync.station.tables import log_in_attempts

WRONG_PER_WINDOW: Final = 5
WINDOW_S: Final = 60.0
WRONG_PER_LOGIN: Final = 20
LOGIN_WINDOW_S: Final = 900.0


@dataclass(frozen=True, slots=True)
class Scope:
    """What an attempt counts for. The value is of a person, so it is not shown."""

    kind: str
    value: str
    most: int
    window: timedelta

    def __repr__(self) -> str:
        return f"Scope({self.kind})"


def of_address(address: str, road: str = "log-in") -> Scope:
    """Return the scope of whoever speaks from this address on a road: log-ins are no enrolments."""
    return Scope(road, _network(address), WRONG_PER_WINDOW, timedelta(seconds=WINDOW_S))


def of_login(login: str) -> Scope:
    """Return the scope of guesses at one person's password, from wherever."""
    return Scope("login", login, WRONG_PER_LOGIN, timedelta(seconds=LOGIN_WINDOW_S))


def of_browser(mark: str) -> Scope:
    """Return the scope of a browser that is known."""
    return Scope("browser", mark, WRONG_PER_WINDOW, timedelta(seconds=WINDOW_S))


def new_mark(key: AccountsKey, login: str) -> str:
    """Return the mark of a browser from which this person has logged in."""
    nonce = secrets.token_hex(16)
    return nonce + key.mac("browser", login.encode(), nonce.encode()).hex()


def is_mark(key: AccountsKey, login: str, mark: str) -> bool:
    """Tell whether this is a mark of ours for this person."""
    nonce, mac = mark[:32], mark[32:]
    return hmac.compare_digest(mac.encode(), key.mac("browser", login.encode(), nonce.encode()).hex().encode())


class Attempts:
    """The attempts of the last minutes. Callable from any thread."""

    def __init__(self, store: Store, key: AccountsKey) -> None:
        self._store = store
        self._key = key

    @contextmanager
    def counted(self, now: datetime, *scopes: Scope) -> Iterator[None]:
        """Count an attempt, unless what is done in the block succeeds.

        Raises:
            TooManyError: one of the scopes has none left; ``retry_after_s`` says when to come again.
        """
        with self._store.read() as conn:
            self._refuse_if_used_up(conn, now, scopes)
        with self._store.write() as conn:
            self._refuse_if_used_up(conn, now, scopes)
            conn.execute(delete(log_in_attempts).where(log_in_attempts.c.at <= now - timedelta(seconds=LOGIN_WINDOW_S)))
            added = insert(log_in_attempts).returning(log_in_attempts.c.n)
            numbers = [conn.execute(added.values(scope=self._hash(one), at=now)).scalar_one() for one in scopes]
        yield
        with self._store.write() as conn:
            conn.execute(delete(log_in_attempts).where(log_in_attempts.c.n.in_(numbers)))

    def _refuse_if_used_up(self, conn: Connection, now: datetime, scopes: tuple[Scope, ...]) -> None:
        for scope in scopes:
            of_scope = (log_in_attempts.c.scope == self._hash(scope)) & (log_in_attempts.c.at > now - scope.window)
            newest = select(log_in_attempts.c.at).where(of_scope).order_by(log_in_attempts.c.at.desc())
            recent = conn.execute(newest.limit(scope.most)).scalars().all()
            if len(recent) >= scope.most:
                wait = recent[-1] + scope.window - now
                raise TooManyError("too-many-attempts", retry_after_s=math.ceil(wait.total_seconds()))

    def _hash(self, scope: Scope) -> str:
        return self._key.mac("attempts", scope.kind.encode(), scope.value.encode()).hex()


def _network(address: str) -> str:
    try:
        parsed = ip_address(address)
    except ValueError:  # a Unix socket has none
        return address
    return str(ip_network((parsed, 64), strict=False)) if isinstance(parsed, IPv6Address) else address
