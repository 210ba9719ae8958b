"""Uploads that are taken at once are taken as if each had come by itself, in the same order."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update

from kiosk.domain.verdict import AlarmKind
from sync.station import intake
from sync.station.certificates import Kiosk
from sync.station.store import Store
from sync.station.tables import alarm_events, alarms, audit, counts, kiosks, taken_messages
from sync.wire import AlarmBody, CountsBody, Message, Upload, Uploaded
from tests.blank_station import new_store

NOON = datetime(2026, 3, 1, 4, tzinfo=UTC)
TABLES = (alarms, alarm_events, audit, counts, kiosks, taken_messages)

Asked = list[tuple[Kiosk, Upload]]


@contextmanager
def station(path: Path) -> Iterator[Store]:
    with closing(new_store(path)) as store:
        yield store


def some_message(chance: Random, ids: list[str], seq: int) -> Message:
    """An alarm that may repeat another one, or counts; now and then under an id that was used before."""
    ids.append(chance.choice(ids) if ids and chance.random() < 0.15 else str(UUID(int=chance.getrandbits(128))))
    at = NOON + timedelta(seconds=chance.randrange(300))
    if chance.random() < 0.2:
        return Message(id=ids[-1], seq=seq, created_at=at, body=CountsBody(hour=NOON, counts={"admit": 1}))
    unmeasured: dict[str, Any] = dict.fromkeys(
        ("similarity", "accept_threshold", "pack", "pack_digest", "face_reason", "band", "document_expired")
    )
    kind = chance.choice((AlarmKind.WANTED_PERSON, AlarmKind.READER_LOST, AlarmKind.STAFF_PANIC))
    entry = chance.choice(("e1", "e2")) if kind is AlarmKind.WANTED_PERSON else None
    body = AlarmBody(kind=kind, visit="v", entry=entry, liveness="n/a", list_age_s=1.0, **unmeasured)
    return Message(id=ids[-1], seq=seq, created_at=at, body=body)


def some_uploads(chance: Random, gates: tuple[Kiosk, ...], steps: tuple[int, ...]) -> Asked:
    """Most go on where the kiosk stands; some leave a number out, go back, or ask for what we have lost."""
    ids: list[str] = []
    seqs = dict.fromkeys(gates, 0)
    asked: Asked = []
    for _ in range(chance.randrange(2, 12)):
        gate = chance.choice(gates)
        messages = []
        for _ in range(chance.randrange(1, 4)):
            seqs[gate] = max(1, seqs[gate] + chance.choice(steps))
            messages.append(some_message(chance, ids, seqs[gate]))
        asked.append((gate, Upload(messages=tuple(messages), after_seq=chance.choice((0, 0, 0, 0, 9)))))
    return asked


def whole(store: Store) -> list[Any]:
    with store.read() as conn:
        return [[tuple(row) for row in conn.execute(select(t).order_by(*t.primary_key.columns))] for t in TABLES]


def one_after_another(store: Store, asked: Asked, now: datetime) -> list[Uploaded]:
    answers = []
    for gate, upload in asked:
        with store.write() as conn:
            answers.append(intake.take(conn, gate, upload, now))
    return answers


def at_once(store: Store, asked: Asked, now: datetime) -> list[Uploaded]:
    with store.write() as conn:
        return intake.take_all(conn, asked, now)


def test_uploads_taken_at_once_leave_and_answer_what_they_would_one_after_another(tmp_path: Path) -> None:
    with station(tmp_path / "one") as one, station(tmp_path / "other") as other:
        for round_ in range(20):
            chance, now = Random(round_), NOON + timedelta(hours=round_)
            gates = tuple(Kiosk(f"g{round_}-{n}", "A") for n in range(3))
            before = some_uploads(chance, gates, (1, 1, 1, 2, 0, -1))
            # Of what came at the same moment the higher number counts as the later one; so none goes back here.
            asked = some_uploads(chance, gates, (1, 1, 1, 2))
            for store in (one, other):
                with store.write() as conn:
                    rows = [{"id": gate.id, "lane": gate.lane, "enrolled_at": NOON} for gate in gates]
                    conn.execute(insert(kiosks), rows)
                one_after_another(store, before, now)
                with store.write() as conn:  # some of it is closed by now
                    conn.execute(update(alarms).where(alarms.c.id < "4").values(state="dismissed"))
            later = now + timedelta(seconds=20)
            assert at_once(one, asked, later) == one_after_another(other, asked, later), round_
        assert whole(one) == whole(other)
