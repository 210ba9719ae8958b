"""The station's database on a PostgreSQL server, which several instances share (the only import of psycopg).

Rules
- Writers take turns, in the order in which they came, whichever instance they are of: each write transaction begins
  with one advisory lock, which the server queues and gives back after the commit can be seen. So what a transaction has
  read is still true when it commits, as on SQLite; the audit chain has one end; and a number that was drawn earlier was
  committed earlier, so whoever reads on from the last number that he has seen (``n > last``) skips nothing. That costs
  parallel commits, which group commit gives back: a group of any size is one.
- A commit is one when the server says so with ``synchronous_commit=on``, whatever its own setting: with a synchronous
  standby, when both have it on their disks.
- A server that is gone is found within ten seconds, and a URL with several hosts leads to the one that takes writes.
  Nothing is tried twice here: whoever asked is told, and asks again by his idempotency key.
- No statement's parameters get into an exception's text.

The connections must be the server's own: session locks and LISTEN do not pass a pooler that gives each transaction
another one (PgBouncer's transaction mode).
"""

from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any, Final, NewType

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from sqlalchemy import Connection, Engine, create_engine, event

WRITERS: Final = 0x686F6E67
"""The advisory lock of whoever writes."""
LEADER: Final = 0x686F6E68
"""The advisory lock of the instance that leads (sync.station.leader)."""
_CHANNEL: Final = "station"
_READING: Final = "hongtu_reading"
_OPTIONS: Final = " ".join(
    f"-c {option}"
    for option in (
        "synchronous_commit=on",
        "timezone=UTC",
        "idle_in_transaction_session_timeout=60s",
        # A plan kept since a table was empty reads the whole of it ever after. Planning anew costs 0.1 ms.
        "plan_cache_mode=force_custom_plan",
        # No seek of a spinning disk: what is looked up by its number is in memory, or on flash.
        "random_page_cost=1.1",
    )
)
_LOST_AFTER: Final[dict[str, str | int]] = {
    "target_session_attrs": "read-write",
    "connect_timeout": 3,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 2,
    "tcp_user_timeout": 9000,
}


class NoDatabaseUrlError(ValueError):
    """That is no URL of a PostgreSQL database."""


Server = NewType("Server", str)
"""Where the database is, as libpq reads it. It may hold a password."""


def parse_url(text: str) -> Server:
    """Return where ``postgresql://user@host,host:port/name`` is, and how long we wait for it (NoDatabaseUrlError)."""
    text = text.strip()
    try:
        if not text.startswith("postgresql://"):
            raise NoDatabaseUrlError
        return Server(make_conninfo(make_conninfo("", **_LOST_AFTER), **conninfo_to_dict(text)))
    except psycopg.ProgrammingError:
        raise NoDatabaseUrlError from None


def open_postgres(server: Server) -> Engine:
    """Return an engine on the database; nothing is connected yet."""
    engine = create_engine(
        "postgresql+psycopg://",
        hide_parameters=True,
        max_overflow=-1,  # without a limit: no writer waits for readers to give a connection back; threads are
        pool_use_lifo=True,
        connect_args=conninfo_to_dict(server, options=_OPTIONS),
    )
    event.listen(engine, "begin", _begin)
    return engine


def reading(engine: Engine) -> Engine:
    """Return the same engine, whose transactions only read."""
    return engine.execution_options(**{_READING: True}, isolation_level="REPEATABLE READ", postgresql_readonly=True)


def _begin(connection: Connection) -> None:
    if not connection.get_execution_options().get(_READING, False):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITERS})")


class Session:
    """One connection of its own, outside of any transaction: what it holds ends with it."""

    def __init__(self, server: Server) -> None:
        self._conn = psycopg.connect(server, autocommit=True)

    def try_lock(self, key: int) -> bool:
        """Take the lock unless another session has it; tell whether it is ours."""
        row = self._conn.execute("SELECT pg_try_advisory_lock(%s)", (key,)).fetchone()
        return row is not None and bool(row[0])

    def is_there(self) -> bool:
        """Tell whether the server still knows this session, and with it what it holds."""
        with suppress(psycopg.Error):
            self._conn.execute("SELECT 1")
            return True
        return False

    def close(self) -> None:
        """Give back what it holds."""
        self._conn.close()


Unreachable: Final = psycopg.OperationalError
"""No server takes writes at the moment, or the one that did is gone."""


class Hints:
    """Words that the instances call to one another: heard at once, or not at all."""

    def __init__(self, conn: psycopg.AsyncConnection[Any]) -> None:
        self._conn = conn

    @classmethod
    async def connect(cls, server: Server) -> "Hints":
        """Raises Unreachable."""
        return cls(await psycopg.AsyncConnection.connect(server, autocommit=True))

    async def call(self, word: str) -> None:
        """Let every instance hear it, this one too."""
        await self._conn.execute("SELECT pg_notify(%s, %s)", (_CHANNEL, word))

    async def listen(self) -> None:
        """Hear from now on what is called."""
        await self._conn.execute(f"LISTEN {_CHANNEL}")

    async def heard(self) -> AsyncIterator[str]:
        """Yield each word, until the server is gone (Unreachable)."""
        async for notice in self._conn.notifies():
            yield notice.payload

    async def close(self) -> None:
        """Let go of the connection."""
        await self._conn.close()
