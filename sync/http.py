"""HTTP, to the station and to its mirrors (the only import of httpx).

- ``StationClient`` speaks to the station: what can be expected of a network is a value, never an exception.
- ``WebRoad`` is a ``kiosk.ports.Road``, over the station or over any web server that holds the same files. It blocks.
- With the station mutual TLS 1.3, HTTP/1.1 with keep-alive. Not HTTP/2: httpx fails on the server's GOAWAY (httpcore
  PR #1054). A mirror is never shown the kiosk's certificate. What it carries is signed, so it may be plain HTTP; it
  then can be read and held back on the way, as on any road, but not forged.
- The environment is not asked for proxies or certificates: the site's CA and the kiosk's own files are all there is.
- A rejected client certificate looks like a network fault (in TLS 1.3 the server says so only after the handshake, or
  just hangs up), so our own certificate's period is checked here, and told apart. A 401 or 403 carries the station's
  own code, an alert of TLS its name.
- A renewed certificate is shown from the next request on (``use``); what is under way ends over the one before.
- Certificates are judged by the time that the caller says has certainly passed, not by the machine's clock (sync.tls).
- An answer has a size limit, a file a slowest speed; neither is decompressed, and no redirection is followed.
"""

import asyncio
import ipaddress
import os
import re
import socket
import ssl
import time
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final, TypeAlias

import httpx
import msgspec
from cryptography import x509
from msgspec import Meta, Struct

from kiosk.ports import NotPublishedError, RoadError
from sync.road_path import checked_path
from sync.tls import station_context
from sync.wire import encode

MAX_ANSWER_BYTES: Final = 8 * 1024 * 1024
"""Of one answer, and of one line of an event stream: twice the largest batch of the feed."""

MAX_FILE_BYTES: Final = 8 * 1024**3
"""Of one file on a road; a full copy of ten million numbers has 2 GiB. How long each may be is what TUF says."""

SLOWEST_BYTES_PER_S: Final = 4096
SLOW_START_S: Final = 30.0
"""A road that trickles would hold up the others for ever: after this time a file must have come at that speed."""

CONNECT_TIMEOUT_S: Final = 5.0
ANSWER_TIMEOUT_S: Final = 10.0
WHOLE_ANSWER_S: Final = 30.0
"""From a request to the end of its answer: httpx's times are for one read each, and a trickle would last for ever."""
KEEP_ALIVE_S: Final = 25.0
"""Shorter than the station's 30 s, so that a request never meets a connection that the server is just closing; longer
than the time between two heartbeats, so that they need no handshakes."""
MIRROR_KEEP_ALIVE_S: Final = 4.0
"""The same for whatever web server a mirror is: the shortest default among the common ones is 5 s."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The station answered; ``status`` is an HTTP status other than 401 and 403."""

    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class StationDown:
    """The station cannot be reached, or hung up. ``why`` is a short code for the log."""

    why: str


@dataclass(frozen=True, slots=True)
class CertificateRejected:
    """One of the two certificates is not accepted: an installer must act, and no retry will help.

    ``why`` is the station's code (sync.station.certificates), ``own-expired``, ``station-not-trusted``, or TLS's alert.
    """

    why: str


Trouble: TypeAlias = StationDown | CertificateRejected
Outcome: TypeAlias = Answer | Trouble


@dataclass(frozen=True, slots=True)
class OwnCertificate:
    """The kiosk's certificate and its key, in memory."""

    certificate_pem: bytes
    key_pem: bytes = field(repr=False)

    def period(self) -> tuple[datetime, datetime]:
        """Return the first and the last moment of its validity."""
        certificate = x509.load_pem_x509_certificate(self.certificate_pem)
        return certificate.not_valid_before_utc, certificate.not_valid_after_utc

    def load_into(self, context: ssl.SSLContext) -> None:
        """Have this context show it. OpenSSL reads files only, so it gets one in memory, which no disk ever sees."""
        with os.fdopen(os.memfd_create("kiosk.pem"), "wb") as file:
            file.write(self.certificate_pem + self.key_pem)
            file.flush()
            context.load_cert_chain(f"/proc/self/fd/{file.fileno()}")


def _wall_clock() -> datetime:
    """Return the only time there is before an enrolment: the installer, who stands there, can set it."""
    return datetime.now(UTC)


class StationClient:
    """One station, over a small pool of connections. Use within one event loop, and close it."""

    def __init__(
        self, url: str, ca: Path, own: OwnCertificate | None = None, proven: Callable[[], datetime] = _wall_clock
    ) -> None:
        """Trust the CA in ``ca`` alone; ``own`` is missing only at enrolment.

        ``proven`` is the latest moment that has certainly passed.
        """
        self._url, self._ca = url, ca
        self._own, self._proven = own, proven
        self._client = self._connect()
        self._before: httpx.AsyncClient | None = None

    def _connect(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            base_url=self._url,
            verify=_station_context(self._ca, self._own, self._proven),
            trust_env=False,
            headers=_AS_IT_IS,
            timeout=httpx.Timeout(ANSWER_TIMEOUT_S, connect=CONNECT_TIMEOUT_S),
            limits=httpx.Limits(keepalive_expiry=KEEP_ALIVE_S),
        )

    async def use(self, own: OwnCertificate) -> None:
        """Show this certificate from the next request on. The connections before it stay until the next renewal."""
        if self._before is not None:
            await self._before.aclose()
        self._before = self._client
        self._own = own
        self._client = self._connect()

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()
        if self._before is not None:
            await self._before.aclose()

    async def post(self, path: str, message: Struct) -> Outcome:
        """Send a message and return the answer, or the trouble."""
        headers = {"Content-Type": "application/json"}
        return await self._exchange(self._client.build_request("POST", path, content=encode(message), headers=headers))

    async def get(self, path: str, *, patience_s: float = ANSWER_TIMEOUT_S) -> Outcome:
        """Return the answer, or the trouble. ``patience_s`` is how long the station may keep silent."""
        timeout = httpx.Timeout(patience_s, connect=CONNECT_TIMEOUT_S)
        return await self._exchange(self._client.build_request("GET", path, timeout=timeout), patience_s)

    async def answers_strangers(self) -> bool:
        """Tell whether the station answers, in whatever way, one who shows it no certificate."""
        stranger = StationClient(self._url, self._ca, proven=self._proven)
        try:
            outcome = await stranger.get("/v1/list/wait")
        finally:
            await stranger.close()
        return isinstance(outcome, Answer) or outcome == CertificateRejected("client-certificate")

    async def events(self, path: str) -> AsyncGenerator[bytes | Trouble, None]:
        """Yield what each ``data:`` line of an event stream carries; the last item is the trouble that ended it.

        Waits for the next line without limit: the caller knows how long silence may last. Close it when done.
        """
        headers = {"Accept": "text/event-stream", "Cache-Control": "no-store"}
        timeout = httpx.Timeout(ANSWER_TIMEOUT_S, connect=CONNECT_TIMEOUT_S, read=None)
        try:
            async with self._client.stream("GET", path, headers=headers, timeout=timeout) as response:
                if response.status_code != httpx.codes.OK:
                    body = await _whole_body(response)
                    yield _refusal(response.status_code, body) or StationDown(f"http-{response.status_code}")
                    return
                lines = _Lines()
                async for chunk in response.aiter_raw():
                    for line in lines.feed(chunk):
                        name, _, value = line.partition(b":")
                        if name == b"data":
                            yield value.removeprefix(b" ")
            yield StationDown("stream-ended")
        except _TooLargeError:
            yield StationDown("too-large")
        except _BROKEN as error:
            yield _trouble(error, self._own, self._proven())

    async def _exchange(self, request: httpx.Request, patience_s: float = 0.0) -> Outcome:
        try:
            async with asyncio.timeout(patience_s + WHOLE_ANSWER_S):
                response = await self._client.send(request, stream=True)
                try:
                    body = await _whole_body(response)
                finally:
                    await response.aclose()
            return _refusal(response.status_code, body) or Answer(response.status_code, body)
        except TimeoutError:
            return StationDown("too-slow")
        except _TooLargeError:
            return StationDown("too-large")
        except _BROKEN as error:
            return _trouble(error, self._own, self._proven())


class WebRoad:
    """A ``kiosk.ports.Road`` over HTTP: ``url`` is the folder under which the published tree stands.

    Blocks, and may be used from any thread. Close it when done.
    """

    def __init__(
        self, url: str, ca: Path, own: OwnCertificate | None = None, proven: Callable[[], datetime] = _wall_clock
    ) -> None:
        """Trust the CAs in ``ca`` alone. With ``own`` it is the station's own road, else a mirror's.

        ``proven`` is the latest moment that has certainly passed, for the station's own road.

        Raises:
            ValueError: if ``url`` is no address of a web server.
        """
        self._place, self._ca = _address(url), ca
        self._own, self._proven = own, proven
        # A bucket whose contents may not be listed says 403 of what it does not hold; the station means it.
        self._absent = (404, 410) if own is not None else (403, 404, 410)
        self._client = self._connect()
        self._before: httpx.Client | None = None

    def _connect(self) -> httpx.Client:
        own, proven = self._own, self._proven
        return httpx.Client(
            base_url=self._place,
            verify=_mirror_context(self._ca) if own is None else _station_context(self._ca, own, proven),
            trust_env=False,
            headers=_AS_IT_IS,
            timeout=httpx.Timeout(ANSWER_TIMEOUT_S, connect=CONNECT_TIMEOUT_S),
            limits=httpx.Limits(keepalive_expiry=MIRROR_KEEP_ALIVE_S if own is None else KEEP_ALIVE_S),
        )

    def use(self, own: OwnCertificate) -> None:
        """Show this certificate from the next file on. The connections before it stay until the next renewal."""
        if self._before is not None:
            self._before.close()
        self._before = self._client
        self._own = own
        self._client = self._connect()

    def close(self) -> None:
        """Close the connections."""
        self._client.close()
        if self._before is not None:
            self._before.close()

    @contextmanager
    def fetch(self, path: str) -> Iterator[Iterator[bytes]]:
        """See ``kiosk.ports.Road.fetch``. Codes: bad-path, http-STATUS, encoded, too-large, too-slow, a network's."""
        request = self._client.build_request("GET", checked_path(path))
        try:
            response = self._client.send(request, stream=True)
        except _BROKEN as error:
            raise RoadError(_trouble(error, self._own, self._proven()).why) from None
        try:
            if response.status_code in self._absent:
                raise NotPublishedError
            if response.status_code != httpx.codes.OK:
                raise RoadError(f"http-{response.status_code}")
            if response.headers.get("Content-Encoding", "identity") != "identity":
                raise RoadError("encoded")
            yield self._chunks(response)
        finally:
            response.close()

    def _chunks(self, response: httpx.Response) -> Iterator[bytes]:
        began_s, got = time.monotonic(), 0
        try:
            for chunk in response.iter_raw():
                got += len(chunk)
                if got > MAX_FILE_BYTES:
                    raise RoadError("too-large")
                if time.monotonic() - began_s > SLOW_START_S + got / SLOWEST_BYTES_PER_S:
                    raise RoadError("too-slow")
                yield chunk
        except _BROKEN as error:
            raise RoadError(_trouble(error, self._own, self._proven()).why) from None


class HookSender:
    """Tells other systems, at addresses that an admin has written down: so each is looked at before it is spoken to.

    - The name is resolved here, every address that it has is looked at, and the one that was looked at is the one that
      is spoken to: a name that changes between the two gains nothing.
    - This machine itself, its link (where clouds keep their secrets), and what is no single host, are refused, but for
      the addresses in ``allowed``. The site's own network is where a command-centre is, and is not refused.
    - Only the status of the answer is read, no redirection is followed, and no proxy is used.
    """

    def __init__(self, cas: Path | None, allowed: frozenset[str] = frozenset()) -> None:
        """Trust the CAs in ``cas``, or where it is None those of the machine."""
        self._allowed = allowed
        self._client = httpx.AsyncClient(
            verify=ssl.create_default_context(cafile=cas),
            trust_env=False,
            follow_redirects=False,
            headers=_AS_IT_IS,
            timeout=httpx.Timeout(ANSWER_TIMEOUT_S, connect=CONNECT_TIMEOUT_S),
            limits=httpx.Limits(keepalive_expiry=MIRROR_KEEP_ALIVE_S),
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> str | None:
        """Send once. Returns None where the receiver said 2xx, else why not: a short code for the log."""
        try:
            async with asyncio.timeout(WHOLE_ANSWER_S):
                place = httpx.URL(url)
                address = await self._looked_at(place)
                if address is None:
                    return "address-refused"
                request = self._client.build_request(
                    "POST",
                    place.copy_with(host=address),
                    content=body,
                    headers={**headers, "Host": place.netloc.decode()},
                    extensions={"sni_hostname": place.host},
                )
                response = await self._client.send(request, stream=True)
                await response.aclose()
            return None if response.is_success else f"http-{response.status_code}"
        except TimeoutError:
            return "too-slow"
        except socket.gaierror:
            return "no-such-host"
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, UnicodeError):
            return "bad-url"
        except _BROKEN as error:
            return type(error).__name__

    async def _looked_at(self, place: httpx.URL) -> str | None:
        port = place.port or 443
        found = await asyncio.get_running_loop().getaddrinfo(place.host, port, type=socket.SOCK_STREAM)
        addresses = [str(one[4][0]) for one in found]
        return addresses[0] if all(one in self._allowed or is_another_host(one) for one in addresses) else None


def is_another_host(address: str) -> bool:
    """Tell whether this is the address of one other machine, beyond our own link."""
    ip = ipaddress.ip_address(address)
    ip = getattr(ip, "ipv4_mapped", None) or ip
    if ip.is_loopback or ip.is_link_local or ip.is_multicast or ip.is_unspecified or ip.is_reserved:
        return False
    family = socket.AF_INET if ip.version == 4 else socket.AF_INET6
    with socket.socket(family, socket.SOCK_DGRAM) as ours:
        try:
            ours.bind((str(ip), 0))  # only an address of our own can be bound
        except OSError:
            return True
    return False


_BROKEN: Final = (httpx.TransportError, ssl.SSLError)
"""An alert that comes after the handshake is an SSLError that httpcore lets through as it is."""
_AS_IT_IS: Final = {"Accept-Encoding": "identity"}
_ABOUT_OURS: Final = re.compile("ALERT_(.*CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED)")
"""Of TLS's alerts those that blame what we showed; any other is a broken connection."""


class _Refused(Struct):
    error: Annotated[str, Meta(pattern=r"\A[a-z0-9-]{1,60}\Z")]
    """It goes into the log."""


def _address(url: str) -> httpx.URL:
    try:
        address = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise ValueError(str(error)) from None
    if address.scheme not in ("http", "https") or not address.host or address.query or address.fragment:
        raise ValueError("not the address of a folder at a web server")
    return address


def _mirror_context(cas: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=cas)


def _station_context(ca: Path, own: OwnCertificate | None, proven: Callable[[], datetime]) -> ssl.SSLContext:
    context = station_context(ca, proven)
    if own is not None:
        own.load_into(context)
    return context


def _trouble(error: Exception, own: OwnCertificate | None, proven: datetime) -> Trouble:
    if own is not None and proven > own.period()[1]:
        return CertificateRejected("own-expired")
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return CertificateRejected("station-not-trusted")
        if isinstance(cause, ssl.SSLError) and _ABOUT_OURS.search(cause.reason or ""):
            return CertificateRejected(cause.reason.lower().replace("_", "-"))
    return StationDown(type(error).__name__)


class _TooLargeError(Exception):
    """A line or an answer without end."""


class _Lines:
    """Cuts a stream of bytes into lines."""

    def __init__(self) -> None:
        self._rest = bytearray()

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        self._rest += chunk
        *whole, rest = self._rest.split(b"\n") if b"\n" in chunk else [self._rest]
        self._rest = bytearray(rest)
        if len(self._rest) > MAX_ANSWER_BYTES:
            raise _TooLargeError
        for line in whole:
            yield bytes(line.removesuffix(b"\r"))


async def _whole_body(response: httpx.Response) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > MAX_ANSWER_BYTES:
            raise _TooLargeError
    return bytes(body)


def _refusal(status: int, body: bytes) -> CertificateRejected | None:
    if status not in (401, 403):
        return None
    try:
        return CertificateRejected(msgspec.json.decode(body, type=_Refused).error)
    except (msgspec.MsgspecError, ValueError):
        return CertificateRejected(f"http-{status}")


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__
