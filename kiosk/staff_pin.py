"""The PIN of the staff's panel: an Argon2id hash in the kiosk's folder, and ever longer waits after wrong tries.

- There is no default: until the installer has set one, nothing opens.
- A try is written down before it is looked at, and forgotten when it was right: pulling the plug gains no tries.
- A PIN keeps visitors out of the panel. It is no key: whoever has the disk can guess six digits, and finds what the
  panel shows.

A staff card was left out: a card's chip serial is copied in a second, and a hash of it would be a person's trace.
"""

import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Final

import msgspec
import structlog
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from kiosk.private_file import write_private

PIN_FILE: Final = "staff-pin.json"
MIN_DIGITS: Final = 6
MAX_DIGITS: Final = 12
FREE_TRIES: Final = 3
_FIRST_WAIT_S: Final = 5.0
_LONGEST_WAIT_S: Final = 300.0
_HASHER: Final = PasswordHasher(time_cost=3, memory_cost=32 * 1024, parallelism=1)
log = structlog.get_logger()


class PinTooEasyError(ValueError):
    """Too short, too long, or the first that anybody would try."""


class _Kept(msgspec.Struct, frozen=True):
    hash: str
    wrong: int = 0


class StaffPin:
    """The PIN of this kiosk. ``matches`` takes some 50 ms: not for the screen's thread."""

    def __init__(self, data: Path, now_s: Callable[[], float] = time.monotonic) -> None:
        self._file = data / PIN_FILE
        self._now_s = now_s
        self._next_s = now_s() + _wait_after(self._wrong())

    def is_set(self) -> bool:
        """Tell whether there is one."""
        return self._kept() is not None

    def set(self, pin: str) -> None:
        """Choose it. Raises PinTooEasyError."""
        check(pin)
        write_private(self._file, msgspec.json.encode(_Kept(hash=_HASHER.hash(pin))))
        self._next_s = self._now_s()

    def wait_s(self) -> float:
        """Return how long the next try must wait."""
        return max(0.0, self._next_s - self._now_s())

    def matches(self, pin: str) -> bool:
        """Tell whether this is the PIN; False without looking while a wait is on, and where none is set."""
        kept = self._kept()
        if kept is None or self.wait_s() > 0:
            return False
        write_private(self._file, msgspec.json.encode(_Kept(hash=kept.hash, wrong=kept.wrong + 1)))
        try:
            _HASHER.verify(kept.hash, pin)
        except (VerifyMismatchError, InvalidHashError):
            self._next_s = self._now_s() + _wait_after(kept.wrong + 1)
            log.warning("panel.wrong-pin", tries=kept.wrong + 1)
            return False
        write_private(self._file, msgspec.json.encode(_Kept(hash=kept.hash)))
        return True

    def _wrong(self) -> int:
        kept = self._kept()
        return kept.wrong if kept is not None else 0

    def _kept(self) -> _Kept | None:
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=_Kept)
        except (OSError, msgspec.MsgspecError):
            return None


def check(pin: str) -> None:
    """Raise PinTooEasyError where a PIN is no good: one digit over and over, a run such as 123456, or no digits."""
    if not (pin.isascii() and pin.isdigit() and MIN_DIGITS <= len(pin) <= MAX_DIGITS):
        raise PinTooEasyError
    steps = {int(after) - int(before) for before, after in pairwise(pin)}
    if steps in ({0}, {1}, {-1}):
        raise PinTooEasyError


def _wait_after(wrong: int) -> float:
    if wrong < FREE_TRIES:
        return 0.0
    return float(min(_FIRST_WAIT_S * 2 ** min(wrong - FREE_TRIES, 10), _LONGEST_WAIT_S))
