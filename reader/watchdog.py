"""Deadlines for calls that nothing can cancel (a PC/SC transmit, a vendor's library): the process is ended instead.

``guard = Watchdog(expired)``; ``with guard(3.0): call()``. When the call is not back in time, ``expired`` is called
from the watchdog's own thread; it says what must be said and ends the process. Guarded calls may overlap and nest.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TypeAlias

Guard: TypeAlias = Callable[[float], AbstractContextManager[None]]
"""Takes a deadline in seconds; what is done inside must be done by then."""


class Watchdog:
    """One thread that knows every deadline. ``expired`` is called once, with no lock held."""

    def __init__(self, expired: Callable[[], None]) -> None:
        self._expired = expired
        self._change = threading.Condition()
        self._deadlines: dict[object, float] = {}
        threading.Thread(target=self._run, name="watchdog", daemon=True).start()

    @contextmanager
    def __call__(self, deadline_s: float) -> Iterator[None]:
        """Let what is done inside take ``deadline_s`` at the most."""
        call = object()
        with self._change:
            self._deadlines[call] = time.monotonic() + deadline_s
            self._change.notify()
        try:
            yield
        finally:
            # Not notified: the thread wakes at the old deadline, sees that it is gone, and sleeps on.
            with self._change:
                del self._deadlines[call]

    def _run(self) -> None:
        with self._change:
            while True:
                nearest_s = min(self._deadlines.values(), default=None)
                if nearest_s is not None and nearest_s <= time.monotonic():
                    break
                self._change.wait(None if nearest_s is None else nearest_s - time.monotonic())
        self._expired()


@contextmanager
def unguarded(_deadline_s: float) -> Iterator[None]:
    """Stand for a guard where a person waits and can interrupt (an installer's command, a test)."""
    yield
