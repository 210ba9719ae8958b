"""The engine does what the machine says, in that order, and no failure of a part is a pass or silence."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from visits import LISTED, NOT_LISTED, A, B, document, score

from kiosk.boot_clock import since_boot_s
from kiosk.clock import SystemClock
from kiosk.domain.alarm import Alarm, HandCount, VisitCount
from kiosk.domain.by_hand import HandReason
from kiosk.domain.document import Portrait
from kiosk.domain.evidence import Band, ListEvidence
from kiosk.domain.faults import Fault
from kiosk.domain.ids import Presence, VisitId
from kiosk.domain.numbers import DocumentNumber
from kiosk.domain.reasons import Reason
from kiosk.domain.verdict import AlarmKind, Verdict
from kiosk.engine import Engine, NobodyLooks, Parts, PausedForNow
from kiosk.ports import LiveFace, OutboxError, PackInUse, Pause, Post, StaffPanel
from kiosk.supervision import Supervision
from kiosk.visit import events as on
from kiosk.visit.panel import Panel
from kiosk.visit.policy import Policy
from kiosk.visit.screen import Screen, ScreenKind, Slip


@dataclass
class Stage:
    """Every part of a lane at once: it answers as told and writes down what was asked of it, in order."""

    listing: ListEvidence | Exception = NOT_LISTED
    face_answers: bool = True
    face: LiveFace | None = None
    disk_full: bool = False
    gate_broken: bool = False
    gate_answers: bool = True
    standing: frozenset[Fault] = frozenset()
    done: list[str] = field(default_factory=list)
    shown: list[ScreenKind] = field(default_factory=list)
    slips: list[Slip] = field(default_factory=list)
    looked_up: list[Presence] = field(default_factory=list)
    alarms: list[Alarm] = field(default_factory=list)
    counts: list[VisitCount | HandCount] = field(default_factory=list)
    reported: frozenset[Fault] = frozenset()
    post: Post = lambda event: None
    changed: threading.Condition = field(default_factory=threading.Condition)

    at_start: list[on.Event] = field(default_factory=list)
    """What the parts post as they start."""

    def wait_until(self, wanted: Callable[[], bool]) -> None:
        """Wait for what the stage itself does not see."""
        ends_s = time.monotonic() + 10
        while not wanted():
            assert time.monotonic() < ends_s, self.done
            time.sleep(0.02)

    def note(self, what: str) -> None:
        with self.changed:
            self.done.append(what)
            self.changed.notify_all()

    def wait_for(self, wanted: Callable[[], bool]) -> None:
        with self.changed:
            assert self.changed.wait_for(wanted, timeout=10), self.done

    # reader, face, list
    def start(self, post: Post) -> None: ...
    def stop(self) -> None: ...
    def read(self, presence: Presence) -> None:
        self.post(on.CardRead(presence, document()))

    def begin(self, visit: VisitId) -> None: ...
    def compare(self, visit: VisitId, portrait: Portrait) -> None:
        if self.face_answers:
            self.post(on.FaceCompared(visit, score(Band.ACCEPT)))

    def take_best(self, visit: VisitId) -> LiveFace | None:
        self.note("take face")
        return self.face

    def forget(self) -> None:
        self.note("forget")

    def look_up(self, presence: Presence, numbers: tuple[DocumentNumber, ...], now: datetime) -> ListEvidence:
        self.looked_up.append(presence)
        if isinstance(self.listing, Exception):
            raise self.listing
        return self.listing

    def faults(self, now: datetime) -> frozenset[Fault]:
        return self.standing

    # gate, outbox, screens, staff
    def answers(self) -> bool:
        return self.gate_answers

    def open(self, visit: VisitId) -> None:
        if self.gate_broken:
            self.gate_answers = False
            raise OSError("no answer")
        self.note("gate")

    def raise_alarm(self, alarm: Alarm) -> None:
        if self.disk_full:
            raise OutboxError
        self.alarms.append(alarm)
        self.note("alarm")

    def count(self, count: VisitCount | HandCount) -> None:
        if self.disk_full:
            raise OutboxError
        self.counts.append(count)
        self.note("count")

    def keep(self, alarm: Alarm, face: LiveFace) -> None:
        assert face is self.face
        self.note(f"crop of {self.alarms.index(alarm)}")

    def pack_in_use(self) -> PackInUse | None:
        return None

    def report(self, faults: frozenset[Fault], now: datetime, pack: PackInUse | None = None) -> None:
        if self.disk_full:
            self.note("no report")
            raise OutboxError
        self.reported = faults
        self.note("report")

    def link_faults(self, now: datetime) -> frozenset[Fault]:
        return frozenset()

    def show(self, screen: Screen) -> None:
        self.shown.append(screen.kind)
        self.slips += [screen.slip] if screen.slip else []
        self.note(screen.kind.value)

    def call(self, visit: VisitId, reason: Reason) -> None:
        self.note("staff")


@contextmanager
def lane(
    stage: Stage,
    policy: Policy | None = None,
    clock: SystemClock | None = None,
    panel: StaffPanel | None = None,
    pause: Pause | None = None,
) -> Iterator[Engine]:
    parts = Parts(
        reader=stage,
        face=stage,
        watchlist=stage,
        gate=stage,
        outbox=stage,
        crops=stage,
        screens=stage,
        staff=stage,
        clock=clock or SystemClock(),
        supervision=Supervision(stage, stage, stage, Path("/")),
        panel=panel or NobodyLooks(),
        pause=pause or PausedForNow(),
    )
    engine = Engine(parts, policy or Policy(), ZoneInfo("Asia/Shanghai"))
    stage.post = engine.post
    thread = threading.Thread(target=engine.run)
    thread.start()
    try:
        for fault in (Fault.READER_LOST, Fault.CAMERA_LOST, Fault.FACE_MODELS):
            engine.post(on.FaultCleared(fault))
        yield engine
    finally:
        engine.stop()
        thread.join(10)


def test_a_genuine_visitor_is_counted_and_then_let_in() -> None:
    stage = Stage()
    with lane(stage) as engine:
        engine.post(on.CardPresented(A))
        stage.wait_for(lambda: ScreenKind.GO_IN.value in stage.done)
    told = [step for step in stage.done if step in ("count", "gate", ScreenKind.GO_IN.value)]
    assert told == ["count", "gate", ScreenKind.GO_IN.value]
    assert [(count.verdict, count.reason) for count in stage.counts] == [(Verdict.ADMIT, None)]


def test_the_list_is_asked_about_the_card_that_lies_there_and_once() -> None:
    stage = Stage()
    with lane(stage) as engine:
        for visits, presence in enumerate((A, B), start=1):
            engine.post(on.CardPresented(presence))
            stage.wait_for(lambda visits=visits: stage.done.count("gate") == visits)
            engine.post(on.CardRemoved(presence))
            engine.post(on.PersonPassed())
    assert stage.looked_up == [A, B]


def test_an_alarm_is_committed_before_the_screen_changes() -> None:
    stage = Stage(listing=LISTED)
    with lane(stage) as engine:
        engine.post(on.CardPresented(A))
        stage.wait_for(lambda: ScreenKind.SEE_STAFF.value in stage.done)
    assert stage.done.index("alarm") < stage.done.index(ScreenKind.SEE_STAFF.value)
    assert "gate" not in stage.done


def test_an_alarm_that_finds_the_disk_full_is_kept_until_it_can_be_written() -> None:
    stage = Stage(listing=LISTED)
    with lane(stage) as engine:
        stage.wait_for(lambda: stage.done[-2:] == [ScreenKind.ATTRACT.value, "report"])
        stage.disk_full = True
        engine.post(on.CardPresented(A))
        stage.wait_for(lambda: "staff" in stage.done)
        assert not stage.alarms
        stage.disk_full = False
        stage.wait_for(lambda: bool(stage.alarms))
    assert len(stage.alarms) == 1


FACE = LiveFace(np.zeros((2, 2, 3), np.uint8), 0.0, "pack", "digest")


def test_the_face_of_an_alarm_is_taken_before_it_is_forgotten_and_kept_after_the_commit() -> None:
    stage = Stage(listing=LISTED, face=FACE)
    with lane(stage) as engine:
        engine.post(on.CardPresented(A))
        stage.wait_for(lambda: ScreenKind.SEE_STAFF.value in stage.done)
    told = [step for step in stage.done[stage.done.index("count") :] if step in ("take face", "alarm", "crop of 0")]
    assert told == ["take face", "alarm", "crop of 0"]
    assert "forget" in stage.done[stage.done.index("crop of 0") :]


def test_the_face_of_an_alarm_that_cannot_be_written_is_kept_once_it_is() -> None:
    stage = Stage(listing=LISTED, face=FACE)
    with lane(stage) as engine:
        stage.wait_for(lambda: stage.done[-2:] == [ScreenKind.ATTRACT.value, "report"])
        stage.disk_full = True
        engine.post(on.CardPresented(A))
        stage.wait_for(lambda: "staff" in stage.done)
        assert "crop of 0" not in stage.done
        stage.disk_full = False
        stage.wait_for(lambda: "crop of 0" in stage.done)


def test_the_code_on_a_listed_persons_slip_leads_to_no_alarm_no_count_and_no_line_of_the_log(
    capsys: pytest.CaptureFixture[str],
) -> None:
    stage = Stage(listing=LISTED)
    with lane(stage) as engine:
        engine.post(on.CardPresented(A))
        stage.wait_for(lambda: ScreenKind.SEE_STAFF.value in stage.done)
    (code,) = {slip.code for slip in stage.slips}
    (alarm,) = stage.alarms
    kept = f"{alarm} {stage.counts} {capsys.readouterr().out}"
    assert "visit.decided" in kept
    assert code not in kept
    assert code.replace("-", "") not in kept


def test_of_a_visitor_who_is_no_alarm_no_face_is_even_asked_for() -> None:
    stage = Stage(face=FACE)
    with lane(stage) as engine:
        engine.post(on.CardPresented(A))
        stage.wait_for(lambda: ScreenKind.GO_IN.value in stage.done)
        engine.post(on.SiteAlarm(AlarmKind.STAFF_PANIC))
        stage.wait_for(lambda: "alarm" in stage.done)
    assert "take face" not in stage.done


def test_the_gate_that_staff_open_is_counted_first_and_the_call_that_nobody_dismisses_goes_by_itself() -> None:
    stage = Stage(listing=RuntimeError("broken"))
    seen: list[Panel] = []

    class Staff(NobodyLooks):
        def tell(self, panel: Panel) -> None:
            seen.append(panel)

    with lane(stage, Policy(call_kept_s=0.5), panel=Staff()) as engine:
        engine.post(on.CardPresented(A))
        stage.wait_for(lambda: ScreenKind.SEE_STAFF.value in stage.done)
        (call,) = seen[-1].waiting
        stage.done.clear()
        engine.post(on.AdmittedByHand(HandReason.STATION_ASKED, call.code))
        stage.wait_for(lambda: "gate" in stage.done)
        assert stage.done[:2] == ["count", "gate"]
        assert isinstance(stage.counts[-1], HandCount)
        engine.post(on.CardRemoved(A))
        engine.post(on.PersonPassed())
        engine.post(on.CardPresented(B))
        stage.wait_until(lambda: bool(seen[-1].waiting))
        stage.wait_until(lambda: not seen[-1].waiting)


def test_a_look_up_that_breaks_sends_the_visitor_to_staff() -> None:
    stage = Stage(listing=RuntimeError("broken"))
    with lane(stage) as engine:
        engine.post(on.CardPresented(A))
        stage.wait_for(lambda: ScreenKind.SEE_STAFF.value in stage.done)
    assert [count.reason for count in stage.counts] == [Reason.LIST_FAULT]


def test_a_visitor_whom_the_camera_never_sees_goes_to_staff_in_time() -> None:
    stage = Stage(face_answers=False)
    with lane(stage, Policy(look_timeout_s=0.2, more_time_s=0.2)) as engine:
        engine.post(on.CardPresented(A))
        stage.wait_for(lambda: ScreenKind.SEE_STAFF.value in stage.done)
    assert [count.reason for count in stage.counts] == [Reason.NO_FACE_SEEN]


@pytest.mark.parametrize("off", [timedelta(days=365), timedelta(days=-365)])
def test_with_a_clock_off_by_a_year_who_is_not_listed_goes_to_staff_and_who_is_listed_raises_an_alarm_in_time(
    off: timedelta,
) -> None:
    clock = SystemClock()
    said = datetime.now(UTC) - off
    clock.hear_station(said, since_boot_s())
    unlisted = Stage()
    with lane(unlisted, clock=clock) as engine:
        engine.post(on.CardPresented(A))
        unlisted.wait_for(lambda: ScreenKind.SEE_STAFF in unlisted.shown)
    assert Reason.CLOCK_FAULT in [count.reason for count in unlisted.counts]
    assert "gate" not in unlisted.done
    listed = Stage(listing=LISTED)
    with lane(listed, clock=clock) as engine:
        engine.post(on.CardPresented(A))
        listed.wait_for(lambda: listed.alarms)
    (alarm,) = listed.alarms
    assert abs(alarm.raised_at - said) < timedelta(minutes=1)
    assert alarm.hit is not None
    assert alarm.hit.listed.list_age is None


def test_a_gate_that_does_not_answer_takes_the_lane_out_of_service() -> None:
    stage = Stage(gate_broken=True)
    with lane(stage, Policy(result_shown_s=0.1)) as engine:
        engine.post(on.CardPresented(A))
        stage.wait_for(lambda: ScreenKind.GO_IN in stage.shown)
        stage.wait_for(lambda: stage.shown[-1] is ScreenKind.OUT_OF_SERVICE)


@pytest.mark.parametrize("fault", [Fault.LIST_MISSING, Fault.STATION_LINK])
def test_a_fault_that_was_there_before_the_start_is_reported(fault: Fault) -> None:
    stage = Stage(standing=frozenset({fault}))
    with lane(stage):
        stage.wait_for(lambda: fault in stage.reported)


def test_an_engine_that_hangs_is_known_to_hang(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kiosk.engine.STALLED_AFTER_S", 2.0)  # it comes round every second
    goes_on = threading.Event()

    class Stuck(Stage):
        def open(self, visit: VisitId) -> None:
            goes_on.wait(60)

    stage = Stuck()
    with lane(stage) as engine:
        stage.wait_for(lambda: "report" in stage.done)
        assert engine.is_turning()
        engine.post(on.CardPresented(A))
        while engine.is_turning():
            threading.Event().wait(0.05)
        goes_on.set()
        while not engine.is_turning():
            threading.Event().wait(0.05)


def test_how_long_each_stage_took_is_counted_with_the_visit_and_not_with_the_next_one() -> None:
    stage = Stage()
    with lane(stage) as engine:
        engine.post(on.CardPresented(A))
        stage.wait_for(lambda: ScreenKind.GO_IN.value in stage.done)
        engine.post(on.CardRemoved(A))
        engine.post(on.PersonPassed())
        engine.post(on.StaffedLaneChosen())
        stage.wait_for(lambda: len(stage.counts) == 2)
    assert set(stage.counts[0].took_s) == {"read", "face", "list", "total"}
    assert all(seconds >= 0 for seconds in stage.counts[0].took_s.values())
    assert stage.counts[1].took_s == {}
