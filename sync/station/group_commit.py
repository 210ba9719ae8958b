"""Requests that wait at the same time share one transaction and one commit to the disk.

Theory of operation
- A request leaves its act (what it does in a transaction) and waits. One thread does the acts of all who wait, one
  after another, commits, and only then is each answered. Meanwhile the next group gathers: the longer a commit takes,
  the more share the next one, and whoever comes alone waits for no company.
- Each act has a savepoint. One that raises is rolled back by itself and its request is told; the others stand.
- Neighbours with the same act (uploads) have it done once for all of them, which takes a tenth of the statements. Where
  it raises it is rolled back and done for each by itself: so a bad one fails alone, and costs the others time only.
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
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from math import inf
from typing import Any, Final, TypeVar

from sqlalchemy import Connection

from sync.station.store import Store

SHARE_S: Final = 0.05
AT_ONCE: Final = 32
"""So much is done by one act at the most, that it fits into a share even where each must be done by itself."""

T = TypeVar("T")
A = TypeVar("A")


class _Waiting:
    """A request's act, what it is to be done with, and what came of it."""

    def __init__(
        self, act: Callable[[Connection, Sequence[Any]], Sequence[Any]], of: Any, size: int, answer: asyncio.Future[Any]
    ) -> None:
        self.act = act
        self.of = of
        self.size = size
        self.answer = answer
        self.result: Any = None
        self.error: Exception | None = None

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
        return await self.do_with_others(lambda conn, _: (act(conn),), None, urgent=urgent)

    async def do_with_others(
        self, act: Callable[[Connection, Sequence[A]], Sequence[T]], of: A, *, size: int = 1, urgent: bool = False
    ) -> T:
        """Do the act as ``do`` does, once for all who wait with the same one.

        Args:
            act: does it with what each of them has brought, in this order, and returns what each is told.
            of: what this request brings.
            size: how many ordinary ones it is worth.
            urgent: an alarm.
        """
        loop = asyncio.get_running_loop()
        waiting = _Waiting(act, of, size, loop.create_future())
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
                for some in self._queue(SHARE_S):
                    group += some
                    _try_in(conn, some)
            self._timed(time.monotonic() - began_s)
        except Exception as error:
            # No turn was had, or no room is left: it would be no better for those who still wait.
            group += chain.from_iterable(self._queue(inf))
            for one in group:
                one.error = one.error or error
        return group

    def _queue(self, share_s: float) -> Iterator[list[_Waiting]]:
        for kind in (self._urgent, self._others):
            until_s = time.monotonic() + share_s
            while kind and time.monotonic() < until_s:
                yield _neighbours(kind)


def _neighbours(kind: deque[_Waiting]) -> list[_Waiting]:
    """Take the first from the queue, and who comes next with the same act, up to ``AT_ONCE``."""
    some = [kind.popleft()]
    size = some[0].size
    while kind and kind[0].act == some[0].act and (size := size + kind[0].size) <= AT_ONCE:
        some.append(kind.popleft())
    return some


def _try_in(conn: Connection, some: Sequence[_Waiting]) -> None:
    conn.exec_driver_sql("SAVEPOINT act")
    try:
        results = some[0].act(conn, [one.of for one in some])
    except Exception as error:
        # Raises where SQLite has rolled back everything (disk full): then the whole group has failed.
        conn.exec_driver_sql("ROLLBACK TO act")
        conn.exec_driver_sql("RELEASE act")
        if len(some) == 1:
            some[0].error = error
        else:
            for one in some:
                _try_in(conn, [one])
    else:
        conn.exec_driver_sql("RELEASE act")
        for one, result in zip(some, results, strict=True):
            one.result = result
