"""Requests that wait at the same time share one commit, and none pays for another's fault or another's number."""

import asyncio
import multiprocessing
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime
from multiprocessing.connection import Connection as PipeEnd
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import IntegrityError, OperationalError

from sync.station.group_commit import AT_ONCE, SHARE_S, GroupCommit
from sync.station.store import DATABASE, Store, open_store
from sync.station.tables import alarm_events, taken_messages
from tests.blank_station import new_store

Work = Callable[[Store, GroupCommit], Coroutine[Any, Any, None]]


@pytest.fixture
def run(tmp_path: Path) -> Callable[[Work], Store]:
    """Run a piece of work beside a group commit of its own and return the store."""
    store = new_store(tmp_path)

    def ran(work: Work) -> Store:
        async def whole() -> None:
            commits = GroupCommit(store)
            await work(store, commits)
            commits.close()

        asyncio.run(whole())
        return store

    return ran


def take(name: str) -> Callable[[Connection], str]:
    """The act of keeping a message of this name."""

    def act(conn: Connection) -> str:
        row = {"id": name, "kiosk": "g1", "seq": 1, "received_at": datetime.now(UTC)}
        conn.execute(insert(taken_messages).values(row))
        return name

    return act


def taken(store: Store) -> set[str]:
    with store.read() as conn:
        return set(conn.execute(select(taken_messages.c.id)).scalars())


async def together(store: Store, *asked: Callable[[], Awaitable[Any]]) -> list[Any]:
    """Ask for all of this while somebody else writes, so that all of it waits at the same time."""
    has_turn, may_end = Event(), Event()

    def write() -> None:
        with store.write():
            has_turn.set()
            may_end.wait()

    with ThreadPoolExecutor(1) as other:
        writing = other.submit(write)
        await asyncio.to_thread(has_turn.wait)
        asking = [asyncio.ensure_future(ask()) for ask in asked]
        await asyncio.sleep(0.05)
        assert not any(one.done() for one in asking)
        may_end.set()
        await asyncio.wrap_future(writing)
    return await asyncio.gather(*asking, return_exceptions=True)


def test_who_waits_at_the_same_time_shares_one_transaction(run: Callable[[Work], Store]) -> None:
    transactions = []

    def noted(name: str) -> Callable[[Connection], None]:
        def act(conn: Connection) -> None:
            transactions.append(conn.get_transaction())
            take(name)(conn)

        return act

    async def work(store: Store, commits: GroupCommit) -> None:
        await together(store, *(lambda n=n: commits.do(noted(n)) for n in "abcde"))
        await commits.do(noted("f"))

    assert taken(run(work)) == set("abcdef")
    assert [one is transactions[0] for one in transactions] == [True] * 5 + [False]


def test_an_act_that_fails_is_told_so_and_spoils_no_other(run: Callable[[Work], Store]) -> None:
    def half_done(conn: Connection) -> None:
        take("half")(conn)
        raise ValueError("hostile")

    async def work(store: Store, commits: GroupCommit) -> None:
        asked = [lambda: commits.do(take("a")), lambda: commits.do(half_done), lambda: commits.do(take("b"))]
        first, bad, last = await together(store, *asked)
        assert (first, type(bad), last) == ("a", ValueError, "b")

    assert taken(run(work)) == {"a", "b"}


class Together:
    """An act that is done for several at once, and how many it was done for each time."""

    def __init__(self) -> None:
        self.times: list[list[str]] = []

    def keep(self, conn: Connection, names: Sequence[str]) -> list[str]:
        self.times.append(list(names))
        for name in names:
            take(name)(conn)
            if name.startswith("bad"):
                raise ValueError(name)
        return [name.upper() for name in names]


def test_neighbours_with_the_same_act_have_it_done_once_and_each_is_told_his_own(
    run: Callable[[Work], Store],
) -> None:
    act = Together()

    async def work(store: Store, commits: GroupCommit) -> None:
        asked = [lambda n=n: commits.do_with_others(act.keep, n) for n in "abc"]
        another = lambda: commits.do(take("x"))  # noqa: E731  # one line
        answers = await together(store, *asked, another, lambda: commits.do_with_others(act.keep, "d"))
        assert answers == ["A", "B", "C", "x", "D"]

    assert taken(run(work)) == set("abcdx")
    assert act.times == [["a", "b", "c"], ["d"]]


def test_one_that_is_bad_among_neighbours_is_told_so_and_spoils_no_other(run: Callable[[Work], Store]) -> None:
    act = Together()

    async def work(store: Store, commits: GroupCommit) -> None:
        names = ("a", "bad 1", "b", "bad 2", "c")
        answers = await together(store, *(lambda n=n: commits.do_with_others(act.keep, n) for n in names))
        assert [str(answer) for answer in answers] == ["A", "bad 1", "B", "bad 2", "C"]

    assert taken(run(work)) == set("abc")


def test_no_act_is_done_for_more_at_once_than_fit_into_a_share(run: Callable[[Work], Store]) -> None:
    act = Together()

    async def work(store: Store, commits: GroupCommit) -> None:
        sizes = [1] * (AT_ONCE + 1) + [200, 200, 1]
        asked = (lambda n=n, s=s: commits.do_with_others(act.keep, f"{n}", size=s) for n, s in enumerate(sizes))
        await together(store, *asked)

    run(work)
    assert [len(names) for names in act.times] == [AT_ONCE, 1, 1, 1, 1]


def test_when_the_commit_fails_all_are_told_so_and_may_come_again(run: Callable[[Work], Store]) -> None:
    def breaks_the_commit(conn: Connection) -> None:
        conn.exec_driver_sql("PRAGMA defer_foreign_keys=ON")  # looked at in the COMMIT, and not before
        event = {"alarm": "of nobody", "event": "raised", "who": "g1", "at": datetime.now(UTC)}
        conn.execute(insert(alarm_events).values(event))

    async def work(store: Store, commits: GroupCommit) -> None:
        asked = [lambda: commits.do(take("a")), lambda: commits.do(breaks_the_commit), lambda: commits.do(take("b"))]
        assert [type(one) for one in await together(store, *asked)] == [IntegrityError] * 3
        assert taken(store) == set()
        assert await commits.do(take("a")) == "a"

    assert taken(run(work)) == {"a"}


def test_whoever_a_full_disk_leaves_no_room_for_is_told_so(run: Callable[[Work], Store]) -> None:
    def more_than_fits(conn: Connection) -> None:
        pages = conn.exec_driver_sql("PRAGMA page_count").scalar_one()
        conn.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        take("x" * 1_000_000)(conn)

    async def work(store: Store, commits: GroupCommit) -> None:
        asked = [lambda: commits.do(take("a")), lambda: commits.do(more_than_fits), lambda: commits.do(take("b"))]
        answers = await together(store, *asked)
        assert isinstance(answers[1], OperationalError)
        assert taken(store) == {answer for answer in answers if isinstance(answer, str)}

    run(work)


def test_whoever_is_answered_is_on_the_disk(run: Callable[[Work], Store]) -> None:
    async def work(store: Store, commits: GroupCommit) -> None:
        async def one(name: str) -> None:
            await commits.do(take(name))
            assert name in taken(store)

        await asyncio.gather(*(one(f"m{number}") for number in range(50)))

    run(work)


def test_a_database_that_cannot_be_written_keeps_nobody_waiting(run: Callable[[Work], Store], tmp_path: Path) -> None:
    async def work(store: Store, commits: GroupCommit) -> None:
        store.close()
        (tmp_path / DATABASE).unlink()
        (tmp_path / DATABASE).mkdir()
        answers = await asyncio.gather(*(commits.do(take(name)) for name in "abc"), return_exceptions=True)
        assert all(isinstance(answer, Exception) for answer in answers)

    run(work)


def test_alarms_come_before_heartbeats_that_waited_longer(run: Callable[[Work], Store]) -> None:
    done: list[str] = []

    async def work(store: Store, commits: GroupCommit) -> None:
        def ask(name: str, urgent: bool) -> Callable[[], Awaitable[None]]:
            return lambda: commits.do(lambda _: done.append(name), urgent=urgent)

        kinds = [("beat 1", False), ("alarm 1", True), ("beat 2", False), ("alarm 2", True)]
        await together(store, *(ask(*kind) for kind in kinds))

    run(work)
    assert done == ["alarm 1", "alarm 2", "beat 1", "beat 2"]


class Beats:
    """Acts that take their time, as a hundred heartbeats under load do. The database has the number of their groups,
    where another process sees it too."""

    def __init__(self, store: Store) -> None:
        with store.write() as conn:
            conn.exec_driver_sql("CREATE TABLE groups AS SELECT 0 AS n")
        self._group: object = None

    def beat(self, conn: Connection) -> None:
        if conn.get_transaction() is not self._group:
            self._group = conn.get_transaction()
            conn.exec_driver_sql("UPDATE groups SET n = n + 1")
        time.sleep(SHARE_S / 20)


async def flooded(
    store: Store, commits: GroupCommit, asked: Callable[[], Awaitable[list[int]]], *, urgent: bool = False
) -> list[int]:
    """Ask while so many beat that no group ever finds the queue empty."""
    beats, ended = Beats(store), False

    async def kiosk() -> None:
        while not ended:
            await commits.do(beats.beat, urgent=urgent)

    kiosks = [asyncio.create_task(kiosk()) for _ in range(100)]
    await asyncio.sleep(2 * SHARE_S)
    answer = await asked()
    ended = True
    await asyncio.gather(*kiosks)
    return answer


def groups(conn: Connection) -> int:
    return int(conn.exec_driver_sql("SELECT n FROM groups").scalar_one())


def waited_groups(store: Store) -> int:
    """Write once; return how many groups had a turn meanwhile."""
    with store.read() as conn:
        before = groups(conn)
    with store.write() as conn:
        return groups(conn) - before


def write_when_told(database: Path, teller: PipeEnd) -> None:
    """Another process that is here, and opens the store and writes when it is told to."""
    teller.send("here")
    teller.recv()
    store = open_store(database)
    teller.send([waited_groups(store) for _ in range(5)])
    store.close()


def test_a_withdrawal_has_its_turn_after_one_group_however_many_kiosks_beat(run: Callable[[Work], Store]) -> None:
    async def work(store: Store, commits: GroupCommit) -> None:
        async def withdrawals() -> list[int]:
            return await asyncio.to_thread(lambda: [waited_groups(store) for _ in range(10)])

        assert max(await flooded(store, commits, withdrawals)) <= 2

    run(work)


def test_no_flood_of_alarms_makes_a_kiosk_seem_silent(run: Callable[[Work], Store]) -> None:
    async def work(store: Store, commits: GroupCommit) -> None:
        async def heartbeats() -> list[int]:
            waited = []
            for _ in range(10):
                with store.read() as conn:
                    before = groups(conn)
                waited.append(await commits.do(groups) - before)
            return waited

        assert max(await flooded(store, commits, heartbeats, urgent=True)) <= 2

    run(work)


def test_a_withdrawal_has_its_turn_between_two_chunks_of_an_import(run: Callable[[Work], Store]) -> None:
    async def work(store: Store, _: GroupCommit) -> None:
        chunks, withdrawn = Beats(store), Event()

        def load() -> None:
            while not withdrawn.is_set():
                with store.write() as conn:
                    chunks.beat(conn)

        with ThreadPoolExecutor(1) as other:
            other.submit(load)
            waited = await asyncio.to_thread(lambda: [waited_groups(store) for _ in range(10)])
            withdrawn.set()
        assert max(waited) <= 2

    run(work)


def test_a_withdrawal_waits_for_none_of_those_who_read(run: Callable[[Work], Store]) -> None:
    async def work(store: Store, commits: GroupCommit) -> None:
        with ExitStack() as reading:
            for _ in range(40):  # as many as the server has threads for requests
                reading.enter_context(store.read())
            await asyncio.wait_for(commits.do(take("a")), 20)

    assert taken(run(work)) == {"a"}


def test_a_command_beside_the_server_has_its_turn_however_many_kiosks_beat(
    run: Callable[[Work], Store], tmp_path: Path
) -> None:
    async def work(store: Store, commits: GroupCommit) -> None:
        fresh = multiprocessing.get_context("spawn")
        ours, its = fresh.Pipe()
        process = fresh.Process(target=write_when_told, args=(tmp_path / DATABASE, its))
        process.start()
        assert await asyncio.to_thread(ours.recv) == "here"  # its imports are not what has to have its turn

        async def command() -> list[int]:
            ours.send("write")
            answer: list[int] = await asyncio.to_thread(ours.recv)
            return answer

        assert max(await flooded(store, commits, command)) <= 3
        process.join()

    run(work)
