"""Whose turn it is to write: one at a time, in the order in which they came, within this process and beyond it.

- Threads of this process queue. A plain lock would let whoever has just finished take it again before a waiting thread
  has woken: under a flood of heartbeats a withdrawal would wait for ever.
- Processes meet at a gate, a file lock that is held only until the database's own write lock is won. SQLite has no
  queue: who waits looks again every 100 ms, and a busy server leaves no gap of that size. At the gate the server waits
  until the other has begun. PostgreSQL has a queue of its own (sync.station.postgres), and needs no gate.
"""

from collections import deque
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from threading import Lock

from kiosk.file_lock import holding


class Turns:
    """The turns at one database; ``gate`` is the lock file that its processes share, if they need one."""

    def __init__(self, gate: Path | None) -> None:
        self._gate = gate
        self._queue: deque[Lock] = deque()  # the first one has its turn
        self._changing = Lock()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for this thread's turn, and have it as long as the context lasts."""
        mine = Lock()
        with self._changing:
            self._queue.append(mine)
            if len(self._queue) > 1:
                mine.acquire()
        with mine:
            try:
                yield
            finally:
                self._next()

    def at_gate(self) -> AbstractContextManager[None]:
        """Hold the gate: for as long as it takes to begin."""
        return nullcontext() if self._gate is None else holding(self._gate)

    def _next(self) -> None:
        with self._changing:
            self._queue.popleft()
            if self._queue:
                self._queue[0].release()
