"""Whoever only holds the station's line, without ever finishing a request, keeps nobody else out and is hung up on."""

import asyncio
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from gate import Gate, enrolled_gate
from station_world import World

ENDED_S = 20.0
"""Only to end a test that would hang."""


@pytest.fixture
def gate(world: World, tmp_path: Path) -> Iterator[Gate]:
    with enrolled_gate(world, tmp_path) as gate:
        yield gate


HEAD = b"POST /v1/messages HTTP/1.1\r\nHost: station\r\nContent-Length: 1000\r\n"
NO_WORD, HALF_A_HEAD, HALF_A_BODY = b"", HEAD, HEAD + b"\r\n{"


def test_a_hundred_clients_that_never_finish_keep_no_alarm_out_and_are_hung_up_on(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.station.serve.REQUEST_TIMEOUT_S", 1.5)
    words = [NO_WORD, HALF_A_HEAD, HALF_A_BODY, NO_WORD] * 25

    async def scene() -> None:
        slow = await asyncio.gather(*(slow_client(gate, said) for said in words))
        gate.raise_alarms(3)
        async with gate.agent(gate.world.url) as agent:
            assert await agent.uploader.drain()
        assert gate.arrived() == gate.raised
        async with asyncio.timeout(ENDED_S):
            await asyncio.gather(*(keeps_trickling(reader, writer) for reader, writer in slow))

    asyncio.run(scene())


async def slow_client(gate: Gate, said: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    context = ssl.create_default_context(cafile=gate.identity.ca)
    gate.identity.own.load_into(context)
    reader, writer = await asyncio.open_connection("127.0.0.1", int(gate.world.url.rpartition(":")[2]), ssl=context)
    writer.write(said)
    return reader, writer


async def keeps_trickling(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Go on byte by byte until the station hangs up."""
    try:
        while not reader.at_eof():
            writer.write(b"x")
            await writer.drain()
            try:
                async with asyncio.timeout(0.2):
                    await reader.read(1000)
            except TimeoutError:
                continue
    except (ConnectionError, ssl.SSLError):
        pass
    finally:
        writer.transport.abort()
