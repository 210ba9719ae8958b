"""Kiosks that load a station over mutual TLS, from a process of their own. One line of JSON an order and an answer.

``python -m tests.bench.link_load URL FOLDER FIRST COUNT``

| order | answer |
|---|---|
| flood: path, connections, seconds | done: how many requests were answered, one after another on each connection |
| one | done: an alarm of the first kiosk |
| bare | ms: two bare commits and a bare POST over httpx, one after the other |
| follow | the agent's sender follows this kiosk's outbox, and says ``acked`` (monotonic, s) and ``alarms`` |
| beat: seconds | done: heartbeats of every kiosk, each every 10 s |
| storm | well (monotonic, s): when each kiosk had its stream and the answer to a heartbeat |

Raw asyncio rather than httpx wherever a thousand must fit into a process; what waits, and how long, is the product's.
"""

import asyncio
import json
import logging
import ssl
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import httpx
import structlog
from msgspec import Struct
from pysqlite3 import dbapi2

from kiosk.clock import SystemClock
from kiosk.doorbell import DOORBELL_FILE, listen
from sync import http, wire
from sync.kiosk_end.backoff import Backoff
from sync.kiosk_end.identity import IDENTITY_FOLDER, Identity
from sync.kiosk_end.outbox import OUTBOX_FILE, OutboxFile
from sync.kiosk_end.uploader import Uploader
from tests.bench.link_station import NULL
from watchlist.device_key import open_device_keys

TROUBLE: Final = (OSError, TimeoutError, asyncio.IncompleteReadError)
_MOST_BYTES: Final = 1024 * 1024


class Kiosk:
    """One kiosk's certificate, and its connection for requests, kept as long as the agent keeps its own."""

    def __init__(self, url: str, data: Path) -> None:
        self.data, self.url = data, url
        self.identity = Identity(data / IDENTITY_FOLDER, open_device_keys(data))
        self.tls = ssl.create_default_context(cafile=self.identity.ca)
        self.identity.own.load_into(self.tls)
        self._open: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._used_s = 0.0
        self.seq = 0

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        host, port = self.url.removeprefix("https://").split(":")
        async with asyncio.timeout(http.CONNECT_TIMEOUT_S):
            return await asyncio.open_connection(host, int(port), ssl=self.tls, limit=_MOST_BYTES)

    async def post(self, path: str, body: bytes) -> bytes:
        stale = self._open is None or self._open[0].at_eof() or time.monotonic() > self._used_s + http.KEEP_ALIVE_S
        if stale:
            self.close()
            self._open = await self.connect()
        assert self._open is not None
        reader, writer = self._open
        async with asyncio.timeout(http.ANSWER_TIMEOUT_S):
            writer.write(
                f"POST {path} HTTP/1.1\r\nHost: station\r\nContent-Type: application/json\r\n"
                f"Content-Length: {len(body)}\r\n\r\n".encode()
                + body
            )
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200"), head
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
            answer = await reader.readexactly(length)
        self._used_s = time.monotonic()
        return answer

    def close(self) -> None:
        if self._open is not None:
            self._open[1].close()
            self._open = None

    def alarm(self) -> bytes:
        self.seq += 1
        return wire.encode(wire.Upload(messages=(alarm(self.seq),), boot="bench", sent_s=time.monotonic()))

    async def be_well(self) -> float:
        """Try as the agent does until the stream has come and a heartbeat is answered; return when."""
        backoff = Backoff()
        while True:
            with suppress(*TROUBLE):
                await self.post("/v1/heartbeat", beat())
                self.stream = await self.connect()
                self.stream[1].write(b"GET /v1/list/events HTTP/1.1\r\nHost: station\r\n\r\n")
                async with asyncio.timeout(http.ANSWER_TIMEOUT_S):
                    while not (await self.stream[0].readuntil(b"\n")).startswith(b"data:"):
                        pass
                return time.monotonic()
            self.close()
            await asyncio.sleep(backoff.next_s())


class _Noting(http.StationClient):
    """The agent's client, which says when an upload was acknowledged."""

    async def post(self, path: str, message: Struct) -> http.Outcome:
        outcome = await super().post(path, message)
        at_s = time.monotonic()
        assert isinstance(outcome, http.Answer)
        assert outcome.status == 200, outcome
        assert isinstance(message, wire.Upload)
        _say({"acked": at_s, "alarms": len(message.messages)})
        return outcome


def alarm(seq: int) -> wire.Message:
    body = wire.AlarmBody(
        kind="wanted-person",
        visit=str(uuid4()),
        entry=str(uuid4()),
        similarity=0.62,
        band="accept",
        accept_threshold=0.36,
        pack="sface-yunet",
        pack_digest="ab" * 32,
        face_reason=None,
        liveness="liveness.not-measured",
        list_age_s=42.0,
        document_expired=False,
    )
    now = datetime.now(UTC)
    return wire.Message(id=str(uuid4()), seq=seq, created_at=now, body=body, boot="bench", created_s=time.monotonic())


def beat() -> bytes:
    return wire.encode(
        wire.Heartbeat(
            at=datetime.now(UTC),
            list_epoch=1,
            list_seq=0,
            list_head="0" * 64,
            list_age_s=4.0,
            next_epoch=None,
            list_refused=None,
            look_ups=7,
            device_key="tpm",
            outbox_depth=0,
            oldest_undelivered_s=None,
            faults=("device-key-in-file",),
            software="0.1.0",
        )
    )


async def flood(kiosks: list[Kiosk], path: str, connections: int, seconds: float) -> int:
    """Ask on so many connections, one request after another on each; return how many were answered."""
    done = 0
    null = wire.encode(wire.Upload(messages=(alarm(1),), boot="bench", sent_s=1.0))

    async def ask(kiosk: Kiosk) -> None:
        nonlocal done
        while time.monotonic() < until_s:
            await kiosk.post(path, null if path == NULL else kiosk.alarm())
            done += 1

    async with asyncio.TaskGroup() as connecting:
        for kiosk in kiosks[:connections]:
            connecting.create_task(kiosk.post(NULL, null))
    until_s = time.monotonic() + seconds
    async with asyncio.TaskGroup() as asking:
        for kiosk in kiosks[:connections]:
            asking.create_task(ask(kiosk))
    return done


async def beats(kiosks: list[Kiosk], seconds: float) -> int:
    """Send each kiosk's heartbeats, spread over the 10 s."""
    done, until_s = 0, time.monotonic() + seconds

    async def go_on(kiosk: Kiosk, at_s: float) -> None:
        nonlocal done
        while at_s < until_s:
            await asyncio.sleep(max(0.0, at_s - time.monotonic()))
            try:
                await kiosk.post("/v1/heartbeat", beat())
                done += 1
            except TROUBLE:
                kiosk.close()
            at_s += wire.HEARTBEAT_S

    now_s = time.monotonic()
    async with asyncio.TaskGroup() as group:
        for number, kiosk in enumerate(kiosks):
            group.create_task(go_on(kiosk, now_s + wire.HEARTBEAT_S * number / len(kiosks)))
    return done


class Bare:
    """Two bare commits and a bare POST: what the road of an alarm cannot do without."""

    def __init__(self, kiosk: Kiosk, folder: Path) -> None:
        self._client = httpx.AsyncClient(verify=kiosk.tls, trust_env=False, base_url=kiosk.url)
        self._ends = [bare_file(folder / f"bare-{end}.db") for end in ("kiosk", "station")]

    async def once(self) -> float:
        message = alarm(1)
        body, row = wire.encode(wire.Upload(messages=(message,))), wire.encode(message.body)
        began_s = time.perf_counter()
        bare_commit(self._ends[0], message.id, row)
        answer = await self._client.post(NULL, content=body)
        bare_commit(self._ends[1], message.id, row)
        taken_s = time.perf_counter() - began_s
        assert answer.status_code == 200, answer
        return taken_s * 1e3


def bare_file(path: Path) -> Any:
    """Return a connection as fast as SQLite is with a commit that a power cut cannot undo."""
    database = dbapi2.connect(str(path), isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.execute("CREATE TABLE m (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE, at TEXT, body BLOB)")
    return database


def bare_commit(database: Any, message: str, row: bytes) -> None:
    database.execute("BEGIN IMMEDIATE")
    database.execute("INSERT INTO m (id, at, body) VALUES (?, ?, ?)", (message, "2026-01-01T00:00:00+00:00", row))
    database.execute("COMMIT")


def multiply(outbox: Path, count: int) -> None:
    """Make ``count`` waiting alarms of the one that is there, whatever columns its table has."""
    database = dbapi2.connect(str(outbox))
    columns = [row[1] for row in database.execute("PRAGMA table_info(message)") if row[1] not in ("seq", "id")]
    h = "lower(hex(randomblob({})))"
    new_id = f"{h.format(4)}||'-'||{h.format(2)}||'-'||{h.format(2)}||'-'||{h.format(2)}||'-'||{h.format(6)}"
    database.execute(
        f"WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < {count})"  # noqa: S608 (our own names)
        f" INSERT INTO message (id, {', '.join(columns)}) SELECT {new_id}, {', '.join(columns)} FROM n, message"
    )
    database.commit()
    database.close()


async def run(url: str, folder: Path, first: int, count: int) -> None:
    kiosks = [Kiosk(url, folder / f"{number:04}") for number in range(first, first + count)]
    bare = Bare(kiosks[0], kiosks[0].data)
    _say({"ready": count})
    orders = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    following: asyncio.Task[None] | None = None
    while line := await orders.readline():
        match json.loads(line):
            case {"flood": {"path": path, "connections": connections, "seconds": seconds}}:
                _say({"done": await flood(kiosks, path, connections, seconds)})
            case {"beat": {"seconds": seconds}}:
                _say({"done": await beats(kiosks, seconds)})
            case {"one": _}:
                await kiosks[0].post("/v1/messages", kiosks[0].alarm())
                _say({"done": 1})
            case {"bare": _}:
                _say({"ms": await bare.once()})
            case {"follow": number}:
                if following is not None:
                    following.cancel()
                following = asyncio.create_task(_follow(kiosks[number]))
            case {"storm": _}:
                for kiosk in kiosks:
                    kiosk.close()
                _say({"well": await asyncio.gather(*(kiosk.be_well() for kiosk in kiosks))})
        if following is not None and following.done():
            following.result()
    if following is not None:
        following.cancel()


async def _follow(kiosk: Kiosk) -> None:
    outbox = OutboxFile(kiosk.data / OUTBOX_FILE)
    client = _Noting(kiosk.url, kiosk.identity.ca, kiosk.identity.own)
    wake = asyncio.Event()
    with listen(kiosk.data / DOORBELL_FILE, wake.set):
        await Uploader(outbox, client, wake, SystemClock()).run()


def _say(words: dict[str, object]) -> None:
    print(json.dumps(words), flush=True)


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))  # output is for answers
    asyncio.run(run(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])))
