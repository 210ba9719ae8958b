"""Deadlines for calls that nothing can cancel (a PC/SC transmit, a vendor's library): the process is ended instead.

``guard = Watchdog(expired)``; ``with guard(3.0): call()``. When the call is not back in time, ``expired`` is called
from the watchdog's own thread; it says what must be said and ends the process. Guarded calls may overlap and nest.

A call only writes its deadline down. The thread looks every ``TICK_S``: to wake it at each call would cost a
third of an APDU (`make bench`, reader.apdu.over-bare-transmit).
"""

import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Final, TypeAlias

Guard: TypeAlias = Callable[[float], AbstractContextManager[None]]
"""Takes a deadline in seconds; what is done inside must be done by then."""

TICK_S: Final = 0.1
"""So much later than its deadline a call may be found."""


class Watchdog:
    """One thread that knows every deadline. ``expired`` is called once, with no lock held."""

    def __init__(self, expired: Callable[[], None]) -> None:
        self._expired = expired
        self._deadlines: dict[int, float] = {}
        threading.Thread(target=self._run, name="watchdog", daemon=True).start()

    def __call__(self, deadline_s: float) -> AbstractContextManager[None]:
        """Let what is done inside take ``deadline_s`` at the most."""
        return _Call(self._deadlines, deadline_s)

    def _run(self) -> None:
        # A copy in one step: calls in other threads come and go meanwhile.
        while all(deadline_s > time.monotonic() for deadline_s in tuple(self._deadlines.values())):
            time.sleep(TICK_S)
        self._expired()


class _Call(AbstractContextManager[None]):
    """One guarded call; a class, since a generator would cost three times as much."""

    __slots__ = ("_deadline_s", "_deadlines")

    def __init__(self, deadlines: dict[int, float], deadline_s: float) -> None:
        self._deadlines = deadlines
        self._deadline_s = deadline_s

    def __enter__(self) -> None:
        self._deadlines[id(self)] = time.monotonic() + self._deadline_s

    def __exit__(self, *_: object) -> None:
        del self._deadlines[id(self)]


def unguarded(_deadline_s: float) -> AbstractContextManager[None]:
    """Stand for a guard where a person waits and can interrupt (an installer's command, a test)."""
    return nullcontext()
