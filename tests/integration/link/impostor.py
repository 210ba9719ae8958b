"""Servers that speak HTTP themselves: one that is not the station, and one between that delivers everything twice."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from fault_proxy import serving
from gate import Gate
from station_double import _pem
from station_world import World

from sync.station import pki
from sync.station.serve import tls_context

_OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


@dataclass
class Impostor:
    """Answers 200 to whatever it is told."""

    url: str = ""
    told: bytes = b""

    async def listen(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            self.told += data
            writer.write(_OK)
            await writer.drain()

    @staticmethod
    def certified_by(world: World, folder: Path, *, host: str, issued: timedelta) -> dict[str, Any]:
        """A certificate of the site's own CA, for another place or another time."""
        keyring, key = world.station.keyring, pki.new_key()
        now = datetime.now(UTC) + issued
        certificate = pki.make_server_certificate((host,), key.public_key(), keyring.ca, keyring.ca_key, now)
        files = {"certificate": folder / "impostor.crt", "key": folder / "impostor.key"}
        files["certificate"].write_bytes(pki.certificate_pem(certificate))
        files["key"].write_bytes(_pem(key))
        return files


@asynccontextmanager
async def impostor(certificate: Path | None = None, key: Path | None = None) -> AsyncIterator[Impostor]:
    """Somebody else at the station's address, who has this certificate, or speaks without TLS."""
    context = None
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
    other = Impostor()
    async with serving(other.listen, ssl=context) as port:
        other.url = f"https://127.0.0.1:{port}"
        yield other


@dataclass
class DoublingProxy:
    """Ends the kiosk's TLS, and sends each of its requests to the station twice; the second answer goes back."""

    gate: Gate
    url: str = ""
    doubled: int = 0

    async def listen(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        own, station = self.gate.identity.own, self.gate.world.url.rpartition(":")[2]
        context = ssl.create_default_context(cafile=self.gate.identity.ca)
        own.load_into(context)
        from_station, to_station = await asyncio.open_connection("127.0.0.1", int(station), ssl=context)
        try:
            while True:
                request = await _whole(reader)
                for _ in range(2):
                    to_station.write(request)
                    answer = await _whole(from_station)
                self.doubled += 1
                writer.write(answer)
        except asyncio.IncompleteReadError:
            pass  # the kiosk has hung up
        finally:
            to_station.transport.abort()  # a TLS close would wait for the station's, and the loop may end before


@asynccontextmanager
async def doubling_proxy(gate: Gate) -> AsyncIterator[DoublingProxy]:
    twice = DoublingProxy(gate)
    async with serving(twice.listen, ssl=tls_context(gate.world.folder)) as port:
        twice.url = f"https://127.0.0.1:{port}"
        yield twice


@asynccontextmanager
async def trickling_station(gate: Gate) -> AsyncIterator[str]:
    """Give the address of one that has the station's key, and whose answers never end: a byte in each TLS record."""

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _whole(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while True:
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.05)

    async with serving(listen, ssl=tls_context(gate.world.folder)) as port:
        yield f"https://127.0.0.1:{port}"


async def _whole(reader: asyncio.StreamReader) -> bytes:
    """Read one HTTP message whose body has a length."""
    head = await reader.readuntil(b"\r\n\r\n")
    lines = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:] if line)
    return head + await reader.readexactly(int(lines[b"content-length"]))
