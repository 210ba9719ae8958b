"""A limit on log-ins and on enrolments, counted by address and never by login: nobody can lock another person out.

An attempt counts as it begins, so that a burst of parallel guesses is not let through before the first has failed;
one that succeeds is taken back. In memory: a restart forgets, which costs an attacker a restart of the station.
"""

import math
from collections import OrderedDict, deque
from threading import Lock
from typing import Final

from sync.station.refusals import TooManyError

WRONG_PER_WINDOW: Final = 5
WINDOW_S: Final = 60.0
_ADDRESSES: Final = 10_000
"""Beyond this many the longest untouched is forgotten, so that memory stays bounded."""


class Attempts:
    """The attempts of the last minute by address. ``now_s`` is monotonic; callable from any thread."""

    def __init__(self) -> None:
        self._recent: OrderedDict[str, deque[float]] = OrderedDict()
        self._turn = Lock()

    def begin(self, address: str, now_s: float) -> None:
        """Count an attempt of this address.

        Raises:
            TooManyError: it has none left; ``retry_after_s`` says when to come again.
        """
        with self._turn:
            recent = self._recent.setdefault(address, deque())
            self._recent.move_to_end(address)
            if len(self._recent) > _ADDRESSES:
                self._recent.popitem(last=False)
            while recent and recent[0] <= now_s - WINDOW_S:
                recent.popleft()
            if len(recent) >= WRONG_PER_WINDOW:
                raise TooManyError("too-many-attempts", retry_after_s=math.ceil(recent[0] + WINDOW_S - now_s))
            recent.append(now_s)

    def succeeded(self, address: str) -> None:
        """Take the newest attempt of this address back."""
        with self._turn:
            recent = self._recent.get(address)
            if recent:
                recent.pop()
