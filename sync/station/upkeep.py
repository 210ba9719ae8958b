"""What a running station does by the clock: TUF signed anew, daily copies, the audit log signed, evidence erased in
time, and warnings that only people can end. Of several instances the one that leads does it (sync.station.leader).
"""

import asyncio
from collections.abc import Callable
from typing import Final

import structlog
from anyio import CapacityLimiter, create_task_group
from anyio.to_thread import run_sync
from sqlalchemy.exc import SQLAlchemyError

from sync.station import acts_done, alarm_figures, audit, copies, evidence, retention, webhooks
from sync.station import log as station_log
from sync.station.station import Station
from sync.station.trust import RENEW_BEFORE

SETTLE_S: Final = 5.0
"""After a start, in which kiosks and consoles come back, and need the cores and the database more than this does."""
LOOK_EVERY_S: Final = 3600.0
ERASE_EVERY_S: Final = 60.0

log = structlog.get_logger()


async def run(station: Station) -> None:
    """Look soon and then every hour, and for what is to be erased every minute, until cancelled."""
    await asyncio.sleep(SETTLE_S)
    async with create_task_group() as both:  # not asyncio's, which at the end would leave a thread at its work
        both.start_soon(_every, LOOK_EVERY_S, look, station)
        both.start_soon(_every, ERASE_EVERY_S, erase, station)


async def _every(seconds: float, act: Callable[[Station], None], station: Station) -> None:
    own_thread = CapacityLimiter(1)

    def act_if_leading() -> None:
        if station.leader.is_us():
            act(station)

    while True:
        try:
            await run_sync(act_if_leading, limiter=own_thread)
        except Exception as error:
            # A full disk, say. Nothing published is lost by it, and the next look tries again.
            log.error("upkeep.failed", error=type(error).__name__, where=station_log.where(error))
        await asyncio.sleep(seconds)


def erase(station: Station) -> None:
    """Erase the face crops, the answers to acts and the files that were tried, whose time is over."""
    station.import_work.tries.forget_old(station.now())
    with station.store.write() as conn:
        acts_done.forget_old(conn, station.now())
        evidence.erase_due(conn, station.evidence_keys, station.now())
        webhooks.forget_delivered(conn, station.now())


def sign_log(station: Station) -> None:
    """Sign where the audit log stands."""
    with station.store.write() as conn:
        audit.checkpoint(conn, station.keyring.audit_key, station.keyring.site, station.now())


def end(station: Station) -> None:
    """Sign the log a last time; a disk that fails ends no shutdown."""
    try:
        sign_log(station)
    except SQLAlchemyError as error:
        log.error("upkeep.failed", error=type(error).__name__, where=station_log.where(error))


def look(station: Station) -> None:
    """Do what is due now."""
    now = station.now()
    for role in station.tree.resign_if_due(now):
        log.info("trust.signed-anew", role=role)
    if retention.withdraw_expired(station.store, now):
        station.feed_bell.ring()
    alarm_figures.put_down(station.store, now)
    retention.erase_due(station.store, station.evidence_keys, now)
    sign_log(station)
    copies.copy_if_due(station.store, station.keyring, station.tree, now)
    lying_about = len(station.keyring.root_keys_here())
    if lying_about:
        log.warning("root-keys.still-here", n=lying_about)
    root = station.tree.state()[0]
    if root.expires - now < RENEW_BEFORE["root"]:
        log.warning("root.ends-soon", days=(root.expires - now).days)
