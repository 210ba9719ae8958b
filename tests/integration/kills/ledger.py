"""What was promised on the way of an alarm, and the judge who compares it with what the station has.

An alarm is told by its visit, which nothing on the way looks at: a build that gives messages other ids is judged too.
The app writes ``begun`` and ``counting`` before it calls its outbox, ``raised`` and ``counted`` once it has returned.
The same lines go to the disk's log where there is one, with the agent's ``taken`` (the station's word has come, the
outbox is about to let go) and the station's ``answered`` (the answer is about to leave).
"""

import os
import sqlite3
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from contextlib import closing
from dataclasses import dataclass, fields
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import disk_log
import msgspec


def scribe(book: Path) -> Callable[[str], None]:
    """Return how to add a line, which a kill does not take back."""
    file = os.open(book, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def say(line: str) -> None:
        os.write(file, f"{line}\n".encode())
        disk_log.note(line)

    return say


def note_what_is_taken(at_work: Callable[[], None]) -> None:
    """Have the agent note what the station has acknowledged before its outbox learns of it; ``at_work`` is told so."""
    from sync.kiosk_end.outbox import OutboxFile

    mark_taken = OutboxFile.mark_taken

    def noting(outbox: OutboxFile, ids: Collection[str], now: datetime) -> None:
        at_work()
        disk_log.note(f"taken {' '.join(ids)}")
        mark_taken(outbox, ids, now)

    OutboxFile.mark_taken = noting


def note_what_is_answered(at_work: Callable[[], None]) -> None:
    """Have the station note what it acknowledges before the answer leaves; ``at_work`` is told when an upload comes."""
    import sync.station.serve
    from sync.wire import Uploaded

    create_app = sync.station.serve.create_app

    def noting(station: Any) -> Any:
        app = create_app(station)

        async def serve(scope: Any, receive: Any, send: Any) -> None:
            async def noted(event: Any) -> None:
                if event["type"] == "http.response.body" and scope["path"] == "/v1/messages":
                    ids = msgspec.json.decode(event["body"], type=Uploaded).taken
                    disk_log.note(f"answered {' '.join(ids)}")
                await send(event)

            if scope["path"] == "/v1/messages":
                at_work()
            await app(scope, receive, noted)

        return serve

    sync.station.serve.create_app = noting


@dataclass(frozen=True)
class Ledger:
    """What the app has said."""

    begun: tuple[str, ...]
    raised: frozenset[str]
    counting: int
    counted: int

    @classmethod
    def of(cls, lines: Iterable[str]) -> "Ledger":
        said = [line.partition(" ")[::2] for line in lines]
        words = Counter(word for word, _ in said)
        return cls(
            begun=tuple(ref for word, ref in said if word == "begun"),
            raised=frozenset(ref for word, ref in said if word == "raised"),
            counting=words["counting"],
            counted=words["counted"],
        )


@dataclass(frozen=True)
class Finding:
    """What is wrong at the station: alarms, and visits in the hourly counts."""

    lost: int = 0
    doubled: int = 0
    invented: int = 0
    reordered: int = 0
    counts_lost: int = 0
    counts_doubled: int = 0

    def __add__(self, other: "Finding") -> "Finding":
        return Finding(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))

    def __str__(self) -> str:
        wrong = [f"{getattr(self, one.name)} {one.name.replace('_', ' ')}" for one in fields(self)]
        return ", ".join(one for one in wrong if not one.startswith("0 ")) or "nothing wrong"


def judge(book: Path, database: Path, kiosk: str) -> Finding:
    """Compare what a kiosk's app has said with what the station has of it, once everything has arrived."""
    said = Ledger.of(book.read_text().splitlines() if book.exists() else ())
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as station:
        # seq 0: alarms that the station raises by itself
        ours = "FROM alarms WHERE kiosk = ? AND seq > 0"
        rows = station.execute(f"SELECT visit, id, seq {ours} ORDER BY seq", (kiosk,)).fetchall()  # fixed
        arrived = station.execute(
            "SELECT alarms.visit, alarms.seq FROM alarm_events JOIN alarms ON alarms.id = alarm_events.alarm"
            " WHERE alarms.kiosk = ? AND alarms.seq > 0 AND alarm_events.event = 'raised' ORDER BY alarm_events.n",
            (kiosk,),
        ).fetchall()
        (visits,) = station.execute("SELECT coalesce(sum(n), 0) FROM counts WHERE kiosk = ?", (kiosk,)).fetchone()
    there = {visit for visit, *_ in rows} & {visit for visit, _ in arrived}
    place = {visit: at for at, visit in enumerate(said.begun)}
    by_seq = [(seq, place[visit]) for visit, _, seq in rows if visit in place]
    by_arrival = [(seq, place[visit]) for visit, seq in arrived if visit in place]
    return Finding(
        lost=len(said.raised - there),
        doubled=max(len(rows), len(arrived)) - len({visit for visit, *_ in rows}),
        invented=len({visit for visit, *_ in rows} - set(said.begun)),
        reordered=sum(
            not (one[0] < next_one[0] and one[1] < next_one[1])
            for order in (by_seq, by_arrival)
            for one, next_one in pairwise(order)
        ),
        counts_lost=max(0, said.counted - visits),
        counts_doubled=max(0, visits - said.counting),
    )
