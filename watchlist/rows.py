"""The rows of one epoch in the kiosk's copy: a table of its own, so that a new copy is filled beside the one in use.

- A row is found by ``HMAC(K_device, idx)`` and holds the sealed record locked with ``K_disk``; the entry it belongs to
  is ``HMAC(K_device, entry)``, for withdrawals alone.
- Two entries may list one number; withdrawing one leaves the other.
- A table is filled in the order of its keys and indexed afterwards: a million rows in random order would write each
  page many times over.

The statements are made once a table and go to the driver as they are: a thousand kiosks apply each change at once.
"""

import mmap
import os
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import islice
from typing import IO, Final

from sqlalchemy import (
    ClauseElement,
    Column,
    Index,
    LargeBinary,
    MetaData,
    Table,
    bindparam,
    delete,
    insert,
    literal_column,
    select,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable, DropIndex, DropTable

from kiosk.domain.ids import EntryId
from kiosk.sqlite import Cursor
from watchlist.device_key import DeviceKeys
from watchlist.feed import Change
from watchlist.seal import SEALED_BYTES, SealedRow
from watchlist.snapshot import ROW_BYTES, CopyHeader, check_size, index_at, row_at

CHUNK: Final = 10_000
"""Rows of one transaction while a table is filled or emptied: a tenth of a second, in which a change waits."""

PREFIX: Final = "rows_"
_DIALECT: Final = sqlite.dialect(paramstyle="qmark")
_DECOY_PLACE: Final = b"decoy"


class RowKeys:
    """What this device makes of a row: its key, its entry's tag, its locked content."""

    def __init__(self, keys: DeviceKeys) -> None:
        self._keys = keys
        self._decoy = keys.lock(bytes(SEALED_BYTES), _DECOY_PLACE)

    def key(self, idx: bytes) -> bytes:
        """Return what a row of this index is found by."""
        return self._keys.blind(b"row", idx)

    def tag(self, entry: EntryId) -> bytes:
        """Return what an entry's rows are withdrawn by."""
        return self._keys.blind(b"entry", entry.encode())

    def locked(self, entry: EntryId, row: SealedRow, key: bytes) -> tuple[bytes, bytes, bytes]:
        """Return the row as it is stored under ``key``."""
        return key, self.tag(entry), self._keys.lock(row.ct, key)

    def unlocked(self, idx: bytes, key: bytes, found: Sequence[bytes]) -> tuple[SealedRow, ...]:
        """Return the rows that were found under ``key``; finding none costs as much as finding one."""
        if not found:
            self._keys.unlock(self._decoy, _DECOY_PLACE)
        return tuple(SealedRow(idx, self._keys.unlock(one, key)) for one in found)


class Rows:
    """One table of rows; ``number`` names it."""

    def __init__(self, number: int) -> None:
        table = Table(
            f"{PREFIX}{number}",
            MetaData(),
            Column("row_key", LargeBinary, primary_key=True),
            Column("entry_tag", LargeBinary, primary_key=True),
            Column("locked", LargeBinary, nullable=False),
            sqlite_with_rowid=False,
        )
        columns = table.c
        self._create = _sql(CreateTable(table))
        self._drop = _sql(DropTable(table))
        by_entry = Index(f"{PREFIX}{number}_by_entry", columns.entry_tag)
        self._index = _sql(CreateIndex(by_entry))
        self._drop_index = _sql(DropIndex(by_entry, if_exists=True))
        # "or replace": an entry that names a number twice has it once.
        self._insert = _sql(insert(table).prefix_with("OR REPLACE"))
        self._delete = _sql(delete(table).where(columns.entry_tag == bindparam("tag")))
        first = select(columns.row_key).order_by(columns.row_key).limit(literal_column("1")).offset(bindparam("n"))
        self._delete_first = _sql(delete(table).where(columns.row_key <= first.scalar_subquery()))
        self._select = _sql(select(columns.locked).where(columns.row_key == bindparam("key")))

    def create(self, cursor: Cursor) -> None:
        """Make the table, without the index that withdrawals need: see ``index``."""
        cursor.execute(self._create)

    def index(self, cursor: Cursor) -> None:
        """Make the table ready for changes."""
        cursor.execute(self._index)

    def drop_some(self, cursor: Cursor) -> None:
        """Drop a chunk of the rows, or the table where no more are left; they are overwritten (kiosk.sqlite)."""
        cursor.execute(self._drop_index)
        cursor.execute(self._delete_first, (CHUNK,))
        if cursor.rowcount == 0:
            cursor.execute(self._drop)

    def fill(self, cursor: Cursor, rows: Sequence[tuple[bytes, bytes, bytes]]) -> None:
        """Add rows as they are stored."""
        cursor.executemany(self._insert, rows)

    def change(self, cursor: Cursor, changes: Sequence[Change], keys: RowKeys) -> None:
        """Carry changes out in order. Only the last one of each entry counts, since each replaces the whole entry."""
        last = {change.entry: change for change in changes}
        if not last:
            return
        cursor.executemany(self._delete, [(keys.tag(entry),) for entry in last])
        added = [
            keys.locked(one.entry, row, keys.key(row.idx))
            for one in last.values()
            if one.op == "add"
            for row in one.rows
        ]
        if added:
            cursor.executemany(self._insert, added)

    def find(self, cursor: Cursor, idx: bytes, keys: RowKeys) -> tuple[SealedRow, ...]:
        """Return the rows of an index."""
        key = keys.key(idx)
        return keys.unlocked(idx, key, [locked for (locked,) in cursor.execute(self._select, (key,)).fetchall()])


@cache
def rows_table(number: int) -> Rows:
    """Return the table of this number; its statements are made once."""
    return Rows(number)


def in_order(file: IO[bytes], header: CopyHeader, keys: RowKeys) -> Iterator[list[tuple[bytes, bytes, bytes]]]:
    """Yield a full copy's rows as they are stored, in chunks, ordered by their keys. A million take 100 MB of memory.

    Args:
        file: a real one, which stands at its first row.
        header: what the copy says of itself.
        keys: this device's.

    Raises:
        CopyDamagedError: before the first chunk, if the copy is not whole.
    """
    start = file.tell()
    check_size(os.fstat(file.fileno()).st_size, header, start)
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        found = [keys.key(index_at(data, start + number * ROW_BYTES)) for number in range(header.rows)]
        order = iter(sorted(range(header.rows), key=found.__getitem__))
        while numbers := list(islice(order, CHUNK)):
            yield [keys.locked(*row_at(data, start + one * ROW_BYTES), found[one]) for one in numbers]


def _sql(statement: ClauseElement) -> str:
    return str(statement.compile(dialect=_DIALECT))


def table_names(names: Iterable[str]) -> set[int]:
    """Return the numbers of the tables of rows among these names."""
    return {int(name.removeprefix(PREFIX)) for name in names if name.startswith(PREFIX)}
