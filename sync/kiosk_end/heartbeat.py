"""The heartbeat: how this kiosk is, every ten seconds, and what the answer says of the link and the clock."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from importlib.metadata import version
from typing import Final

import msgspec
import structlog

from kiosk import ntp
from kiosk.boot_clock import boot_id, since_boot_s
from kiosk.clock import SystemClock
from kiosk.domain.faults import Fault, how_is
from kiosk.ports import FeedPosition, ListReplica, OutboxError
from sync.http import Answer, StationClient
from sync.kiosk_end.hang_ups import HangUps
from sync.kiosk_end.identity import Identity
from sync.kiosk_end.link import LinkState
from sync.kiosk_end.outbox import OutboxFile
from sync.wire import HEARTBEAT_S, Heartbeat, HeartbeatSeen

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
        own: Identity,
        link: LinkState,
        clock: SystemClock,
        station_is_back: Callable[[], None],
        look_ups: Callable[[], int],
        device_key: str,
        expects_ntp: bool = False,
        heed: Callable[[HeartbeatSeen], None] = lambda seen: None,
        evidence_held: Callable[[], int] = lambda: 0,
    ) -> None:
        """Beat for the parts given.

        ``look_ups`` counts those of this machine; ``device_key`` says where its key is (sync.wire.Heartbeat). With
        ``expects_ntp`` it is a fault when nothing keeps the clock. ``heed`` is given each answer of the station's.
        """
        self._outbox = outbox
        self._replica = replica
        self._station = station
        self._hang_ups = HangUps(station)
        self._own = own
        self._link = link
        self._clock = clock
        self._station_is_back = station_is_back
        self._look_ups = look_ups
        self._device_key = device_key
        self._expects_ntp = expects_ntp
        self._clock_ahead_s: float | None = None
        self.has_beaten = asyncio.Event()
        """Set once the first answer has come, or none."""
        self._heed = heed
        self._evidence_held = evidence_held

    async def run(self) -> None:
        """Beat for ever."""
        while True:
            try:
                await self.beat()
            except OutboxError:
                _LOG.error("outbox.trouble")
            self.has_beaten.set()
            await asyncio.sleep(HEARTBEAT_S)

    async def beat(self) -> None:
        """Send one heartbeat and note what came of it."""
        # In a thread: the list's file may be in the middle of a large commit, and an alarm must not wait for it.
        heartbeat = await asyncio.to_thread(self._heartbeat, self._clock.now())
        acknowledged = self._outbox.acknowledged()  # before the station says how far it is: it may get on meanwhile
        asked_s = since_boot_s()
        outcome = await self._hang_ups.judge(await self._station.post("/v1/heartbeat", heartbeat))
        arrived = isinstance(outcome, Answer) and outcome.status == 200
        if arrived and Fault.STATION_LINK in self._link.faults:
            self._station_is_back()
        self._link.heard(outcome)
        now = self._clock.now()
        ends_soon = self._own.period()[1] - now < CERTIFICATE_WARNING
        self._link.set(Fault.CERTIFICATE_ENDS_SOON, ends_soon)
        if isinstance(outcome, Answer):
            if arrived:
                self._hear(outcome.body, asked_s, acknowledged)
            else:
                _LOG.warning("heartbeat.trouble", why=f"http-{outcome.status}")
        else:
            _LOG.warning("heartbeat.trouble", why=outcome.why)
        self._link.set(Fault.CLOCK, self._clock.is_wrong())
        self._link.set(Fault.CLOCK_UNSYNCED, self._expects_ntp and ntp.state() == "not-synchronised")
        self._link.tell(self._clock.now())

    def _heartbeat(self, now: datetime) -> Heartbeat:
        held = self._replica.positions() or (_NOTHING,)
        checked_at = self._replica.checked_at()
        oldest = self._outbox.oldest()
        faults, pack = self._outbox.read_faults(now), self._outbox.pack()
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
            faults=tuple(sorted(faults | self._link.faults)),
            software=SOFTWARE,
            clock_ahead_s=self._clock_ahead_s,
            ntp=ntp.state(),
            evidence_held=self._evidence_held(),
            boot=boot_id(),
            set_aside=self._outbox.set_aside_count(),
            disk_free=self._outbox.disk_free(),
            certificate_until=self._own.period()[1],
            reader=how_is("reader", faults),
            camera=how_is("camera", faults),
            gate=how_is("gate", faults),
            # Of an app that is silent nobody can say which models it has.
            pack=pack.name if pack is not None and Fault.APP_SILENT not in faults else None,
            pack_digest=pack.digest if pack is not None and Fault.APP_SILENT not in faults else None,
        )

    def _hear(self, body: bytes, asked_s: float, acknowledged: int) -> None:
        try:
            seen = msgspec.json.decode(body, type=HeartbeatSeen)
        except (msgspec.MsgspecError, ValueError):
            _LOG.warning("heartbeat.trouble", why="malformed-answer")
            return
        self._clock_ahead_s = self._clock.hear_station(seen.now, asked_s)
        if self._clock_ahead_s is not None and self._clock.is_wrong():
            _LOG.error("clock.differs", seconds=round(self._clock_ahead_s))
        if seen.upto_seq is not None and seen.upto_seq < acknowledged:
            _LOG.warning("station.restored", messages=self._outbox.station_has(seen.upto_seq))
            self._station_is_back()
        if seen.maintenance_until != self._outbox.maintenance_until():
            self._outbox.tell_maintenance(seen.maintenance_until, self._clock.now())
        self._heed(seen)
