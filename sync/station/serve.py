"""The station on the network: TLS 1.3, and each request with the certificate that its connection has proved.

uvicorn does not hand the peer's certificate to the application (uvicorn PRs #3132 and #3133); a subclass of its
protocol puts the DER bytes into the ASGI scope as ``peer_certificate``. It can go when one of them is released. A
header cannot stand in for it: nothing reads one. Beside it stands ``hang_up``, which drops the connection at once; the
station's ``connections`` know it too, for the day on which the certificate ends.
"""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any, Final

import structlog
import uvicorn
from anyio import CancelScope
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT
from uvicorn.protocols.http.h11_impl import H11Protocol

from kiosk import service_manager
from sync.station import doorbell, hints, upkeep
from sync.station.app import create_app
from sync.station.connections import Connections
from sync.station.escalation import Escalation
from sync.station.station import Station
from sync.station.supervision import Supervision
from sync.station.webhook_delivery import Deliveries
from sync.tls import NO_CHECK_TIME

KEEP_ALIVE_S: Final = 30
"""Longer than the time between two heartbeats, each of which would else begin with a handshake of 3 ms."""
GRACE_S: Final = 3
"""For what is being answered, once the station is told to stop."""
REQUEST_TIMEOUT_S: Final = 60.0
"""From one answer, or the connection, to the end of the next request: uvicorn itself waits for one without end."""

# asyncio keeps a buffer of 256 KiB for each TLS connection, where one TLS record of 16 KiB is what it reads: 295 KiB a
# connection against 55 (measured; CPython #109534 has more), and a thousand kiosks have two thousand connections.
asyncio.sslproto.SSLProtocol.max_size = 16 * 1024  # type: ignore[attr-defined]  # typeshed knows no sslproto's insides

log = structlog.get_logger()


class PeerCertificateProtocol(H11Protocol):
    """uvicorn's HTTP/1.1 protocol, with the client's certificate in each request's scope; it ends slow requests."""

    _whole_by: asyncio.TimerHandle

    def __init__(self, connections: Connections, **uvicorns: Any) -> None:
        super().__init__(**uvicorns)
        self._connections = connections
        self._shown: bytes | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn does
        """Take the certificate, verified in the handshake, once for all requests of this connection."""
        super().connection_made(transport)
        # Of each connection no more than this waits in memory (asyncio's own limit under TLS is 512 KiB).
        transport.set_write_buffer_limits(HIGH_WATER_LIMIT)
        tls: ssl.SSLObject | None = transport.get_extra_info("ssl_object")
        certificate = tls.getpeercert(binary_form=True) if tls is not None else None
        self.app = _with_peer(self.app, certificate, transport.abort)
        if certificate is not None:
            self._shown = certificate
            self._connections.opened(certificate, self)
        self._await_request()

    def on_response_complete(self) -> None:
        """Begin to wait for the next request."""
        super().on_response_complete()
        self._whole_by.cancel()
        self._await_request()

    def shutdown(self) -> None:
        """End: at once where nothing is being answered, since whoever sleeps answers no close_notify either."""
        if self.answering is None:
            self.hang_up()
        else:
            super().shutdown()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection, and wait for nothing more."""
        self._whole_by.cancel()
        super().connection_lost(exc)
        if self._shown is not None:
            self._connections.closed(self._shown, self)

    @property
    def answering(self) -> object | None:
        """See ``connections.Line.answering``."""
        return self.cycle if self.cycle is not None and not self.cycle.response_complete else None

    def hang_up(self) -> None:
        """See ``connections.Line.hang_up``."""
        self.transport.abort()

    def _await_request(self) -> None:
        self._whole_by = self.loop.call_later(REQUEST_TIMEOUT_S, self._hang_up_unless_whole)

    def _hang_up_unless_whole(self) -> None:
        if self.cycle is None or self.cycle.more_body or self.cycle.response_complete:
            self.hang_up()


def tls_context(folder: Path) -> ssl.SSLContext:
    """Return a server context on the keyring in ``folder``.

    A client certificate is asked for and not required (browsers and a kiosk that enrols have none); one that our CA
    did not sign ends the handshake. One that has ended does not: ``certificates.identify`` answers it, so that the
    kiosk can tell that from a broken network.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_cert_chain(folder / "server.pem", folder / "server.key")
    context.load_verify_locations(folder / "ca.pem")
    # No kiosk resumes a session, and tickets are a quarter of what a handshake costs when a thousand come at once.
    context.num_tickets = 0
    context.verify_mode = ssl.CERT_OPTIONAL
    context.verify_flags |= ssl.VERIFY_X509_STRICT | NO_CHECK_TIME
    return context


class StationServer(uvicorn.Server):
    """A uvicorn server that says when it is ready, and ends its streams before it waits for them."""

    def __init__(self, station: Station, host: str, port: int, ready: Callable[[int], None]) -> None:
        context = tls_context(station.keyring.folder)
        super().__init__(
            uvicorn.Config(
                create_app(station),
                host=host,
                port=port,
                http=partial(PeerCertificateProtocol, station.connections),  # type: ignore[arg-type]  # called as a class is
                ws="none",
                lifespan="off",
                ssl_context_factory=lambda _config, _default: context,
                log_config=None,
                access_log=False,
                proxy_headers=False,
                server_header=False,
                timeout_graceful_shutdown=GRACE_S,
                timeout_keep_alive=KEEP_ALIVE_S,
            )
        )
        self._station = station
        self._ready = ready
        self._at_work = ExitStack()
        self._ends: list[CancelScope] = []
        self._tasks: list[asyncio.Task[None]] = []

    async def startup(self, sockets: list[Any] | None = None) -> None:
        """Listen, then say on which port."""
        await super().startup(sockets)
        station = self._station
        bells = {"feed": station.feed_bell, "alarms": station.alarm_bell, "connections": station.connections.bell}
        self._at_work.enter_context(doorbell.listen(station.folder, *bells.values()))
        at_work = (
            station.streams.run(),
            station.connections.run(),
            hints.run(station.store.server, bells),
            upkeep.run(station),
            Supervision(station).run(),
            Escalation(station).run(),
            Deliveries(station).run(),
            service_manager.keep_told(),
        )
        self._ends = [CancelScope() for _ in at_work]
        self._tasks = [asyncio.create_task(_until(end, part)) for end, part in zip(self._ends, at_work, strict=True)]
        port = self.servers[0].sockets[0].getsockname()[1]
        station.ports.add(port)
        log.info("station.started", site=self._station.keyring.site, port=port)
        service_manager.tell(service_manager.READY)
        self._ready(port)

    async def shutdown(self, sockets: list[Any] | None = None) -> None:
        """End the streams, then the server."""
        service_manager.tell(service_manager.STOPPING)
        self._station.end_streams()
        await super().shutdown(sockets)
        for line in list(self.server_state.connections):  # whose peers have let our time for them pass
            line.transport.abort()
        self._at_work.close()
        # By anyio, which waits for a part's thread: a task's own cancel() would leave it at work in a closed store.
        for end in self._ends:
            end.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        upkeep.end(self._station)
        self._station.close()
        log.info("station.stopped")


async def _until(end: CancelScope, part: Awaitable[None]) -> None:
    with end:
        await part


def _with_peer(app: Any, certificate: bytes | None, hang_up: Callable[[], None]) -> ASGIApp:
    async def with_peer(scope: Scope, receive: Receive, send: Send) -> None:
        scope["peer_certificate"] = certificate
        scope["hang_up"] = hang_up
        await app(scope, receive, send)

    return with_peer
