"""A running site moved from its file to a database that several instances share. Nothing that was acknowledged is lost.

Theory of operation
- The move holds the file's turn to write from the first row that it reads to the end; nothing is committed meanwhile:
  kiosks keep what is not acknowledged and send it again, and a person is told that it did not work.
- Everything goes over in one transaction, and is then compared there with the file: how many rows each table has, and
  the sum of their SHA-256, so that also the heads of the audit log and of every feed are the same to the last byte.
- Then, in this order: the database is committed; the file is closed for good (each table refuses every change, also
  from a server that runs on and still has it open); ``database.url`` is written, and whoever starts from now on is on
  the database. A move that is cut off before the file is closed has changed nothing; one that is cut off after it is
  finished by the same command.
- A database that holds anything is refused: two sites do not become one.
"""

import hashlib
from pathlib import Path
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Select, Table, func, insert, select
from sqlalchemy.exc import SQLAlchemyError

from kiosk.private_file import write_private
from sync.station import postgres
from sync.station.store import DATABASE, URL_FILE, Store, open_store
from sync.station.tables import metadata

AT_ONCE: Final = 1000
CLOSED: Final = "moved_away"
"""Of the file's triggers."""


class CannotMoveError(Exception):
    """Nothing was moved; says why."""


def move(folder: Path, url: str) -> dict[str, int]:
    """Move the station in ``folder`` to the database at ``url``; return how many rows each table has.

    Raises:
        CannotMoveError: that is no place to move to, or the copy is not the same.
    """
    if (folder / URL_FILE).exists():
        raise CannotMoveError("this station has been moved already")
    if not (folder / DATABASE).exists():
        raise CannotMoveError("there is no station here")
    try:
        server = postgres.parse_url(url)
    except postgres.NoDatabaseUrlError:
        raise CannotMoveError("that is no postgresql:// URL") from None
    source = open_store(folder / DATABASE)
    try:
        target = open_store(server)
    except SQLAlchemyError:
        source.close()
        raise CannotMoveError("no server takes writes there, or it does not let us in") from None
    try:
        rows = _moved(source, target)
    finally:
        source.close()
        target.close()
    write_private(folder / URL_FILE, url.strip().encode())
    return rows


def _moved(source: Store, target: Store) -> dict[str, int]:
    with source.write() as old:
        closed = _is_closed(old)
        with target.write() as new:
            if not closed:
                _copy(old, new)
            rows = _compare(old, new)
        if not closed:
            _close(old)
    return rows


def _copy(old: Connection, new: Connection) -> None:
    made_by_migration = {"epochs"}
    held = [one.name for one in metadata.sorted_tables if new.execute(select(one).limit(1)).first() is not None]
    if set(held) - made_by_migration:
        raise CannotMoveError("that database is not empty")
    for table in metadata.sorted_tables:
        new.execute(table.delete())
        for some in old.execute(_every(table)).mappings().partitions():
            new.execute(insert(table), [dict(row) for row in some])
        counted = table.autoincrement_column
        if counted is not None and new.dialect.name == "postgresql":
            newest = select(func.coalesce(func.max(counted), 0) + 1).scalar_subquery()
            sequence = func.pg_get_serial_sequence(table.name, counted.name)
            new.execute(select(func.setval(sequence, newest, False)))


def _compare(old: Connection, new: Connection) -> dict[str, int]:
    """Return how many rows each table has. Raises CannotMoveError: the two are not the same."""
    found = {}
    for table in metadata.sorted_tables:
        there, here = _digest(old, table), _digest(new, table)
        if there != here:
            raise CannotMoveError(f"the copy of {table.name} is not the same")
        found[table.name] = here[0]
    return found


def _digest(conn: Connection, table: Table) -> tuple[int, int]:
    """Return how many rows there are and a sum over them, which no order changes."""
    count = total = 0
    for row in conn.execute(_every(table)):
        count += 1
        total += int.from_bytes(hashlib.sha256(msgspec.json.encode(tuple(row), order="sorted")).digest())
    return count, total % 2**256


def _every(table: Table) -> Select[Any]:
    return select(table).execution_options(yield_per=AT_ONCE)


def _close(old: Connection) -> None:
    for table in metadata.sorted_tables:
        for change in ("INSERT", "UPDATE", "DELETE"):
            name = f"{CLOSED}_{table.name}_{change.lower()}"
            refuse = f"SELECT RAISE(ABORT, '{CLOSED}')"
            old.exec_driver_sql(f'CREATE TRIGGER {name} BEFORE {change} ON "{table.name}" BEGIN {refuse}; END')


def _is_closed(old: Connection) -> bool:
    named = "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE ?"
    return bool(old.exec_driver_sql(named, (f"{CLOSED}%",)).scalar_one())
