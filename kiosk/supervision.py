"""Faults that nobody posts: the list's age, the link, the disk, the gate. Looked at every second, and at boot.

A panel that reports only changes stays silent about a fault that was there before it started (RULES 9), so what
counts is the difference to what the lane believes now, not to what was seen last.
"""

import shutil
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from kiosk.domain.faults import Fault
from kiosk.ports import Gate, Outbox, OutboxError, Watchlist

WATCHED = frozenset(
    {
        Fault.LIST_AGEING,
        Fault.LIST_TOO_OLD,
        Fault.LIST_MISSING,
        Fault.LIST_REFUSED,
        Fault.DEVICE_KEY_FILE,
        Fault.STATION_LINK,
        Fault.STATION_UNTRUSTED,
        Fault.SET_ASIDE,
        Fault.CERTIFICATE_ENDS_SOON,
        Fault.CERTIFICATE_EXPIRED,
        Fault.CERTIFICATE_REVOKED,
        Fault.CERTIFICATE_REJECTED,
        Fault.CLOCK,
        Fault.CLOCK_UNSYNCED,
        Fault.DISK,
        Fault.GATE_LOST,
    }
)
DISK_RESERVE_BYTES = 200 * 1024 * 1024


class Supervision:
    """The kiosk's own standing conditions."""

    def __init__(
        self,
        watchlist: Watchlist,
        outbox: Outbox,
        gate: Gate,
        data: Path,
        stands: Mapping[Fault, Callable[[], bool]] = MappingProxyType({}),
    ) -> None:
        """``stands`` tells of further faults whether they are there."""
        self._watchlist = watchlist
        self._outbox = outbox
        self._gate = gate
        self._data = data
        self._stands = stands

    def standing(self, now: datetime) -> frozenset[Fault]:
        """Return the watched faults that stand now."""
        disk = {Fault.DISK} if shutil.disk_usage(self._data).free < DISK_RESERVE_BYTES else set()
        gate = set() if self._gate.answers() else {Fault.GATE_LOST}
        others = {fault for fault, stands in self._stands.items() if stands()}
        return (self._watchlist.faults(now) | self._link(now) | disk | gate | others) & WATCHED

    def _link(self, now: datetime) -> frozenset[Fault]:
        try:
            return self._outbox.link_faults(now)
        except OutboxError:
            return frozenset({Fault.STATION_LINK})  # what cannot be read is not well; the outbox's own fault is apart
