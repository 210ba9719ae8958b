"""The kiosk's copy of the list on disk: re-blinded for this device, committed with its place in the feed.

- The copy holds up to two pepper epochs, each whole: an epoch is there from the commit that ends its full copy (the
  first epoch of a site begins empty), and until a newer one that is named has come at least as far.
- A change has one number in every epoch's feed. Of two epochs the one that has come further is the whole list as of a
  later moment, and it decides; where both stand alike they are one list. No clock is asked: the station's may go back.
- A batch of the feed is committed whole, rows and position in one transaction: after a power cut the copy is the
  old list or the new one. A full copy is filled into a table that nobody looks into yet, in small transactions, so that
  changes are not held up by it; the one that ends it puts it in place of what was held of that epoch.
- Without the device key the file says how many rows there are, and nothing else (watchlist.rows); the peppers in it
  are locked as well.
- The copy is bound to one device and one enrolment. With other keys every look-up would be a miss, so such a copy is
  not opened at all. It holds nothing that is not published: the agent starts a foreign or damaged copy afresh.
- The time of an epoch's newest checkpoint never goes back, and a checkpoint from the future is refused: it would
  make the list look young for as long as it lies ahead.
"""

import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import IO, Final

import msgspec
from sqlalchemy import Column, Engine, Integer, LargeBinary, MetaData, String, Table, inspect
from sqlalchemy.exc import DatabaseError, OperationalError

from kiosk.ports import FeedPosition, FeedRefusedError
from kiosk.reckoning import CLOCK_TOLERANCE
from kiosk.sqlite import Cursor, SqliteError, open_sqlite, quick_reading, quick_writing, reading
from watchlist.device_key import DeviceKeys
from watchlist.feed import GENESIS, Checkpoint, require_ours, verify_batch
from watchlist.published import EpochTrust, FeedTrust, FullCopy
from watchlist.rows import RowKeys, in_order, rows_table, table_names
from watchlist.seal import Pepper, SealedRow
from watchlist.snapshot import CopyDamagedError, CopyHeader, read_header
from watchlist.trust import Trust

LIST_FILE: Final = "watchlist.db"

FIRST_EPOCH: Final = 1
"""It begins empty where there is no full copy; every other begins with one."""

RESERVE: Final = 32 * 1024 * 1024
"""Bytes. A copy leaves so much of the disk free: with none left it could not even be taken away again."""

_FORMAT: Final = 2
"""SQLite's ``user_version`` of the file; one of another format is started afresh."""

_METADATA = MetaData()
Table(
    "state",
    _METADATA,
    Column("id", Integer, primary_key=True),
    Column("bound", LargeBinary, nullable=False),
    Column("keys", LargeBinary, nullable=False),
    Column("named", LargeBinary, nullable=False),
)
Table(
    "epoch",
    _METADATA,
    Column("epoch", Integer, primary_key=True),
    Column("pepper", LargeBinary, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("head", String, nullable=False),
    Column("checked_at", String),
    Column("rows", Integer, nullable=False),
)
_READ: Final = (
    "SELECT s.bound, s.keys, s.named, e.epoch, e.pepper, e.seq, e.head, e.checked_at, e.rows"
    " FROM state s LEFT JOIN epoch e ORDER BY e.epoch"
)


class ListNotOursError(Exception):
    """The copy was made by another device, or under another enrolment."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a look-up saw of one epoch: the rows of each index asked for, and whether they are the list of now."""

    checked_at: datetime | None
    decides: bool
    rows: tuple[tuple[SealedRow, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Epoch:
    position: FeedPosition
    pepper: bytes
    checked_at: datetime | None
    rows: int


@dataclass(frozen=True, slots=True)
class _State:
    keys: tuple[bytes, ...]
    named: tuple[int, ...]
    epochs: tuple[_Epoch, ...]

    def held(self, epoch: int) -> _Epoch | None:
        return next((one for one in self.epochs if one.position.epoch == epoch), None)

    def deciding(self) -> list[_Epoch]:
        """Return the epochs that have come furthest."""
        furthest = max((one.position.seq for one in self.epochs), default=0)
        return [one for one in self.epochs if one.position.seq == furthest]

    def checked_at(self) -> datetime | None:
        """Return when the list was last vouched for as it is now."""
        return max((one.checked_at for one in self.deciding() if one.checked_at is not None), default=None)

    def outlived(self) -> list[int]:
        """Return the epochs that are no longer named, and that a newer one has caught up with."""
        named = [one for one in self.epochs if one.position.epoch in self.named]
        return [
            old.position.epoch
            for old in self.epochs
            if old.position.epoch not in self.named
            and any(new.position.epoch > old.position.epoch and new.position.seq >= old.position.seq for new in named)
        ]


class ListStore:
    """The list in an SQLite file. The agent writes it, the kiosk app reads it."""

    def __init__(self, engine: Engine, trust: Trust, keys: DeviceKeys) -> None:
        """Take an open file; use ``create`` or ``open``."""
        self._engine = engine
        self._folder = Path(engine.url.database or "").parent
        self._trust = trust
        self._keys = keys
        self._row_keys = RowKeys(keys)
        who = msgspec.json.encode((trust.site, trust.group, trust.group_key, trust.root))
        self._bound = keys.blind(b"bound", who)

    @classmethod
    def create(cls, path: Path, trust: Trust, keys: DeviceKeys) -> "ListStore":
        """Return the copy, made empty if there is none, if it is damaged, or of another device or enrolment."""
        store = cls(open_sqlite(path), trust, keys)
        if not store._is_sound():
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
            store.positions()
        except Exception:
            store.close()
            raise
        return store

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()

    # ---- what there is

    def positions(self) -> tuple[FeedPosition, ...]:
        """See ``kiosk.ports.ListReplica.positions``."""
        return tuple(epoch.position for epoch in self._read().epochs)

    def checked_at(self) -> datetime | None:
        """See ``kiosk.ports.ListReplica.checked_at``."""
        return self._read().checked_at()

    def peppers(self) -> tuple[Pepper, ...]:
        """Return the pepper of each epoch that is held, oldest first."""
        return tuple(self._pepper(epoch) for epoch in self._read().epochs)

    def find(self, indexes: Mapping[int, Sequence[bytes]]) -> dict[int, Found]:
        """Return the rows of each index in each epoch that is held now, all as of one moment.

        Args:
            indexes: for an epoch, what is looked for; an epoch that is not there is answered without rows.
        """
        with quick_reading(self._engine) as cursor:
            state = self._state(cursor)
            deciding = state.deciding()
            return {
                epoch.position.epoch: Found(
                    epoch.checked_at,
                    epoch in deciding,
                    tuple(
                        rows_table(epoch.rows).find(cursor, idx, self._row_keys)
                        for idx in indexes.get(epoch.position.epoch, ())
                    ),
                )
                for epoch in state.epochs
            }

    # ---- what comes

    def apply(self, batch: bytes, now: datetime) -> FeedPosition:
        """See ``kiosk.ports.ListReplica.apply``. Codes: those of ``verify_batch``, from-the-future, not-written."""
        try:
            return self._apply(batch, now)
        except SqliteError as error:
            raise FeedRefusedError("not-written") from error

    def take_trust(self, trust: FeedTrust, peppers: Sequence[Pepper]) -> None:
        """Believe these keys from now on, and follow these epochs.

        Args:
            trust: verified (watchlist.updates), of our site and group.
            peppers: those of ``trust.epochs``, opened.

        Raises:
            FeedRefusedError: with pepper-changed, if a held epoch would have another one; or not-written.
        """
        try:
            with quick_writing(self._engine) as cursor:
                state = self._state(cursor)
                ours = {epoch.position.epoch: self._pepper(epoch) for epoch in state.epochs}
                if any(ours.get(pepper.epoch, pepper) != pepper for pepper in peppers):
                    raise FeedRefusedError("pepper-changed")
                state = replace(state, keys=trust.keys, named=tuple(one.epoch for one in trust.epochs))
                cursor.execute(
                    "UPDATE state SET keys = ?, named = ?",
                    (msgspec.json.encode(state.keys), msgspec.json.encode(state.named)),
                )
                for epoch, pepper in zip(trust.epochs, peppers, strict=True):
                    if _begins_empty(epoch) and state.held(epoch.epoch) is None:
                        self._begin_empty(cursor, pepper)
                self._let_go(cursor)
        except SqliteError as error:
            raise FeedRefusedError("not-written") from error

    def take_copy(self, file: IO[bytes], copy: FullCopy, pepper: Pepper, now: datetime) -> FeedPosition:
        """Take a full copy in place of what is held of its epoch.

        Args:
            file: at its beginning; its length and hash are verified (watchlist.updates).
            copy: what the trust says of it.
            pepper: its epoch's.
            now: against a copy from the future.

        Raises:
            FeedRefusedError: with wrong-site, wrong-group, wrong-epoch, broken-chain (it stands elsewhere than the
                trust says), rolled-back (behind what is held), from-the-future, copy-damaged, no-room or not-written.
        """
        try:
            header = read_header(file)
            self._judge(header, copy, pepper, now)
            number = self._fill(file, header)
            return self._put_in_place(header, pepper, number)
        except CopyDamagedError:
            raise FeedRefusedError("copy-damaged") from None
        except SqliteError as error:
            raise FeedRefusedError("not-written") from error
        finally:
            self.sweep()

    def sweep(self) -> None:
        """Drop the rows of epochs that are gone and of copies that never ended."""
        with suppress(SqliteError):
            while self._sweep_some():
                pass

    def _sweep_some(self) -> bool:
        """Do a part of it, as long as a change may wait for it; return whether there was anything to do."""
        with quick_writing(self._engine) as cursor:
            unused = _numbers(cursor) - {epoch.rows for epoch in self._state(cursor).epochs}
            for number in unused:
                rows_table(number).drop_some(cursor)
            return bool(unused)

    def _apply(self, batch: bytes, now: datetime) -> FeedPosition:
        with quick_writing(self._engine) as cursor:
            state = self._state(cursor)
            verified = verify_batch(
                batch,
                site=self._trust.site,
                group=self._trust.group,
                positions=[one.position for one in state.epochs],
                keys=state.keys,
            )
            checkpoint = verified.checkpoint
            _require_past(checkpoint, now)
            held = state.held(checkpoint.epoch)
            assert held is not None
            rows_table(held.rows).change(cursor, verified.changes, self._row_keys)
            cursor.execute(
                "UPDATE epoch SET seq = ?, head = ?, checked_at = ? WHERE epoch = ?",
                (checkpoint.seq, checkpoint.head, _newest(checkpoint.at, held), checkpoint.epoch),
            )
            if len(state.epochs) > 1:
                self._let_go(cursor)
        return FeedPosition(checkpoint.epoch, checkpoint.seq, checkpoint.head)

    def _judge(self, header: CopyHeader, copy: FullCopy, pepper: Pepper, now: datetime) -> None:
        require_ours(header, self._trust.site, self._trust.group)
        if header.epoch != pepper.epoch:
            raise FeedRefusedError("wrong-epoch")
        if (header.seq, header.head) != (copy.seq, copy.head):
            raise FeedRefusedError("broken-chain")
        _require_past(header, now)
        self._is_ahead(self._read().held(header.epoch), header)

    def _is_ahead(self, held: _Epoch | None, header: CopyHeader) -> None:
        if held is not None and held.position.seq > header.seq:
            raise FeedRefusedError("rolled-back")

    def _fill(self, file: IO[bytes], header: CopyHeader) -> int:
        with quick_writing(self._engine) as cursor:
            number = max(_numbers(cursor), default=0) + 1
            rows_table(number).create(cursor)
        for chunk in in_order(file, header, self._row_keys):
            if shutil.disk_usage(self._folder).free < RESERVE:
                raise FeedRefusedError("no-room")
            with quick_writing(self._engine) as cursor:
                rows_table(number).fill(cursor, chunk)
        with quick_writing(self._engine) as cursor:
            rows_table(number).index(cursor)
        return number

    def _put_in_place(self, header: CopyHeader, pepper: Pepper, number: int) -> FeedPosition:
        with quick_writing(self._engine) as cursor:
            held = self._state(cursor).held(header.epoch)
            self._is_ahead(held, header)  # a change may have come meanwhile
            position = FeedPosition(header.epoch, header.seq, header.head)
            self._put(cursor, position, pepper, _newest(header.at, held), number)
            self._let_go(cursor)
        return position

    def _begin_empty(self, cursor: Cursor, pepper: Pepper) -> None:
        number = max(_numbers(cursor), default=0) + 1
        rows_table(number).create(cursor)
        rows_table(number).index(cursor)
        self._put(cursor, FeedPosition(pepper.epoch, 0, GENESIS), pepper, None, number)

    def _put(self, cursor: Cursor, position: FeedPosition, pepper: Pepper, checked_at: str | None, number: int) -> None:
        locked = self._keys.lock(pepper.salt, _place(pepper.epoch))
        cursor.execute(
            "INSERT OR REPLACE INTO epoch (epoch, pepper, seq, head, checked_at, rows) VALUES (?, ?, ?, ?, ?, ?)",
            (position.epoch, locked, position.seq, position.head, checked_at, number),
        )

    def _let_go(self, cursor: Cursor) -> None:
        for epoch in self._state(cursor).outlived():
            cursor.execute("DELETE FROM epoch WHERE epoch = ?", (epoch,))

    # ---- the file

    def _read(self) -> _State:
        with quick_reading(self._engine) as cursor:
            return self._state(cursor)

    def _state(self, cursor: Cursor) -> _State:
        found = cursor.execute(_READ).fetchall()
        if not found or found[0][0] != self._bound:
            raise ListNotOursError
        return _State(
            msgspec.json.decode(found[0][1], type=tuple[bytes, ...]),
            msgspec.json.decode(found[0][2], type=tuple[int, ...]),
            tuple(_epoch(*one[3:]) for one in found if one[3] is not None),
        )

    def _pepper(self, epoch: _Epoch) -> Pepper:
        number = epoch.position.epoch
        return Pepper(number, self._keys.unlock(epoch.pepper, _place(number)))

    def _is_sound(self) -> bool:
        try:
            with reading(self._engine).begin() as connection:
                version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
                if version != _FORMAT and inspect(connection).get_table_names():
                    return False
                return bool(connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one() == "ok")
        except OperationalError:
            raise  # no room, no permission: nothing that a new file would mend
        except DatabaseError:
            return False

    def _prepare(self) -> None:
        with self._engine.begin() as connection:
            # What is as it should be is not written: the agent starts, and sends its alarms, on a full disk too.
            if connection.exec_driver_sql("PRAGMA user_version").scalar_one() != _FORMAT:
                _METADATA.create_all(connection)
                connection.exec_driver_sql(f"PRAGMA user_version = {_FORMAT}")
        with quick_writing(self._engine) as cursor:
            if cursor.execute("SELECT bound FROM state").fetchone() != (self._bound,):
                cursor.execute("DELETE FROM epoch")
                cursor.execute(
                    "INSERT OR REPLACE INTO state (id, bound, keys, named) VALUES (1, ?, ?, ?)",
                    (self._bound, b"[]", b"[]"),
                )
        self.sweep()


def _require_past(checkpoint: Checkpoint, now: datetime) -> None:
    if checkpoint.at > now + CLOCK_TOLERANCE:
        raise FeedRefusedError("from-the-future")


def _begins_empty(epoch: EpochTrust) -> bool:
    return epoch.epoch == FIRST_EPOCH and epoch.full_copy is None


def _epoch(epoch: int, pepper: bytes, seq: int, head: str, checked_at: str | None, rows: int) -> _Epoch:
    return _Epoch(
        position=FeedPosition(epoch, seq, head),
        pepper=pepper,
        checked_at=None if checked_at is None else datetime.fromisoformat(checked_at),
        rows=rows,
    )


def _newest(at: datetime, held: _Epoch | None) -> str:
    before = None if held is None else held.checked_at
    return (at if before is None else max(at, before)).isoformat()


def _numbers(cursor: Cursor) -> set[int]:
    return table_names(name for (name,) in cursor.execute("SELECT name FROM sqlite_schema WHERE type = 'table'"))


def _place(epoch: int) -> bytes:
    return b"pepper %d" % epoch
