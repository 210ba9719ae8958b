"""Requests that wait at the same time share one transaction and one commit to the disk.

Theory of operation
- A request leaves its act (what it does in a transaction) and waits. One thread does the acts of all who wait, one
  after another, commits, and only then is each answered. Meanwhile the next group gathers: the longer a commit takes,
  the more share the next one, and whoever comes alone waits for no company.
- Each act has a savepoint. One that raises is rolled back by itself and its request is told; the others stand.
- Where the commit fails, all are told so, and come again. A process that dies before it has answered nobody.
- Urgent acts (alarms) come before the others (heartbeats), each kind in the order in which it came. A kiosk sends one
  upload at a time, so the order of its alarms is its own.
- In a group each kind has ``SHARE_S``, and what is left waits for the next one. So no flood of alarms makes kiosks seem
  silent; and a person's act (a withdrawal), which has the next turn (sync.station.turns), waits for one group at most.

An act must be quick and wait for nothing.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from math import inf
from typing import Any, Final, TypeVar

from sqlalchemy import Connection

from sync.station.store import Store

SHARE_S: Final = 0.05

T = TypeVar("T")


class _Waiting:
    """A request's act, and what came of it."""

    def __init__(self, act: Callable[[Connection], Any], answer: asyncio.Future[Any]) -> None:
        self.act = act
        self.answer = answer
        self.result: Any = None
        self.error: Exception | None = None

    def try_in(self, conn: Connection) -> None:
        conn.exec_driver_sql("SAVEPOINT act")
        try:
            self.result = self.act(conn)
        except Exception as error:
            # Raises where SQLite has rolled back everything (disk full): then the whole group has failed.
            conn.exec_driver_sql("ROLLBACK TO act")
            self.error = error
        conn.exec_driver_sql("RELEASE act")

    def tell(self) -> None:
        if self.answer.done():  # its connection is gone
            return
        if self.error is not None:
            self.answer.set_exception(self.error)
        else:
            self.answer.set_result(self.result)


class GroupCommit:
    """The one queue of a process for acts that share their commits. Use within one event loop."""

    def __init__(self, store: Store, timed: Callable[[float], None] = lambda _seconds: None) -> None:
        """``timed`` is told how long each group took, from its turn to the end of its commit."""
        self._store = store
        self._timed = timed
        self._urgent: deque[_Waiting] = deque()
        self._others: deque[_Waiting] = deque()
        self._thread = ThreadPoolExecutor(1, "group-commit")
        self._at_work = False

    async def do(self, act: Callable[[Connection], T], *, urgent: bool = False) -> T:
        """Do the act in a transaction and return what it returned, after the commit; raise what it raised."""
        loop = asyncio.get_running_loop()
        waiting = _Waiting(act, loop.create_future())
        (self._urgent if urgent else self._others).append(waiting)
        if not self._at_work:
            self._begin(loop)
        result: T = await waiting.answer
        return result

    def close(self) -> None:
        """End the thread, after the group that it is at."""
        self._thread.shutdown()

    def _begin(self, loop: asyncio.AbstractEventLoop) -> None:
        self._at_work = True
        loop.run_in_executor(self._thread, self._group).add_done_callback(lambda group: self._end(loop, group.result()))

    def _end(self, loop: asyncio.AbstractEventLoop, group: list[_Waiting]) -> None:
        if self._urgent or self._others:
            self._begin(loop)
        else:
            self._at_work = False
        for one in group:
            one.tell()

    def _group(self) -> list[_Waiting]:
        group: list[_Waiting] = []
        try:
            with self._store.write() as conn:
                began_s = time.monotonic()
                for one in self._queue(SHARE_S):
                    group.append(one)
                    one.try_in(conn)
            self._timed(time.monotonic() - began_s)
        except Exception as error:
            group += self._queue(inf)  # no turn was had, or no room is left: it would be no better for these
            for one in group:
                one.error = one.error or error
        return group

    def _queue(self, share_s: float) -> Iterator[_Waiting]:
        for kind in (self._urgent, self._others):
            until_s = time.monotonic() + share_s
            while kind and time.monotonic() < until_s:
                yield kind.popleft()
