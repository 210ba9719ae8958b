"""The heartbeat: how this kiosk is, every ten seconds, and what the answer says of the link and the clock."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from importlib.metadata import version
from typing import Final

import msgspec
import structlog

from kiosk.domain.faults import Fault
from kiosk.ports import Clock, FeedPosition, ListReplica, OutboxError
from sync.http import Answer, CertificateRejected, OwnCertificate, StationClient
from sync.kiosk_end.link import LinkState
from sync.kiosk_end.outbox import OutboxFile
from sync.wire import HEARTBEAT_S, Heartbeat, HeartbeatSeen

CLOCK_TOLERANCE: Final = timedelta(minutes=5)
"""Beyond it the list's age and a card's validity are no longer to be trusted, and the lane stops."""

CERTIFICATE_WARNING: Final = timedelta(days=7)
"""Of a life of 30 days, renewed after 20: less than this left means that the renewal has failed for days."""

_NOTHING: Final = FeedPosition(0, 0, "")
"""Of a kiosk that holds no list yet."""

SOFTWARE: Final = version("hongtu-gate")
_LOG = structlog.get_logger()


class Heart:
    """Beats, and keeps the link's faults current.

    ``station_is_back`` is called when one gets through after others, and when the station has lost what it had.
    """

    def __init__(
        self,
        *,
        outbox: OutboxFile,
        replica: ListReplica,
        station: StationClient,
        own: OwnCertificate,
        link: LinkState,
        clock: Clock,
        station_is_back: Callable[[], None],
        look_ups: Callable[[], int],
        device_key: str,
    ) -> None:
        """``look_ups`` counts those of this machine; ``device_key`` says where its key is (sync.wire.Heartbeat)."""
        self._outbox = outbox
        self._replica = replica
        self._station = station
        self._own = own
        self._link = link
        self._clock = clock
        self._station_is_back = station_is_back
        self._look_ups = look_ups
        self._device_key = device_key

    async def run(self) -> None:
        """Beat for ever."""
        while True:
            try:
                await self.beat()
            except OutboxError:
                _LOG.error("outbox.trouble")
            await asyncio.sleep(HEARTBEAT_S)

    async def beat(self) -> None:
        """Send one heartbeat and note what came of it."""
        # In a thread: the list's file may be in the middle of a large commit, and an alarm must not wait for it.
        heartbeat = await asyncio.to_thread(self._heartbeat, self._clock.now())
        acknowledged = self._outbox.acknowledged()  # before the station says how far it is: it may get on meanwhile
        outcome = await self._station.post("/v1/heartbeat", heartbeat)
        now = self._clock.now()
        arrived = isinstance(outcome, Answer) and outcome.status == 200
        if arrived and Fault.STATION_LINK in self._link.faults:
            self._station_is_back()
        self._link.set(Fault.STATION_LINK, not arrived)
        ends_soon = self._own.period()[1] - now < CERTIFICATE_WARNING
        self._link.set(Fault.CERTIFICATE_ENDS_SOON, ends_soon)
        self._link.set(Fault.CERTIFICATE_REJECTED, isinstance(outcome, CertificateRejected))
        if isinstance(outcome, Answer):
            if arrived:
                self._hear(outcome.body, acknowledged, now)
            else:
                _LOG.warning("heartbeat.trouble", why=f"http-{outcome.status}")
        else:
            _LOG.warning("heartbeat.trouble", why=outcome.why)
        self._link.tell(now)

    def _heartbeat(self, now: datetime) -> Heartbeat:
        held = self._replica.positions() or (_NOTHING,)
        checked_at = self._replica.checked_at()
        oldest = self._outbox.oldest()
        return Heartbeat(
            at=now,
            list_epoch=held[0].epoch,
            list_seq=held[0].seq,
            list_head=held[0].head,
            list_age_s=None if checked_at is None else max(0.0, (now - checked_at).total_seconds()),
            next_epoch=held[1].epoch if len(held) > 1 else None,
            list_refused=self._link.list_refused,
            look_ups=self._look_ups(),
            device_key=self._device_key,
            outbox_depth=self._outbox.depth(),
            oldest_undelivered_s=None if oldest is None else max(0.0, (now - oldest).total_seconds()),
            faults=tuple(sorted(self._outbox.read_faults(now) | self._link.faults)),
            software=SOFTWARE,
        )

    def _hear(self, body: bytes, acknowledged: int, now: datetime) -> None:
        try:
            seen = msgspec.json.decode(body, type=HeartbeatSeen)
        except (msgspec.MsgspecError, ValueError):
            _LOG.warning("heartbeat.trouble", why="malformed-answer")
            return
        self._compare_clocks(seen, now)
        if seen.upto_seq is not None and seen.upto_seq < acknowledged:
            _LOG.warning("station.restored", messages=self._outbox.station_has(seen.upto_seq))
            self._station_is_back()

    def _compare_clocks(self, seen: HeartbeatSeen, now: datetime) -> None:
        ahead = now - seen.now
        self._link.set(Fault.CLOCK, abs(ahead) > CLOCK_TOLERANCE)
        if abs(ahead) > CLOCK_TOLERANCE:
            _LOG.error("clock.differs", seconds=round(ahead.total_seconds()))
