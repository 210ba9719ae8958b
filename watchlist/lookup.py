"""The look-up at the gate: is one of these exact numbers listed?

- A hit is told whatever the list's age: it is a lead for a person to check, and the station checks it once more.
- A miss counts only while the list is young enough; otherwise nobody knows, and that is ``Unavailable`` (RULES 8).
- A hit and a miss take the same path; all numbers of a document are looked up before any is judged.
- An expired record never matches.
- A checkpoint that lies ahead of the clock means that the clock was set back. How old the list is cannot be told then,
  so a miss is ``Unavailable``.
- No name is looked up, ever (RULES 1), and a look-up leaves no trace.
"""

import os
from contextlib import suppress
from datetime import datetime, timedelta, timezone, tzinfo
from pathlib import Path
from typing import Final

from kiosk.domain.evidence import Listed, ListEvidence, NotListed, Unavailable
from kiosk.domain.faults import Fault
from kiosk.domain.numbers import DocumentNumber
from kiosk.domain.reasons import Reason
from kiosk.visit.policy import Policy
from watchlist import trust
from watchlist.device_key import KEY_FILE, FileDeviceKeys
from watchlist.seal import (
    INDEX_BYTES,
    SEALED_BYTES,
    Record,
    SealedRow,
    SealError,
    Secret,
    index_of,
    open_record,
    stretch,
)
from watchlist.store import CLOCK_TOLERANCE, LIST_FILE, ListStore

_POLICY: Final = Policy()
_CHINA: Final = timezone(timedelta(hours=8))
_DECOY: Final = SealedRow(bytes(INDEX_BYTES), os.urandom(SEALED_BYTES))


class SealedList:
    """A ``kiosk.ports.Watchlist`` over the agent's data folder. Safe to call from any thread."""

    def __init__(
        self,
        data: Path,
        *,
        fresh_for: timedelta = _POLICY.list_fresh_for,
        usable_for: timedelta = _POLICY.list_usable_for,
        zone: tzinfo = _CHINA,
    ) -> None:
        """Look into ``data`` at each call until there is a list; ``zone`` decides when an entry's last day is over."""
        self._data = data
        self._fresh_for = fresh_for
        self._usable_for = usable_for
        self._zone = zone
        self._opened: tuple[ListStore, trust.Trust] | None = None
        self._inode = 0

    def look_up(self, numbers: tuple[DocumentNumber, ...], now: datetime) -> ListEvidence:
        """See ``kiosk.ports.Watchlist.look_up``."""
        try:
            return self._look_up(numbers, now)
        except FileNotFoundError:
            self.close()
            return Unavailable(Reason.LIST_MISSING)
        except Exception:
            # Whatever it is (a damaged file, a foreign copy, no memory for Argon2), the visitor goes to staff.
            self.close()
            return Unavailable(Reason.LIST_FAULT)

    def faults(self, now: datetime) -> frozenset[Fault]:
        """See ``kiosk.ports.Watchlist.faults``; LIST_REFUSED is the agent's to tell (``Outbox.link_faults``)."""
        try:
            checked_at = self._open()[0].checked_at()
        except Exception:
            self.close()
            return frozenset({Fault.LIST_MISSING})
        if checked_at is None:
            return frozenset({Fault.LIST_MISSING})
        if checked_at > now + CLOCK_TOLERANCE:
            return frozenset({Fault.CLOCK})
        if now - checked_at > self._usable_for:
            return frozenset({Fault.LIST_TOO_OLD})
        if now - checked_at > self._fresh_for:
            return frozenset({Fault.LIST_AGEING})
        return frozenset()

    def close(self) -> None:
        """Let go of the files; the next look-up opens them again."""
        opened, self._opened = self._opened, None
        if opened is not None:
            opened[0].close()

    def _look_up(self, numbers: tuple[DocumentNumber, ...], now: datetime) -> ListEvidence:
        store, trusted = self._open()
        secrets = [stretch(number, trusted.pepper) for number in numbers]
        found = store.find([index_of(secret) for secret in secrets])
        today = now.astimezone(self._zone).date()
        opened = [record for secret, rows in zip(secrets, found.rows, strict=True) for record in _open(secret, rows)]
        hits = [record for record in opened if today <= record.expires_on]
        if found.checked_at is None:
            return Unavailable(Reason.LIST_MISSING)
        age = max(now - found.checked_at, timedelta(0))
        if hits:
            return Listed(hits[0].entry, age)
        if found.checked_at > now + CLOCK_TOLERANCE:
            return Unavailable(Reason.CLOCK_FAULT)
        if age > self._usable_for:
            return Unavailable(Reason.LIST_TOO_OLD)
        return NotListed(age)

    def _open(self) -> tuple[ListStore, trust.Trust]:
        inode = (self._data / LIST_FILE).stat().st_ino
        if self._opened is not None and self._inode != inode:
            self.close()  # the agent has replaced a damaged copy
        if self._opened is None:
            self._inode = inode
            trusted = trust.load(self._data / trust.TRUST_FILE)
            keys = FileDeviceKeys.load(self._data / KEY_FILE)
            self._opened = ListStore.open(self._data / LIST_FILE, trusted, keys), trusted
        return self._opened


def _open(secret: Secret, rows: tuple[SealedRow, ...]) -> tuple[Record, ...]:
    if not rows:
        with suppress(SealError):
            open_record(secret, _DECOY)
    # A row that was found but does not open raises: a damaged entry must not pass for a miss.
    return tuple(open_record(secret, row) for row in rows)
