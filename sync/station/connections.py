"""The open connections of kiosks: one whose certificate has ended is cut, its stream, its long poll, whatever it does.

What is asked for anew is refused by ``certificates.identify``; this is for what was let in before. The look is at the
store, so that a bell that was not heard, or a revocation by another process, is found all the same.
"""

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from typing import Final

import structlog
from anyio.to_thread import run_sync

from sync.station import certificates, pki
from sync.station import log as station_log
from sync.station.bell import Bell
from sync.station.store import Store

LOOK_EVERY_S: Final = 5.0

log = structlog.get_logger()


class Connections:
    """Every connection of this process that has shown a certificate. All in one event loop, but for the look."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now
        self._open: defaultdict[str, set[Callable[[], None]]] = defaultdict(set)
        self.bell = Bell()
        """Rung when a certificate may have ended."""

    def opened(self, certificate: bytes, hang_up: Callable[[], None]) -> None:
        """Keep a connection that showed this certificate (DER)."""
        self._open[pki.fingerprint(certificate)].add(hang_up)

    def closed(self, certificate: bytes, hang_up: Callable[[], None]) -> None:
        """Forget it."""
        fingerprint = pki.fingerprint(certificate)
        self._open[fingerprint].discard(hang_up)
        if not self._open[fingerprint]:
            del self._open[fingerprint]

    async def run(self) -> None:
        """Cut what must be cut until the bell is silenced."""
        with self.bell.listening() as ear:
            while not self.bell.silenced:
                try:
                    for fingerprint in await run_sync(self._ended, frozenset(self._open)):
                        for hang_up in tuple(self._open.get(fingerprint, ())):
                            hang_up()
                except Exception as error:
                    log.error("connections.trouble", error=type(error).__name__, where=station_log.where(error))
                await ear.wait(LOOK_EVERY_S)

    def _ended(self, fingerprints: frozenset[str]) -> frozenset[str]:
        if not fingerprints:
            return fingerprints
        with self._store.read() as conn:
            return certificates.ended(conn, fingerprints, self._now())
