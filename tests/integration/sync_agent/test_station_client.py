"""Every way in which a network can fail is a value, and a certificate's fault is told from the network's."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from station_double import HANG_UP, Pki, StationDouble, station_double

import sync.http
from sync.http import Answer, CertificateRejected, Outcome, OwnCertificate, StationClient, StationDown, Trouble


def ask(
    pki: Pki, prepare: Callable[[StationDouble], object] = lambda _: None, own: OwnCertificate | None = None
) -> Outcome:
    async def scene() -> Outcome:
        async with station_double(pki) as station:
            prepare(station)
            client = station.client(own)
            try:
                return await client.get("/v1/list/wait?epoch=1&seq=0")
            finally:
                await client.close()

    return asyncio.run(scene())


def listen(pki: Pki, *chunks: bytes) -> list[bytes | Trouble]:
    async def scene() -> list[bytes | Trouble]:
        async with station_double(pki) as station:
            for chunk in (*chunks, None):
                station.stream.put_nowait(chunk)
            client = station.client()
            try:
                return [item async for item in client.events("/v1/list/events")]
            finally:
                await client.close()

    return asyncio.run(scene())


def replying(status: int, body: bytes = b"") -> Callable[[StationDouble], object]:
    return lambda station: station.replies.__setitem__("GET /v1/list/wait", lambda _: (status, body))


def test_an_answer_is_its_status_and_its_body(pki: Pki) -> None:
    assert ask(pki, replying(200, b"batch")) == Answer(200, b"batch")
    assert ask(pki, replying(503)) == Answer(503, b"")


@pytest.mark.parametrize("status", [401, 403])
def test_a_station_that_no_longer_knows_us_rejects_our_certificate(pki: Pki, status: int) -> None:
    assert ask(pki, replying(status)) == CertificateRejected(f"http-{status}")


def test_a_station_that_hangs_up_is_down(pki: Pki) -> None:
    assert ask(pki, replying(*HANG_UP)) == StationDown("RemoteProtocolError")


def test_a_station_that_is_not_there_is_down(pki: Pki) -> None:
    async def scene() -> Outcome:
        async with station_double(pki) as station:
            client = station.client()
        try:
            return await client.get("/v1/list/wait")
        finally:
            await client.close()

    assert asyncio.run(scene()) == StationDown("ConnectError")


def test_our_own_expired_certificate_is_told_from_a_network_fault(pki: Pki) -> None:
    expired = pki.kiosk(issued=pki.now - timedelta(days=31))
    assert ask(pki, replying(200), expired) == CertificateRejected("own-expired")


def test_our_own_certificate_has_not_expired_by_the_word_of_a_clock_that_nobody_vouches_for(pki: Pki) -> None:
    async def scene() -> Outcome:
        async with station_double(pki) as station:
            station.replies["GET /v1/list/wait"] = lambda _: HANG_UP
            expired = pki.kiosk(issued=pki.now - timedelta(days=31))
            client = StationClient(station.url, pki.ca, expired, lambda: pki.now - timedelta(days=10))
            try:
                return await client.get("/v1/list/wait")
            finally:
                await client.close()

    assert isinstance(asyncio.run(scene()), StationDown)


def test_a_certificate_of_another_ca_gets_no_answer(pki: Pki, tmp_path: Path) -> None:
    # In TLS 1.3 the server refuses after our handshake; its alert may be lost in the reset of the connection.
    assert isinstance(ask(pki, replying(200), Pki(tmp_path / "other").kiosk()), CertificateRejected | StationDown)


def test_a_station_of_another_ca_is_not_believed(pki: Pki, tmp_path: Path) -> None:
    pki.ca = Pki(tmp_path / "other").ca

    async def scene() -> Outcome:
        async with station_double(pki, client_certificates=False) as station:
            client = station.client()
            try:
                return await client.get("/v1/list/wait")
            finally:
                await client.close()

    assert asyncio.run(scene()) == CertificateRejected("station-not-trusted")


def test_an_answer_without_end_is_cut_off(pki: Pki, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sync.http, "MAX_ANSWER_BYTES", 1000)
    assert ask(pki, replying(200, b"x" * 1001)) == StationDown("too-large")
    assert listen(pki, b"data: " + b"x" * 1001) == [StationDown("too-large")]


def test_each_data_line_of_a_stream_is_one_item_however_it_is_cut(pki: Pki) -> None:
    stream = b": ping\n\ndata: one\n\nevent: x\nid: 3\ndata:two\r\n\r\n"
    expected = [b"one", b"two", StationDown("stream-ended")]
    assert listen(pki, stream) == expected
    assert listen(pki, *(stream[i : i + 1] for i in range(len(stream)))) == expected


def test_half_a_line_at_the_end_of_a_stream_is_no_item(pki: Pki) -> None:
    assert listen(pki, b"data: one\ndata: tw") == [b"one", StationDown("stream-ended")]


def test_proxies_and_certificates_of_the_environment_are_not_used(pki: Pki, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    assert ask(pki, replying(200, b"direct")) == Answer(200, b"direct")
