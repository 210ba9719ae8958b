"""Some hundred kiosks in one process: each with its own certificate, connection, device key and list file.

``python -m tests.bench.fleet_shard URL FOLDER FIRST COUNT BUSY``. Speaks lines of JSON with tests.bench.fleet:

    ←  {"ready": 500}
    →  {"look": {"epoch": 1, "idx": "…", "listed": true}}      ←  {"wrong": 0}
    →  {"mark": true}                                          ←  {"bytes": 12345}   of the first kiosk's connection
    →  {"report": true}                                        ←  {"effective": {"7": [1790000000.1, …]}, "refused": 0}

Raw asyncio rather than httpx, which a thousand streams in two processes would not bear; what a kiosk does with a batch
is the product's own (``watchlist.replica``), in this process's one thread. With BUSY, each also does what an agent does
beside its stream: a heartbeat every 10 s and a refresh's requests every 30 s (python-tuf's part is left out).
"""

import asyncio
import gc
import json
import random
import socket
import ssl
import struct
import sys
import time
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from kiosk.ports import FeedRefusedError
from sync.http import WebRoad
from sync.kiosk_end.identity import IDENTITY_FOLDER, Identity
from sync.wire import HEARTBEAT_S, Heartbeat, encode
from watchlist import trust
from watchlist.device_key import open_device_keys
from watchlist.replica import ListFollower
from watchlist.store import LIST_FILE, ListStore

REFRESH_S: Final = 30.0
_AT_ONCE: Final = 50
_LINE_LIMIT: Final = 4 * 1024 * 1024
_BYTES_RECEIVED_AT: Final = 128
"""Of ``tcpi_bytes_received`` in Linux's ``struct tcp_info``."""


class Wire:
    """One kiosk's connection for requests, kept open as long as the station keeps it open."""

    def __init__(self, host: str, port: int, tls: ssl.SSLContext) -> None:
        self._place = (host, port, tls)
        self._open: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, request: str, body: bytes = b"") -> bytes:
        """Return the body of the answer, on the open connection or on a new one."""
        if self._open is None or self._open[0].at_eof():
            self.close()
            host, port, tls = self._place
            self._open = await asyncio.open_connection(host, port, ssl=tls, limit=_LINE_LIMIT)
        reader, writer = self._open
        writer.write(f"{request} HTTP/1.1\r\nHost: station\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])
        return await reader.readexactly(length)

    def close(self) -> None:
        if self._open is not None:
            self._open[1].close()


class SimulatedKiosk:
    """One kiosk: its list, its stream, and when each change was at work in it."""

    def __init__(self, url: str, data: Path) -> None:
        self.data = data
        self.keys = open_device_keys(data, "file")
        self.trusted = trust.load(data / trust.TRUST_FILE, self.keys)
        self.list = ListFollower(data, self.trusted, self.keys)
        self.identity = Identity(data / IDENTITY_FOLDER, self.keys)
        road = WebRoad(f"{url}/v1/list/", self.identity.ca, self.identity.own)
        self.list.refresh(road, datetime.now(UTC))
        road.close()
        self.tls = ssl.create_default_context(cafile=self.identity.ca)
        self.identity.own.load_into(self.tls)
        self.effective: dict[int, float] = {}
        self.refused = 0
        self.listening = asyncio.Event()
        self.socket: socket.socket | None = None

    async def listen(self, host: str, port: int, turn: asyncio.Semaphore) -> None:
        """Apply whatever the stream brings."""
        async with turn:
            reader, writer = await asyncio.open_connection(host, port, ssl=self.tls, limit=_LINE_LIMIT)
            self.socket = writer.get_extra_info("socket")
            writer.write(b"GET /v1/list/events HTTP/1.1\r\nHost: station\r\n\r\n")
            status = await reader.readline()
            assert b" 200 " in status, status
        while line := await reader.readline():
            if line.startswith(b"data: "):
                self.take(line[6:].rstrip())
                self.listening.set()

    def take(self, batch: bytes) -> None:
        try:
            position = self.list.apply(batch, datetime.now(UTC))
        except FeedRefusedError:
            self.refused += 1
            return
        self.effective.setdefault(position.seq, time.time())

    def lists(self, epoch: int, idx: bytes) -> bool:
        """Look as the gate does, through a connection of its own."""
        store = ListStore.open(self.data / LIST_FILE, self.trusted, self.keys)
        try:
            return bool(store.find({epoch: [idx]})[epoch].rows[0])
        finally:
            store.close()

    async def beat(self, wire: Wire) -> None:
        """Send heartbeats for ever, beginning at a random moment."""
        await asyncio.sleep(random.uniform(0, HEARTBEAT_S))
        while True:
            began_s = time.monotonic()
            await wire.ask("POST /v1/heartbeat", encode(self._heartbeat()))
            await asyncio.sleep(max(0.0, began_s + HEARTBEAT_S - time.monotonic()))

    async def poll(self, wire: Wire) -> None:
        """Ask for ever for what a refresh asks for."""
        await asyncio.sleep(random.uniform(0, REFRESH_S))
        while True:
            began_s = time.monotonic()
            await wire.ask("GET /v1/list/metadata/99.root.json")
            await wire.ask("GET /v1/list/metadata/timestamp.json")
            self.take(await wire.ask(f"GET /v1/list/feed/{self.list.positions()[0].epoch}/head.json"))
            await asyncio.sleep(max(0.0, began_s + random.uniform(0.8, 1.0) * REFRESH_S - time.monotonic()))

    def _heartbeat(self) -> Heartbeat:
        at, now = self.list.positions()[0], datetime.now(UTC)
        return Heartbeat(
            at=now,
            list_epoch=at.epoch,
            list_seq=at.seq,
            list_head=at.head,
            list_age_s=1.0,
            next_epoch=None,
            list_refused=None,
            look_ups=0,
            device_key="file",
            outbox_depth=0,
            oldest_undelivered_s=None,
            faults=(),
            software="bench",
        )


async def run(url: str, folder: Path, first: int, count: int, busy: bool) -> None:
    """Be ``count`` kiosks until the input ends."""
    host, port = url.removeprefix("https://").split(":")
    kiosks = [SimulatedKiosk(url, folder / f"{number:04}") for number in range(first, first + count)]
    turn = asyncio.Semaphore(_AT_ONCE)
    work = [asyncio.create_task(kiosk.listen(host, int(port), turn)) for kiosk in kiosks]
    for kiosk in kiosks:
        await kiosk.listening.wait()
    if busy:
        for kiosk in kiosks:
            beats, refreshes = (Wire(host, int(port), kiosk.tls) for _ in range(2))
            work += [asyncio.create_task(kiosk.beat(beats)), asyncio.create_task(kiosk.poll(refreshes))]
    gc.collect()
    gc.freeze()
    _say({"ready": len(kiosks)})
    orders = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    while order := await orders.readline():
        _say(_obey(json.loads(order), kiosks))
        failed = [task for task in work if task.done()]
        assert not failed, failed[0]
    for task in work:
        task.cancel()
    await asyncio.gather(*work, return_exceptions=True)
    for kiosk in kiosks:
        kiosk.list.close()


def _obey(order: dict[str, dict[str, object]], kiosks: list[SimulatedKiosk]) -> dict[str, object]:
    match order:
        case {"look": {"epoch": int(epoch), "idx": str(idx), "listed": bool(listed)}}:
            return {"wrong": sum(kiosk.lists(epoch, bytes.fromhex(idx)) is not listed for kiosk in kiosks)}
        case {"mark": _}:
            assert kiosks[0].socket is not None
            info = kiosks[0].socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
            return {"bytes": struct.unpack_from("Q", info, _BYTES_RECEIVED_AT)[0]}
        case _:
            effective: defaultdict[int, list[float]] = defaultdict(list)
            for kiosk in kiosks:
                for seq, at in kiosk.effective.items():
                    effective[seq].append(at)
            return {"effective": effective, "refused": sum(kiosk.refused for kiosk in kiosks)}


def _say(words: dict[str, object]) -> None:
    print(json.dumps(words), flush=True)


if __name__ == "__main__":
    asyncio.run(run(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), sys.argv[5] == "busy"))
