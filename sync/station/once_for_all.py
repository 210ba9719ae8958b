"""What many watchers ask for in the same moment is read once: fifty open consoles hear the same news."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import RLock
from typing import Any, TypeVar

from sync.station.bell import Bell

What = TypeVar("What")


@dataclass(frozen=True, slots=True)
class _Kept:
    ring: object
    until_s: float
    what: Any

    def holds(self, ring: object, now_s: float) -> bool:
        return self.ring is ring and now_s < self.until_s


class OnceForAll:
    """What was read since the bell's last ring, by what was asked. From any thread."""

    def __init__(self, bell: Bell, monotonic: Callable[[], float]) -> None:
        self._bell, self._monotonic = bell, monotonic
        self._turn = RLock()  # one who reads may ask for a part of it here
        self._kept: dict[Hashable, _Kept] = {}

    def read(self, asked: Hashable, read: Callable[[], What], *, fresh_s: float) -> What:
        """Return what ``read`` returns, or what it has returned within ``fresh_s`` to somebody who asked for the same.

        After a ring it is always read anew: the ring comes after its commit, and is noted before we read.
        """
        with self._turn:
            ring, now_s = self._bell.last_ring, self._monotonic()
            kept = self._kept.get(asked)
            if kept is None or not kept.holds(ring, now_s):
                self._kept = {key: one for key, one in self._kept.items() if one.holds(ring, now_s)}
                kept = self._kept[asked] = _Kept(ring, now_s + fresh_s, read())
            what: What = kept.what
            return what
