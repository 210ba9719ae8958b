"""The station's tables and its two ways in: ``read`` and ``write``.

Rules
- Writers take turns, in this process and beside a second one (``station enrol-token`` while a server runs), in the
  order in which they came (sync.station.turns). A write transaction takes the file's write lock as it begins: what it
  has read is still true when it commits.
- Every table is made by a migration; tests compare the two.
- Nothing here is particular to SQLite but ``open_store`` and the choice of the INSERT dialect: PostgreSQL follows.
"""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from alembic import command
from alembic.config import Config
from sqlalchemy import (
    Connection,
    Engine,
    Table,
)
from sqlalchemy.dialects import postgresql, sqlite

from kiosk.sqlite import SqliteError, copy_database, cut_log, open_sqlite, reading
from sync.station.turns import Turns

DATABASE: Final = "station.db"
"""In the station's folder."""
GATE: Final = "station.turn"
"""Beside it: the lock at which processes that write meet (sync.station.turns)."""


class Store:
    """One database. Connections are pooled; both ways in may be used from any thread."""

    def __init__(self, engine: Engine, turns: Turns) -> None:
        self._engine = engine
        self._turns = turns

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a transaction that only reads, and sees one moment of the store."""
        with reading(self._engine).begin() as conn:
            yield conn

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Give the only write transaction; it commits when the block ends well and rolls back when it raises."""
        with self._turns.turn(), ExitStack() as ends:
            with self._turns.at_gate():
                conn = ends.enter_context(self._engine.begin())
            yield conn

    def copy_to(self, path: Path) -> None:
        """Write a copy of one moment of the store to a new file, while others read and write. Raises SqliteError."""
        copy_database(self._engine, path)

    def cut_log(self) -> None:
        """Leave nothing of what was deleted in SQLite's write-ahead log; where somebody reads just now, next time."""
        with suppress(SqliteError):
            cut_log(self._engine)

    def close(self) -> None:
        """Let go of every connection."""
        self._engine.dispose()


def insert_new(conn: Connection, table: Table, values: Mapping[str, Any]) -> bool:
    """Insert a row unless one with its key is there; tell whether it was new."""
    # The same clause on both, but no common class for it.
    statement = postgresql.insert(table) if conn.dialect.name == "postgresql" else sqlite.insert(table)
    return conn.execute(statement.values(values).on_conflict_do_nothing()).rowcount == 1


def open_store(path: Path) -> Store:
    """Open the database at ``path`` and bring its tables up to date."""
    engine = open_sqlite(path)
    migrate(engine)
    return Store(engine, Turns(path.with_name(GATE)))


def migrate(engine: Engine) -> None:
    """Run the migrations that this database lacks."""
    config = Config()
    config.set_main_option("script_location", "sync.station:migrations")
    with engine.begin() as conn:
        config.attributes["connection"] = conn
        command.upgrade(config, "head")
