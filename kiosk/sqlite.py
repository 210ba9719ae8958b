"""Opening an SQLite file so that what was committed survives a power cut (the only import of pysqlite3).

- The library's own SQLite is used and its version asserted: 3.7.0 to 3.51.2 can corrupt a WAL file, and Debian 12 has
  3.40.1 (facts/sync).
- WAL with ``synchronous=FULL``: of 300 simulated power cuts none lost an acknowledged commit; with NORMAL 252 did.
- ``secure_delete`` overwrites what was deleted; a file is made for its owner alone.
- ``engine.begin()`` writes: it takes the write lock at once and waits up to ``BUSY_TIMEOUT_S`` for it, so a transaction
  that reads and then writes cannot fail half-way. ``reading(engine)`` reads: never blocked by a writer.
- ``quick_writing`` and ``quick_reading`` are the same two on the driver's own cursor, at half the time of a short
  transaction: for what a thousand kiosks do at once (watchlist.store).
- No statement's parameters get into an exception's text.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeAlias

from pysqlite3 import dbapi2
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import SQLAlchemyError

OLDEST_SQLITE: Final = (3, 51, 3)
BUSY_TIMEOUT_S: Final = 5.0
_WAL_KEPT: Final = f"journal_size_limit={16 * 1024 * 1024}"
"""A log that one large transaction has made long is cut again when it is next begun from the start."""
_READING: Final = "hongtu_reading"


Cursor: TypeAlias = Any
"""The driver's (PEP 249), which has no types."""


class SqliteError(Exception):
    """The driver could not read or write the file: damaged, locked, or no room for it."""


class SqliteTooOldError(RuntimeError):
    """The linked SQLite can corrupt a database in WAL mode."""

    def __init__(self, found: str) -> None:
        oldest = ".".join(map(str, OLDEST_SQLITE))
        super().__init__(f"SQLite {found} can corrupt its files; install pysqlite3 with SQLite {oldest} or newer")


def open_sqlite(path: Path, *, create: bool = True) -> Engine:
    """Return an engine on the file; several processes may have it open.

    Raises:
        FileNotFoundError: if there is no such file and ``create`` is false.
        SqliteTooOldError: if the linked SQLite has the WAL-reset bug.
    """
    if dbapi2.sqlite_version_info < OLDEST_SQLITE:
        raise SqliteTooOldError(dbapi2.sqlite_version)
    flags = os.O_RDWR | (os.O_CREAT if create else 0)
    os.close(os.open(path, flags, 0o600))
    engine = create_engine(
        f"sqlite+pysqlite:///{path}",
        module=dbapi2,
        hide_parameters=True,
        pool_size=0,  # without a limit: no writer waits for readers to give a connection back; threads are the limit
        connect_args={"timeout": BUSY_TIMEOUT_S, "isolation_level": None},
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def reading(engine: Engine) -> Engine:
    """Return the same engine, whose transactions only read."""
    return engine.execution_options(**{_READING: True})


@contextmanager
def quick_writing(engine: Engine) -> Iterator[Cursor]:
    """Give a cursor in a transaction like ``engine.begin()``'s. Raises SqliteError."""
    with _transaction(engine, "BEGIN IMMEDIATE") as cursor:
        yield cursor


@contextmanager
def quick_reading(engine: Engine) -> Iterator[Cursor]:
    """Give a cursor in a transaction like ``reading(engine).begin()``'s. Raises SqliteError."""
    with _transaction(engine, "BEGIN") as cursor:
        yield cursor


@contextmanager
def quick_connection(engine: Engine) -> Iterator[Cursor]:
    """Give a cursor outside of any transaction: for a checkpoint. Raises SqliteError."""
    try:
        connection = engine.raw_connection()
        try:
            yield connection.cursor()
        finally:
            connection.close()  # which ends what was not committed
    except (dbapi2.Error, SQLAlchemyError) as error:
        raise SqliteError from error


@contextmanager
def _transaction(engine: Engine, begin: str) -> Iterator[Cursor]:
    with quick_connection(engine) as cursor:
        cursor.execute(begin)
        yield cursor
        cursor.connection.commit()


def copy_database(engine: Engine, path: Path) -> None:
    """Write one moment of the database to a new file, for its owner alone; nobody waits. Raises SqliteError."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        connection, copy = engine.raw_connection(), dbapi2.connect(str(path))
        try:
            # All pages in one step: a reader of the write-ahead log holds up no writer, and a step that is
            # interrupted by one would begin from the start.
            connection.driver_connection.backup(copy)  # type: ignore[union-attr]  # the driver has no types
        finally:
            copy.close()
            connection.close()
    except (dbapi2.Error, SQLAlchemyError) as error:
        raise SqliteError from error


def cut_log(engine: Engine) -> None:
    """Write the write-ahead log back and cut it to nothing, so that nothing deleted is left in it.

    Raises:
        SqliteError: it cannot be done now: somebody reads, or the disk fails.
    """
    try:
        connection = engine.raw_connection()
        try:
            (busy, *_) = connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            connection.close()
    except (dbapi2.Error, SQLAlchemyError) as error:
        raise SqliteError from error
    if busy:
        raise SqliteError


def _prepare(connection: Any, _record: object) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "foreign_keys=ON", _WAL_KEPT):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    # The driver runs in autocommit (isolation_level None): it would otherwise begin late and never for a read.
    only_reads = connection.get_execution_options().get(_READING, False)
    connection.exec_driver_sql("BEGIN" if only_reads else "BEGIN IMMEDIATE")
