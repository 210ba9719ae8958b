"""Keeps the list current: the stream, and what stands in for it. What has come is for the receiver to judge.

What is tried, in this order
- A refresh, by the first road that is good: before each stream, and every ``REFRESH_EVERY_S`` as a safety net.
- The stream: each ``data:`` line is a signed batch. It brings a change within milliseconds.
- Where no stream can be had, or it keeps silent (a proxy that buffers), a long poll, which brings each change one
  request later. The stream is tried again after ``LONG_POLL_FOR_S``.
- Where neither works, the safety net is what is left. Every new attempt waits a random time (backoff), and the safety
  net's own is random by a fifth: a thousand kiosks that lost the station at once do not come back in step.
"""

import asyncio
import random
from contextlib import aclosing
from enum import Enum, auto
from typing import Final

import structlog

from kiosk.ports import Clock
from sync.http import ANSWER_TIMEOUT_S, Answer, CertificateRejected, StationClient, StationDown
from sync.kiosk_end.backoff import Backoff
from sync.kiosk_end.receiver import STATION, Receiver
from sync.wire import LONG_POLL_S, SSE_PING_S

FIRST_WORD_S: Final = 10.0
"""The station speaks as soon as a stream is open; one that keeps silent is held up on its way."""
SILENT_S: Final = 3 * SSE_PING_S
LONG_POLL_FOR_S: Final = 300.0
REFRESH_EVERY_S: Final = 30.0
_IN_VAIN_S: Final = 1.0
"""A long poll that brings nothing new takes at least so long, or it is not to be asked again at once."""

_LOG = structlog.get_logger()


class _End(Enum):
    """How a stream ended."""

    WORKED = auto()
    REFUSED = auto()
    HELD_UP = auto()


class Puller:
    """Follows the station's list for ever."""

    def __init__(self, receiver: Receiver, station: StationClient, clock: Clock) -> None:
        self._receiver = receiver
        self._station = station
        self._clock = clock

    async def run(self) -> None:
        """Follow until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._follow())
            group.create_task(self._safety_net())

    async def _follow(self) -> None:
        backoff = Backoff()
        while True:
            refreshed = await self._receiver.refresh()
            if refreshed.station_answers and await self._listen():
                backoff.reset()
            await asyncio.sleep(backoff.next_s())

    async def _safety_net(self) -> None:
        while True:
            every_s = REFRESH_EVERY_S * random.uniform(0.8, 1.0)  # noqa: S311 (jitter, no secret)
            while (wait_s := self._receiver.refreshed_s + every_s - self._clock.monotonic()) > 0:
                await asyncio.sleep(wait_s)
            await self._receiver.refresh()

    async def _listen(self) -> bool:
        """Follow the stream, or poll in its stead. Return whether it worked for a while."""
        match await self._stream():
            case _End.WORKED:
                return True
            case _End.REFUSED:
                return False
            case _End.HELD_UP:
                return await self._poll()

    async def _stream(self) -> _End:
        ended = _End.HELD_UP
        patience_s = FIRST_WORD_S
        async with aclosing(self._station.events("/v1/list/events")) as stream:
            while True:
                try:
                    async with asyncio.timeout(patience_s):
                        item = await anext(stream)
                except TimeoutError:
                    _LOG.warning("feed.trouble", why="stream-silent", road=STATION)
                    return _End.HELD_UP
                if isinstance(item, StationDown | CertificateRejected):
                    _LOG.warning("feed.trouble", why=item.why, road=STATION)
                    return ended
                if not await self._receiver.take(item):
                    return _End.REFUSED
                ended, patience_s = _End.WORKED, SILENT_S

    async def _poll(self) -> bool:
        worked = False
        ends_s = self._clock.monotonic() + LONG_POLL_FOR_S
        while (asked_s := self._clock.monotonic()) < ends_s:
            held = await self._receiver.positions()
            if not held:
                return worked
            wait = f"/v1/list/wait?epoch={held[-1].epoch}&seq={held[-1].seq}"
            outcome = await self._station.get(wait, patience_s=LONG_POLL_S + ANSWER_TIMEOUT_S)
            if not isinstance(outcome, Answer) or outcome.status != 200:
                why = outcome.why if not isinstance(outcome, Answer) else f"http-{outcome.status}"
                _LOG.warning("feed.trouble", why=why, road=STATION)
                return worked
            if not await self._receiver.take(outcome.body):
                return False
            worked = True
            if await self._receiver.positions() == held:
                if self._clock.monotonic() - asked_s < _IN_VAIN_S:
                    return False
            elif len(held) > 1:
                await self._receiver.refresh()  # the answer is of one epoch, and the other stays current too
        return worked
