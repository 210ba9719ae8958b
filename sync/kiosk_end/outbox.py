"""The durable road to the station: what the kiosk app commits here, the agent delivers.

One SQLite file in WAL mode with ``synchronous=FULL``, open in both processes. The app never sees the network, the agent
never sees a visit.

- A message is committed before the screen shows its result, and deleted only when the station has committed it.
- Messages have one sequence per kiosk without gaps, and leave in its order. One that the station will never take is
  set aside with the reason; it stays in the file for a person to look at and does not hold up the rest.
- The id is the idempotency key: the same alarm id again is no second alarm.
- An ordinary visit is one number in an hourly table: verdict and reason, never a time finer than the hour.
- Notes are left for the other side: the lane's faults and its face models (by the app), the link's faults and the
  maintenance window (by the agent).
"""

import shutil
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, TypeVar
from uuid import uuid4

import msgspec
from sqlalchemy import Column, Connection, Integer, LargeBinary, MetaData, String, Table, delete, func, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import SQLAlchemyError

from kiosk.domain.alarm import Alarm, VisitCount
from kiosk.domain.evidence import FaceScore, Failed, Passed, Unavailable
from kiosk.domain.faults import Fault
from kiosk.domain.verdict import Hit, Verdict
from kiosk.ports import OutboxError, PackInUse
from kiosk.sqlite import open_sqlite, reading
from sync.wire import AlarmBody, Body, CountsBody, Message

OUTBOX_FILE: Final = "outbox.db"
LANE_NOTE_GOOD_FOR: Final = timedelta(seconds=30)
"""The kiosk app leaves word every 5 s; one that has been silent for so long does not run."""
LINK_NOTE_GOOD_FOR: Final = timedelta(seconds=30)
"""An agent that has not said a word for three heartbeats is dead, and so is the link (EN 50136; RULES 9)."""

_METADATA = MetaData()
_MESSAGE = Table(
    "message",
    _METADATA,
    Column("seq", Integer, primary_key=True),
    Column("id", String, nullable=False, unique=True),
    Column("kind", String, nullable=False),
    Column("created_at", String, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("set_aside", String),
    sqlite_autoincrement=True,
)
_COUNT = Table(
    "count",
    _METADATA,
    Column("hour", String, primary_key=True),
    Column("label", String, primary_key=True),
    Column("visits", Integer, nullable=False),
)
_NOTE = Table(
    "note",
    _METADATA,
    Column("name", String, primary_key=True),
    Column("faults", LargeBinary, nullable=False),
    Column("at", String, nullable=False),
)
_ALARM, _COUNTS = "alarm", "counts"
_LANE, _LINK = "lane", "link"
_PACK, _MAINTENANCE = "pack", "maintenance"

T = TypeVar("T")


class OutboxFile:
    """A ``kiosk.ports.Outbox``, and the agent's view of the same file. Every method may raise OutboxError."""

    def __init__(self, path: Path, ring: Callable[[], None] = lambda: None) -> None:
        """Open the file, or make it. ``ring`` is called after an alarm's commit (sync.kiosk_end.doorbell)."""
        self._ring = ring
        self._folder = path.parent
        self._pack_told: PackInUse | None = None
        with _as_outbox_error():
            self._engine = open_sqlite(path)
            with self._engine.begin() as connection:
                _METADATA.create_all(connection)

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()

    # the kiosk app's side

    def raise_alarm(self, alarm: Alarm) -> None:
        """See ``kiosk.ports.Outbox.raise_alarm``."""
        with self._writing() as connection:
            _append(connection, alarm.id, alarm.raised_at, _alarm_body(alarm))
        self._ring()

    def count(self, count: VisitCount) -> None:
        """See ``kiosk.ports.Outbox.count``."""
        hour = _hour(count.at)
        with self._writing() as connection:
            one_more = insert(_COUNT).values(hour=hour.isoformat(), label=_label(count), visits=1)
            connection.execute(
                one_more.on_conflict_do_update(
                    index_elements=[_COUNT.c.hour, _COUNT.c.label], set_={"visits": _COUNT.c.visits + 1}
                )
            )

    def report(self, faults: frozenset[Fault], now: datetime, pack: PackInUse | None = None) -> None:
        """See ``kiosk.ports.Outbox.report``."""
        self._write_note(_LANE, faults, now)
        if pack != self._pack_told:
            self._leave(_PACK, pack, now)
            self._pack_told = pack

    def link_faults(self, now: datetime) -> frozenset[Fault]:
        """See ``kiosk.ports.Outbox.link_faults``."""
        faults, at = self._read_note(_LINK)
        if at is None or abs(now - at) > LINK_NOTE_GOOD_FOR:
            return faults | {Fault.STATION_LINK}
        return faults

    # the agent's side

    def pending(self, limit: int) -> tuple[Message, ...]:
        """Return the oldest ``limit`` messages that wait, in the order of their ``seq``."""
        waiting = select(_MESSAGE).where(_MESSAGE.c.set_aside.is_(None)).order_by(_MESSAGE.c.seq).limit(limit)
        with self._reading() as connection:
            rows = connection.execute(waiting).all()
        return tuple(
            Message(
                id=row.id,
                seq=row.seq,
                created_at=datetime.fromisoformat(row.created_at),
                body=msgspec.json.decode(row.body, type=Body),
            )
            for row in rows
        )

    def mark_taken(self, ids: Collection[str]) -> None:
        """Delete what the station has committed."""
        with self._writing() as connection:
            connection.execute(delete(_MESSAGE).where(_MESSAGE.c.id.in_(ids)))

    def set_aside(self, message_id: str, why: str) -> None:
        """Keep a message that the station will never take out of the way of the others."""
        with self._writing() as connection:
            connection.execute(update(_MESSAGE).where(_MESSAGE.c.id == message_id).values(set_aside=why))

    def depth(self) -> int:
        """Return how many messages wait."""
        with self._reading() as connection:
            waiting = select(func.count()).select_from(_MESSAGE).where(_MESSAGE.c.set_aside.is_(None))
            return connection.execute(waiting).scalar_one()

    def oldest(self) -> datetime | None:
        """Return when the oldest waiting alarm was raised. Counts have no time of their own to be late by."""
        waiting = _MESSAGE.c.set_aside.is_(None) & (_MESSAGE.c.kind == _ALARM)
        with self._reading() as connection:
            at = connection.scalar(select(_MESSAGE.c.created_at).where(waiting).order_by(_MESSAGE.c.seq).limit(1))
        return None if at is None else datetime.fromisoformat(at)

    def close_counts(self, before: datetime) -> None:
        """Make a message of each hour that began before ``before``, and start those counts again from nothing."""
        with self._writing() as connection:
            hours: dict[str, dict[str, int]] = {}
            closed = _COUNT.c.hour <= _hour(before).isoformat()
            for row in connection.execute(select(_COUNT).where(closed).order_by(_COUNT.c.hour)):
                hours.setdefault(row.hour, {})[row.label] = row.visits
            for text, counts in hours.items():
                hour = datetime.fromisoformat(text)
                # Its own time is the hour too: with one visit in it, the minute of sending would be the visit's.
                _append(connection, str(uuid4()), hour, CountsBody(hour=hour, counts=counts))
            connection.execute(delete(_COUNT).where(closed))

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

    # notes

    def _leave(self, name: str, what: object, at: datetime) -> None:
        """Leave something else than faults; the column is called so since there was nothing else."""
        values = {"faults": msgspec.json.encode(what), "at": at.isoformat()}
        with self._writing() as connection:
            note = insert(_NOTE).values(name=name, **values)
            connection.execute(note.on_conflict_do_update(index_elements=[_NOTE.c.name], set_=values))

    def _left(self, name: str, kind: type[T]) -> T | None:
        with self._reading() as connection:
            left = connection.scalar(select(_NOTE.c.faults).where(_NOTE.c.name == name))
        return None if left is None else msgspec.json.decode(left, type=kind | None)

    def _write_note(self, name: str, faults: frozenset[Fault], at: datetime) -> None:
        self._leave(name, sorted(faults), at)

    def _read_note(self, name: str) -> tuple[frozenset[Fault], datetime | None]:
        with self._reading() as connection:
            row = connection.execute(select(_NOTE).where(_NOTE.c.name == name)).one_or_none()
        if row is None:
            return frozenset(), None
        return msgspec.json.decode(row.faults, type=frozenset[Fault]), datetime.fromisoformat(row.at)

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with _as_outbox_error(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with _as_outbox_error(), reading(self._engine).begin() as connection:
            yield connection


@contextmanager
def _as_outbox_error() -> Iterator[None]:
    try:
        yield
    except (SQLAlchemyError, OSError) as error:
        raise OutboxError("the outbox cannot be read or written") from error


def _append(connection: Connection, message_id: str, at: datetime, body: Body) -> None:
    # Looked up first rather than "on conflict do nothing", which would use up a sequence number.
    if connection.scalar(select(_MESSAGE.c.seq).where(_MESSAGE.c.id == message_id)) is None:
        kind = _ALARM if isinstance(body, AlarmBody) else _COUNTS
        encoded = msgspec.json.encode(body)
        connection.execute(insert(_MESSAGE).values(id=message_id, kind=kind, created_at=at.isoformat(), body=encoded))


def _hour(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _label(count: VisitCount) -> str:
    if count.verdict is Verdict.REFER and count.reason is not None:
        return f"{count.verdict}/{count.reason}"
    return str(count.verdict)


def _alarm_body(alarm: Alarm) -> AlarmBody:
    hit = alarm.hit
    face = hit.face if hit is not None else None
    score = face if isinstance(face, FaceScore) else None
    return AlarmBody(
        kind=alarm.kind,
        visit=alarm.visit,
        entry=hit.entry if hit is not None else None,
        similarity=score.similarity if score is not None else None,
        band=score.band if score is not None else None,
        accept_threshold=score.accept_threshold if score is not None else None,
        pack=score.pack if score is not None else None,
        pack_digest=score.pack_digest if score is not None else None,
        face_reason=None if face is None or isinstance(face, FaceScore) else face.reason,
        liveness="n/a" if hit is None else _liveness(hit),
        list_age_s=hit.listed.list_age.total_seconds() if hit is not None else None,
        document_expired=hit.document_expired if hit is not None else None,
    )


def _liveness(hit: Hit) -> str:
    match hit.liveness:
        case Passed():
            return "passed"
        case Failed(reason) | Unavailable(reason):
            return reason
