"""The sync agent: the only process of a kiosk with the network and the client key.

Composition only. Its data folder is the whole interface to the kiosk app: ``outbox.db``, ``watchlist.db``,
``trust.json``, ``device.key`` and ``doorbell.sock``; beside them the agent's own ``identity/`` and ``agent.lock``.
"""

import asyncio
import fcntl
import os
import signal
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog

from kiosk.clock import SystemClock
from kiosk.domain.ids import KioskId, LaneId
from kiosk.ports import Clock, OutboxError
from sync.http import StationClient
from sync.kiosk_end import doorbell, enrol
from sync.kiosk_end.heartbeat import SOFTWARE, Heart
from sync.kiosk_end.identity import IDENTITY_FOLDER, Identity
from sync.kiosk_end.link import LinkState
from sync.kiosk_end.outbox import OUTBOX_FILE, OutboxFile
from sync.kiosk_end.puller import Puller
from sync.kiosk_end.uploader import Uploader
from watchlist import trust
from watchlist.device_key import KEY_FILE, FileDeviceKeys
from watchlist.seal import Pepper
from watchlist.store import LIST_FILE, ListStore

LOCK_FILE: Final = "agent.lock"
COUNTS_EVERY_S: Final = 600.0
_LOG = structlog.get_logger()


class AgentRunningError(Exception):
    """Another agent works in this data folder; two senders would break the order of the alarms."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentSettings:
    """Where the station is, where the files are, how often the counts are sent."""

    station_url: str
    data: Path
    counts_every_s: float = COUNTS_EVERY_S


async def enrol_kiosk(station_url: str, ca: Path, token: str, data: Path) -> trust.Trust:
    """Enrol, and write the identity and the trust file into ``data``. Raises EnrolError."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    enrolled = await enrol.enrol(station_url, ca, token, Identity(data / IDENTITY_FOLDER))
    granted = trust.Trust(
        kiosk=KioskId(enrolled.kiosk),
        lane=LaneId(enrolled.lane),
        site=enrolled.site,
        feed_key=enrolled.feed_key,
        pepper=Pepper(enrolled.epoch, enrolled.pepper),
    )
    trust.save(granted, data / trust.TRUST_FILE)
    return granted


async def run(settings: AgentSettings) -> None:
    """Work until SIGTERM or SIGINT.

    Raises:
        FileNotFoundError: if this kiosk was never enrolled.
        AgentRunningError: if another agent works in the data folder.
    """
    data, clock = settings.data, SystemClock()
    with _alone(data / LOCK_FILE):
        trusted = trust.load(data / trust.TRUST_FILE)
        identity = Identity(data / IDENTITY_FOLDER)
        _LOG.warning("device-key.in-file")  # until there is a TPM behind watchlist.device_key
        replica = ListStore.create(data / LIST_FILE, trusted, FileDeviceKeys.load_or_make(data / KEY_FILE))
        outbox = OutboxFile(data / OUTBOX_FILE)
        station = StationClient(settings.station_url, identity.ca, identity.own)
        wake = asyncio.Event()
        link = LinkState(outbox, clock)
        heart = Heart(
            outbox=outbox,
            replica=replica,
            station=station,
            own=identity.own,
            link=link,
            clock=clock,
            station_is_back=wake,
        )
        _LOG.info("agent.started", kiosk=trusted.kiosk, site=trusted.site, software=SOFTWARE)
        try:
            with doorbell.listen(data / doorbell.DOORBELL_FILE, wake):
                await _until_told_to_stop(
                    Uploader(outbox, station, wake).run(),
                    Puller(replica, station, link, clock).run(),
                    heart.run(),
                    _close_counts(outbox, settings.counts_every_s, clock, wake),
                )
        finally:
            await station.close()
            outbox.close()
            replica.close()
        _LOG.info("agent.stopped")


async def _close_counts(outbox: OutboxFile, every_s: float, clock: Clock, wake: asyncio.Event) -> None:
    while True:
        await asyncio.sleep(every_s)
        try:
            outbox.close_counts(clock.now())
        except OutboxError:
            _LOG.error("outbox.trouble")
        wake.set()


async def _until_told_to_stop(*parts: Coroutine[None, None, None]) -> None:
    """Run the parts side by side. One that fails takes the agent down: the service manager starts it anew."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(part) for part in parts]
        await stop.wait()
        for task in tasks:
            task.cancel()


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AgentRunningError from None
        yield
    finally:
        os.close(lock)
