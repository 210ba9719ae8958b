"""The station's certificate is judged by what time it certainly is, and by everything else as strictly as ever."""

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeAlias

import pytest
from station_double import Pki, StationDouble, station_double

from kiosk.ports import RoadError
from sync.http import Answer, StationClient, WebRoad

Proven: TypeAlias = Callable[[], datetime]
DAY, YEAR = timedelta(days=1), timedelta(days=365)
NOT_TRUSTED = "station-not-trusted"


@dataclass
class Asked:
    """What the two clients made of a station ("well", or why not), and how many requests it saw of them."""

    client: str
    road: str
    requests: int


def ask(pki: Pki, proven: Proven, tls: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3) -> Asked:
    own = pki.kiosk(issued=proven())

    def by_road(station: StationDouble) -> str:
        road = WebRoad(f"{station.url}/v1/list/", pki.ca, own, proven)
        try:
            with road.fetch("feed/1/head.json") as pieces:
                return "well" if b"".join(pieces) == b"head" else "not it"
        except RoadError as error:
            return error.why
        finally:
            road.close()

    async def by_client(station: StationDouble) -> str:
        client = StationClient(station.url, pki.ca, own, proven)
        try:
            outcome = await client.get("/v1/list/feed/1/head.json")
        finally:
            await client.close()
        return "well" if outcome == Answer(200, b"head") else getattr(outcome, "why", "not it")

    async def scene() -> Asked:
        async with station_double(pki, client_certificates=False, tls=tls) as station:
            station.replies["GET /v1/list/feed/1/head.json"] = lambda _body: (200, b"head")
            return Asked(await by_client(station), await asyncio.to_thread(by_road, station), len(station.asked))

    return asyncio.run(scene())


def test_a_station_whose_certificate_is_good_is_believed(pki: Pki) -> None:
    assert ask(pki, lambda: pki.now) == Asked("well", "well", 2)


@pytest.mark.parametrize("issued", [timedelta(0), -2 * YEAR, YEAR])
def test_a_certificate_is_good_as_long_as_its_end_is_not_proven_whatever_the_machines_clock_says(
    pki: Pki, issued: timedelta
) -> None:
    pki.serve_as(issued=pki.now + issued)
    assert ask(pki, lambda: pki.now + issued + DAY) == Asked("well", "well", 2)


def test_a_certificate_that_has_provably_ended_is_refused_before_a_request_goes_out(pki: Pki) -> None:
    assert ask(pki, lambda: pki.now + YEAR - DAY) == Asked("well", "well", 2)
    assert ask(pki, lambda: pki.now + YEAR + DAY) == Asked(NOT_TRUSTED, NOT_TRUSTED, 0)


def test_a_certificate_outlives_the_ca_that_signed_it_by_nothing(pki: Pki) -> None:
    pki.serve_as(issued=pki.now + 9 * YEAR)  # good for a year from then; the CA ends nine years from now
    assert ask(pki, lambda: pki.now + 9 * YEAR - 30 * DAY) == Asked("well", "well", 2)
    assert ask(pki, lambda: pki.now + 9 * YEAR + DAY) == Asked(NOT_TRUSTED, NOT_TRUSTED, 0)


def test_a_certificate_is_not_refused_for_being_of_tomorrow(pki: Pki) -> None:
    assert ask(pki, lambda: pki.now - 10 * YEAR) == Asked("well", "well", 2)


def test_a_certificate_of_another_ca_is_refused(pki: Pki, tmp_path: Path) -> None:
    assert ask(pki, lambda: pki.now) == Asked("well", "well", 2)
    pki.ca = Pki(tmp_path / "other").ca
    assert ask(pki, lambda: pki.now) == Asked(NOT_TRUSTED, NOT_TRUSTED, 0)


def test_a_certificate_for_another_host_is_refused(pki: Pki) -> None:
    pki.serve_as(host="127.0.0.2")
    assert ask(pki, lambda: pki.now) == Asked(NOT_TRUSTED, NOT_TRUSTED, 0)


def test_a_kiosks_certificate_cannot_stand_in_for_the_stations(pki: Pki) -> None:
    stolen = pki.kiosk()
    pki.server.write_bytes(stolen.certificate_pem)
    pki.server_key.write_bytes(stolen.key_pem)
    assert ask(pki, lambda: pki.now) == Asked(NOT_TRUSTED, NOT_TRUSTED, 0)


def test_a_station_that_speaks_only_an_older_tls_is_refused(pki: Pki) -> None:
    asked = ask(pki, lambda: pki.now, ssl.TLSVersion.TLSv1_2)
    assert "well" not in (asked.client, asked.road)
    assert asked.requests == 0
