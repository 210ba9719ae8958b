"""Through whatever a network may do alarms arrive once and in order, and the kiosk says what is wrong while it is."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fault_proxy import (
    DOWN,
    UP,
    BlackHole,
    Fault,
    FaultProxy,
    HalfOpen,
    Late,
    Reset,
    Trickle,
    Way,
    fault_proxy,
)
from gate import Agent, Gate, enrolled_gate
from impostor import Impostor, doubling_proxy, impostor, trickling_station
from station_double import Pki
from station_world import World

from kiosk.domain import faults

EVERY = 101
"""Bytes from one reset to the next; `make torture` resets at every one."""
AN_UPLOAD = 1500
"""Bytes that an upload has at least, each way."""


@pytest.fixture
def gate(world: World, tmp_path: Path) -> Iterator[Gate]:
    with enrolled_gate(world, tmp_path) as gate:
        yield gate


@pytest.fixture
def hurried(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have an enrolled gate's agent give up soon, and try again: a loaded machine may be slower than these bounds."""
    for name, seconds in {"CONNECT_TIMEOUT_S": 0.5, "ANSWER_TIMEOUT_S": 0.5, "WHOLE_ANSWER_S": 1.5}.items():
        monkeypatch.setattr(f"sync.http.{name}", seconds)


def play(gate: Gate, scene: Callable[[FaultProxy], Awaitable[None]]) -> None:
    async def with_proxy() -> None:
        async with fault_proxy(int(gate.world.url.rpartition(":")[2])) as proxy:
            await scene(proxy)

    asyncio.run(with_proxy())


async def all_is_well(gate: Gate, agent: Agent, *, at_once: bool = False) -> None:
    """Have the agent do what it does on a good network until nothing is left to do, or at the first try."""
    await agent.heart.beat()
    async with asyncio.timeout(60):
        while faults.Fault.STATION_LINK in gate.shown() and not at_once:
            await agent.heart.beat()
    assert faults.Fault.STATION_LINK not in gate.shown()
    await all_is_sent(agent, at_once=at_once)
    assert gate.outbox.depth() == 0
    assert gate.arrived() == gate.raised


async def all_is_sent(agent: Agent, *, at_once: bool = False) -> None:
    async with asyncio.timeout(60):
        while not await agent.uploader.drain():
            assert not at_once


AT_FIRST = [Reset(UP, 0), Reset(DOWN, 600), BlackHole(UP), BlackHole(DOWN, 600), HalfOpen(), Trickle(UP), Trickle(DOWN)]
LATER = [Reset(UP, 0), Reset(DOWN, 0), BlackHole(UP), BlackHole(DOWN), Trickle(UP), Trickle(DOWN)]


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize(
    ("connected", "fault"), [*((False, fault) for fault in AT_FIRST), *((True, fault) for fault in LATER)]
)
def test_a_network_that_fails_is_shown_and_ends_and_then_everything_arrives_once_in_order(
    gate: Gate, connected: bool, fault: Fault
) -> None:
    async def scene(proxy: FaultProxy) -> None:
        async with gate.agent(proxy.url) as agent:
            if connected:
                await all_is_well(gate, agent)
            gate.raise_alarms(3)
            proxy.fault = fault
            assert not await agent.uploader.drain()  # it comes back: nothing holds the sender for ever
            assert gate.outbox.depth() == 3
            await agent.heart.beat()
            assert faults.Fault.STATION_LINK in gate.shown()
            proxy.fault = None
            await all_is_well(gate, agent)

    play(gate, scene)


@pytest.mark.usefixtures("hurried")
def test_an_answer_that_trickles_in_for_ever_does_not_hold_the_sender(gate: Gate) -> None:
    async def scene() -> None:
        gate.raise_alarms(3)
        async with trickling_station(gate) as station, gate.agent(station) as agent:
            assert not await asyncio.wait_for(agent.uploader.drain(), 60)
            await asyncio.wait_for(agent.heart.beat(), 60)
        assert faults.Fault.STATION_LINK in gate.shown()
        async with gate.agent(gate.world.url) as agent:
            await all_is_well(gate, agent)

    asyncio.run(scene())


def test_on_a_slow_network_everything_arrives_once_in_order_and_no_fault_is_shown(gate: Gate) -> None:
    async def scene(proxy: FaultProxy) -> None:
        proxy.fault = Late(0.05)
        async with gate.agent(proxy.url) as agent:
            gate.raise_alarms(3)
            await all_is_well(gate, agent, at_once=True)

    play(gate, scene)


@pytest.mark.usefixtures("hurried")
def test_wherever_a_reset_cuts_a_request_or_its_answer_alarms_arrive_once_in_order(gate: Gate) -> None:
    play(gate, lambda proxy: reset_at(gate, proxy, EVERY))


async def reset_at(gate: Gate, proxy: FaultProxy, every: int) -> int:
    """Cut one upload after another off, each ``every`` bytes later; return how many there were."""
    longest = await bytes_of_one_upload(gate, proxy)
    assert min(longest.values()) > AN_UPLOAD
    places = [(way, after) for way in (UP, DOWN) for after in range(0, longest[way], every)]
    for way, after in places:
        gate.raise_alarms(2)
        proxy.fault = Reset(way, after)
        async with gate.agent(proxy.url) as agent:
            await agent.uploader.drain()
            arrived = gate.arrived()  # and more may, at any moment: the station may be about to commit
            assert arrived == gate.raised[: len(arrived)]
            proxy.fault = None
            await all_is_sent(agent)
        assert gate.arrived()[-4:] == gate.raised[-4:]
    assert gate.arrived() == gate.raised
    return len(places)


async def bytes_of_one_upload(gate: Gate, proxy: FaultProxy) -> dict[Way, int]:
    counted = []
    for _ in range(3):  # a signature is a few bytes longer or shorter
        gate.raise_alarms(2)
        async with gate.agent(proxy.url) as agent:
            await all_is_sent(agent)
        counted.append(proxy.passed)
    return {way: max(passed[way] for passed in counted) for way in (UP, DOWN)}


def test_requests_that_the_network_delivers_twice_make_no_second_alarm(gate: Gate) -> None:
    async def scene() -> None:
        async with doubling_proxy(gate) as twice, gate.agent(twice.url) as agent:
            for _ in range(5):
                gate.raise_alarms(3)
                await all_is_well(gate, agent)
            assert twice.doubled >= 10

    asyncio.run(scene())


def another_ca(_gate: Gate, folder: Path) -> dict[str, Any]:
    pki = Pki(folder / "another")
    return {"certificate": pki.server, "key": pki.server_key}


def expired(gate: Gate, folder: Path) -> dict[str, Any]:
    return Impostor.certified_by(gate.world, folder, host="127.0.0.1", issued=-timedelta(days=4000))


def another_host(gate: Gate, folder: Path) -> dict[str, Any]:
    return Impostor.certified_by(gate.world, folder, host="192.0.2.7", issued=timedelta(0))


@pytest.mark.parametrize("who", [another_ca, expired, another_host])
def test_whoever_is_not_the_station_is_named_so_and_is_told_nothing(
    gate: Gate, tmp_path: Path, who: Callable[[Gate, Path], dict[str, Any]]
) -> None:
    async def scene() -> None:
        gate.raise_alarms(3)
        async with impostor(**who(gate, tmp_path)) as other, gate.agent(other.url) as agent:
            assert not await agent.uploader.drain()
            await agent.heart.beat()
            assert other.told == b""
        assert faults.Fault.STATION_UNTRUSTED in gate.shown()
        async with gate.agent(gate.world.url) as agent:
            await all_is_well(gate, agent)
        assert faults.Fault.STATION_UNTRUSTED not in gate.shown()

    asyncio.run(scene())


def test_a_station_without_tls_is_a_lost_link_and_is_told_nothing(gate: Gate) -> None:
    async def scene() -> None:
        gate.raise_alarms(3)
        async with impostor() as other, gate.agent(other.url) as agent:
            assert not await agent.uploader.drain()
            await agent.heart.beat()
            assert gate.raised[0].encode() not in other.told
        assert faults.Fault.STATION_LINK in gate.shown()
        async with gate.agent(gate.world.url) as agent:
            await all_is_well(gate, agent)

    asyncio.run(scene())
