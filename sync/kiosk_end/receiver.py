"""The one door to the list's copy in the agent: what came by any road is judged there, in a thread.

- The replica judges; this module knows what follows from it. A pushed batch that is refused leads to a refresh, and is
  then judged again: it may have been ahead of us or behind us, or of an epoch or a key that we had not heard of. What
  still is not right then is a fault.
- A refresh goes by the roads in turn: the station's own, then the mirrors, up to the first that is good to its end. A
  refused one is a fault unless a later road is good. A mirror that lags behind us is no fault.
- A fault goes when something better came: a good refresh clears every one, a good push only one of a push.
- One refresh at a time; pushed batches are taken beside it: a full copy may take minutes, a withdrawal may not wait.
- The last good list goes on whatever happens here, and its age tells how good it is.
- In a thread, so that an alarm never waits for the list; and whoever stops the agent does not wait for a long file.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event
from typing import Final

import structlog

from kiosk.ports import Clock, FeedPosition, FeedRefusedError, ListReplica, Road, RoadError
from sync.kiosk_end.link import LinkState

STATION: Final = "station"
"""The name of the station's own road; every other is a mirror's."""

_BEHIND: Final = frozenset({"rolled-back", "trust-rolled-back"})
_OUT_OF_STEP: Final = frozenset({"gap", "rolled-back", "wrong-epoch"})
_LOG = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What came of it: the road that was good to its end, or None; and whether the station answers, good or not."""

    by: str | None
    station_answers: bool


class Receiver:
    """The agent's writer of the list's copy."""

    def __init__(self, replica: ListReplica, roads: Mapping[str, Road], link: LinkState, clock: Clock) -> None:
        """Refresh by ``roads``, in their order."""
        self._replica = replica
        self._roads = roads
        self._link = link
        self._clock = clock
        self._refreshing = asyncio.Lock()
        self._refused: dict[str, str] = {}
        self.refreshed_s = float("-inf")
        """When the last refresh began, on the monotonic clock."""

    async def positions(self) -> tuple[FeedPosition, ...]:
        """Return how far the copy has come, oldest epoch first."""
        return await asyncio.to_thread(self._replica.positions)

    async def take(self, batch: bytes) -> bool:
        """Take in a pushed batch, with a refresh if it does not fit. Return whether all is well now."""
        first = await self._apply(batch)
        if first is not None:
            refreshed = await self.refresh()
            if refreshed.by is None and first in _OUT_OF_STEP:
                return False
            why = await self._apply(batch) if refreshed.by is not None else first
            if why is not None and why not in _OUT_OF_STEP:
                _LOG.error("feed.refused", why=why, road="push")
                self._note("push", why)
                return False
        self._note("push", None)
        return True

    async def refresh(self) -> Refreshed:
        """Take everything that a road has, by the first road that is good."""
        self.refreshed_s = self._clock.monotonic()
        station_answers = False
        refusals: list[str] = []
        for name, road in self._roads.items():
            try:
                await self._refresh_by(road)
            except RoadError as error:
                _LOG.warning("feed.trouble", why=error.why, road=name)
                continue
            except FeedRefusedError as error:
                station_answers = station_answers or name == STATION
                if name != STATION and error.why in _BEHIND:
                    _LOG.warning("feed.trouble", why="mirror-behind", road=name)
                else:
                    _LOG.error("feed.refused", why=error.why, road=name)
                    refusals.append(error.why)
                continue
            self._refused.clear()
            self._link.refuse_list(None)
            return Refreshed(name, station_answers or name == STATION)
        if refusals:
            self._note("refresh", refusals[0])
        return Refreshed(None, station_answers)

    async def _apply(self, batch: bytes) -> str | None:
        end = Event()
        try:
            await self._in_thread(lambda: self._replica.apply(batch, self._clock.now()), end)
        except FeedRefusedError as error:
            return error.why
        return None

    async def _refresh_by(self, road: Road) -> None:
        end = Event()
        async with self._refreshing:
            await self._in_thread(lambda: self._replica.refresh(_UntilTold(road, end), self._clock.now()), end)

    async def _in_thread(self, call: Callable[[], object], end: Event) -> None:
        """Run ``call`` in a thread; if cancelled, tell it so and wait until it has let go."""
        work = asyncio.ensure_future(asyncio.to_thread(self._telling, call))
        try:
            await asyncio.shield(work)
        except asyncio.CancelledError:
            end.set()
            await asyncio.gather(work, return_exceptions=True)
            raise

    def _telling(self, call: Callable[[], object]) -> None:
        """Log what came of ``call``, whether it succeeds or not: what was good until then is kept."""
        before = self._replica.positions()
        try:
            call()
        finally:
            for position in self._replica.positions():
                if position not in before:
                    _LOG.info("feed.applied", epoch=position.epoch, seq=position.seq)

    def _note(self, source: str, why: str | None) -> None:
        self._refused.pop(source, None)
        if why is not None:
            self._refused[source] = why
        self._link.refuse_list(next(iter(self._refused.values()), None))


@dataclass(frozen=True, slots=True)
class _UntilTold:
    """A road that ends when it is told to."""

    road: Road
    end: Event

    @contextmanager
    def fetch(self, path: str) -> Iterator[Iterator[bytes]]:
        self._go_on()
        with self.road.fetch(path) as pieces:
            yield self._pieces(pieces)

    def _pieces(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            self._go_on()
            yield piece

    def _go_on(self) -> None:
        if self.end.is_set():
            raise RoadError("stopped")
