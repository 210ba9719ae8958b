"""Sends what is to be told (sync.station.webhooks), signed as Standard Webhooks has it.

- ``webhook-id`` is the message's and the same at each attempt, so that a receiver takes it once; ``webhook-timestamp``
  is the time of the attempt, so that it can refuse what is old; ``webhook-signature`` is ``v1,`` and the HMAC-SHA-256
  of ``id.timestamp.body`` in base64.
- Each receiver is served by itself: one that is slow or dead holds up nobody else.
- No transaction is open while the network is waited for.
- Whoever may write in the station's folder may name, in ``webhook-addresses``, addresses of this very machine or its
  link that may be told (one a line), and in ``webhook-ca.pem`` the CAs of the receivers; no admin at a browser may.
"""

import asyncio
import base64
import hashlib
import hmac
import random
from collections.abc import Iterable
from itertools import groupby
from operator import attrgetter
from typing import Final

import structlog
from anyio import CapacityLimiter
from anyio.to_thread import run_sync

from sync.http import HookSender
from sync.station import log as station_log
from sync.station import webhooks
from sync.station.station import Station
from sync.station.webhooks import Due

ADDRESSES: Final = "webhook-addresses"
CAS: Final = "webhook-ca.pem"
LOOK_EVERY_S: Final = 1.0

log = structlog.get_logger()


def signature(secret: bytes, message: str, timestamp: int, body: bytes) -> str:
    """Return the value of ``webhook-signature``."""
    signed = b".".join((message.encode(), str(timestamp).encode(), body))
    return "v1," + base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode()


class Deliveries:
    """Of one running station."""

    def __init__(self, station: Station) -> None:
        self._station = station
        self._own_thread = CapacityLimiter(1)
        self._at_work: dict[str, asyncio.Task[None]] = {}
        self._jitter = random.SystemRandom()

    async def run(self) -> None:
        """Look after each alarm and every second, until cancelled."""
        folder = self._station.folder
        cas = folder / CAS
        addresses = folder / ADDRESSES
        allowed = frozenset(addresses.read_text().split()) if addresses.exists() else frozenset()
        sender = HookSender(cas if cas.exists() else None, allowed)
        try:
            with self._station.alarm_bell.listening() as bell:
                while not self._station.alarm_bell.silenced:
                    await self._look(sender)
                    await bell.wait(LOOK_EVERY_S)
        finally:
            for task in self._at_work.values():
                task.cancel()
            await asyncio.gather(*self._at_work.values(), return_exceptions=True)
            await sender.close()

    async def _look(self, sender: HookSender) -> None:
        try:
            due = await run_sync(self._due, limiter=self._own_thread)
        except Exception as error:
            log.error("webhooks.trouble", error=type(error).__name__, where=station_log.where(error))
            return
        for webhook, messages in groupby(sorted(due, key=attrgetter("webhook", "n")), attrgetter("webhook")):
            if webhook not in self._at_work or self._at_work[webhook].done():
                self._at_work[webhook] = asyncio.create_task(self._serve(sender, list(messages)))

    def _due(self) -> list[Due]:
        with self._station.store.read() as conn:
            return webhooks.due(conn, self._station.now())

    async def _serve(self, sender: HookSender, messages: Iterable[Due]) -> None:
        try:
            for message in messages:
                if await run_sync(self._claim, message, limiter=self._own_thread):
                    why = await self._send(sender, message)
                    await run_sync(self._note, message, why, limiter=self._own_thread)
        except Exception as error:
            # A full disk, say. What was claimed is tried again when its claim ends.
            log.error("webhooks.trouble", error=type(error).__name__, where=station_log.where(error))

    async def _send(self, sender: HookSender, message: Due) -> str | None:
        """Send once; return None where the receiver has it, or why not."""
        timestamp = int(self._station.now().timestamp())
        headers = {
            "webhook-id": message.id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signature(message.secret, message.id, timestamp, message.body),
            "content-type": "application/json",
        }
        return await sender.post(message.url, headers, message.body)

    def _claim(self, message: Due) -> bool:
        with self._station.store.write() as conn:
            return webhooks.claim(conn, message, self._station.now())

    def _note(self, message: Due, why: str | None) -> None:
        with self._station.store.write() as conn:
            now = self._station.now()
            if why is None:
                webhooks.delivered(conn, message, now)
                return
            set_aside = webhooks.failed(conn, message, why, now, part=self._jitter.random())
        log.warning("webhook.failed", webhook=message.webhook, why=why, set_aside=set_aside)
