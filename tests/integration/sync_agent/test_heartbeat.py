"""The station hears how the kiosk is, and the kiosk app hears how the link is."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from list_author import ListAuthor, some_rows
from raised import panic
from station_double import HANG_UP, Pki, Reply, StationDouble, station_double

from kiosk.clock import SystemClock
from kiosk.domain.faults import Fault
from sync.http import OwnCertificate
from sync.kiosk_end.heartbeat import Heart
from sync.kiosk_end.link import LinkState
from sync.kiosk_end.outbox import OutboxFile
from sync.wire import Heartbeat, HeartbeatSeen, encode
from watchlist.device_key import FileDeviceKeys
from watchlist.store import LIST_FILE, ListStore

HEARTBEAT = "POST /v1/heartbeat"
Clocked = Callable[[bytes], Reply]


def seen(off: timedelta = timedelta(0)) -> Clocked:
    return lambda _body: (200, encode(HeartbeatSeen(now=datetime.now(UTC) + off)))


@dataclass
class Beating:
    outbox: OutboxFile
    replica: ListStore
    author: ListAuthor

    def link_faults(self) -> frozenset[Fault]:
        return self.outbox.link_faults(datetime.now(UTC))


@pytest.fixture
def kiosk(tmp_path: Path) -> Iterator[Beating]:
    author = ListAuthor()
    author.add_rows(1, some_rows())
    outbox = OutboxFile(tmp_path / "outbox.db")
    replica = ListStore.create(tmp_path / LIST_FILE, author.trust(), FileDeviceKeys(bytes(32)))
    yield Beating(outbox, replica, author)
    outbox.close()
    replica.close()


def beat(
    pki: Pki,
    kiosk: Beating,
    scene: Callable[[StationDouble, Heart, asyncio.Event], Awaitable[None]],
    own: OwnCertificate | None = None,
) -> None:
    async def play() -> None:
        async with station_double(pki) as station:
            own_ = own or pki.kiosk()
            client = station.client(own_)
            back = asyncio.Event()
            heart = Heart(
                outbox=kiosk.outbox,
                replica=kiosk.replica,
                station=client,
                own=own_,
                link=LinkState(kiosk.outbox, SystemClock()),
                clock=SystemClock(),
                station_is_back=back,
            )
            try:
                await scene(station, heart, back)
            finally:
                await client.close()

    asyncio.run(play())


def test_a_heartbeat_says_how_far_the_list_and_the_outbox_are(pki: Pki, kiosk: Beating) -> None:
    heard: list[Heartbeat] = []

    def hear(body: bytes) -> Reply:
        heard.append(msgspec.json.decode(body, type=Heartbeat))
        return seen()(body)

    async def scene(station: StationDouble, heart: Heart, _back: asyncio.Event) -> None:
        station.replies[HEARTBEAT] = hear
        await heart.beat()
        kiosk.replica.apply(kiosk.author.batch(at=datetime.now(UTC)), datetime.now(UTC))
        kiosk.outbox.raise_alarm(panic(1))
        kiosk.outbox.report(frozenset({Fault.CAMERA_LOST}), datetime.now(UTC))
        await heart.beat()

    beat(pki, kiosk, scene)
    first, second = heard
    assert (first.list_seq, first.list_age_s, first.outbox_depth, first.oldest_undelivered_s) == (0, None, 0, None)
    assert (second.list_epoch, second.list_seq, second.list_head) == (1, 1, kiosk.author.heads[1])
    assert (second.outbox_depth, second.faults) == (1, ("camera-lost",))
    assert second.list_age_s is not None
    assert second.oldest_undelivered_s is not None


@pytest.mark.parametrize("reply", [HANG_UP, (500, b"")])
def test_a_lost_station_is_told_to_the_gate_and_so_is_its_return(pki: Pki, kiosk: Beating, reply: Reply) -> None:
    async def scene(station: StationDouble, heart: Heart, back: asyncio.Event) -> None:
        station.replies[HEARTBEAT] = lambda _body: reply
        await heart.beat()
        assert kiosk.link_faults() == {Fault.STATION_LINK}
        assert not back.is_set()
        station.replies[HEARTBEAT] = seen()
        await heart.beat()
        assert kiosk.link_faults() == frozenset()
        assert back.is_set()

    beat(pki, kiosk, scene)


@pytest.mark.parametrize("days_ago", [31, 24])
def test_a_certificate_that_has_ended_or_soon_will_is_its_own_fault(pki: Pki, kiosk: Beating, days_ago: int) -> None:
    async def scene(station: StationDouble, heart: Heart, _back: asyncio.Event) -> None:
        station.replies[HEARTBEAT] = seen()
        await heart.beat()
        assert Fault.CERTIFICATE in kiosk.link_faults()

    beat(pki, kiosk, scene, pki.kiosk(issued=pki.now - timedelta(days=days_ago)))


def test_a_kiosk_that_was_revoked_shows_a_certificate_fault(pki: Pki, kiosk: Beating) -> None:
    async def scene(station: StationDouble, heart: Heart, _back: asyncio.Event) -> None:
        station.replies[HEARTBEAT] = lambda _body: (403, b"")
        await heart.beat()
        assert kiosk.link_faults() == {Fault.CERTIFICATE, Fault.STATION_LINK}

    beat(pki, kiosk, scene)


@pytest.mark.parametrize(
    ("off", "wrong"), [(timedelta(minutes=6), True), (timedelta(minutes=-6), True), (timedelta(minutes=4), False)]
)
def test_a_clock_that_is_minutes_off_stops_the_lane(pki: Pki, kiosk: Beating, off: timedelta, wrong: bool) -> None:
    async def scene(station: StationDouble, heart: Heart, _back: asyncio.Event) -> None:
        station.replies[HEARTBEAT] = seen(off)
        await heart.beat()
        assert (Fault.CLOCK in kiosk.link_faults()) is wrong
        station.replies[HEARTBEAT] = seen()
        await heart.beat()
        assert kiosk.link_faults() == frozenset()

    beat(pki, kiosk, scene)
