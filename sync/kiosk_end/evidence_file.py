"""The face crops of alarms on the kiosk's disk, sealed for the station and ready to be made unreadable at any moment.

- What lies here was sealed before it came (sync.sealed_face): nothing on this machine opens it.
- Each item is locked once more under a random key of its own, which lies in a table of its own, wrapped by the device's
  key. Erasing is crypto-shredding: the key is deleted (``secure_delete`` overwrites it), the item after it, and the
  write-ahead log is cut to nothing. Only then may the erasure be told.
- How old an item is, is reckoned by the clock that only grows for as long as the machine ran, noted every ten minutes,
  and by the clock; whichever says more. A wrong clock can shorten an item's life, never draw it out for as long as the
  machine runs.
- There is room for so many items and bytes, and never for the disk's reserve, which is the alarms': the oldest goes
  first, and an item for which there is no room is not kept.

One SQLite file beside the outbox, open in app and agent. It is opened when it is first needed: a damaged one costs
crops, and neither process.
"""

import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Float,
    LargeBinary,
    MetaData,
    String,
    Table,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.exc import SQLAlchemyError

from kiosk.boot_clock import boot_id, since_boot_s
from kiosk.domain.ids import AlarmId
from kiosk.sqlite import SqliteError, cut_log, open_sqlite, reading
from kiosk.supervision import DISK_RESERVE_BYTES
from sync.sealed_face import KEPT
from watchlist.device_errors import DeviceKeyError
from watchlist.device_key import DeviceKeys, open_device_keys

EVIDENCE_FILE: Final = "evidence.db"
MAX_ITEMS: Final = 200
MAX_BYTES: Final = 16 * 1024 * 1024
_AGE_NOTED_EVERY_S: Final = 600.0
_NONCE: Final = bytes(12)
"""A key locks one item once."""

_METADATA = MetaData()
_ITEM = Table(
    "item",
    _METADATA,
    Column("alarm", String, primary_key=True),
    Column("taken_at", String, nullable=False),
    Column("age_s", Float, nullable=False),  # at the moment ``at_s`` of ``boot``
    Column("boot", String, nullable=False),
    Column("at_s", Float, nullable=False),
    Column("locked", LargeBinary, nullable=False),
)
_KEY = Table(
    "item_key",
    _METADATA,
    Column("alarm", String, primary_key=True),
    Column("wrapped", LargeBinary, nullable=False),
)
_ERASED = Table(  # what the station has yet to be told
    "erased",
    _METADATA,
    Column("alarm", String, primary_key=True),
    Column("why", String, nullable=False),
    Column("at", String, nullable=False),
)


class EvidenceError(Exception):
    """The file cannot be read or written, or the device's key is not to be had."""


class NoRoomError(EvidenceError):
    """There is no room for one more item, even without the others."""


@dataclass(frozen=True, slots=True)
class Erased:
    """An item that is gone, and why."""

    alarm: AlarmId
    why: str
    at: datetime


class EvidenceFile:
    """The items. Every method may raise EvidenceError, and may be called from any thread."""

    def __init__(self, data: Path) -> None:
        """Use the file in the folder that app and agent share; the device's key is there too."""
        self._data = data

    def close(self) -> None:
        """Let go of the file."""
        if "_engine" in self.__dict__:
            self._engine.dispose()

    def keep(self, alarm: AlarmId, sealed: bytes, taken_at: datetime, now: datetime) -> None:
        """Keep what was sealed, in place of the oldest where there is no room. Raises NoRoomError too."""
        key = ChaCha20Poly1305.generate_key()
        locked = ChaCha20Poly1305(key).encrypt(_NONCE, sealed, alarm.encode())
        wrapped = self._device_keys().lock(key, _place(alarm))
        with self._writing() as connection:
            self._make_room(connection, len(locked), now)
            clock = {"age_s": 0.0, "boot": boot_id(), "at_s": since_boot_s()}
            connection.execute(insert(_KEY).values(alarm=alarm, wrapped=wrapped))
            connection.execute(insert(_ITEM).values(alarm=alarm, taken_at=taken_at.isoformat(), locked=locked, **clock))

    def sealed(self, alarm: AlarmId) -> bytes | None:
        """Return what was sealed for this alarm, or None where nothing is held."""
        both = select(_ITEM.c.locked, _KEY.c.wrapped).join(_KEY, _KEY.c.alarm == _ITEM.c.alarm)
        with self._reading() as connection:
            row = connection.execute(both.where(_ITEM.c.alarm == alarm)).one_or_none()
        if row is None:
            return None
        try:
            key = self._device_keys().unlock(row.wrapped, _place(alarm))
            return ChaCha20Poly1305(key).decrypt(_NONCE, row.locked, alarm.encode())
        except (DeviceKeyError, InvalidTag):
            raise EvidenceError("another device's item") from None

    def held_or_0(self) -> int:
        """Return how many items there are, for the heartbeat: 0 where that cannot be told. Raises nothing."""
        try:
            with self._reading() as connection:
                return connection.execute(select(func.count()).select_from(_ITEM)).scalar_one()
        except EvidenceError:
            return 0

    def shred_due(self, now: datetime) -> None:
        """Shred what has been kept for its time."""
        with self._reading() as connection:
            rows = connection.execute(
                select(_ITEM.c.alarm, _ITEM.c.taken_at, _ITEM.c.age_s, _ITEM.c.boot, _ITEM.c.at_s)
            ).all()
        here, at_s = boot_id(), since_boot_s()
        due: list[str] = []
        to_note: dict[str, float] = {}
        for row in rows:
            since_s = at_s - row.at_s if row.boot == here else at_s
            by_clock = now - datetime.fromisoformat(row.taken_at)
            if max(by_clock, timedelta(seconds=row.age_s + since_s)) >= KEPT:
                due.append(row.alarm)
            elif row.boot != here or since_s >= _AGE_NOTED_EVERY_S:
                to_note[row.alarm] = row.age_s + since_s
        self.shred(due, "72-h", now)
        if to_note:
            with self._writing() as connection:
                for alarm, age_s in to_note.items():
                    noted = update(_ITEM).where(_ITEM.c.alarm == alarm)
                    connection.execute(noted.values(age_s=age_s, boot=here, at_s=at_s))

    def shred(self, alarms: Collection[str], why: str, now: datetime) -> None:
        """Shred the items of these alarms, so far as they are here."""
        with self._reading() as connection:
            here = connection.execute(select(_ITEM.c.alarm).where(_ITEM.c.alarm.in_(alarms))).scalars().all()
        if here:
            with self._writing() as connection:
                for alarm in here:
                    _shred(connection, alarm, why, now)

    def untold(self) -> tuple[Erased, ...]:
        """Return the erasures that the station was not told of, once no trace of them is left in the files."""
        with self._reading() as connection:
            rows = connection.execute(select(_ERASED)).all()
        if rows:
            with _as_evidence_error():
                cut_log(self._engine)
        return tuple(Erased(AlarmId(row.alarm), row.why, datetime.fromisoformat(row.at)) for row in rows)

    def mark_told(self, alarm: AlarmId) -> None:
        """Note that the word of an erasure is on its way, and durable."""
        with self._writing() as connection:
            connection.execute(delete(_ERASED).where(_ERASED.c.alarm == alarm))

    def _make_room(self, connection: Connection, wanted: int, now: datetime) -> None:
        held = connection.execute(select(_ITEM.c.alarm, func.length(_ITEM.c.locked)).order_by(_ITEM.c.taken_at)).all()
        used = sum(size for _, size in held)
        free = shutil.disk_usage(self._data).free - DISK_RESERVE_BYTES
        most = min(MAX_BYTES, used + max(0, free))
        for left, (alarm, size) in zip(range(len(held), 0, -1), held, strict=True):
            if left < MAX_ITEMS and used + wanted <= most:
                return
            _shred(connection, alarm, "no-room", now)
            used -= size
        if wanted > most:
            raise NoRoomError

    def _device_keys(self) -> DeviceKeys:
        try:
            return open_device_keys(self._data)
        except (DeviceKeyError, OSError) as error:
            raise EvidenceError("no device key") from error

    @cached_property
    def _engine(self) -> Engine:
        engine = open_sqlite(self._data / EVIDENCE_FILE)
        with engine.begin() as connection:
            _METADATA.create_all(connection)
        return engine

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with _as_evidence_error(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with _as_evidence_error(), reading(self._engine).begin() as connection:
            yield connection


@contextmanager
def _as_evidence_error() -> Iterator[None]:
    try:
        yield
    except (SQLAlchemyError, SqliteError, OSError) as error:
        raise EvidenceError("the evidence cannot be read or written") from error


def _shred(connection: Connection, alarm: str, why: str, now: datetime) -> None:
    connection.execute(delete(_KEY).where(_KEY.c.alarm == alarm))
    connection.execute(delete(_ITEM).where(_ITEM.c.alarm == alarm))
    connection.execute(upsert(_ERASED).values(alarm=alarm, why=why, at=now.isoformat()).on_conflict_do_nothing())


def _place(alarm: str) -> bytes:
    return b"hongtu evidence key v1\0" + alarm.encode()
