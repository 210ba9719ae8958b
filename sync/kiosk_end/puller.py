"""Keeps the list current: a stream of signed batches, and a pull where the stream left something out.

- Each ``data:`` line of the stream is a batch; ``ListReplica.apply`` judges it, whatever road it came by.
- A stream that is silent for three pings is dead. It is opened again after a random wait.
- Before each stream, and every ``PULL_EVERY_S`` during one, the feed is pulled from our position on: the safety net.
- A stream's batch may be older than what a pull has just brought, or begin after it. Then the pull decides, since its
  answer was made for our position. Whatever else is refused is a fault at once; the last good list goes on.
"""

import asyncio
from contextlib import aclosing
from typing import Final

import structlog

from kiosk.domain.faults import Fault
from kiosk.ports import Clock, FeedPosition, FeedRefusedError, ListReplica
from sync.http import Answer, CertificateRejected, StationClient, StationDown
from sync.kiosk_end.backoff import Backoff
from sync.kiosk_end.link import LinkState
from sync.wire import SSE_PING_S

SILENT_S: Final = 3 * SSE_PING_S
PULL_EVERY_S: Final = 30.0

_OUT_OF_STEP: Final = frozenset({"gap", "rolled-back"})
_LOG = structlog.get_logger()


class Puller:
    """The only writer of the list's copy."""

    def __init__(self, replica: ListReplica, station: StationClient, link: LinkState, clock: Clock) -> None:
        self._replica = replica
        self._station = station
        self._link = link
        self._clock = clock

    async def run(self) -> None:
        """Follow the feed for ever."""
        backoff = Backoff()
        while True:
            if await self.pull() and await self._follow():
                backoff.reset()
            await asyncio.sleep(backoff.next_s())

    async def pull(self) -> bool:
        """Fetch until nothing new comes. Return whether the station was reached and nothing was refused."""
        while True:
            position = self._replica.position()
            outcome = await self._station.get(f"/v1/feed?{_since(position)}")
            if not isinstance(outcome, Answer):
                _LOG.warning("feed.trouble", why=outcome.why)
                return False
            if outcome.status != 200:
                _LOG.warning("feed.trouble", why=f"http-{outcome.status}")
                return False
            try:
                reached = await self._apply(outcome.body)
            except FeedRefusedError as error:
                self._refuse(error)
                return False
            if reached == position:
                return True

    async def _follow(self) -> bool:
        """Apply what the stream brings until it ends or brings something that is refused. Return whether it worked."""
        worked = False
        pulled_s = self._clock.monotonic()
        async with aclosing(self._station.events(f"/v1/feed/events?{_since(self._replica.position())}")) as stream:
            while True:
                try:
                    async with asyncio.timeout(SILENT_S):
                        item = await anext(stream)
                except TimeoutError:
                    _LOG.warning("feed.trouble", why="stream-silent")
                    return worked
                if isinstance(item, StationDown | CertificateRejected):
                    _LOG.warning("feed.trouble", why=item.why)
                    return worked
                try:
                    await self._apply(item)
                except FeedRefusedError as error:
                    if error.why not in _OUT_OF_STEP:
                        self._refuse(error)
                    return worked
                worked = True
                if self._clock.monotonic() - pulled_s >= PULL_EVERY_S:
                    if not await self.pull():
                        return worked
                    pulled_s = self._clock.monotonic()

    async def _apply(self, batch: bytes) -> FeedPosition:
        before = self._replica.position()
        # In a thread: a large batch takes a tenth of a second, and an alarm must not wait for it.
        reached = await asyncio.to_thread(self._replica.apply, batch, self._clock.now())
        self._link.set(Fault.LIST_REFUSED, False)
        if reached != before:
            _LOG.info("feed.applied", epoch=reached.epoch, seq=reached.seq)
        return reached

    def _refuse(self, error: FeedRefusedError) -> None:
        _LOG.error("feed.refused", why=error.why)
        self._link.set(Fault.LIST_REFUSED, True)


def _since(position: FeedPosition) -> str:
    return f"epoch={position.epoch}&since={position.seq}"
