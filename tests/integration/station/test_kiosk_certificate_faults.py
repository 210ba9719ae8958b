"""What is wrong with a kiosk's certificate is told from a broken network, each trouble as a fault of its own."""

import asyncio
import os
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

import pytest
from kiosk_with_station import HEARTBEAT, Agent, Kiosk, expired_at_the_station, forgotten, revoked
from station_world import World

from kiosk.domain.faults import Fault
from sync.http import Answer, CertificateRejected, Outcome, OwnCertificate, StationClient, StationDown
from sync.kiosk_end.hang_ups import IN_A_ROW, HangUps
from sync.kiosk_end.key_request import KeyRequest
from sync.kiosk_end.link import faults_of
from sync.station import pki
from sync.station.serve import tls_context


@pytest.mark.parametrize(
    ("misfortune", "fault"),
    [
        (revoked, Fault.CERTIFICATE_REVOKED),
        (expired_at_the_station, Fault.CERTIFICATE_EXPIRED),
        (forgotten, Fault.CERTIFICATE_REJECTED),
    ],
)
def test_each_refusal_of_a_certificate_is_its_own_fault_and_a_new_enrolment_ends_it(
    kiosk: Kiosk, misfortune: Callable[[Kiosk], None], fault: Fault
) -> None:
    assert faults_of(kiosk.heartbeat()) == frozenset()
    misfortune(kiosk)
    assert faults_of(kiosk.heartbeat()) == {fault, Fault.STATION_LINK}
    kiosk.enrol()
    assert faults_of(kiosk.heartbeat()) == frozenset()


def test_the_faults_of_the_link_tell_who_must_act() -> None:
    link = Fault.STATION_LINK
    told: dict[Outcome, set[Fault]] = {
        Answer(200, b""): set(),
        Answer(503, b""): {link},
        StationDown("ConnectError"): {link},
        CertificateRejected("station-not-trusted"): {link, Fault.STATION_UNTRUSTED},
        CertificateRejected("own-expired"): {link, Fault.CERTIFICATE_EXPIRED},
        CertificateRejected("tlsv1-alert-unknown-ca"): {link, Fault.CERTIFICATE_REJECTED},
        CertificateRejected("http-403"): {link, Fault.CERTIFICATE_REJECTED},
    }
    assert {outcome: set(faults_of(outcome)) for outcome in told} == told


def certified_elsewhere(kiosk: Kiosk) -> OwnCertificate:
    """A certificate for this kiosk that another CA has signed."""
    ca_key, now = pki.new_key(), datetime.now(UTC)
    ca, request = pki.make_ca("elsewhere", ca_key, now), KeyRequest()
    certificate = pki.issue_kiosk_certificate(kiosk.id, request.csr_pem, ca, ca_key, now)
    return request.granted(pki.certificate_pem(certificate).decode())


def test_a_station_that_hangs_up_on_our_certificate_and_on_nobody_else_is_told_from_a_broken_network(
    kiosk: Kiosk,
) -> None:
    async def scene(agent: Agent) -> list[frozenset[Fault]]:
        hang_ups = HangUps(agent.station)
        await agent.station.use(certified_elsewhere(kiosk))
        told = [faults_of(await hang_ups.judge(await agent.heartbeat())) for _ in range(IN_A_ROW)]
        await agent.station.use(agent.identity.own)
        return [*told, faults_of(await hang_ups.judge(await agent.heartbeat()))]

    broken = frozenset({Fault.STATION_LINK})
    rejected = broken | {Fault.CERTIFICATE_REJECTED}
    assert kiosk.play(scene) == [*[broken] * (IN_A_ROW - 1), rejected, frozenset()]


def test_a_station_that_hangs_up_on_everybody_is_a_broken_network(kiosk: Kiosk) -> None:
    async def scene(agent: Agent) -> None:
        async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.close()

        server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
        url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        broken = StationClient(url, agent.identity.ca, agent.identity.own)
        hang_ups = HangUps(broken)
        for _ in range(IN_A_ROW + 1):
            outcome = await hang_ups.judge(StationDown("RemoteProtocolError"))
            assert faults_of(outcome) == {Fault.STATION_LINK}
        await broken.close()
        server.close()

    kiosk.play(scene)


@contextmanager
def server_that_says_what_it_refuses(world: World) -> Iterator[str]:
    """One that waits until its alert has been read, unlike asyncio's; gives its address."""
    context = tls_context(world.folder)
    context.verify_mode = ssl.CERT_REQUIRED

    def serve() -> None:
        connection, _ = listening.accept()
        with context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False) as tls:
            with suppress(ssl.SSLError):
                tls.do_handshake()
            connected = socket.socket(fileno=os.dup(tls.fileno()))
            connected.shutdown(socket.SHUT_WR)
            while connected.recv(4096):
                pass
            connected.close()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve)
        thread.start()
        yield f"https://127.0.0.1:{listening.getsockname()[1]}"
        thread.join(10)


def test_an_alert_of_tls_about_our_certificate_is_told_from_a_broken_network(kiosk: Kiosk) -> None:
    async def scene(agent: Agent) -> Outcome:
        with server_that_says_what_it_refuses(kiosk.world) as url:
            station = StationClient(url, agent.identity.ca, certified_elsewhere(kiosk))
            outcome = await station.post("/v1/heartbeat", HEARTBEAT)
            await station.close()
        return outcome

    assert kiosk.play(scene) == CertificateRejected("tlsv1-alert-unknown-ca")
