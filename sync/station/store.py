"""The station's tables and its two ways in: ``read`` and ``write``.

Rules
- It is a file of this machine (SQLite), or a database that several instances share (sync.station.postgres): one that
  the station has been moved to, by the URL in its folder. Everything above this module is the same on both.
- Writers take turns, in this process and beside others (``station enrol-token`` while a server runs, a second
  instance), in the order in which they came (sync.station.turns). A write transaction takes the database's write lock
  as it begins: what it has read is still true when it commits.
- Every table is made by a migration; tests compare the two, on both.
"""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, Table, inspect
from sqlalchemy.dialects import postgresql, sqlite

from kiosk import sqlite as sqlite_file
from sync.station import postgres
from sync.station.turns import Turns

DATABASE: Final = "station.db"
"""In the station's folder."""
URL_FILE: Final = "database.url"
"""Beside it, or instead of it: where the database is, if it is not that file."""
GATE: Final = "station.turn"
"""Beside it: the lock at which processes that write meet (sync.station.turns)."""
_NEWEST: Final = max(file.name for file in (Path(__file__).parent / "migrations" / "versions").glob("*.py"))[:4]
"""Of the migrations, which are numbered: 0001_first.py."""


class Store:
    """One database. Connections are pooled; both ways in may be used from any thread."""

    def __init__(self, engine: Engine, turns: Turns, server: postgres.Server | None = None) -> None:
        self._engine = engine
        self._reading = _reading(engine)
        self._turns = turns
        self.server = server
        """Where other instances meet us; None where the database is ours alone."""

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a transaction that only reads, and sees one moment of the store."""
        with self._reading.begin() as conn:
            yield conn

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Give the only write transaction; it commits when the block ends well and rolls back when it raises."""
        with self._turns.turn(), ExitStack() as ends:
            with self._turns.at_gate():
                conn = ends.enter_context(self._engine.begin())
            yield conn

    def copy_to(self, path: Path) -> None:
        """Write a copy of one moment of the store to a new file, while others read and write. SQLite only.

        Raises:
            sqlite_file.SqliteError: the copy cannot be written.
        """
        sqlite_file.copy_database(self._engine, path)

    def cut_log(self) -> None:
        """Leave nothing of what was deleted in SQLite's write-ahead log; where somebody reads just now, next time."""
        if self.server is None:
            with suppress(sqlite_file.SqliteError):
                sqlite_file.cut_log(self._engine)

    def close(self) -> None:
        """Let go of every connection."""
        self._engine.dispose()


def _reading(engine: Engine) -> Engine:
    return postgres.reading(engine) if engine.dialect.name == "postgresql" else sqlite_file.reading(engine)


def insert_new(conn: Connection, table: Table, values: Mapping[str, Any]) -> bool:
    """Insert a row unless one with its key is there; tell whether it was new."""
    # The same clause on both, but no common class for it.
    statement = postgresql.insert(table) if conn.dialect.name == "postgresql" else sqlite.insert(table)
    statement = statement.values(values).on_conflict_do_nothing().execution_options(preserve_rowcount=True)
    return conn.execute(statement).rowcount == 1


def open_store(database: Path | postgres.Server) -> Store:
    """Open the SQLite file at a path or the database of a server, and bring its tables up to date."""
    if isinstance(database, Path):
        engine, gate, server = sqlite_file.open_sqlite(database), database.with_name(GATE), None
    else:
        engine, gate, server = postgres.open_postgres(database), None, database
    migrate(engine)
    return Store(engine, Turns(gate), server)


def database_of(folder: Path) -> Path | postgres.Server:
    """Return where the database of the station in ``folder`` is."""
    url = folder / URL_FILE
    return postgres.parse_url(url.read_text()) if url.exists() else folder / DATABASE


def migrate(engine: Engine) -> None:
    """Run the migrations that this database lacks.

    Mostly that is none, which a reader can tell: it waits for no writer.
    """
    if _version(engine) == _NEWEST:
        return
    from alembic import command  # a third of a second, for a few starts in a station's life
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "sync.station:migrations")
    with engine.begin() as conn:
        config.attributes["connection"] = conn
        command.upgrade(config, "head")


def _version(engine: Engine) -> str | None:
    with _reading(engine).begin() as conn:
        if not inspect(conn).has_table("alembic_version"):
            return None
        version: str | None = conn.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
        return version
