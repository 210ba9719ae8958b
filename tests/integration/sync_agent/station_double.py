"""A station, or a mirror, that misbehaves on purpose: real TLS and HTTP/1.1, with answers that the test writes.

Its certificates are made by the real station's PKI; honest roads are tested against the real station.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeAlias

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from sync.http import OwnCertificate, StationClient, WebRoad
from sync.station import pki

Reply: TypeAlias = tuple[int, bytes]
Handler: TypeAlias = Callable[[bytes], Reply | Awaitable[Reply]]
HANG_UP: Reply = (0, b"")
"""Close the connection without a word."""


class Pki:
    """One site's CA, its server's certificate, and kiosks' certificates of any age, as files."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.now = datetime.now(UTC)
        self._ca_key = pki.new_key()
        self._ca = pki.make_ca("west-gate", self._ca_key, self.now - timedelta(days=365))
        self.ca = self._write("ca.crt", pki.certificate_pem(self._ca))
        self.serve_as()

    def serve_as(self, host: str = "127.0.0.1", issued: datetime | None = None) -> None:
        """Have the server show a new certificate."""
        key = pki.new_key()
        server = pki.make_server_certificate((host,), key.public_key(), self._ca, self._ca_key, issued or self.now)
        self.server = self._write("server.crt", pki.certificate_pem(server))
        self.server_key = self._write("server.key", _pem(key))

    def issue(self, csr_pem: str, issued: datetime | None = None) -> bytes:
        certificate = pki.issue_kiosk_certificate("k1", csr_pem, self._ca, self._ca_key, issued or self.now)
        return pki.certificate_pem(certificate)

    def kiosk(self, issued: datetime | None = None) -> OwnCertificate:
        key = pki.new_key()
        name = x509.Name([])
        csr = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, SHA256())
        pem = self.issue(csr.public_bytes(Encoding.PEM).decode(), issued)
        return OwnCertificate(pem, _pem(key))

    def _write(self, name: str, data: bytes) -> Path:
        path = self.folder / name
        path.write_bytes(data)
        return path


@dataclass
class StationDouble:
    """``replies`` maps "POST /v1/…" to what to answer; ``stream`` is fed to whoever listens to the list's events."""

    pki: Pki
    port: int = 0
    replies: dict[str, Handler] = field(default_factory=dict)
    stream: asyncio.Queue[bytes | None] = field(default_factory=asyncio.Queue)
    """Raw bytes for the event stream; None ends it."""
    has_stream: bool = True
    asked: list[str] = field(default_factory=list)
    """Each request's method and full path, in order."""

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    def client(self, own: OwnCertificate | None = None) -> StationClient:
        return StationClient(self.url, self.pki.ca, own or self.pki.kiosk())

    def road(self, own: OwnCertificate | None = None) -> WebRoad:
        """The station's own road."""
        return WebRoad(f"{self.url}/v1/list/", self.pki.ca, own or self.pki.kiosk())

    def mirror(self) -> WebRoad:
        """This server as a mirror, which keeps the files in a folder of its own."""
        return WebRoad(f"{self.url}/mirror", self.pki.ca)

    def times(self, path: str) -> int:
        return sum(request.startswith(path) for request in self.asked)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                await self._answer(head.decode(), reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
            pass
        finally:
            writer.close()

    async def _answer(self, head: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request_line, *lines = head.split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines if line)
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        request = request_line.removesuffix(" HTTP/1.1")
        self.asked.append(request)
        if request == "GET /v1/list/events" and self.has_stream:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n")
            while (chunk := await self.stream.get()) is not None:
                writer.write(chunk)
                await writer.drain()
            raise ConnectionError
        reply = self.replies.get(request.partition("?")[0], lambda _body: (404, b""))(body)
        status, answer = reply if isinstance(reply, tuple) else await reply
        if status == 0:
            raise ConnectionError
        writer.write(f"HTTP/1.1 {status} .\r\nContent-Length: {len(answer)}\r\n\r\n".encode() + answer)
        await writer.drain()


@asynccontextmanager
async def station_double(
    pki_: Pki, *, client_certificates: bool = True, tls: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3
) -> AsyncIterator[StationDouble]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = context.maximum_version = tls
    context.load_cert_chain(pki_.server, pki_.server_key)
    if client_certificates:
        context.load_verify_locations(pki_.ca)
        context.verify_mode = ssl.CERT_REQUIRED
    double = StationDouble(pki_)
    connections: set[asyncio.Task[None]] = set()
    lines: list[asyncio.StreamWriter] = []

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Not a coroutine, whose task asyncio would make: one that was cancelled before it began would close nothing.
        lines.append(writer)
        connections.add(asyncio.create_task(double.serve(reader, writer)))

    server = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=context, limit=2**20)
    double.port = server.sockets[0].getsockname()[1]
    try:
        yield double
    finally:
        server.close()
        for task in connections:
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)
        for writer in lines:
            writer.close()
        await server.wait_closed()


async def until(condition: Callable[[], object], seconds: float = 10.0) -> None:
    """Wait until the condition holds; the limit is only there to end a test that would hang."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)


def _pem(key: pki.Key) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
