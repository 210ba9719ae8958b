"""What is committed here is delivered, once and in order, and says nothing of an ordinary visitor."""

import stat
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import forked
import msgspec
import pytest
from raised import NOON, SCORE, admitted, panic, referred, wanted

from kiosk.boot_clock import boot_id, since_boot_s
from kiosk.clock import SystemClock
from kiosk.domain.evidence import Unavailable
from kiosk.domain.faults import Fault
from kiosk.domain.reasons import Reason
from kiosk.ports import OutboxError
from kiosk.sqlite import quick_reading
from sync.kiosk_end.link import LinkState
from sync.kiosk_end.outbox import KEEP_DELIVERED, OutboxFile, SetAside
from sync.wire import AlarmBody, CountsBody, Message, Upload, encode

HOUR = timedelta(hours=1)


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[OutboxFile]:
    outbox = OutboxFile(tmp_path / "outbox.db")
    yield outbox
    outbox.close()


@pytest.fixture
def memory() -> Iterator[Path]:
    """A folder for what commits often; whether it reaches a disk is another test's."""
    with TemporaryDirectory(dir="/dev/shm") as folder:
        yield Path(folder)


@pytest.fixture
def in_memory(memory: Path) -> Iterator[OutboxFile]:
    outbox = OutboxFile(memory / "outbox.db")
    yield outbox
    outbox.close()


def alarm_body(outbox: OutboxFile) -> AlarmBody:
    (message,) = outbox.pending(10)
    assert isinstance(message.body, AlarmBody)
    return message.body


def counts(outbox: OutboxFile) -> dict[datetime, dict[str, int]]:
    bodies = [message.body for message in outbox.pending(100)]
    return {body.hour: body.counts for body in bodies if isinstance(body, CountsBody)}


def test_an_alarm_waits_with_all_its_facts(outbox: OutboxFile) -> None:
    outbox.raise_alarm(wanted(1))
    (message,) = outbox.pending(10)
    assert (message.id, message.seq, message.created_at) == (wanted(1).id, 1, NOON)
    assert message.body == AlarmBody(
        kind="wanted-person",
        visit="v",
        entry="00000000-0000-0000-0000-000000000007",
        similarity=SCORE.similarity,
        band="accept",
        accept_threshold=SCORE.accept_threshold,
        pack=SCORE.pack,
        pack_digest=SCORE.pack_digest,
        face_reason=None,
        liveness="liveness.not-measured",
        list_age_s=180.0,
        document_expired=False,
    )


def test_a_face_that_was_not_compared_has_no_score_but_a_reason(outbox: OutboxFile) -> None:
    outbox.raise_alarm(wanted(1, face=Unavailable(Reason.CAMERA_FAULT)))
    body = alarm_body(outbox)
    assert (body.similarity, body.band, body.pack, body.face_reason) == (None, None, None, "fault.camera")


def test_an_alarm_of_its_own_kind_claims_nothing_of_a_person(outbox: OutboxFile) -> None:
    outbox.raise_alarm(panic(1))
    body = alarm_body(outbox)
    assert (body.kind, body.entry, body.similarity, body.liveness) == ("staff-panic", None, None, "n/a")


def test_an_alarm_carries_the_time_of_a_clock_that_only_grows(outbox: OutboxFile) -> None:
    before_s = since_boot_s()
    outbox.raise_alarm(wanted(1))
    (message,) = outbox.pending(10)
    assert message.boot == boot_id()
    assert message.created_s is not None
    assert before_s <= message.created_s <= since_boot_s()


def test_what_waits_fits_the_wire(outbox: OutboxFile) -> None:
    outbox.raise_alarm(wanted(1))
    outbox.count(admitted())
    outbox.close_counts(NOON)
    upload = Upload(messages=outbox.pending(10))
    assert msgspec.json.decode(encode(upload), type=Upload) == upload


def test_the_same_alarm_twice_is_one_and_uses_no_sequence_number(outbox: OutboxFile) -> None:
    for number in (1, 1, 2, 1):
        outbox.raise_alarm(panic(number))
    assert [(message.seq, message.id) for message in outbox.pending(10)] == [(1, panic(1).id), (2, panic(2).id)]


def test_messages_leave_in_the_order_in_which_they_were_made(outbox: OutboxFile) -> None:
    outbox.raise_alarm(panic(9))
    outbox.count(admitted())
    outbox.close_counts(NOON)
    outbox.raise_alarm(panic(3))
    assert [message.seq for message in outbox.pending(10)] == [1, 2, 3]
    assert [message.seq for message in outbox.pending(2)] == [1, 2]


def test_what_was_delivered_waits_no_longer_and_its_sequence_number_never_comes_again(outbox: OutboxFile) -> None:
    outbox.raise_alarm(panic(1))
    outbox.mark_taken([panic(1).id], NOON)
    assert outbox.pending(10) == ()
    outbox.raise_alarm(panic(2))
    assert [message.seq for message in outbox.pending(10)] == [2]


def test_what_was_set_aside_does_not_block_what_follows(outbox: OutboxFile) -> None:
    for number in (1, 2, 3):
        outbox.raise_alarm(panic(number))
    outbox.set_aside(panic(2).id, "too-old")
    assert [message.seq for message in outbox.pending(10)] == [1, 3]
    assert outbox.depth() == 2


def delivered(outbox: OutboxFile, *numbers: int, at: datetime = NOON) -> None:
    for number in numbers:
        outbox.raise_alarm(panic(number))
        outbox.mark_taken([panic(number).id], at)


def test_what_a_restored_station_has_lost_waits_again_in_its_old_order(outbox: OutboxFile) -> None:
    delivered(outbox, 1, 2, 3)
    outbox.raise_alarm(panic(4))
    assert outbox.acknowledged() == 3
    assert outbox.station_has(1) == 2
    outbox.raise_alarm(panic(5))
    assert [message.id for message in outbox.pending(10)] == [panic(number).id for number in (2, 3, 4, 5)]
    assert outbox.acknowledged() == 1


def test_an_alarm_that_was_delivered_and_is_raised_again_is_no_second_one(outbox: OutboxFile) -> None:
    delivered(outbox, 1)
    outbox.raise_alarm(panic(1))
    assert outbox.depth() == 0


def test_what_was_delivered_is_kept_for_a_week_and_what_waits_for_ever(outbox: OutboxFile, tmp_path: Path) -> None:
    delivered(outbox, 1)
    delivered(outbox, 2, at=NOON + HOUR)
    delivered(outbox, 3, at=NOON + timedelta(days=365))  # while the clock was wrong
    outbox.raise_alarm(wanted(4))
    outbox.forget_delivered(NOON + KEEP_DELIVERED)
    outbox.raise_alarm(panic(5))
    outbox.set_aside(panic(5).id, "invalid")
    outbox.forget_delivered(NOON + KEEP_DELIVERED + timedelta(minutes=1))
    assert outbox.station_has(0) == 1
    outbox.forget_delivered(NOON + timedelta(days=3650))
    assert [message.id for message in outbox.pending(10)] == [panic(2).id, wanted(4).id]
    assert outbox.set_aside_count() == 1


def test_alarms_that_were_delivered_long_ago_do_not_make_the_file_grow(in_memory: OutboxFile) -> None:
    def a_week_of_alarms(week: int) -> int:
        numbers = range(200 * week, 200 * (week + 1))
        for number in numbers:
            in_memory.raise_alarm(wanted(number))
        now = NOON + week * timedelta(days=8)
        in_memory.mark_taken([wanted(number).id for number in numbers], now)
        in_memory.forget_delivered(now)
        with quick_reading(in_memory._engine) as cursor:
            return int(cursor.execute("PRAGMA page_count").fetchone()[0])

    pages = [a_week_of_alarms(week) for week in range(8)]
    assert pages[2:] == [pages[2]] * 6


def test_neither_what_was_delivered_nor_what_waits_is_walked_through(in_memory: OutboxFile) -> None:
    """Ten times as many messages are no more work for the next ones: a drain goes on at a steady rate."""

    def work() -> int:
        with quick_reading(in_memory._engine) as cursor:
            steps: list[int] = []
            cursor.connection.set_progress_handler(lambda: steps.append(1), 10)
        in_memory.pending(10)
        in_memory.acknowledged()
        with quick_reading(in_memory._engine) as cursor:
            cursor.connection.set_progress_handler(None, 10)
        return len(steps)

    delivered(in_memory, *range(20))
    for number in range(20, 40):
        in_memory.raise_alarm(panic(number))
    little = work()
    delivered(in_memory, *range(20, 300))
    for number in range(300, 500):
        in_memory.raise_alarm(panic(number))
    assert work() <= little * 1.5


def test_what_lies_aside_is_counted_listed_and_can_be_sent_again_or_forgotten(outbox: OutboxFile) -> None:
    for number in (1, 2, 3):
        outbox.raise_alarm(panic(number))
    for number in (1, 2):
        outbox.set_aside(panic(number).id, "invalid")
    first = SetAside(id=panic(1).id, kind="alarm", created_at=NOON, why="invalid")
    assert outbox.set_aside_count() == 2
    assert outbox.all_set_aside()[0] == first
    assert outbox.send_again(panic(2).id)
    assert outbox.forget_set_aside(panic(1).id) == "alarm"
    assert [message.id for message in outbox.pending(10)] == [panic(2).id, panic(3).id]
    assert (outbox.set_aside_count(), outbox.send_again(panic(3).id), outbox.forget_set_aside(panic(3).id)) == (
        0,
        False,
        None,
    )


def test_a_message_that_lies_aside_is_a_fault_of_the_link_until_a_person_has_decided(outbox: OutboxFile) -> None:
    outbox.raise_alarm(panic(1))
    outbox.set_aside(panic(1).id, "invalid")
    link = LinkState(outbox, SystemClock())
    link.tell(NOON)
    assert Fault.SET_ASIDE in outbox.link_faults(datetime.now(UTC))
    outbox.send_again(panic(1).id)
    link.tell(NOON)
    assert Fault.SET_ASIDE not in outbox.link_faults(datetime.now(UTC)) | link.faults


def test_the_depth_and_the_oldest_alarm_are_told(outbox: OutboxFile) -> None:
    assert (outbox.depth(), outbox.oldest()) == (0, None)
    outbox.count(admitted())
    outbox.close_counts(NOON)
    assert outbox.oldest() is None  # a count has no time by which to be late
    outbox.raise_alarm(panic(1))
    assert (outbox.depth(), outbox.oldest()) == (2, NOON)


def test_visits_are_counted_by_verdict_and_reason_for_each_hour(outbox: OutboxFile) -> None:
    for _ in range(3):
        outbox.count(admitted())
    outbox.count(referred(Reason.EXPIRED))
    outbox.count(admitted(NOON + HOUR))
    outbox.close_counts(NOON + 2 * HOUR)
    noon = datetime(2026, 5, 1, 12, tzinfo=UTC)
    assert counts(outbox) == {noon: {"admit": 3, "refer/document.expired": 1}, noon + HOUR: {"admit": 1}}


def test_counts_that_were_sent_are_not_sent_again(outbox: OutboxFile) -> None:
    outbox.count(admitted())
    outbox.close_counts(NOON)
    outbox.close_counts(NOON)
    outbox.count(admitted())
    outbox.close_counts(NOON)
    assert [message.body.counts for message in outbox.pending(10)] == [{"admit": 1}, {"admit": 1}]  # type: ignore[union-attr]  # they are counts


def test_a_count_holds_no_time_finer_than_the_hour(outbox: OutboxFile, tmp_path: Path) -> None:
    outbox.count(admitted())
    outbox.close_counts(NOON + timedelta(minutes=7))
    message = outbox.pending(1)[0]
    assert isinstance(message, Message)
    assert message.created_at == datetime(2026, 5, 1, 12, tzinfo=UTC)
    assert (message.boot, message.created_s) == ("", None)
    files = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"12:00:00" in files
    assert b"12:34" not in files
    assert b"12:41" not in files


def test_the_lane_and_the_agent_leave_their_faults_for_one_another(outbox: OutboxFile) -> None:
    outbox.report(frozenset({Fault.CAMERA_LOST, Fault.READER_LOST}), NOON)
    assert outbox.read_faults(NOON) == {Fault.CAMERA_LOST, Fault.READER_LOST}
    outbox.report(frozenset(), NOON)
    assert outbox.read_faults(NOON) == frozenset()
    outbox.write_link(frozenset({Fault.LIST_REFUSED}), NOON)
    assert outbox.link_faults(NOON) == {Fault.LIST_REFUSED}


def test_a_kiosk_app_that_has_fallen_silent_is_told_to_the_station(outbox: OutboxFile) -> None:
    assert outbox.read_faults(NOON) == {Fault.APP_SILENT}
    outbox.report(frozenset({Fault.CAMERA_LOST}), NOON)
    assert outbox.read_faults(NOON + timedelta(seconds=31)) == {Fault.CAMERA_LOST, Fault.APP_SILENT}


@pytest.mark.parametrize("later", [timedelta(seconds=31), timedelta(seconds=-31)])
def test_an_agent_that_is_silent_for_30_s_is_a_lost_link(outbox: OutboxFile, later: timedelta) -> None:
    assert outbox.link_faults(NOON) == {Fault.STATION_LINK}
    outbox.write_link(frozenset({Fault.CERTIFICATE_REJECTED}), NOON)
    assert outbox.link_faults(NOON + timedelta(seconds=29)) == {Fault.CERTIFICATE_REJECTED}
    assert outbox.link_faults(NOON + later) == {Fault.CERTIFICATE_REJECTED, Fault.STATION_LINK}


def test_the_doorbell_is_rung_after_the_commit_and_not_before(tmp_path: Path) -> None:
    depths: list[int] = []
    outbox = OutboxFile(tmp_path / "outbox.db", ring=lambda: depths.append(outbox.depth()))
    outbox.raise_alarm(panic(1))
    outbox.close()
    assert depths == [1]


def be_the_app(path: Path, alarms: int) -> None:
    with closing(OutboxFile(path)) as outbox:
        for number in range(alarms):
            outbox.raise_alarm(panic(number))
            outbox.count(admitted())
            outbox.report(frozenset(), NOON)


def test_app_and_agent_write_at_once_without_hindering_one_another(memory: Path) -> None:
    path, alarms = memory / "outbox.db", 150
    app = forked.start(be_the_app, path, alarms)
    delivered: list[str] = []
    with closing(OutboxFile(path)) as agent:
        while app.is_alive() or agent.depth():
            ids = [message.id for message in agent.pending(10)]
            agent.mark_taken(ids, NOON)
            delivered += ids
            agent.write_link(frozenset(), NOON)
            agent.forget_delivered(NOON)
    app.join()
    assert app.exitcode == 0
    assert delivered == [panic(number).id for number in range(alarms)]


def test_an_alarm_that_cannot_be_written_is_an_error_that_names_nobody(outbox: OutboxFile, tmp_path: Path) -> None:
    outbox.close()
    for file in tmp_path.iterdir():
        file.unlink()
    (tmp_path / "outbox.db").write_bytes(b"not a database" * 1000)
    with pytest.raises(OutboxError) as failed:
        outbox.raise_alarm(wanted(1))
    told = f"{failed.value!r} {failed.value.__cause__!r} {failed.value.__cause__}"
    assert wanted(1).id not in told
    assert "00000000-0000-0000-0000-000000000007" not in told


def test_the_file_is_for_its_owner_alone(outbox: OutboxFile, tmp_path: Path) -> None:
    outbox.count(admitted())
    assert {stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()} == {0o600}


def test_how_long_a_visit_took_is_counted_in_classes_and_apart_from_how_it_ended(outbox: OutboxFile) -> None:
    for seconds in (1.31, 1.92, 40.0):
        outbox.count(replace(admitted(), took_s={"read": seconds}))
    outbox.close_counts(NOON + timedelta(hours=1))
    (counted,) = counts(outbox).values()
    assert counted == {"admit": 3, "stage/read/2": 2, "stage/read/more": 1}
