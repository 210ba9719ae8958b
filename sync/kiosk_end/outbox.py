"""The durable road to the station: what the kiosk app commits here, the agent delivers.

One SQLite file in WAL mode with ``synchronous=FULL``, open in both processes. The app never sees the network, the agent
never sees a visit.

- A message is committed before the screen shows its result, and waits until the station has committed it.
- It is kept for ``KEEP_DELIVERED`` more: a station that was restored from a backup says how far it has come, and what
  it has lost waits again. The id is the idempotency key: a repeat does no harm, the same alarm again is no second one.
- Messages have one sequence per kiosk without gaps, and leave in its order. One that the station will never take is
  set aside with the reason; it stays in the file for a person to look at and does not hold up the rest.
- An ordinary visit is one number in an hourly table: verdict and reason, never a time finer than the hour.
- On a full disk counts are refused first, alarms never (sync.kiosk_end.outbox_reserve).
- Notes are left for the other side: the lane's faults and its face models (by the app), the link's faults and the
  maintenance window (by the agent).
"""

import shutil
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, TypeVar
from uuid import UUID, uuid4, uuid5

import msgspec
from sqlalchemy import Connection, Row, Select, delete, func, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import SQLAlchemyError

from kiosk.boot_clock import boot_id, since_boot_s
from kiosk.domain.alarm import Alarm, HandCount, VisitCount
from kiosk.domain.faults import Fault
from kiosk.domain.ids import AlarmId
from kiosk.file_lock import HeldByAnotherError, holding
from kiosk.ports import OutboxError, PackInUse
from kiosk.sqlite import Cursor, SqliteError, open_sqlite, quick_writing, reading
from sync.kiosk_end.outbox_bodies import alarm_body, hour_of, labels_of
from sync.kiosk_end.outbox_reserve import Reserve
from sync.kiosk_end.outbox_schema import COUNT, MESSAGE, NOTE, migrate
from sync.wire import Body, CountsBody, ErasedBody, Message

OUTBOX_FILE: Final = "outbox.db"
LANE_NOTE_GOOD_FOR: Final = timedelta(seconds=30)
"""The kiosk app leaves word every 5 s; one that has been silent for so long does not run."""
LINK_NOTE_GOOD_FOR: Final = timedelta(seconds=30)
"""An agent that has not said a word for three heartbeats is dead, and so is the link (EN 50136; RULES 9)."""
KEEP_DELIVERED: Final = timedelta(days=7)
"""A station's backup is a day old, or a long week-end."""

_OPEN_PATIENCE_S: Final = 30.0
_AT_ONCE: Final = 500
"""Messages that are forgotten in one transaction: the log stays short, and an alarm waits for milliseconds."""
_ERASURES: Final = UUID("6f6e2a9c-0b0e-4c55-9c43-9c1f0b8f7a10")
"""The name space of the erasures' message ids: one for each alarm."""
_LANE, _LINK, _PACK, _MAINTENANCE = "lane", "link", "pack", "maintenance"
_WAITING = MESSAGE.c.set_aside.is_(None) & MESSAGE.c.delivered_at.is_(None)
_DELIVERED = MESSAGE.c.delivered_at.is_not(None)

# The two commits that somebody stands waiting for go by the driver's own cursor, at half the time.
_APPEND: Final = """
INSERT INTO message (id, kind, created_at, body, boot, created_s) SELECT ?1, ?2, ?3, ?4, ?5, ?6
WHERE NOT EXISTS (SELECT 1 FROM message WHERE id = ?1)
"""
"""Not "on conflict do nothing", which would use up a sequence number."""
_ONE_MORE: Final = """
INSERT INTO count (hour, label, visits) VALUES (?, ?, 1) ON CONFLICT (hour, label) DO UPDATE SET visits = visits + 1
"""

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """A message that the station refused for good; ``why`` is its word for it."""

    id: str
    kind: str
    created_at: datetime
    why: str


class OutboxFile:
    """A ``kiosk.ports.Outbox``, and the agent's view of the same file. Every method may raise OutboxError."""

    def __init__(self, path: Path, ring: Callable[[], None] = lambda: None) -> None:
        """Open the file, or make it. ``ring`` is called after an alarm's commit (sync.kiosk_end.doorbell)."""
        self._ring = ring
        self._reserve = Reserve(path)
        self._folder = path.parent
        self._pack_told: PackInUse | None = None
        # One process at a time, so that app and agent, which start together, do not both make it.
        with _as_outbox_error(), holding(path.with_name(f"{path.name}.lock"), _OPEN_PATIENCE_S):
            self._reserve.lend_log()
            self._engine = open_sqlite(path)
            self._migrate()

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()

    # the kiosk app's side

    def raise_alarm(self, alarm: Alarm) -> None:
        """See ``kiosk.ports.Outbox.raise_alarm``."""
        row = _row(alarm.id, alarm.raised_at, alarm_body(alarm), boot_id(), since_boot_s())
        with self._writing_quickly() as cursor:
            if self._reserve.is_used_up(cursor):
                raise OutboxError("the disk is full, and so is the reserve")
            cursor.execute(_APPEND, row)
        self._ring()

    def count(self, count: VisitCount | HandCount) -> None:
        """See ``kiosk.ports.Outbox.count``."""
        self._need_room()
        with self._writing_quickly() as cursor:
            cursor.executemany(_ONE_MORE, [(hour_of(count.at).isoformat(), label) for label in labels_of(count)])

    def tell_erased(self, alarm: AlarmId, why: str, at: datetime) -> None:
        """Let the station know that the face crop of an alarm is gone; told again it is no second message."""
        row = _row(str(uuid5(_ERASURES, alarm)), at, ErasedBody(alarm=alarm, why=why), boot_id(), since_boot_s())
        with self._writing_quickly() as cursor:
            cursor.execute(_APPEND, row)
        self._ring()

    def report(self, faults: frozenset[Fault], now: datetime, pack: PackInUse | None = None) -> None:
        """See ``kiosk.ports.Outbox.report``. Makes the reserve whole again; fails as long as counts are refused."""
        self._write_note(_LANE, faults, now)
        if pack != self._pack_told:
            self._leave(_PACK, pack, now)
            self._pack_told = pack
        with _as_outbox_error():
            self._reserve.make(self._engine)
        self._need_room()

    def link_faults(self, now: datetime) -> frozenset[Fault]:
        """See ``kiosk.ports.Outbox.link_faults``."""
        faults, at = self._read_note(_LINK)
        if at is None or abs(now - at) > LINK_NOTE_GOOD_FOR:
            return faults | {Fault.STATION_LINK}
        return faults

    # the agent's side

    def pending(self, limit: int) -> tuple[Message, ...]:
        """Return the oldest ``limit`` messages that wait, in the order of their ``seq``."""
        with self._reading() as connection:
            rows = connection.execute(select(MESSAGE).where(_WAITING).order_by(MESSAGE.c.seq).limit(limit)).all()
        try:
            return tuple(map(_message, rows))
        except msgspec.ValidationError:
            self._set_unreadable_aside(rows)
            return self.pending(limit)

    def mark_taken(self, ids: Collection[str], now: datetime) -> None:
        """Note what the station has committed. On a full disk what was delivered longest ago makes room for alarms."""
        with self._writing() as connection:
            connection.execute(
                update(MESSAGE).where(MESSAGE.c.id.in_(ids), _WAITING).values(delivered_at=now.isoformat())
            )
        if not self._spares_room():
            self._forget(select(MESSAGE.c.seq).where(_DELIVERED))

    def acknowledged(self, before: int = 2**63 - 1) -> int:
        """Return the highest ``seq`` that the station has acknowledged and that is still kept here; 0 if none is."""
        with self._reading() as connection:
            return connection.scalar(select(func.max(MESSAGE.c.seq)).where(_DELIVERED, MESSAGE.c.seq < before)) or 0

    def station_has(self, upto_seq: int) -> int:
        """Let everything that the station has lost wait again; return how many messages that is.

        One transaction, however many: were the newest sent before the oldest wait, the station would stand as if it had
        these too.
        """
        lost = update(MESSAGE).where(_DELIVERED, MESSAGE.c.seq > upto_seq).values(delivered_at=None)
        with self._writing() as connection:
            return connection.execute(lost).rowcount

    def forget_delivered(self, now: datetime) -> None:
        """Delete what was delivered longer than ``KEEP_DELIVERED`` ago, or at a time that no right clock can show."""
        from_, until = (now - KEEP_DELIVERED).isoformat(), (now + KEEP_DELIVERED).isoformat()
        while self._forget(select(MESSAGE.c.seq).where(_DELIVERED, ~MESSAGE.c.delivered_at.between(from_, until))):
            pass

    def depth(self) -> int:
        """Return how many messages wait."""
        with self._reading() as connection:
            return connection.scalar(select(func.count()).select_from(MESSAGE).where(_WAITING)) or 0

    def oldest(self) -> datetime | None:
        """Return when the oldest waiting alarm was raised. Counts have no time of their own to be late by."""
        alarms = select(MESSAGE.c.created_at).where(_WAITING, MESSAGE.c.kind == "alarm")
        with self._reading() as connection:
            at = connection.scalar(alarms.order_by(MESSAGE.c.seq).limit(1))
        return None if at is None else datetime.fromisoformat(at)

    def close_counts(self, before: datetime) -> None:
        """Make a message of each hour that began before ``before``, and start those counts again from nothing."""
        self._need_room()
        with self._writing() as connection:
            hours: dict[str, dict[str, int]] = {}
            closed = COUNT.c.hour <= hour_of(before).isoformat()
            for row in connection.execute(select(COUNT).where(closed).order_by(COUNT.c.hour)):
                hours.setdefault(row.hour, {})[row.label] = row.visits
            for text, counts in hours.items():
                hour = datetime.fromisoformat(text)
                # Its own time is the hour too: with one visit in it, the minute of sending would be the visit's.
                connection.exec_driver_sql(_APPEND, _row(str(uuid4()), hour, CountsBody(hour=hour, counts=counts)))
            connection.execute(delete(COUNT).where(closed))

    def write_link(self, faults: frozenset[Fault], now: datetime) -> None:
        """Leave the link's present faults for the kiosk app."""
        self._write_note(_LINK, faults, now)

    def pack(self) -> PackInUse | None:
        """Return the face models in use as the kiosk app last told."""
        return self._left(_PACK, PackInUse)

    def disk_free(self) -> int:
        """Return how many bytes are free on the disk of this file."""
        with _as_outbox_error():
            return shutil.disk_usage(self._folder).free

    def tell_maintenance(self, until: datetime | None, now: datetime) -> None:
        """Leave until when the station knows this kiosk in maintenance, for `kiosk status`."""
        self._leave(_MAINTENANCE, until, now)

    def maintenance_until(self) -> datetime | None:
        """Return until when the station last said that this kiosk is in maintenance."""
        return self._left(_MAINTENANCE, datetime)

    def read_faults(self, now: datetime) -> frozenset[Fault]:
        """Return the lane's faults as the kiosk app last left them, and APP_SILENT where that was too long ago."""
        faults, at = self._read_note(_LANE)
        if at is None or abs(now - at) > LANE_NOTE_GOOD_FOR:
            return faults | {Fault.APP_SILENT}
        return faults

    # what was set aside

    def set_aside(self, message_id: str, why: str) -> None:
        """Keep a message that the station will never take out of the way of the others."""
        with self._writing() as connection:
            connection.execute(update(MESSAGE).where(MESSAGE.c.id == message_id, _WAITING).values(set_aside=why))

    def _set_unreadable_aside(self, rows: Sequence[Row[Any]]) -> None:
        """What is beyond the wire's limits no station takes; it must not hold up the rest either."""
        for row in rows:
            try:
                _message(row)
            except msgspec.ValidationError:
                self.set_aside(row.id, "invalid")

    def set_aside_count(self) -> int:
        """Return how many messages lie aside."""
        with self._reading() as connection:
            aside = select(func.count()).select_from(MESSAGE).where(MESSAGE.c.set_aside.is_not(None))
            return connection.execute(aside).scalar_one()

    def all_set_aside(self) -> tuple[SetAside, ...]:
        """Return what lies aside, oldest first, without what is in it."""
        c = MESSAGE.c
        aside = select(c.id, c.kind, c.created_at, c.set_aside).where(c.set_aside.is_not(None)).order_by(c.seq)
        with self._reading() as connection:
            return tuple(
                SetAside(id=row.id, kind=row.kind, created_at=datetime.fromisoformat(row.created_at), why=row.set_aside)
                for row in connection.execute(aside)
            )

    def send_again(self, message_id: str) -> bool:
        """Let a message that lies aside wait once more, in its old place; tell whether there was one."""
        again = update(MESSAGE).where(MESSAGE.c.id == message_id, MESSAGE.c.set_aside.is_not(None))
        with self._writing() as connection:
            return connection.execute(again.values(set_aside=None)).rowcount > 0

    def forget_set_aside(self, message_id: str) -> str | None:
        """Delete a message that lies aside; return of which kind it was, or None where there was none."""
        aside = delete(MESSAGE).where(MESSAGE.c.id == message_id, MESSAGE.c.set_aside.is_not(None))
        with self._writing() as connection:
            return connection.scalar(aside.returning(MESSAGE.c.kind))

    # notes, room, transactions

    def _leave(self, name: str, what: object, at: datetime) -> None:
        """Leave something else than faults; the column is called so since there was nothing else."""
        values = {"faults": msgspec.json.encode(what), "at": at.isoformat()}
        with self._writing() as connection:
            note = insert(NOTE).values(name=name, **values)
            connection.execute(note.on_conflict_do_update(index_elements=[NOTE.c.name], set_=values))

    def _left(self, name: str, kind: type[T]) -> T | None:
        with self._reading() as connection:
            left = connection.scalar(select(NOTE.c.faults).where(NOTE.c.name == name))
        return None if left is None else msgspec.json.decode(left, type=kind | None)

    def _write_note(self, name: str, faults: frozenset[Fault], at: datetime) -> None:
        self._leave(name, sorted(faults), at)

    def _read_note(self, name: str) -> tuple[frozenset[Fault], datetime | None]:
        with self._reading() as connection:
            row = connection.execute(select(NOTE).where(NOTE.c.name == name)).one_or_none()
        if row is None:
            return frozenset(), None
        return msgspec.json.decode(row.faults, type=frozenset[Fault]), datetime.fromisoformat(row.at)

    def _migrate(self) -> None:
        while True:
            try:
                return migrate(self._engine)
            except SQLAlchemyError:
                if not self._reserve.give_up_a_piece():
                    raise

    def _need_room(self) -> None:
        if not self._spares_room():
            raise OutboxError("the room that is left is for alarms")

    def _spares_room(self) -> bool:
        with _as_outbox_error():
            return self._reserve.spares_room(self._engine)

    def _forget(self, which: Select[tuple[int]]) -> bool:
        oldest = which.order_by(MESSAGE.c.seq).limit(_AT_ONCE).scalar_subquery()
        with self._writing() as connection:
            return connection.execute(delete(MESSAGE).where(MESSAGE.c.seq.in_(oldest))).rowcount > 0

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with _as_outbox_error(), self._reserve.helping(self._engine), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def _writing_quickly(self) -> Iterator[Cursor]:
        with _as_outbox_error(), self._reserve.helping(self._engine), quick_writing(self._engine) as cursor:
            yield cursor

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with _as_outbox_error(), reading(self._engine).begin() as connection:
            yield connection


@contextmanager
def _as_outbox_error() -> Iterator[None]:
    try:
        yield
    except (SQLAlchemyError, SqliteError, OSError, HeldByAnotherError) as error:
        raise OutboxError("the outbox cannot be read or written") from error


def _message(row: Row[Any]) -> Message:
    return Message(
        id=row.id,
        seq=row.seq,
        created_at=datetime.fromisoformat(row.created_at),
        body=msgspec.json.decode(row.body, type=Body),
        boot=row.boot,
        created_s=row.created_s,
    )


def _row(
    message_id: str, at: datetime, body: Body, boot: str = "", created_s: float | None = None
) -> tuple[object, ...]:
    kind = type(body).__struct_config__.tag
    return message_id, kind, at.isoformat(), msgspec.json.encode(body), boot, created_s
