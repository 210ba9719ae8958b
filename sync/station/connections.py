"""The open connections of kiosks: one whose certificate has ended is cut in its stream, its long poll, its download.

What is asked for anew is refused by ``certificates.identify``, in words; so an idle connection is left alone, and an
answer that has just begun has ``GRACE_S`` to end by itself. The look is at the store, so that a bell that nobody heard,
or a revocation by another process, is found all the same.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from typing import Final, Protocol

import structlog
from anyio.to_thread import run_sync

from sync.station import certificates, pki
from sync.station import log as station_log
from sync.station.bell import Bell
from sync.station.store import Store

LOOK_EVERY_S: Final = 5.0
GRACE_S: Final = 0.3

log = structlog.get_logger()


class Line(Protocol):
    """One connection."""

    @property
    def answering(self) -> object | None:
        """The request that is being answered on it, if one is."""

    def hang_up(self) -> None:
        """Drop it at once."""


class Connections:
    """Every connection of this process that has shown a certificate. All in one event loop, but for the look."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now
        self._open: defaultdict[str, set[Line]] = defaultdict(set)
        self.bell = Bell()
        """Rung when a certificate may have ended."""

    def opened(self, certificate: bytes, line: Line) -> None:
        """Keep a connection that showed this certificate (DER)."""
        self._open[pki.fingerprint(certificate)].add(line)

    def closed(self, certificate: bytes, line: Line) -> None:
        """Forget it."""
        fingerprint = pki.fingerprint(certificate)
        self._open[fingerprint].discard(line)
        if not self._open[fingerprint]:
            del self._open[fingerprint]

    async def run(self) -> None:
        """Cut what must be cut until the bell is silenced."""
        with self.bell.listening() as ear:
            while not self.bell.silenced:
                try:
                    await self._cut(await run_sync(self._ended, frozenset(self._open)))
                except Exception as error:
                    # A locked database or a full disk: no request is let in by that, and the next look comes.
                    log.error("connections.trouble", error=type(error).__name__, where=station_log.where(error))
                await ear.wait(LOOK_EVERY_S)

    def _ended(self, fingerprints: frozenset[str]) -> frozenset[str]:
        if not fingerprints:
            return fingerprints
        with self._store.read() as conn:
            return certificates.ended(conn, fingerprints, self._now())

    async def _cut(self, ended: frozenset[str]) -> None:
        lines = [line for fingerprint in ended for line in self._open.get(fingerprint, ())]
        if busy := [(line, line.answering) for line in lines if line.answering is not None]:
            await asyncio.sleep(GRACE_S)
            for line, request in busy:
                if line.answering is request:
                    line.hang_up()
