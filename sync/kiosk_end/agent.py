"""The sync agent: the only process of a kiosk with the network and the client key.

Composition only. Its data folder is the whole interface to the kiosk app: ``outbox.db``, ``watchlist.db``,
``trust.json``, the device's key and ``doorbell.sock``; beside them the agent's own ``identity/`` and ``agent.lock``,
and what ``watchlist.replica`` keeps of the signed files.
"""

import asyncio
import signal
from collections.abc import Coroutine, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import structlog

from kiosk import doorbell, service_manager
from kiosk.clock import SystemClock
from kiosk.domain.ids import KioskId, LaneId
from kiosk.file_lock import HeldByAnotherError, holding
from kiosk.ports import Clock, OutboxError
from sync.http import StationClient
from sync.kiosk_end import enrol
from sync.kiosk_end.heartbeat import SOFTWARE, Heart
from sync.kiosk_end.identity import IDENTITY_FOLDER, Identity
from sync.kiosk_end.link import LinkState
from sync.kiosk_end.outbox import OUTBOX_FILE, OutboxFile
from sync.kiosk_end.puller import Puller
from sync.kiosk_end.receiver import Receiver
from sync.kiosk_end.roads import Mirrors, open_roads
from sync.kiosk_end.turns import TakingTurns, refreshing
from sync.kiosk_end.uploader import Uploader
from sync.wire import Enrolled
from watchlist import trust
from watchlist.device_key import DeviceKeys, KeyMode, open_device_keys
from watchlist.replica import ListFollower

LOCK_FILE: Final = "agent.lock"
COUNTS_EVERY_S: Final = 600.0
_OPEN_PATIENCE_S: Final = 60.0
_LOG = structlog.get_logger()


class AgentRunningError(Exception):
    """Another agent works in this data folder; two senders would break the order of the alarms."""


class EnrolledBeforeError(Exception):
    """The kiosk was enrolled by a version whose list was signed otherwise: enrol it again. Its outbox stays good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentSettings:
    """Where the station is, where the files are, how often the counts are sent; the mirrors, the device's key."""

    station_url: str
    data: Path
    counts_every_s: float = COUNTS_EVERY_S
    mirrors: Mirrors = field(default_factory=Mirrors)
    device_key: KeyMode = "auto"


async def enrol_kiosk(station_url: str, ca: Path, token: str, data: Path, device_key: KeyMode = "auto") -> trust.Trust:
    """Enrol, and write the device key, the identity and the trust file into ``data``.

    Raises:
        EnrolError: if the station does not enrol the kiosk.
        DeviceKeyError: if the device key cannot be made or opened; the token has not been used then.
        AgentRunningError: if an agent works in ``data``, who would go on with what it was enrolled with before.
    """
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone(data):
        keys = open_device_keys(data, device_key, make=True)
        enrolled = await enrol.enrol(station_url, ca, token, Identity(data / IDENTITY_FOLDER))
        granted = granted_by(enrolled)
        trust.save(granted, data / trust.TRUST_FILE, keys)
    return granted


def granted_by(enrolled: Enrolled) -> trust.Trust:
    """Return what the station's answer to an enrolment lets the kiosk believe."""
    return trust.Trust(
        kiosk=KioskId(enrolled.kiosk),
        lane=LaneId(enrolled.lane),
        site=enrolled.site,
        group=enrolled.group,
        root=enrolled.root,
        group_key=enrolled.group_key,
    )


async def run(settings: AgentSettings) -> None:
    """Work until SIGTERM or SIGINT.

    Raises:
        FileNotFoundError: if this kiosk was never enrolled.
        EnrolledBeforeError: if it was, by a version whose list was another.
        TrustError: if what it was told at its enrolment is damaged.
        DeviceKeyError: if the key that ties the list to this machine cannot be had.
        MirrorError: if a mirror's address or CA file is not one.
        AgentRunningError: if another agent works in the data folder.
    """
    data, clock = settings.data, SystemClock()
    with _alone(data), ExitStack() as open_things:
        keys = open_device_keys(data, settings.device_key)
        trusted = load_trust(data, keys)
        identity = Identity(data / IDENTITY_FOLDER)
        roads = open_roads(settings.station_url, identity, settings.mirrors, open_things)
        if keys.place == "file":
            _LOG.warning("device-key.in-file")
        with refreshing(data, _OPEN_PATIENCE_S):  # a stick may just be read: opening clears up after unfinished copies
            replica = ListFollower(data, trusted, keys)
        open_things.callback(replica.close)
        outbox = OutboxFile(data / OUTBOX_FILE)
        open_things.callback(outbox.close)
        station = StationClient(settings.station_url, identity.ca, identity.own)
        wake = asyncio.Event()
        uploader = Uploader(outbox, station, wake, clock)
        link = LinkState(outbox, clock)
        heart = Heart(
            outbox=outbox,
            replica=replica,
            station=station,
            own=identity.own,
            link=link,
            clock=clock,
            station_is_back=uploader.station_is_back,
            look_ups=replica.look_ups,
            device_key=keys.place,
        )
        _LOG.info("agent.started", kiosk=trusted.kiosk, site=trusted.site, software=SOFTWARE)
        try:
            with doorbell.listen(data / doorbell.DOORBELL_FILE, wake.set):
                service_manager.tell(service_manager.READY)
                await _until_told_to_stop(
                    service_manager.keep_told(),
                    uploader.run(),
                    Puller(Receiver(TakingTurns(replica, data), roads, link, clock), station, clock).run(),
                    heart.run(),
                    _close_counts(outbox, settings.counts_every_s, clock, wake),
                )
        finally:
            service_manager.tell(service_manager.STOPPING)
            await station.close()
        _LOG.info("agent.stopped")


def load_trust(data: Path, keys: DeviceKeys) -> trust.Trust:
    """Return what this kiosk was told at its enrolment. Raises FileNotFoundError, EnrolledBeforeError or TrustError."""
    file = data / trust.TRUST_FILE
    try:
        return trust.load(file, keys)
    except trust.TrustError:
        if b'"feed_key":' in file.read_bytes():  # as the first version wrote it
            raise EnrolledBeforeError from None
        raise


async def _close_counts(outbox: OutboxFile, every_s: float, clock: Clock, wake: asyncio.Event) -> None:
    while True:
        await asyncio.sleep(every_s)
        try:
            outbox.forget_delivered(clock.now())
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
def _alone(data: Path) -> Iterator[None]:
    try:
        with holding(data / LOCK_FILE, patience_s=0):
            yield
    except HeldByAnotherError:
        raise AgentRunningError from None
