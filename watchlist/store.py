"""The kiosk's copy of the list on disk: re-blinded for this device, committed with its place in the feed.

- A batch of the feed is committed whole, rows and position in one transaction: after a power cut the copy is the
  old list or the new one.
- A row is found by ``HMAC(K_device, idx)`` and holds the sealed record locked with ``K_disk``; the entry it belongs to
  is ``HMAC(K_device, entry)``, for withdrawals alone. Without the device key the file says how many rows there are,
  and nothing else.
- Two entries may list one number; withdrawing one leaves the other.
- The copy is bound to one device and one enrolment. With other keys or another pepper every look-up would be a
  miss, so such a copy is not opened at all. It holds nothing that the feed does not: the agent starts a foreign or
  damaged copy afresh.
- The time of the newest checkpoint never goes back, and a checkpoint from the future is refused: it would
  make the list look young for as long as it lies ahead.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec
from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.exc import DatabaseError, OperationalError

from kiosk.domain.ids import EntryId
from kiosk.ports import FeedPosition, FeedRefusedError
from kiosk.sqlite import open_sqlite, reading
from watchlist.device_key import DeviceKeys
from watchlist.feed import GENESIS, Change, verify_batch
from watchlist.seal import SEALED_BYTES, SealedRow
from watchlist.trust import Trust

LIST_FILE: Final = "watchlist.db"
CLOCK_TOLERANCE: Final = timedelta(minutes=5)
"""How far two clocks may differ; hosts keep within 5 s a day (GB 50396-2007), the rest is time between corrections."""

_METADATA = MetaData()
_POSITION = Table(
    "position",
    _METADATA,
    Column("id", Integer, CheckConstraint("id = 1"), primary_key=True),
    Column("bound", LargeBinary, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("head", String, nullable=False),
    Column("checked_at", String),
)
_ROW = Table(
    "row",
    _METADATA,
    Column("row_key", LargeBinary, primary_key=True),
    Column("entry_tag", LargeBinary, primary_key=True, index=True),
    Column("locked", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
_DECOY_PLACE: Final = b"decoy"


class ListNotOursError(Exception):
    """The copy was made by another device, or under another enrolment."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a look-up saw at one moment: when the list was last vouched for, and the rows of each index asked for."""

    checked_at: datetime | None
    rows: tuple[tuple[SealedRow, ...], ...]


class ListStore:
    """A ``kiosk.ports.ListReplica`` in an SQLite file. The agent writes it, the kiosk app reads it."""

    def __init__(self, engine: Engine, trust: Trust, keys: DeviceKeys) -> None:
        """Take an open file; use ``create`` or ``open``."""
        self._engine = engine
        self._trust = trust
        self._keys = keys
        self._bound = keys.blind(b"bound", msgspec.json.encode((trust.site, trust.feed_key, trust.pepper)))
        self._decoy = keys.lock(bytes(SEALED_BYTES), _DECOY_PLACE)

    @classmethod
    def create(cls, path: Path, trust: Trust, keys: DeviceKeys) -> "ListStore":
        """Return the copy, made empty if there is none, if it is damaged, or of another device or enrolment."""
        store = cls(open_sqlite(path), trust, keys)
        if store._is_damaged():
            store.close()
            for part in ("", "-wal", "-shm"):
                Path(f"{path}{part}").unlink(missing_ok=True)
            store = cls(open_sqlite(path), trust, keys)
        store._prepare()
        return store

    @classmethod
    def open(cls, path: Path, trust: Trust, keys: DeviceKeys) -> "ListStore":
        """Return the copy as it is.

        Raises:
            FileNotFoundError: if there is none.
            ListNotOursError: if it is of another device or enrolment.
        """
        store = cls(open_sqlite(path, create=False), trust, keys)
        try:
            store.position()
        except Exception:
            store.close()
            raise
        return store

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()

    def position(self) -> FeedPosition:
        """See ``kiosk.ports.ListReplica.position``."""
        with reading(self._engine).begin() as connection:
            return self._state(connection)[0]

    def checked_at(self) -> datetime | None:
        """See ``kiosk.ports.ListReplica.checked_at``."""
        with reading(self._engine).begin() as connection:
            return self._state(connection)[1]

    def apply(self, batch: bytes, now: datetime) -> FeedPosition:
        """See ``kiosk.ports.ListReplica.apply``. Codes: those of ``verify_batch``, from-the-future, not-written."""
        try:
            return self._apply(batch, now)
        except DatabaseError as error:
            raise FeedRefusedError("not-written") from error

    def _apply(self, batch: bytes, now: datetime) -> FeedPosition:
        with self._engine.begin() as connection:
            before, checked_at = self._state(connection)
            verified = verify_batch(batch, site=self._trust.site, position=before, key=self._trust.verifier())
            checkpoint = verified.checkpoint
            if checkpoint.at > now + CLOCK_TOLERANCE:
                raise FeedRefusedError("from-the-future")
            for change in verified.changes:
                self._change(connection, change)
            newest = checkpoint.at if checked_at is None else max(checkpoint.at, checked_at)
            connection.execute(
                update(_POSITION).values(seq=checkpoint.seq, head=checkpoint.head, checked_at=newest.isoformat())
            )
        return FeedPosition(checkpoint.epoch, checkpoint.seq, checkpoint.head)

    def find(self, indexes: Sequence[bytes]) -> Found:
        """Return the rows of each index as of one moment. A miss does the same work as a hit."""
        with reading(self._engine).begin() as connection:
            checked_at = self._state(connection)[1]
            rows = tuple(self._rows(connection, idx) for idx in indexes)
        return Found(checked_at, rows)

    def _rows(self, connection: Connection, idx: bytes) -> tuple[SealedRow, ...]:
        key = self._keys.blind(b"row", idx)
        locked = connection.scalars(select(_ROW.c.locked).where(_ROW.c.row_key == key)).all()
        if not locked:
            self._keys.unlock(self._decoy, _DECOY_PLACE)
        return tuple(SealedRow(idx, self._keys.unlock(one, key)) for one in locked)

    def _change(self, connection: Connection, change: Change) -> None:
        tag = self._entry_tag(change.entry)
        connection.execute(delete(_ROW).where(_ROW.c.entry_tag == tag))
        if change.op == "withdraw":
            return
        for row in change.rows:
            key = self._keys.blind(b"row", row.idx)
            connection.execute(insert(_ROW).values(row_key=key, entry_tag=tag, locked=self._keys.lock(row.ct, key)))

    def _entry_tag(self, entry: EntryId) -> bytes:
        return self._keys.blind(b"entry", entry.encode())

    def _state(self, connection: Connection) -> tuple[FeedPosition, datetime | None]:
        at = connection.execute(select(_POSITION)).one()
        if at.bound != self._bound:
            raise ListNotOursError
        checked_at = None if at.checked_at is None else datetime.fromisoformat(at.checked_at)
        return FeedPosition(at.epoch, at.seq, at.head), checked_at

    def _is_damaged(self) -> bool:
        try:
            with reading(self._engine).begin() as connection:
                return bool(connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one() != "ok")
        except OperationalError:
            raise  # no room, no permission: nothing that a new file would mend
        except DatabaseError:
            return True

    def _prepare(self) -> None:
        with self._engine.begin() as connection:
            _METADATA.create_all(connection)
            if connection.scalar(select(_POSITION.c.bound)) != self._bound:
                self._start_afresh(connection)

    def _start_afresh(self, connection: Connection) -> None:
        connection.execute(delete(_ROW))
        connection.execute(delete(_POSITION))
        connection.execute(
            insert(_POSITION).values(id=1, bound=self._bound, epoch=self._trust.pepper.epoch, seq=0, head=GENESIS)
        )
