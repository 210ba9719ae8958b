"""A bell that wakes the streams of this process. It carries nothing: whoever hears it reads the store.

Other instances hear it too (sync.station.hints), and ours rings when theirs is rung.

Ringing is only a hint (facts/sync, Station): a listener that missed a ring catches up by ``seq > last`` at the
next one, so a lost or doubled ring can neither lose nor double a message. In a flood of rings each listener looks
some twenty times a second and not at every one: the first is heard at once, and after the last there is another look.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

BREATH_S: Final = 0.05
"""Of a listener, from one ring that it hears to the next."""


class Listener:
    """One stream's ear."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._rung = asyncio.Event()
        self._heard_s = float("-inf")

    async def wait(self, timeout_s: float) -> bool:
        """Return True at the next ring, or at once for one since the last wait; False after ``timeout_s``."""
        try:
            # Not wait_for, which in Python 3.11 swallows a cancellation that comes with the ring (cpython #86296).
            async with asyncio.timeout(timeout_s):
                await self._rung.wait()
        except TimeoutError:
            return False
        await asyncio.sleep(max(0.0, self._heard_s + BREATH_S - self._loop.time()))
        self._heard_s = self._loop.time()
        self._rung.clear()
        return True

    def wake(self) -> None:
        """Ring for this listener; callable from any thread."""
        if not self._rung.is_set():  # or it looks soon anyway, and then sees what this ring is for
            self._loop.call_soon_threadsafe(self._rung.set)


class Bell:
    """Rung after a commit, from any thread."""

    def __init__(self) -> None:
        self._listeners: set[Listener] = set()
        self._listeners_to_own: set[Listener] = set()
        self.silenced = False
        """True when the server is stopping: every stream ends."""
        self.last_ring: object = object()
        """Another one with each ring: whoever keeps what he has read can tell that something has happened since."""

    def __len__(self) -> int:
        """Return how many listen."""
        return len(self._listeners)

    @contextmanager
    def listening(self, *, to_own: bool = False) -> Iterator[Listener]:
        """Give the calling coroutine an ear for as long as the block lasts; ``to_own``: deaf to other instances."""
        listener, listeners = (
            Listener(asyncio.get_running_loop()),
            self._listeners_to_own if to_own else self._listeners,
        )
        listeners.add(listener)
        try:
            yield listener
        finally:
            listeners.discard(listener)

    def ring(self) -> None:
        """Wake every listener, here and at the other instances."""
        self.ring_here()
        for listener in tuple(self._listeners_to_own):
            listener.wake()

    def ring_here(self) -> None:
        """Wake every listener of this process: it was rung elsewhere."""
        self.last_ring = object()
        for listener in tuple(self._listeners):
            listener.wake()

    def silence(self) -> None:
        """Ring for the last time, so that every stream can end."""
        self.silenced = True
        self.ring()
