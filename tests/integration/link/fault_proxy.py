"""A network that fails on purpose: whatever connects to it is led on to the station, and fares as ``fault`` says.

It knows nothing of TLS: what it counts, delays, cuts off and swallows are the bytes on the wire.
"""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias

UP: Final = "up"
DOWN: Final = "down"
Way: TypeAlias = Literal["up", "down"]
"""From the kiosk to the station, and back."""
Connected: TypeAlias = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
_CHUNK: Final = 65536
_RESET: Final = struct.pack("ii", 1, 0)
"""SO_LINGER: closing sends RST and no FIN."""


@dataclass(frozen=True, slots=True)
class Late:
    """Every chunk comes so much later, both ways."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Reset:
    """Both sides see the connection reset once ``after`` bytes have gone ``way``."""

    way: Way
    after: int


@dataclass(frozen=True, slots=True)
class BlackHole:
    """What goes ``way`` after so many bytes never arrives, and nobody is told."""

    way: Way
    after: int = 0


@dataclass(frozen=True, slots=True)
class HalfOpen:
    """The connection is accepted, and nobody ever reads from it."""


@dataclass(frozen=True, slots=True)
class Trickle:
    """What goes ``way`` after so many bytes comes one by one: no single read is ever kept waiting for long."""

    way: Way
    after: int = 0
    seconds: float = 0.02


Fault: TypeAlias = Late | Reset | BlackHole | HalfOpen | Trickle


@dataclass
class FaultProxy:
    """Listens on ``port``. ``fault`` may be changed at any time; None is a good network."""

    station: int
    """The station's port."""
    port: int = 0
    fault: Fault | None = None
    passed: dict[Way, int] = field(default_factory=lambda: {UP: 0, DOWN: 0})
    """Bytes that have gone each way over the newest connection."""

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    async def lead_on(self, kiosk: asyncio.StreamReader, to_kiosk: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, OSError):
            if isinstance(self.fault, HalfOpen):
                await asyncio.Event().wait()
            station, to_station = await asyncio.open_connection("127.0.0.1", self.station)
            both = (to_kiosk, to_station)
            self.passed = passed = {UP: 0, DOWN: 0}
            ways = [
                asyncio.ensure_future(self._carry(UP, kiosk, to_station, passed, both)),
                asyncio.ensure_future(self._carry(DOWN, station, to_kiosk, passed, both)),
            ]
            try:
                await asyncio.gather(*ways)
            finally:
                for way in ways:
                    way.cancel()
                for end in both:
                    end.close()

    async def _carry(
        self,
        way: Way,
        source: asyncio.StreamReader,
        sink: asyncio.StreamWriter,
        passed: dict[Way, int],
        both: tuple[asyncio.StreamWriter, asyncio.StreamWriter],
    ) -> None:
        self._reset_if_due(way, passed, both)
        while data := await source.read(_CHUNK):
            match self.fault:
                case Late(seconds):
                    await asyncio.sleep(seconds)
                case Reset(at, after) | BlackHole(at, after) if at == way:
                    data = data[: max(0, after - passed[way])]
                case Trickle(at, after, seconds) if at == way and passed[way] >= after:
                    for byte in data[:-1]:
                        sink.write(bytes([byte]))
                        await sink.drain()
                        await asyncio.sleep(seconds)
                    data = data[-1:]
                case _:
                    pass
            sink.write(data)
            await sink.drain()
            passed[way] += len(data)
            self._reset_if_due(way, passed, both)
        sink.write_eof()

    def _reset_if_due(
        self, way: Way, passed: dict[Way, int], both: tuple[asyncio.StreamWriter, asyncio.StreamWriter]
    ) -> None:
        match self.fault:
            case Reset(at, after) if at == way and passed[way] >= after:
                for end in both:
                    # What has been let through must leave before the reset overtakes it.
                    end.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                    end.transport.abort()
                raise ConnectionResetError


@asynccontextmanager
async def fault_proxy(station: int) -> AsyncIterator[FaultProxy]:
    """Give a proxy before the station's port. It ends with whatever it still carries."""
    proxy = FaultProxy(station)
    async with serving(proxy.lead_on) as proxy.port:
        yield proxy


@asynccontextmanager
async def serving(connected: Connected, **how: Any) -> AsyncIterator[int]:
    """Serve on a port of loopback, and give it; every connection ends with the block."""
    connections: set[asyncio.Task[None]] = set()

    async def remembered(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        connections.add(task)
        try:
            await connected(reader, writer)
        except asyncio.CancelledError:
            pass  # the block has ended; start_server would log it as an error
        finally:
            writer.transport.abort()

    server = await asyncio.start_server(remembered, "127.0.0.1", 0, **how)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in connections:
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)
        await server.wait_closed()
