"""Alarms leave in order, are kept until the station has them, and no single one holds up the rest."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from raised import NOON, panic
from station_double import HANG_UP, Pki, Reply, StationDouble, station_double, until

from kiosk.clock import SystemClock
from kiosk.domain.alarm import VisitCount
from kiosk.domain.reasons import Reason
from kiosk.domain.verdict import Verdict
from sync.kiosk_end.backoff import FIRST_S
from sync.kiosk_end.outbox import OutboxFile
from sync.kiosk_end.uploader import BATCH, Uploader
from sync.wire import MAX_MESSAGES, MAX_REQUEST_BYTES, CountsBody, Message, Refused, Upload, Uploaded, encode

MESSAGES = "POST /v1/messages"
TAKE_NOTHING: Reply = (200, encode(Uploaded(taken=())))


class Desk:
    """Takes messages as the station does: each id once, in the order of arrival; ``poison`` makes it answer so."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.poison: dict[str, int] = {}

    def take(self, body: bytes) -> Reply:
        ids = [message.id for message in msgspec.json.decode(body, type=Upload).messages]
        for message_id in ids:
            if message_id in self.poison:
                return self.poison[message_id], b""
        self.taken += [message_id for message_id in ids if message_id not in self.taken]
        return 200, encode(Uploaded(taken=tuple(ids)))


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[OutboxFile]:
    outbox = OutboxFile(tmp_path / "outbox.db")
    for number in range(1, 6):
        outbox.raise_alarm(panic(number))
    yield outbox
    outbox.close()


def ids(*numbers: int) -> list[str]:
    return [panic(number).id for number in numbers]


def waiting(outbox: OutboxFile) -> list[str]:
    return [message.id for message in outbox.pending(100)]


def upload(
    pki: Pki, outbox: OutboxFile, scene: Callable[[StationDouble, Uploader, asyncio.Event], Awaitable[None]]
) -> None:
    async def play() -> None:
        async with station_double(pki) as station:
            client = station.client()
            wake = asyncio.Event()
            try:
                await scene(station, Uploader(outbox, client, wake, SystemClock()), wake)
            finally:
                await client.close()

    asyncio.run(play())


def test_everything_is_delivered_in_order(pki: Pki, outbox: OutboxFile) -> None:
    desk = Desk()

    async def scene(station: StationDouble, uploader: Uploader, _wake: asyncio.Event) -> None:
        station.replies[MESSAGES] = desk.take
        assert await uploader.drain()

    upload(pki, outbox, scene)
    assert desk.taken == ids(1, 2, 3, 4, 5)
    assert waiting(outbox) == []


@pytest.mark.parametrize("reply", [HANG_UP, (500, b""), (503, b""), (429, b""), (200, b"nonsense"), TAKE_NOTHING])
def test_without_the_stations_word_nothing_is_deleted(pki: Pki, outbox: OutboxFile, reply: Reply) -> None:
    desk = Desk()

    async def scene(station: StationDouble, uploader: Uploader, _wake: asyncio.Event) -> None:
        station.replies[MESSAGES] = lambda _body: reply
        assert not await uploader.drain()
        assert waiting(outbox) == ids(1, 2, 3, 4, 5)
        station.replies[MESSAGES] = desk.take
        assert await uploader.drain()

    upload(pki, outbox, scene)
    assert desk.taken == ids(1, 2, 3, 4, 5)


def test_an_answer_lost_on_the_way_makes_no_second_alarm(pki: Pki, outbox: OutboxFile) -> None:
    desk = Desk()

    def take_and_hang_up(body: bytes) -> Reply:
        desk.take(body)
        return HANG_UP

    async def scene(station: StationDouble, uploader: Uploader, _wake: asyncio.Event) -> None:
        station.replies[MESSAGES] = take_and_hang_up
        assert not await uploader.drain()
        station.replies[MESSAGES] = desk.take
        assert await uploader.drain()

    upload(pki, outbox, scene)
    assert desk.taken == ids(1, 2, 3, 4, 5)


def test_only_what_is_named_is_deleted(pki: Pki, outbox: OutboxFile) -> None:
    answers = iter([(200, encode(Uploaded(taken=tuple(ids(1, 2, 77))))), (503, b"")])

    async def scene(station: StationDouble, uploader: Uploader, _wake: asyncio.Event) -> None:
        station.replies[MESSAGES] = lambda _body: next(answers)
        assert not await uploader.drain()

    upload(pki, outbox, scene)
    assert waiting(outbox) == ids(3, 4, 5)


def test_a_message_that_the_station_names_as_refused_is_set_aside(pki: Pki, outbox: OutboxFile) -> None:
    answer = Uploaded(taken=tuple(ids(1, 2, 4, 5)), refused=(Refused(id=panic(3).id, why="unknown-kind"),))

    async def scene(station: StationDouble, uploader: Uploader, _wake: asyncio.Event) -> None:
        station.replies[MESSAGES] = lambda _body: (200, encode(answer))
        assert await uploader.drain()

    upload(pki, outbox, scene)
    assert waiting(outbox) == []


def test_what_the_station_has_from_this_machine_under_another_name_is_delivered(pki: Pki, outbox: OutboxFile) -> None:
    answer = Uploaded(
        taken=(), refused=tuple(Refused(id=known, why="id-of-another-kiosk") for known in ids(1, 2, 3, 4, 5))
    )

    async def scene(station: StationDouble, uploader: Uploader, _wake: asyncio.Event) -> None:
        station.replies[MESSAGES] = lambda _body: (200, encode(answer))
        assert await uploader.drain()

    upload(pki, outbox, scene)
    assert (outbox.depth(), outbox.set_aside_count()) == (0, 0)


@pytest.mark.parametrize("status", [400, 413, 422])
def test_a_poisoned_message_is_found_and_set_aside_and_the_others_arrive_in_order(
    pki: Pki, outbox: OutboxFile, status: int
) -> None:
    desk = Desk()
    desk.poison[panic(3).id] = status

    async def scene(station: StationDouble, uploader: Uploader, _wake: asyncio.Event) -> None:
        station.replies[MESSAGES] = desk.take
        while not await uploader.drain():
            pass

    upload(pki, outbox, scene)
    assert desk.taken == ids(1, 2, 4, 5)
    assert waiting(outbox) == []


def test_one_poisoned_message_among_a_hundred_is_found_in_a_few_requests(pki: Pki, outbox: OutboxFile) -> None:
    for number in range(6, 101):
        outbox.raise_alarm(panic(number))
    desk = Desk()
    desk.poison[panic(57).id] = 422

    async def scene(station: StationDouble, uploader: Uploader, _wake: asyncio.Event) -> None:
        station.replies[MESSAGES] = desk.take
        while not await uploader.drain():
            pass
        assert station.times(MESSAGES) <= 20

    upload(pki, outbox, scene)
    assert desk.taken == ids(*range(1, 57), *range(58, 101))
    assert [(message.id, message.why) for message in outbox.all_set_aside()] == [(panic(57).id, "http-422")]


@pytest.mark.parametrize("status", [400, 413, 422])
def test_a_lone_message_that_was_refused_once_or_twice_is_sent_again(pki: Pki, outbox: OutboxFile, status: int) -> None:
    outbox.mark_taken(ids(1, 2, 3, 4), NOON)
    desk = Desk()

    async def scene(station: StationDouble, uploader: Uploader, _wake: asyncio.Event) -> None:
        for _ in range(2):
            station.replies[MESSAGES] = lambda _body: (status, b"")
            assert not await uploader.drain()
        station.replies[MESSAGES] = desk.take
        assert await uploader.drain()

    upload(pki, outbox, scene)
    assert desk.taken == ids(5)
    assert outbox.all_set_aside() == ()


def test_a_message_over_which_the_station_fails_each_time_does_not_hold_up_the_rest(
    pki: Pki, outbox: OutboxFile
) -> None:
    desk = Desk()
    desk.poison[panic(3).id] = 500

    async def scene(station: StationDouble, uploader: Uploader, _wake: asyncio.Event) -> None:
        station.replies[MESSAGES] = desk.take
        while not await uploader.drain():
            pass

    upload(pki, outbox, scene)
    assert desk.taken == ids(1, 2, 4, 5)
    assert [message.id for message in outbox.all_set_aside()] == ids(3)


@pytest.mark.parametrize("alarms", [1, 5])
def test_a_station_that_fails_altogether_makes_no_message_a_poison(pki: Pki, outbox: OutboxFile, alarms: int) -> None:
    outbox.mark_taken(ids(*range(1, 6 - alarms)), NOON)
    desk = Desk()

    async def scene(station: StationDouble, uploader: Uploader, _wake: asyncio.Event) -> None:
        station.replies[MESSAGES] = lambda _body: (500, b"")
        for _ in range(20):
            assert not await uploader.drain()
        station.replies[MESSAGES] = desk.take
        assert await uploader.drain()

    upload(pki, outbox, scene)
    assert desk.taken == ids(1, 2, 3, 4, 5)[-alarms:]
    assert outbox.all_set_aside() == ()


def test_messages_that_are_too_many_for_one_request_are_no_poison(pki: Pki, outbox: OutboxFile) -> None:
    desk = Desk()

    def take_two(body: bytes) -> Reply:
        many = len(msgspec.json.decode(body, type=Upload).messages) > 2
        return (413, b"") if many else desk.take(body)

    async def scene(station: StationDouble, uploader: Uploader, _wake: asyncio.Event) -> None:
        station.replies[MESSAGES] = take_two
        assert await uploader.drain()

    upload(pki, outbox, scene)
    assert desk.taken == ids(1, 2, 3, 4, 5)
    assert outbox.all_set_aside() == ()


def test_alarms_behind_many_counts_arrive_in_the_order_in_which_they_were_made(pki: Pki, outbox: OutboxFile) -> None:
    for hour in range(300):
        outbox.count(VisitCount(verdict=Verdict.ADMIT, reason=None, at=NOON + timedelta(hours=hour)))
    outbox.close_counts(NOON + timedelta(days=100))
    outbox.raise_alarm(panic(6))
    arrived: list[int] = []

    def take(body: bytes) -> Reply:
        messages = msgspec.json.decode(body, type=Upload).messages
        arrived.extend(message.seq for message in messages)
        return 200, encode(Uploaded(taken=tuple(message.id for message in messages)))

    async def scene(station: StationDouble, uploader: Uploader, _wake: asyncio.Event) -> None:
        station.replies[MESSAGES] = take
        assert await uploader.drain()

    upload(pki, outbox, scene)
    assert arrived == list(range(1, 5 + 300 + 1 + 1))


def test_an_upload_says_how_long_its_messages_have_waited_whatever_the_wall_clock_shows(
    pki: Pki, outbox: OutboxFile
) -> None:
    heard: list[Upload] = []

    def take(body: bytes) -> Reply:
        heard.append(msgspec.json.decode(body, type=Upload))
        return 200, encode(Uploaded(taken=tuple(message.id for message in heard[0].messages)))

    async def scene(station: StationDouble, uploader: Uploader, _wake: asyncio.Event) -> None:
        station.replies[MESSAGES] = take
        assert await uploader.drain()

    upload(pki, outbox, scene)
    (sent,) = heard
    assert sent.sent_s is not None
    assert [message.boot for message in sent.messages] == [sent.boot] * 5
    assert all(message.created_s is not None and message.created_s < sent.sent_s for message in sent.messages)


def test_once_the_station_is_back_the_waits_begin_again_from_the_shortest(pki: Pki, outbox: OutboxFile) -> None:
    async def scene(_station: StationDouble, uploader: Uploader, wake: asyncio.Event) -> None:
        for _ in range(10):
            uploader._backoff.next_s()
        uploader.station_is_back()
        assert wake.is_set()
        assert uploader._backoff.next_s() <= FIRST_S

    for _ in range(10):
        upload(pki, outbox, scene)


def test_an_alarm_rung_for_while_the_station_was_down_arrives_when_it_is_back(pki: Pki, outbox: OutboxFile) -> None:
    desk = Desk()

    async def scene(station: StationDouble, uploader: Uploader, wake: asyncio.Event) -> None:
        station.replies[MESSAGES] = lambda _body: HANG_UP
        sending = asyncio.create_task(uploader.run())
        await until(lambda: station.times(MESSAGES) >= 2)
        station.replies[MESSAGES] = desk.take
        outbox.raise_alarm(panic(6))
        wake.set()
        await until(lambda: not waiting(outbox))
        sending.cancel()

    upload(pki, outbox, scene)
    assert desk.taken == ids(1, 2, 3, 4, 5, 6)


def test_a_hundred_of_the_largest_messages_of_counts_fit_one_request() -> None:
    counts = {"admit": 10**9, "alarm": 10**9} | {f"refer/{reason}": 10**9 for reason in Reason}
    message = Message(id=panic(1).id, seq=2**40, created_at=NOON, body=CountsBody(hour=NOON, counts=counts))
    assert BATCH <= MAX_MESSAGES
    assert len(encode(Upload(messages=(message,) * BATCH))) <= MAX_REQUEST_BYTES
