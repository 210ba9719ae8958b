"""The list follows the station over a real connection, whatever the stream does."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from list_author import ListAuthor, some_rows
from station_double import Pki, Reply, StationDouble, station_double, until

import sync.kiosk_end.puller as puller_module
from kiosk.clock import SystemClock
from kiosk.domain.faults import Fault
from sync.kiosk_end.link import LinkState
from sync.kiosk_end.outbox import OutboxFile
from sync.kiosk_end.puller import Puller
from watchlist.device_key import FileDeviceKeys
from watchlist.store import LIST_FILE, ListStore

FEED = "GET /v1/feed?"
EVENTS = "GET /v1/feed/events?"


class RememberingLink(LinkState):
    """Knows every fault that ever was, even one that the next pull put right."""

    ever: frozenset[Fault] = frozenset()

    def set(self, fault: Fault, present: bool) -> None:
        self.ever |= {fault} if present else frozenset()
        super().set(fault, present)


@dataclass
class Kiosk:
    author: ListAuthor
    replica: ListStore
    outbox: OutboxFile
    link: RememberingLink

    def seq(self) -> int:
        return self.replica.position().seq

    def batch(self, since: int, up_to: int | None = None) -> bytes:
        return self.author.batch(since, up_to=up_to, at=datetime.now(UTC))

    def line(self, since: int, up_to: int | None = None) -> bytes:
        return b"data: " + self.batch(since, up_to) + b"\n\n"

    def honest(self, station: StationDouble) -> None:
        """Let the station answer a pull from the position that it names."""

        def feed(_body: bytes) -> Reply:
            since = int(station.asked[-1].rpartition("since=")[2])
            return 200, self.batch(since)

        station.replies["GET /v1/feed"] = feed

    def faults(self) -> frozenset[Fault]:
        return self.outbox.link_faults(datetime.now(UTC)) - {Fault.STATION_LINK}


@pytest.fixture
def kiosk(tmp_path: Path) -> Iterator[Kiosk]:
    author = ListAuthor()
    for person in range(3):
        author.add_rows(person, some_rows())
    replica = ListStore.create(tmp_path / LIST_FILE, author.trust(), FileDeviceKeys(bytes(32)))
    outbox = OutboxFile(tmp_path / "outbox.db")
    yield Kiosk(author, replica, outbox, RememberingLink(outbox, SystemClock()))
    outbox.close()
    replica.close()


def follow(pki: Pki, kiosk: Kiosk, scene: Callable[[StationDouble], Awaitable[None]]) -> None:
    async def play() -> None:
        async with station_double(pki) as station:
            kiosk.honest(station)
            client = station.client()
            following = asyncio.create_task(Puller(kiosk.replica, client, kiosk.link, SystemClock()).run())
            try:
                await scene(station)
            finally:
                following.cancel()
                await asyncio.gather(following, return_exceptions=True)
                await client.close()

    asyncio.run(play())


def test_a_kiosk_that_starts_catches_up_before_it_listens(pki: Pki, kiosk: Kiosk) -> None:
    async def scene(station: StationDouble) -> None:
        await until(lambda: station.times(EVENTS))
        assert kiosk.seq() == 3
        assert station.asked[-1] == "GET /v1/feed/events?epoch=1&since=3"

    follow(pki, kiosk, scene)


def test_a_change_that_is_streamed_is_at_work_at_once(pki: Pki, kiosk: Kiosk) -> None:
    async def scene(station: StationDouble) -> None:
        await until(lambda: station.times(EVENTS))
        pulls = station.times(FEED)
        kiosk.author.withdraw(0)
        station.stream.put_nowait(kiosk.line(3))
        await until(lambda: kiosk.seq() == 4)
        assert station.times(FEED) == pulls

    follow(pki, kiosk, scene)


def test_a_gap_in_the_stream_is_filled_by_a_pull_and_is_no_fault(pki: Pki, kiosk: Kiosk) -> None:
    async def scene(station: StationDouble) -> None:
        await until(lambda: station.times(EVENTS))
        kiosk.author.withdraw(0)
        kiosk.author.withdraw(1)
        station.stream.put_nowait(kiosk.line(4))
        await until(lambda: kiosk.seq() == 5)
        assert kiosk.link.ever == frozenset()

    follow(pki, kiosk, scene)


def test_a_late_batch_on_the_stream_is_no_fault(pki: Pki, kiosk: Kiosk) -> None:
    async def scene(station: StationDouble) -> None:
        await until(lambda: station.times(EVENTS))
        station.stream.put_nowait(kiosk.line(0, 2))
        await until(lambda: station.times(FEED) > 2)
        assert kiosk.seq() == 3
        assert kiosk.link.ever == frozenset()

    follow(pki, kiosk, scene)


def test_a_forged_batch_is_a_fault_for_staff_and_the_last_good_list_goes_on(pki: Pki, kiosk: Kiosk) -> None:
    async def scene(station: StationDouble) -> None:
        await until(lambda: station.times(EVENTS))
        station.replies["GET /v1/feed"] = lambda _body: (503, b"")
        forger = ListAuthor(kiosk.author.site)
        forged = forger.sign([], seq=3, head=kiosk.author.heads[3], at=datetime.now(UTC))
        station.stream.put_nowait(b"data: " + forged + b"\n\n")
        await until(lambda: kiosk.faults() == {Fault.LIST_REFUSED})
        assert kiosk.seq() == 3
        kiosk.honest(station)
        await until(lambda: kiosk.faults() == frozenset())

    follow(pki, kiosk, scene)


def test_a_station_restored_from_an_old_backup_is_a_fault(pki: Pki, kiosk: Kiosk) -> None:
    async def scene(station: StationDouble) -> None:
        await until(lambda: station.times(EVENTS))
        station.replies["GET /v1/feed"] = lambda _body: (200, kiosk.batch(2, 2))
        station.stream.put_nowait(None)
        await until(lambda: kiosk.faults() == {Fault.LIST_REFUSED})
        assert kiosk.seq() == 3

    follow(pki, kiosk, scene)


def test_a_stream_that_ends_is_opened_again_where_it_left_off(pki: Pki, kiosk: Kiosk) -> None:
    async def scene(station: StationDouble) -> None:
        await until(lambda: station.times(EVENTS))
        station.stream.put_nowait(None)
        kiosk.author.withdraw(0)
        await until(lambda: station.times(EVENTS) == 2)
        assert station.asked[-1] == "GET /v1/feed/events?epoch=1&since=4"

    follow(pki, kiosk, scene)


def test_a_stream_that_falls_silent_is_dead(pki: Pki, kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(puller_module, "SILENT_S", 0.05)

    async def scene(station: StationDouble) -> None:
        await until(lambda: station.times(EVENTS) == 2)

    follow(pki, kiosk, scene)


def test_a_stream_that_leaves_changes_out_is_overtaken_by_the_regular_pull(
    pki: Pki, kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(puller_module, "PULL_EVERY_S", 0.0)

    async def scene(station: StationDouble) -> None:
        await until(lambda: station.times(EVENTS))
        stale = kiosk.line(3, 3)
        kiosk.author.withdraw(0)
        station.stream.put_nowait(stale)
        await until(lambda: kiosk.seq() == 4)

    follow(pki, kiosk, scene)


def test_without_a_stream_the_list_still_follows_by_pulling(pki: Pki, kiosk: Kiosk) -> None:
    async def scene(station: StationDouble) -> None:
        for _ in range(50):
            station.stream.put_nowait(None)
        await until(lambda: station.times(EVENTS) == 2)
        kiosk.author.withdraw(0)
        await until(lambda: kiosk.seq() == 4)

    follow(pki, kiosk, scene)


def test_a_long_list_cut_into_pieces_is_pulled_to_its_end(pki: Pki, kiosk: Kiosk) -> None:
    async def scene(station: StationDouble) -> None:
        await until(lambda: station.times(EVENTS))
        for person in range(10):
            kiosk.author.add_rows(person, some_rows())

        def one_at_a_time(_body: bytes) -> Reply:
            since = int(station.asked[-1].rpartition("since=")[2])
            return 200, kiosk.batch(since, min(since + 1, kiosk.author.seq))

        station.replies["GET /v1/feed"] = one_at_a_time
        station.stream.put_nowait(None)
        await until(lambda: kiosk.seq() == 13)

    follow(pki, kiosk, scene)
