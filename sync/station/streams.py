"""The list pushed: one task reads the store after a bell, signs once, and gives every stream the same bytes.

- A stream begins with the head of each epoch that feed-trust.json names; then comes each commit as one batch an epoch,
  and at least every ``SSE_PING_S`` a fresh checkpoint, so that a silent stream is a dead one.
- A stream costs no thread and no query. It holds at most ``MOST_WAITING`` batches that its reader has not taken; a
  reader that is slower than that is cut off, and comes again.
- A long poll waits for the same news.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import structlog
from anyio import CapacityLimiter
from anyio.to_thread import run_sync

from sync.station import log as station_log
from sync.station.api.sse import event
from sync.station.bell import Bell
from sync.station.publisher import Publisher
from sync.wire import LONG_POLL_S, SSE_PING_S

MOST_WAITING: Final = 8
_AGAIN_S: Final = 1.0

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _News:
    """What became of one epoch: where it stands, what its readers miss (as an event), and its head."""

    epoch: int
    seq: int
    batch: bytes
    head: bytes


class Stream:
    """What one reader has not taken yet."""

    def __init__(self, hang_up: Callable[[], None]) -> None:
        self._waiting: asyncio.Queue[bytes | None] = asyncio.Queue(MOST_WAITING + 1)
        self._hang_up = hang_up
        self.ended = False

    async def events(self) -> AsyncIterator[bytes]:
        """Yield each event until the server ends or this reader was too slow."""
        while (one := await self._waiting.get()) is not None:
            yield one

    def tell(self, one: bytes) -> None:
        """Add an event; hang up on a reader that does not keep up."""
        if self.ended:
            return
        if self._waiting.qsize() < MOST_WAITING:
            self._waiting.put_nowait(one)
        else:
            self.end()
            self._hang_up()
            log.warning("stream.too-slow")

    def end(self) -> None:
        """Let the reader's answer end after what is waiting."""
        if not self.ended:
            self.ended = True
            self._waiting.put_nowait(None)


class Streams:
    """Every stream and long poll of this process. Everything but ``run``'s look at the store is in one event loop."""

    def __init__(self, publisher: Publisher, bell: Bell) -> None:
        self._publisher = publisher
        self._bell = bell
        self._streams: set[Stream] = set()
        self._standing: dict[int, _News] = {}
        self._moved = asyncio.Event()
        self._own_thread = CapacityLimiter(1)

    def __len__(self) -> int:
        """Return how many are open."""
        return len(self._streams)

    async def run(self) -> None:
        """Tell the streams what is new until the bell is silenced."""
        with self._bell.listening() as ear:
            while not self._bell.silenced:
                try:
                    news = await run_sync(self._look, limiter=self._own_thread)
                except Exception as error:
                    # A locked database or a full disk: the streams stay, and their silence tells if it lasts.
                    log.error("streams.trouble", error=type(error).__name__, where=station_log.where(error))
                    await asyncio.sleep(_AGAIN_S)
                    continue
                self._tell(news)
                await ear.wait(SSE_PING_S)
        for stream in tuple(self._streams):
            stream.end()
        self._moved.set()

    @contextmanager
    def open(self, hang_up: Callable[[], None]) -> Iterator[Stream]:
        """Give a stream that begins with every head. ``hang_up`` drops its connection, whatever is in its buffers."""
        stream = Stream(hang_up)
        for one in self._standing.values():
            stream.tell(event(one.head))
        if self._bell.silenced:
            stream.end()
        self._streams.add(stream)
        try:
            yield stream
        finally:
            self._streams.discard(stream)

    async def wait(self, epoch: int, seq: int) -> bytes | None:
        """Return an epoch's head as soon as it stands after ``seq``, or after ``LONG_POLL_S``; None if not named."""
        try:
            async with asyncio.timeout(LONG_POLL_S):
                while not self._bell.silenced:
                    one = self._standing.get(epoch)
                    if self._standing and (one is None or one.seq > seq):
                        break
                    await self._moved.wait()
        except TimeoutError:
            pass
        one = self._standing.get(epoch)
        return one.head if one is not None else None

    def _look(self) -> list[_News]:
        found = []
        for epoch in self._publisher.open_epochs():
            last = self._standing.get(epoch)
            batch = self._publisher.news(epoch, last.seq if last is not None else None)
            head = self._publisher.head(epoch)
            if batch is not None and head is not None:
                found.append(_News(epoch, batch.seq, event(batch.signed), head))
        return found

    def _tell(self, news: list[_News]) -> None:
        self._standing = {one.epoch: one for one in news}
        for one in news:
            for stream in tuple(self._streams):
                stream.tell(one.batch)
        self._moved.set()
        self._moved = asyncio.Event()
