"""A fault that was there before the start is shown after it, each of them: nothing waits for a change (RULES 9)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from zoneinfo import ZoneInfo

import pytest
from test_engine import Stage
from visits import A

from kiosk.clock import SystemClock
from kiosk.domain.faults import Fault
from kiosk.engine import Engine, Parts
from kiosk.ports import Post
from kiosk.supervision import WATCHED, Supervision
from kiosk.visit import events as on
from kiosk.visit.policy import Policy
from kiosk.visit.screen import ScreenKind
from sync.kiosk_end.outbox import OutboxFile
from watchlist.lookup import SealedList

Arrange = Callable[[Stage, OutboxFile], None]


class Part:
    """A reader or camera that, as its port says, posts at its start what is wrong with it."""

    def __init__(self, *events: on.Event) -> None:
        self._events = events

    def start(self, post: Post) -> None:
        for event in self._events:
            post(event)


def of_the_list(fault: Fault) -> Arrange:
    return lambda stage, _outbox: setattr(stage, "standing", frozenset({fault}))


def of_the_link(fault: Fault) -> Arrange:
    return lambda _stage, outbox: outbox.write_link(frozenset({fault}), datetime.now(UTC))


def posted(fault: Fault) -> Arrange:
    return lambda stage, _outbox: stage.at_start.append(on.FaultRaised(fault))


def nothing_works(_stage: Stage, _outbox: OutboxFile) -> None: ...
def no_gate(stage: Stage, _outbox: OutboxFile) -> None:
    stage.gate_answers = False


def a_card_lies_there(stage: Stage, _outbox: OutboxFile) -> None:
    stage.at_start.append(on.CardPresented(A))


BEFORE_THE_START: dict[Fault, Arrange] = {
    # Believed until the part says that it works.
    Fault.READER_LOST: nothing_works,
    Fault.CAMERA_LOST: nothing_works,
    Fault.FACE_MODELS: nothing_works,
    # Found out by the reader's and the camera's own process, which says at its start how it is.
    Fault.READER_SERVICE_DOWN: posted(Fault.READER_SERVICE_DOWN),
    Fault.READER_BUSY: posted(Fault.READER_BUSY),
    Fault.READER_PROFILE: posted(Fault.READER_PROFILE),
    Fault.READER_STALLED: posted(Fault.READER_STALLED),
    Fault.READER_SEVERAL: posted(Fault.READER_SEVERAL),
    Fault.READER_SAM: posted(Fault.READER_SAM),
    Fault.READER_SAMID: posted(Fault.READER_SAMID),
    Fault.PHOTO_DECODER: posted(Fault.PHOTO_DECODER),
    Fault.CAMERA_STALLED: posted(Fault.CAMERA_STALLED),
    Fault.CARD_FORGOTTEN: a_card_lies_there,
    Fault.GATE_LOST: no_gate,
    # Looked at every second (kiosk.supervision).
    **{fault: of_the_list(fault) for fault in (Fault.LIST_MISSING, Fault.LIST_AGEING, Fault.LIST_TOO_OLD)},
    # Left by an agent that ran before.
    **{
        fault: of_the_link(fault)
        for fault in (
            *(Fault.STATION_LINK, Fault.STATION_UNTRUSTED, Fault.SET_ASIDE, Fault.LIST_REFUSED, Fault.CLOCK),
            *(Fault.CERTIFICATE_ENDS_SOON, Fault.CERTIFICATE_EXPIRED, Fault.CERTIFICATE_REVOKED),
            Fault.CERTIFICATE_REJECTED,
        )
    },
}

SHOWN_ELSEWHERE: dict[Fault, str] = {
    Fault.DISK: "test_what_the_machine_itself_lacks_is_shown",
    Fault.DEVICE_KEY_FILE: "test_what_the_machine_itself_lacks_is_shown",
    Fault.CLOCK_UNSYNCED: "test_what_is_watched_is_told_whoever_found_it",
    Fault.OUTBOX: "test_an_outbox_that_could_never_be_written_takes_the_lane_out_of_service",
    Fault.APP_SILENT: "test_an_app_that_never_ran_is_told_to_the_station",
}


@contextmanager
def started(stage: Stage, outbox: OutboxFile, /, **parts: object) -> Iterator[Engine]:
    """The engine as the app starts it, with the app's own outbox, on a lane whose parts may be out of order."""
    whole = {"reader": stage, "face": stage, "watchlist": stage, "gate": stage, "outbox": outbox}
    around = {"screens": stage, "staff": stage, "crops": stage, "clock": SystemClock()}
    supervision = Supervision(stage, outbox, stage, Path("/"))
    everything = {"supervision": supervision, **whole, **around, **parts}
    engine = Engine(Parts(**everything), Policy(forgotten_card_s=0.1), ZoneInfo("Asia/Shanghai"))  # type: ignore[arg-type]  # a stage is every part
    thread = Thread(target=engine.run)
    thread.start()
    try:
        Part(*stage.at_start).start(engine.post)
        yield engine
    finally:
        engine.stop()
        thread.join(10)


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[OutboxFile]:
    outbox = OutboxFile(tmp_path / "outbox.db")
    yield outbox
    outbox.close()


def heard_by_the_station(stage: Stage, outbox: OutboxFile, fault: Fault) -> None:
    stage.wait_until(lambda: fault in outbox.read_faults(datetime.now(UTC)))


@pytest.mark.parametrize("fault", BEFORE_THE_START)
def test_a_fault_from_before_the_start_is_told_within_seconds(fault: Fault, outbox: OutboxFile) -> None:
    stage = Stage()
    outbox.write_link(frozenset(), datetime.now(UTC))
    BEFORE_THE_START[fault](stage, outbox)
    with started(stage, outbox):
        heard_by_the_station(stage, outbox, fault)


def test_no_fault_is_left_out() -> None:
    assert set(BEFORE_THE_START) | set(SHOWN_ELSEWHERE) == set(Fault)
    assert all(name in globals() for name in SHOWN_ELSEWHERE.values())


@pytest.mark.parametrize("fault", sorted(WATCHED))
def test_what_is_watched_is_told_whoever_found_it(fault: Fault, outbox: OutboxFile) -> None:
    class AsFound:
        def standing(self, now: datetime) -> frozenset[Fault]:
            return frozenset({fault})

    stage = Stage()
    with started(stage, outbox, supervision=AsFound()):
        heard_by_the_station(stage, outbox, fault)


def test_what_the_machine_itself_lacks_is_shown(
    tmp_path: Path, outbox: OutboxFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    never_enrolled = SealedList(
        tmp_path / "nothing", fresh_for=timedelta(hours=1), usable_for=timedelta(days=1), zone=ZoneInfo("UTC")
    )
    monkeypatch.setattr("kiosk.supervision.DISK_RESERVE_BYTES", 2**62)  # no disk here is as full as that
    stage = Stage()
    supervision = Supervision(never_enrolled, outbox, stage, tmp_path, {Fault.DEVICE_KEY_FILE: lambda: True})
    with started(stage, outbox, supervision=supervision):
        for fault in (Fault.DISK, Fault.DEVICE_KEY_FILE, Fault.LIST_MISSING, Fault.STATION_LINK):
            heard_by_the_station(stage, outbox, fault)


def test_an_outbox_that_could_never_be_written_takes_the_lane_out_of_service(outbox: OutboxFile) -> None:
    stage = Stage(disk_full=True)
    with started(stage, outbox, outbox=stage) as engine:
        stage.wait_for(lambda: stage.done.count("no report") > 1)  # once to find out, once with the fault in it
        for fault in (Fault.READER_LOST, Fault.CAMERA_LOST, Fault.FACE_MODELS):
            engine.post(on.FaultCleared(fault))
        engine.post(on.StaffedLaneChosen())
        stage.wait_for(lambda: "staff" in stage.done)
    assert set(stage.shown) == {ScreenKind.OUT_OF_SERVICE}


def test_an_app_that_never_ran_is_told_to_the_station(outbox: OutboxFile) -> None:
    assert Fault.APP_SILENT in outbox.read_faults(datetime.now(UTC))


def test_a_gate_that_answers_again_is_a_fault_no_longer(outbox: OutboxFile) -> None:
    stage = Stage(gate_answers=False)
    with started(stage, outbox):
        heard_by_the_station(stage, outbox, Fault.GATE_LOST)
        stage.gate_answers = True
        stage.wait_until(lambda: Fault.GATE_LOST not in outbox.read_faults(datetime.now(UTC)))
