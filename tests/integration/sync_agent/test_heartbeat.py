"""The station hears how the kiosk is, and the kiosk app hears how the link is."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from paper_list import PaperList
from raised import panic
from station_double import HANG_UP, Pki, Reply, StationDouble, station_double

from kiosk.clock import SystemClock
from kiosk.domain.faults import Fault
from sync.http import OwnCertificate
from sync.kiosk_end.heartbeat import Heart
from sync.kiosk_end.link import LinkState
from sync.kiosk_end.outbox import OutboxFile
from sync.wire import Heartbeat, HeartbeatSeen, encode

HEARTBEAT = "POST /v1/heartbeat"
Clocked = Callable[[bytes], Reply]


def seen(off: timedelta = timedelta(0), upto_seq: int | None = None) -> Clocked:
    return lambda _body: (200, encode(HeartbeatSeen(now=datetime.now(UTC) + off, upto_seq=upto_seq)))


@dataclass
class Beating:
    outbox: OutboxFile
    link: LinkState
    paper: PaperList
    looked_up: int = 0

    def link_faults(self) -> frozenset[Fault]:
        return self.outbox.link_faults(datetime.now(UTC))


@pytest.fixture
def kiosk(tmp_path: Path) -> Iterator[Beating]:
    outbox = OutboxFile(tmp_path / "outbox.db")
    yield Beating(outbox, LinkState(outbox, SystemClock()), PaperList())
    outbox.close()


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
                replica=kiosk.paper,
                station=client,
                own=own_,
                link=kiosk.link,
                clock=SystemClock(),
                station_is_back=back.set,
                look_ups=lambda: kiosk.looked_up,
                device_key="file",
            )
            try:
                await scene(station, heart, back)
            finally:
                await client.close()

    asyncio.run(play())


def heartbeats(pki: Pki, kiosk: Beating, *changes: Callable[[], object]) -> list[Heartbeat]:
    """What the station hears: one heartbeat after each change."""
    heard: list[Heartbeat] = []

    def hear(body: bytes) -> Reply:
        heard.append(msgspec.json.decode(body, type=Heartbeat))
        return seen()(body)

    async def scene(station: StationDouble, heart: Heart, _back: asyncio.Event) -> None:
        station.replies[HEARTBEAT] = hear
        for change in changes:
            change()
            await heart.beat()

    beat(pki, kiosk, scene)
    return heard


def nothing() -> None: ...


def test_a_heartbeat_says_how_far_the_list_and_the_outbox_are(pki: Pki, kiosk: Beating) -> None:
    def something() -> None:
        kiosk.paper.epochs = {1: 7}
        kiosk.looked_up = 12
        kiosk.outbox.raise_alarm(panic(1))
        kiosk.outbox.report(frozenset({Fault.CAMERA_LOST}), datetime.now(UTC))

    first, second = heartbeats(pki, kiosk, nothing, something)
    assert (first.list_epoch, first.list_seq, first.list_age_s) == (0, 0, None)
    assert (first.outbox_depth, first.oldest_undelivered_s, first.look_ups) == (0, None, 0)
    assert (second.list_epoch, second.list_seq, second.list_head) == (1, 7, f"{7:064x}")
    assert (second.next_epoch, second.list_refused) == (None, None)
    assert (second.outbox_depth, second.faults) == (1, ("camera-lost",))
    assert (second.look_ups, second.device_key) == (12, "file")
    assert second.list_age_s is not None
    assert second.oldest_undelivered_s is not None


def test_a_heartbeat_names_the_next_epoch_while_two_are_held(pki: Pki, kiosk: Beating) -> None:
    (both,) = heartbeats(pki, kiosk, lambda: kiosk.paper.epochs.update({1: 7, 2: 0}))
    assert (both.list_epoch, both.list_seq, both.next_epoch) == (1, 7, 2)


def test_a_heartbeat_says_why_an_update_was_refused_and_how_old_the_last_good_list_is(pki: Pki, kiosk: Beating) -> None:
    kiosk.paper.epochs = {1: 7}
    refused, well = heartbeats(
        pki, kiosk, lambda: kiosk.link.refuse_list("bad-signature"), lambda: kiosk.link.refuse_list(None)
    )
    assert (refused.list_refused, "list-refused" in refused.faults) == ("bad-signature", True)
    assert (refused.list_seq, refused.list_age_s is not None) == (7, True)
    assert (well.list_refused, "list-refused" in well.faults) == (None, False)


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
        assert Fault.CERTIFICATE_ENDS_SOON in kiosk.link_faults()

    beat(pki, kiosk, scene, pki.kiosk(issued=pki.now - timedelta(days=days_ago)))


def test_a_kiosk_that_was_revoked_shows_a_certificate_fault(pki: Pki, kiosk: Beating) -> None:
    async def scene(station: StationDouble, heart: Heart, _back: asyncio.Event) -> None:
        station.replies[HEARTBEAT] = lambda _body: (403, b"")
        await heart.beat()
        assert kiosk.link_faults() == {Fault.CERTIFICATE_REJECTED, Fault.STATION_LINK}

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


def test_what_a_station_restored_from_yesterdays_backup_has_lost_is_sent_again(pki: Pki, kiosk: Beating) -> None:
    for number in (1, 2, 3, 4):
        kiosk.outbox.raise_alarm(panic(number))
    kiosk.outbox.mark_taken([panic(number).id for number in (1, 2, 3)], datetime.now(UTC))

    async def scene(station: StationDouble, heart: Heart, back: asyncio.Event) -> None:
        station.replies[HEARTBEAT] = seen(upto_seq=3)
        await heart.beat()
        back.clear()
        await heart.beat()
        assert not back.is_set()
        station.replies[HEARTBEAT] = seen(upto_seq=1)
        await heart.beat()
        assert back.is_set()
        assert [message.id for message in kiosk.outbox.pending(10)] == [panic(number).id for number in (2, 3, 4)]

    beat(pki, kiosk, scene)


def test_what_is_delivered_while_a_heartbeat_is_on_its_way_is_not_sent_again(pki: Pki, kiosk: Beating) -> None:
    kiosk.outbox.raise_alarm(panic(1))

    def deliver_meanwhile(_body: bytes) -> Reply:
        kiosk.outbox.mark_taken([panic(1).id], datetime.now(UTC))
        return seen(upto_seq=0)(b"")

    async def scene(station: StationDouble, heart: Heart, _back: asyncio.Event) -> None:
        station.replies[HEARTBEAT] = deliver_meanwhile
        await heart.beat()
        assert kiosk.outbox.depth() == 0

    beat(pki, kiosk, scene)


def test_a_station_that_does_not_say_how_far_it_is_has_lost_nothing(pki: Pki, kiosk: Beating) -> None:
    kiosk.outbox.raise_alarm(panic(1))
    kiosk.outbox.mark_taken([panic(1).id], datetime.now(UTC))
    heartbeats(pki, kiosk, nothing)
    assert kiosk.outbox.depth() == 0
