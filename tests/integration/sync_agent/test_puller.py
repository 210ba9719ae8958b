"""The list follows the station over a real connection, whatever the stream does, and by other roads where it must."""

import asyncio
import gc
import warnings
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from paper_list import STATE, PaperList, batch, line, state
from station_double import HANG_UP, Pki, StationDouble, station_double, until

import sync.kiosk_end.puller as puller_module
from kiosk.clock import SystemClock
from kiosk.domain.faults import Fault
from kiosk.ports import Road, RoadError
from sync.kiosk_end.backoff import Backoff
from sync.kiosk_end.link import LinkState
from sync.kiosk_end.outbox import OutboxFile
from sync.kiosk_end.puller import Puller
from sync.kiosk_end.receiver import STATION, Receiver

AT_STATION = f"GET /v1/list/{STATE}"
AT_MIRROR = f"GET /mirror/{STATE}"
EVENTS = "GET /v1/list/events"
WAIT = "GET /v1/list/wait"


class RememberingLink(LinkState):
    """Knows every refusal that ever was, even one that the next refresh put right."""

    ever: tuple[str, ...] = ()

    def refuse_list(self, why: str | None) -> None:
        self.ever += (why,) if why is not None and why != self.list_refused else ()
        super().refuse_list(why)


@dataclass
class Kiosk:
    outbox: OutboxFile
    link: RememberingLink
    folder: Path
    paper: PaperList = field(default_factory=PaperList)

    def seq(self, epoch: int = 1) -> int:
        return self.paper.epochs.get(epoch, -1)

    def faults(self) -> frozenset[Fault]:
        return self.outbox.link_faults(datetime.now(UTC)) - {Fault.STATION_LINK}


@pytest.fixture
def kiosk(tmp_path: Path) -> Iterator[Kiosk]:
    outbox = OutboxFile(tmp_path / "outbox.db")
    yield Kiosk(outbox, RememberingLink(outbox, SystemClock()), tmp_path)
    outbox.close()


@pytest.fixture(autouse=True)
def no_long_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two attempts; each test still says which of them it lets happen."""
    monkeypatch.setattr(Backoff, "next_s", lambda _self: 0.02)


Scene = Callable[[StationDouble], Awaitable[None]]
TwoMirrors = Callable[[StationDouble, StationDouble, StationDouble], Awaitable[None]]


def follow(pki: Pki, kiosk: Kiosk, scene: Scene) -> None:
    async def alone(station: StationDouble, _one: StationDouble, _two: StationDouble) -> None:
        await scene(station)

    follow_with_mirrors(pki, kiosk, alone, mirrors=0)


def follow_with_mirrors(pki: Pki, kiosk: Kiosk, scene: TwoMirrors, mirrors: int = 2) -> None:
    async def play() -> None:
        async with AsyncExitStack() as stack:
            station = await stack.enter_async_context(station_double(pki))
            station.replies[AT_STATION] = lambda _body: (200, state(3))
            others = [await stack.enter_async_context(station_double(pki, client_certificates=False)) for _ in range(2)]
            client = station.client()
            stack.push_async_callback(client.close)
            roads: dict[str, Road] = {}
            for name, road in [(STATION, station.road()), *((f"mirror-{n}", m.mirror()) for n, m in enumerate(others))]:
                stack.callback(road.close)
                roads[name] = road
            chosen = dict(list(roads.items())[: 1 + mirrors])
            receiver = Receiver(kiosk.paper, chosen, kiosk.link, SystemClock())
            following = asyncio.create_task(Puller(receiver, client, SystemClock()).run())
            try:
                await scene(station, *others)
            finally:
                following.cancel()
                await asyncio.gather(following, return_exceptions=True)

    asyncio.run(play())
    with warnings.catch_warnings():
        # A connection that is cancelled in mid-handshake, as the agent's end may do, is closed by nobody but this.
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


def test_a_kiosk_that_starts_catches_up_before_it_listens(pki: Pki, kiosk: Kiosk) -> None:
    async def scene(station: StationDouble) -> None:
        await until(lambda: station.times(EVENTS))
        assert kiosk.seq() == 3
        assert station.asked[-1] == EVENTS

    follow(pki, kiosk, scene)


def test_a_change_that_is_streamed_is_at_work_at_once(pki: Pki, kiosk: Kiosk) -> None:
    async def scene(station: StationDouble) -> None:
        await until(lambda: station.times(EVENTS))
        station.stream.put_nowait(line(4))
        await until(lambda: kiosk.seq() == 4)
        assert station.times(AT_STATION) == 1

    follow(pki, kiosk, scene)


def test_a_gap_in_the_stream_is_filled_by_a_refresh_and_the_stream_goes_on(pki: Pki, kiosk: Kiosk) -> None:
    async def scene(station: StationDouble) -> None:
        await until(lambda: station.times(EVENTS))
        station.replies[AT_STATION] = lambda _body: (200, state(5))
        station.stream.put_nowait(line(5))
        await until(lambda: kiosk.seq() == 5)
        station.stream.put_nowait(line(6))
        await until(lambda: kiosk.seq() == 6)
        assert station.times(EVENTS) == 1
        assert kiosk.link.ever == ()

    follow(pki, kiosk, scene)


def test_a_late_batch_on_the_stream_is_no_fault(pki: Pki, kiosk: Kiosk) -> None:
    async def scene(station: StationDouble) -> None:
        await until(lambda: station.times(EVENTS))
        station.stream.put_nowait(line(2))
        await until(lambda: station.times(AT_STATION) == 2)
        station.stream.put_nowait(line(4))
        await until(lambda: kiosk.seq() == 4)
        assert station.times(EVENTS) == 1
        assert kiosk.link.ever == ()

    follow(pki, kiosk, scene)


def test_an_epoch_that_is_not_known_yet_is_fetched_and_then_followed(pki: Pki, kiosk: Kiosk) -> None:
    async def scene(station: StationDouble) -> None:
        await until(lambda: station.times(EVENTS))
        station.replies[AT_STATION] = lambda _body: (200, state(3, 0))
        station.stream.put_nowait(line(0, after=0, epoch=2))
        await until(lambda: kiosk.paper.epochs == {1: 3, 2: 0})
        station.stream.put_nowait(line(4) + line(1, epoch=2))
        await until(lambda: kiosk.paper.epochs == {1: 4, 2: 1})
        assert station.times(EVENTS) == 1
        assert kiosk.link.ever == ()

    follow(pki, kiosk, scene)


def test_a_batch_by_a_key_that_has_just_come_into_force_is_no_fault(pki: Pki, kiosk: Kiosk) -> None:
    async def scene(station: StationDouble) -> None:
        await until(lambda: station.times(EVENTS))
        station.replies[AT_STATION] = lambda _body: (200, state(3, keys=("k2",)))
        station.stream.put_nowait(line(4, by="k2"))
        await until(lambda: kiosk.seq() == 4)
        assert kiosk.link.ever == ()

    follow(pki, kiosk, scene)


def test_a_forged_batch_is_a_fault_with_its_reason_until_something_good_comes(pki: Pki, kiosk: Kiosk) -> None:
    async def scene(station: StationDouble) -> None:
        await until(lambda: station.times(EVENTS))
        station.replies[AT_STATION] = lambda _body: (503, b"")
        station.stream.put_nowait(line(4, by="forger"))
        await until(lambda: kiosk.faults() == {Fault.LIST_REFUSED})
        assert kiosk.link.list_refused == "bad-signature"
        assert kiosk.seq() == 3
        station.replies[AT_STATION] = lambda _body: (200, state(3))
        await until(lambda: kiosk.faults() == frozenset())
        assert kiosk.link.list_refused is None

    follow(pki, kiosk, scene)


def test_a_forged_batch_is_a_fault_even_where_the_station_answers_well(pki: Pki, kiosk: Kiosk) -> None:
    async def scene(station: StationDouble) -> None:
        await until(lambda: station.times(EVENTS))
        station.stream.put_nowait(line(4, by="forger"))
        await until(lambda: "bad-signature" in kiosk.link.ever)
        assert kiosk.seq() == 3

    follow(pki, kiosk, scene)


def test_a_station_restored_from_an_old_backup_is_a_fault(pki: Pki, kiosk: Kiosk) -> None:
    async def scene(station: StationDouble) -> None:
        await until(lambda: station.times(EVENTS))
        station.replies[AT_STATION] = lambda _body: (200, state(2))
        station.stream.put_nowait(None)
        await until(lambda: kiosk.faults() == {Fault.LIST_REFUSED})
        assert kiosk.link.list_refused == "rolled-back"
        assert kiosk.seq() == 3

    follow(pki, kiosk, scene)


def test_a_good_push_does_not_hide_that_refreshes_are_refused(pki: Pki, kiosk: Kiosk) -> None:
    async def scene(station: StationDouble) -> None:
        await until(lambda: station.times(EVENTS))
        station.replies[AT_STATION] = lambda _body: (200, b"rubbish")
        station.stream.put_nowait(None)
        await until(lambda: station.times(EVENTS) == 2)
        station.stream.put_nowait(line(4))
        await until(lambda: kiosk.seq() == 4)  # what is good is taken
        assert kiosk.link.list_refused == "malformed"  # and what was not is still told

    follow(pki, kiosk, scene)


def test_a_stream_that_ends_is_opened_again(pki: Pki, kiosk: Kiosk) -> None:
    async def scene(station: StationDouble) -> None:
        await until(lambda: station.times(EVENTS))
        station.stream.put_nowait(line(3))
        station.stream.put_nowait(None)
        await until(lambda: station.times(EVENTS) == 2)
        assert station.times(WAIT) == 0

    follow(pki, kiosk, scene)


def poll_brings_4(station: StationDouble) -> None:
    """The first long poll is answered with a change, the next ones are kept waiting."""

    async def waiting(_body: bytes) -> tuple[int, bytes]:
        if station.asked[-1].endswith("seq=3"):
            return 200, batch(4)
        await asyncio.sleep(60)
        return HANG_UP

    station.replies[WAIT] = waiting


def test_where_the_stream_is_silent_from_the_start_a_long_poll_brings_the_change(
    pki: Pki, kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(puller_module, "FIRST_WORD_S", 0.05)

    async def scene(station: StationDouble) -> None:
        poll_brings_4(station)
        await until(lambda: kiosk.seq() == 4)
        await until(lambda: station.asked[-1] == f"{WAIT}?epoch=1&seq=4")
        assert station.times(AT_STATION) == 1

    follow(pki, kiosk, scene)


def test_where_the_stream_falls_silent_a_long_poll_takes_over(
    pki: Pki, kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(puller_module, "SILENT_S", 0.05)

    async def scene(station: StationDouble) -> None:
        poll_brings_4(station)
        station.stream.put_nowait(line(3))
        await until(lambda: kiosk.seq() == 4)

    follow(pki, kiosk, scene)


def test_where_there_is_no_stream_a_long_poll_brings_the_change(pki: Pki, kiosk: Kiosk) -> None:
    async def scene(station: StationDouble) -> None:
        station.has_stream = False
        poll_brings_4(station)
        await until(lambda: kiosk.seq() == 4)
        assert station.times(EVENTS) == 1

    follow(pki, kiosk, scene)


def test_after_some_minutes_of_long_polls_the_stream_is_tried_again(
    pki: Pki, kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(puller_module, "LONG_POLL_FOR_S", 0.0)

    async def scene(station: StationDouble) -> None:
        station.has_stream = False
        await until(lambda: station.times(EVENTS) == 3)

    follow(pki, kiosk, scene)


def test_a_change_of_one_epoch_that_a_long_poll_brings_is_fetched_for_the_other_too(pki: Pki, kiosk: Kiosk) -> None:
    async def scene(station: StationDouble) -> None:
        station.replies[AT_STATION] = lambda _body: (200, state(3, 0))
        station.has_stream = False

        async def waiting(_body: bytes) -> tuple[int, bytes]:
            if station.asked[-1].endswith("epoch=2&seq=0"):
                station.replies[AT_STATION] = lambda _body: (200, state(4, 1))
                return 200, batch(1, epoch=2)
            await asyncio.sleep(60)
            return HANG_UP

        station.replies[WAIT] = waiting
        await until(lambda: kiosk.paper.epochs == {1: 4, 2: 1})

    follow(pki, kiosk, scene)


def test_a_long_poll_that_answers_at_once_and_in_vain_is_not_asked_in_a_circle(
    pki: Pki, kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    monkeypatch.setattr(Backoff, "next_s", lambda _self: waits.append(0.01) or 0.01)

    async def scene(station: StationDouble) -> None:
        station.has_stream = False
        station.replies[WAIT] = lambda _body: (200, batch(3))
        await until(lambda: station.times(WAIT) == 5)
        assert len(waits) >= 4

    follow(pki, kiosk, scene)


def test_where_neither_stream_nor_long_poll_works_the_regular_refresh_brings_the_change(
    pki: Pki, kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(puller_module, "REFRESH_EVERY_S", 0.1)
    monkeypatch.setattr(Backoff, "next_s", lambda _self: 60.0)

    async def scene(station: StationDouble) -> None:
        station.has_stream = False
        await until(lambda: station.times(WAIT))
        station.replies[AT_STATION] = lambda _body: (200, state(4))
        await until(lambda: kiosk.seq() == 4)
        assert (station.times(EVENTS), station.times(WAIT)) == (1, 1)

    follow(pki, kiosk, scene)


def test_a_stream_that_leaves_changes_out_is_overtaken_by_the_regular_refresh(
    pki: Pki, kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(puller_module, "REFRESH_EVERY_S", 0.1)

    async def scene(station: StationDouble) -> None:
        await until(lambda: station.times(EVENTS))
        station.stream.put_nowait(line(3))
        station.replies[AT_STATION] = lambda _body: (200, state(4))
        await until(lambda: kiosk.seq() == 4)
        assert station.times(EVENTS) == 1

    follow(pki, kiosk, scene)


def test_where_the_station_is_down_a_mirror_brings_the_change(pki: Pki, kiosk: Kiosk) -> None:
    async def scene(station: StationDouble, one: StationDouble, two: StationDouble) -> None:
        station.replies[AT_STATION] = lambda _body: HANG_UP
        one.replies[AT_MIRROR] = lambda _body: HANG_UP
        two.replies[AT_MIRROR] = lambda _body: (200, state(4))
        await until(lambda: kiosk.seq() == 4)
        assert station.times(EVENTS) == 0  # a station that does not answer is not listened to
        assert kiosk.link.ever == ()

    follow_with_mirrors(pki, kiosk, scene)


def test_a_mirror_that_serves_rubbish_does_no_harm(pki: Pki, kiosk: Kiosk) -> None:
    async def scene(station: StationDouble, one: StationDouble, two: StationDouble) -> None:
        await until(lambda: station.times(EVENTS))
        station.replies[AT_STATION] = lambda _body: HANG_UP
        one.replies[AT_MIRROR] = lambda _body: (200, b"<html>Parked domain</html>")
        station.stream.put_nowait(None)
        await until(lambda: kiosk.link.list_refused == "malformed")  # nobody had anything good: a fault
        assert kiosk.seq() == 3
        two.replies[AT_MIRROR] = lambda _body: (200, state(4))
        await until(lambda: kiosk.seq() == 4)  # the next one had
        await until(lambda: kiosk.link.list_refused is None)

    follow_with_mirrors(pki, kiosk, scene)


def test_a_mirror_that_lags_behind_is_no_fault(pki: Pki, kiosk: Kiosk) -> None:
    async def scene(station: StationDouble, one: StationDouble, _two: StationDouble) -> None:
        await until(lambda: station.times(EVENTS))
        station.replies[AT_STATION] = lambda _body: HANG_UP
        one.replies[AT_MIRROR] = lambda _body: (200, state(2))
        station.stream.put_nowait(None)
        await until(lambda: one.times(AT_MIRROR) == 3)
        assert kiosk.link.ever == ()
        assert kiosk.seq() == 3

    follow_with_mirrors(pki, kiosk, scene)


def test_a_station_that_answers_is_asked_before_any_mirror(pki: Pki, kiosk: Kiosk) -> None:
    async def scene(station: StationDouble, one: StationDouble, two: StationDouble) -> None:
        for _ in range(3):
            station.stream.put_nowait(None)
        await until(lambda: station.times(AT_STATION) > 3)
        assert one.asked == two.asked == []

    follow_with_mirrors(pki, kiosk, scene)


def test_while_the_list_is_written_the_agent_does_other_things(pki: Pki, kiosk: Kiosk) -> None:
    async def scene(station: StationDouble) -> None:
        await until(lambda: station.times(EVENTS))
        kiosk.paper.may_apply.clear()
        station.stream.put_nowait(line(4))
        async with asyncio.timeout(5):  # a blocked loop would not come back from this
            await asyncio.sleep(0.1)
        assert kiosk.seq() == 3
        kiosk.paper.may_apply.set()
        await until(lambda: kiosk.seq() == 4)

    follow(pki, kiosk, scene)


def test_a_withdrawal_is_at_work_while_a_refresh_still_fetches_a_long_file(
    pki: Pki, kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(puller_module, "REFRESH_EVERY_S", 0.2)

    async def scene(station: StationDouble) -> None:
        arrived = asyncio.Event()

        async def long_file(_body: bytes) -> tuple[int, bytes]:
            await arrived.wait()
            return 200, state(4)

        await until(lambda: station.times(EVENTS))
        station.replies[AT_STATION] = long_file
        before = station.times(AT_STATION)
        await until(lambda: station.times(AT_STATION) > before)
        station.stream.put_nowait(line(4))
        await until(lambda: kiosk.seq() == 4)
        arrived.set()
        await until(lambda: station.times(AT_STATION) > before + 1)
        assert kiosk.link.ever == ()

    follow(pki, kiosk, scene)


def test_an_agent_that_is_stopped_does_not_wait_for_a_long_file(pki: Pki, kiosk: Kiosk) -> None:
    class Endless:
        pieces = 0

        @contextmanager
        def fetch(self, _path: str) -> Iterator[Iterator[bytes]]:
            yield self.without_end()

        def without_end(self) -> Iterator[bytes]:
            while True:
                self.pieces += 1
                yield b" "

    async def play() -> None:
        endless = Endless()
        receiver = Receiver(kiosk.paper, {STATION: endless}, kiosk.link, SystemClock())
        refreshing = asyncio.create_task(receiver.refresh())
        await until(lambda: endless.pieces > 10)
        refreshing.cancel()
        async with asyncio.timeout(5):
            await asyncio.gather(refreshing, return_exceptions=True)
        stopped_at = endless.pieces
        await asyncio.sleep(0.05)
        assert endless.pieces == stopped_at

    asyncio.run(play())


def test_kiosks_that_lost_the_station_at_once_do_not_come_back_in_step(
    kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    waits: list[float] = []

    class Noted(Backoff):
        def next_s(self) -> float:
            waits.append(super().next_s())
            return waits[-1]

    class Gone:
        @contextmanager
        def fetch(self, _path: str) -> Iterator[Iterator[bytes]]:
            raise RoadError("ConnectError")
            yield iter(())

    async def play() -> None:
        async with station_double(Pki(kiosk.folder / "pki")) as station:
            client = station.client()
            receivers = [Receiver(PaperList(), {STATION: Gone()}, kiosk.link, SystemClock()) for _ in range(40)]
            pullers = [asyncio.create_task(Puller(one, client, SystemClock()).run()) for one in receivers]
            await until(lambda: len(waits) >= 80)
            for task in pullers:
                task.cancel()
            await asyncio.gather(*pullers, return_exceptions=True)
            await client.close()

    monkeypatch.setattr(puller_module, "Backoff", Noted)
    asyncio.run(play())
    assert len({round(wait, 6) for wait in waits}) > 70
