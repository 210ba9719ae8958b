"""The look-up at the gate: is one of these exact numbers listed?

- Only a card on the reader is looked up, each presence once, and no faster than people can lay down cards: whoever has
  taken a live kiosk over must not turn it into an oracle. Every number is counted, and the station sees the count.
- While two epochs are held every number is looked up in both; the one that has come further decides, since it is the
  whole list as of then (watchlist.store).
- A hit is told whatever the list's age: it is a lead for a person to check, and the station checks it once more.
- A miss counts only while the list is young enough; otherwise nobody knows, and that is ``Unavailable`` (RULES 8).
- A hit and a miss take the same path; all numbers of a document are looked up before any is judged.
- An expired record never matches.
- ``now`` is the time as the kiosk reckons it (kiosk.reckoning). A checkpoint that lies ahead of it all the same means
  that nobody can tell how old the list is, so a miss is ``Unavailable``; what has expired is judged by the checkpoint.
- No name is looked up, ever (RULES 1), and a look-up leaves no trace but the count.
"""

import os
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta, timezone, tzinfo
from pathlib import Path
from typing import Final

from kiosk.domain.evidence import Listed, ListEvidence, NotListed, Unavailable
from kiosk.domain.faults import Fault
from kiosk.domain.ids import Presence
from kiosk.domain.numbers import DocumentNumber
from kiosk.domain.reasons import Reason
from kiosk.reckoning import CLOCK_TOLERANCE
from kiosk.visit.policy import Policy
from watchlist import trust
from watchlist.device_key import open_device_keys
from watchlist.look_ups import LookUpCount
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
from watchlist.store import LIST_FILE, Found, ListStore

_POLICY: Final = Policy()
_CHINA: Final = timezone(timedelta(hours=8))
_DECOY: Final = SealedRow(bytes(INDEX_BYTES), os.urandom(SEALED_BYTES))
TRY_AGAIN_S: Final = 10.0
"""Between two tries to open a list by who only wants to know how it is: each asks the TPM. A card never waits."""
_PRESENCES: Final = 1000
"""So many of the last presences are known as looked up; no reader comes back to a counter so soon."""


class Pace:
    """A token bucket: ``burst`` numbers at once, ``per_minute`` in the long run."""

    def __init__(
        self, per_minute: float = 60.0, burst: int = 30, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._per_second = per_minute / 60.0
        self._burst = float(burst)
        self._left = self._burst
        self._monotonic = monotonic
        self._seen_s = monotonic()

    def allows(self, numbers: int) -> bool:
        """Take so many from the bucket, or nothing and return False."""
        now_s = self._monotonic()
        self._left = min(self._burst, self._left + (now_s - self._seen_s) * self._per_second)
        self._seen_s = now_s
        if numbers > self._left:
            return False
        self._left -= numbers
        return True


class SealedList:
    """A ``kiosk.ports.Watchlist`` over the agent's data folder. Safe to call from any thread."""

    def __init__(
        self,
        data: Path,
        *,
        fresh_for: timedelta = _POLICY.list_fresh_for,
        usable_for: timedelta = _POLICY.list_usable_for,
        zone: tzinfo = _CHINA,
        pace: Pace | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Look into ``data`` at each call until there is a list; ``zone`` decides when an entry's last day is over."""
        self._data = data
        self._fresh_for = fresh_for
        self._usable_for = usable_for
        self._zone = zone
        self._pace = pace or Pace()
        self._monotonic = monotonic
        self._looked_up: deque[Presence] = deque(maxlen=_PRESENCES)
        self._count = LookUpCount(data)
        self._counting = ThreadPoolExecutor(max_workers=1, thread_name_prefix="look-up-count")
        self._opened: tuple[ListStore, int] | None = None
        self._try_again_s = float("-inf")

    def look_up(self, presence: Presence, numbers: tuple[DocumentNumber, ...], now: datetime) -> ListEvidence:
        """See ``kiosk.ports.Watchlist.look_up``."""
        if presence in self._looked_up or not self._pace.allows(len(numbers)):
            return Unavailable(Reason.LIST_BUSY)
        self._looked_up.append(presence)
        try:
            # The count reaches the disk while the slow hash runs, and before the answer is given.
            counted = self._counting.submit(self._count.add, len(numbers))
            answer = self._look_up(numbers, now)
            counted.result()
            return answer
        except FileNotFoundError:
            self.close()
            return Unavailable(Reason.LIST_MISSING)
        except Exception:
            # Whatever it is (a damaged file, a foreign copy, no memory for Argon2), the visitor goes to staff.
            self.close()
            return Unavailable(Reason.LIST_FAULT)

    def faults(self, now: datetime) -> frozenset[Fault]:
        """See ``kiosk.ports.Watchlist.faults``; LIST_REFUSED is the agent's to tell (``Outbox.link_faults``)."""
        checked_at = self.checked_at()
        if checked_at is None:
            return frozenset({Fault.LIST_MISSING})
        if checked_at > now + CLOCK_TOLERANCE:
            return frozenset({Fault.CLOCK})
        if now - checked_at > self._usable_for:
            return frozenset({Fault.LIST_TOO_OLD})
        if now - checked_at > self._fresh_for:
            return frozenset({Fault.LIST_AGEING})
        return frozenset()

    def checked_at(self) -> datetime | None:
        """Return the newest signed moment at which the list was known to stand; None where there is no list."""
        if self._opened is None and self._monotonic() < self._try_again_s:
            return None
        try:
            return self._open().checked_at()
        except Exception:
            self.close()
            return None

    def close(self) -> None:
        """Let go of the files; the next look-up opens them again."""
        opened, self._opened = self._opened, None
        if opened is not None:
            opened[0].close()

    def _look_up(self, numbers: tuple[DocumentNumber, ...], now: datetime) -> ListEvidence:
        secrets, found = self._find(numbers)
        opened = {
            epoch: [
                record for secret, rows in zip(secrets[epoch], one.rows, strict=True) for record in _open(secret, rows)
            ]
            for epoch, one in found.items()
        }
        deciding = [epoch for epoch, one in found.items() if one.decides]
        checked_at = max((at for epoch in deciding if (at := found[epoch].checked_at) is not None), default=None)
        if checked_at is None:
            return Unavailable(Reason.LIST_MISSING)
        set_back = checked_at > now + CLOCK_TOLERANCE
        today = (checked_at if set_back else now).astimezone(self._zone).date()
        hits = [record for epoch in deciding for record in opened[epoch] if today <= record.expires_on]
        age = max(now - checked_at, timedelta(0))
        if hits:
            return Listed(hits[0].entry, age)
        if set_back:
            return Unavailable(Reason.CLOCK_FAULT)
        if age > self._usable_for:
            return Unavailable(Reason.LIST_TOO_OLD)
        return NotListed(age)

    def _find(self, numbers: tuple[DocumentNumber, ...]) -> tuple[dict[int, list[Secret]], dict[int, Found]]:
        """Stretch the numbers for every epoch that is held, and look for them."""
        store = self._open()
        secrets: dict[int, list[Secret]] = {}
        while True:
            for pepper in store.peppers():
                if pepper.epoch not in secrets:
                    secrets[pepper.epoch] = [stretch(number, pepper) for number in numbers]
            found = store.find({epoch: [index_of(secret) for secret in one] for epoch, one in secrets.items()})
            if found.keys() <= secrets.keys():
                return secrets, found
            # An epoch has come while the slow hash ran: it is asked too.

    def _open(self) -> ListStore:
        inode = (self._data / LIST_FILE).stat().st_ino
        if self._opened is not None and self._opened[1] != inode:
            self.close()  # the agent has replaced a damaged copy
        if self._opened is None:
            self._try_again_s = self._monotonic() + TRY_AGAIN_S
            keys = open_device_keys(self._data)
            trusted = trust.load(self._data / trust.TRUST_FILE, keys)
            self._opened = ListStore.open(self._data / LIST_FILE, trusted, keys), inode
            self._try_again_s = float("-inf")
        return self._opened[0]


def _open(secret: Secret, rows: tuple[SealedRow, ...]) -> tuple[Record, ...]:
    if not rows:
        with suppress(SealError):
            open_record(secret, _DECOY)
    # A row that was found but does not open raises: a damaged entry must not pass for a miss.
    return tuple(open_record(secret, row) for row in rows)
