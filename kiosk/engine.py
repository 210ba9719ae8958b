"""The only loop: take an event, step the machine, perform its effects in order, show the screen.

- One thread. Parts post events from theirs; nothing here is shared but the queue.
- An effect that fails becomes an event (a fault, an unavailable answer): a failure is never a pass and never silence.
- An alarm that cannot be committed is kept and tried again every second; staff are called at once all the same.
- The face crop of an alarm from the list is taken before the visit is forgotten and handed on after the alarm's commit,
  which never waits for it.
- Any other exception is a bug: it ends the loop, the process ends with it and is started anew, gate closed.
"""

import queue
import secrets
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from typing import assert_never
from uuid import uuid4
from zoneinfo import ZoneInfo

import structlog

from kiosk.domain.alarm import Alarm, HandCount, VisitCount
from kiosk.domain.by_hand import HandReason
from kiosk.domain.evidence import Listed, ListEvidence, NotListed, Unavailable
from kiosk.domain.faults import Fault
from kiosk.domain.ids import AlarmId, Presence, SlipCode, VisitId
from kiosk.domain.numbers import DocumentNumber
from kiosk.domain.reasons import Reason
from kiosk.ports import (
    Clock,
    FaceCrops,
    FaceVerifier,
    Gate,
    LiveFace,
    Outbox,
    OutboxError,
    Pause,
    Reader,
    Screens,
    StaffCall,
    StaffPanel,
    Watchlist,
)
from kiosk.stopwatch import Stopwatch
from kiosk.supervision import WATCHED, Supervision
from kiosk.visit import effects as do
from kiosk.visit import events as on
from kiosk.visit.machine import first_lane, step
from kiosk.visit.panel import Panel, panel_of
from kiosk.visit.policy import Policy
from kiosk.visit.rules import Moment
from kiosk.visit.screen import screen_of
from kiosk.visit.states import Lane

SUPERVISION_S = 1.0
REPORT_S = 5.0
STALLED_AFTER_S = 15.0
"""A turn of the loop takes milliseconds, and at the very worst two commits that wait for a busy disk (kiosk.sqlite)."""
_CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""No character that is easily taken for another: the slip is read out at a desk."""

log = structlog.get_logger()


def fresh_visit() -> VisitId:
    """Return a random visit id of 59 bits."""
    return VisitId(_random_characters(12))


def fresh_code() -> SlipCode:
    """Return a random code for a slip: enough to tell those apart who wait at one site."""
    return SlipCode(f"{_random_characters(3)}-{_random_characters(3)}")


def _random_characters(number: int) -> str:
    return "".join(secrets.choice(_CODE_ALPHABET) for _ in range(number))


class NobodyLooks:
    """The staff's panel of a lane that has none (``kiosk.ports.StaffPanel``)."""

    def tell(self, panel: Panel) -> None:
        """Show it to nobody."""


class PausedForNow:
    """The pause of a lane that keeps none beyond its process (``kiosk.ports.Pause``)."""

    def stands(self) -> bool:
        """Begin open."""
        return False

    def keep(self, *, is_paused: bool) -> None:
        """Keep nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Everything that the engine works through."""

    reader: Reader
    face: FaceVerifier
    watchlist: Watchlist
    gate: Gate
    outbox: Outbox
    crops: FaceCrops
    screens: Screens
    staff: StaffCall
    clock: Clock
    supervision: Supervision
    panel: StaffPanel = field(default_factory=NobodyLooks)
    pause: Pause = field(default_factory=PausedForNow)


class Engine:
    """Runs the visits of one lane."""

    def __init__(self, parts: Parts, policy: Policy, time_zone: ZoneInfo) -> None:
        self._parts = parts
        self._policy = policy
        self._time_zone = time_zone
        self._events: queue.SimpleQueue[on.Event | None] = queue.SimpleQueue()
        self._lane: Lane = first_lane()
        self._timer_ends_s: float | None = None
        self._supervised_s = float("-inf")
        self._reported_s = float("-inf")
        self._called_s: dict[SlipCode, float] = {}
        self._uncommitted: deque[tuple[Alarm, LiveFace | None]] = deque()
        self._stopwatch = Stopwatch()
        self._took_s: dict[str, float] = {}  # of the visit that was decided last
        self._look_ups = ThreadPoolExecutor(max_workers=1, thread_name_prefix="look-up")

    def post(self, event: on.Event) -> None:
        """Hand an event to the loop. Safe from any thread."""
        self._events.put(event)

    def is_turning(self) -> bool:
        """Tell whether the loop has come round lately. Safe from any thread."""
        return self._parts.clock.monotonic() - self._supervised_s < STALLED_AFTER_S

    def stop(self) -> None:
        """End the loop after what is already queued."""
        self._events.put(None)

    def run(self) -> None:
        """Run until stopped. Shows the first screen before the first event."""
        self._parts.screens.show(screen_of(self._lane))
        self._parts.panel.tell(panel_of(self._lane))
        if self._parts.pause.stands():
            self._take(on.LanePaused())
        try:
            while True:
                self._supervise()
                try:
                    event = self._events.get(timeout=self._wait_s())
                except queue.Empty:
                    if not self._timer_is_over():
                        continue
                    event = on.TimedOut()
                if event is None:
                    return
                self._take(event)
        finally:
            self._parts.face.forget()
            self._look_ups.shutdown(wait=False, cancel_futures=True)

    # ---- one event

    def _take(self, event: on.Event) -> None:
        self._time_stage(event)
        before = self._lane
        moment = Moment(
            today=self._parts.clock.now().astimezone(self._time_zone).date(),
            fresh_visit=fresh_visit(),
            fresh_code=fresh_code(),
        )
        self._lane, effects = step(before, event, self._policy, moment)
        if type(self._lane.state) is not type(before.state):
            self._timer_ends_s = None
        for effect in effects:
            self._perform(effect)
        if screen_of(self._lane) != screen_of(before):
            self._parts.screens.show(screen_of(self._lane))
        if panel_of(self._lane) != panel_of(before):
            self._parts.panel.tell(panel_of(self._lane))
        if self._lane.faults != before.faults:
            self._tell_faults(before)
        if self._lane.is_paused != before.is_paused:
            self._keep_pause()

    def _time_stage(self, event: on.Event) -> None:
        now_s = self._parts.clock.monotonic()
        match event:
            case on.CardPresented():
                self._stopwatch.start(now_s)
            case on.CardRead():
                self._stopwatch.mark("read", now_s)
            case on.FaceCompared():
                self._stopwatch.mark("face", now_s)
            case on.ListLookedUp():
                self._stopwatch.mark("list", now_s)
            case _:
                pass

    # ---- effects

    def _perform(self, effect: do.Effect) -> None:
        parts = self._parts
        match effect:
            case do.ReadCard(presence):
                parts.reader.read(presence)
            case do.TrackFace(visit):
                log.info("visit.began", visit=visit)
                parts.face.begin(visit)
            case do.CompareFace(visit, portrait):
                parts.face.compare(visit, portrait)
            case do.LookUp(visit, presence, numbers):
                self._look_ups.submit(self._look_up, visit, presence, numbers)
            case do.RaiseAlarm(visit=visit, kind=kind, hit=hit):
                alarm = Alarm(id=AlarmId(str(uuid4())), kind=kind, visit=visit, raised_at=parts.clock.now(), hit=hit)
                self._uncommitted.append((alarm, parts.face.take_best(visit) if hit is not None else None))
                self._commit_alarms()
            case do.CountVisit(verdict, reason):
                count = VisitCount(verdict=verdict, reason=reason, at=parts.clock.now(), took_s=self._took_s)
                self._try_outbox(partial(parts.outbox.count, count))
            case do.OpenGate(visit):
                self._open_gate(visit)
            case do.OpenGateByHand(reason):
                self._open_by_hand(reason)
            case do.CallStaff(visit, reason):
                parts.staff.call(visit, reason)
            case do.Forget():
                parts.face.forget()
            case do.StartTimer(seconds):
                self._timer_ends_s = parts.clock.monotonic() + seconds
            case do.LogDecision(visit, decision):
                durations = self._stopwatch.durations(parts.clock.monotonic())
                log.info(
                    "visit.decided",
                    visit=visit,
                    verdict=decision.verdict,
                    reasons=decision.reasons,
                    **durations,
                )
                self._took_s = {name.removesuffix("_s"): s for name, s in durations.items() if s is not None}
                self._stopwatch.stop()
            case _:
                assert_never(effect)

    def _look_up(self, visit: VisitId, presence: Presence, numbers: tuple[DocumentNumber, ...]) -> None:
        """Run on the look-up thread: the slow hash must not hold the loop."""
        result: ListEvidence
        try:
            result = self._parts.watchlist.look_up(presence, numbers, self._parts.clock.now())
        except Exception as error:
            log.error("effect.failed", effect="look-up", error=type(error).__name__)
            result = Unavailable(Reason.LIST_FAULT)
        if self._parts.clock.is_wrong():
            result = _as_of_no_time(result)
        self.post(on.ListLookedUp(visit, result))

    def _open_gate(self, visit: VisitId) -> None:
        try:
            self._parts.gate.open(visit)
        except OSError as error:
            log.error("effect.failed", effect="gate", error=type(error).__name__)
            self.post(on.FaultRaised(Fault.GATE_LOST))
        else:
            log.info("gate.opened", visit=visit)

    def _open_by_hand(self, reason: HandReason) -> None:
        """Count it, then open: the count is the record that somebody did (RULES 10)."""
        self._try_outbox(partial(self._parts.outbox.count, HandCount(reason=reason, at=self._parts.clock.now())))
        log.info("gate.by-hand", reason=reason)
        self._open_gate(fresh_visit())

    def _commit_alarms(self) -> None:
        while self._uncommitted:
            alarm, face = self._uncommitted[0]
            if not self._try_outbox(partial(self._parts.outbox.raise_alarm, alarm)):
                return
            self._uncommitted.popleft()
            log.info("alarm.committed", visit=alarm.visit)
            if face is not None:
                self._parts.crops.keep(alarm, face)

    def _try_outbox(self, write: Callable[[], None]) -> bool:
        try:
            write()
        except OutboxError as error:
            log.error("effect.failed", effect="outbox", error=type(error.__cause__ or error).__name__)
            if Fault.OUTBOX not in self._lane.faults:
                self.post(on.FaultRaised(Fault.OUTBOX))
            return False
        return True

    def _keep_pause(self) -> None:
        try:
            self._parts.pause.keep(is_paused=self._lane.is_paused)
        except OSError as error:
            log.error("effect.failed", effect="pause", error=type(error).__name__)

    # ---- time and faults

    def _wait_s(self) -> float:
        now_s = self._parts.clock.monotonic()
        next_s = self._supervised_s + SUPERVISION_S
        if self._timer_ends_s is not None:
            next_s = min(next_s, self._timer_ends_s)
        return max(0.0, next_s - now_s)

    def _timer_is_over(self) -> bool:
        if self._timer_ends_s is None or self._parts.clock.monotonic() < self._timer_ends_s:
            return False
        self._timer_ends_s = None
        return True

    def _supervise(self) -> None:
        now_s = self._parts.clock.monotonic()
        if now_s < self._supervised_s + SUPERVISION_S:
            return
        self._supervised_s = now_s
        standing = self._parts.supervision.standing(self._parts.clock.now())
        believed = self._lane.faults & WATCHED
        for fault in sorted(standing - believed):
            self._take(on.FaultRaised(fault))
        for fault in sorted(believed - standing):
            self._take(on.FaultCleared(fault))
        self._let_calls_go(now_s)
        self._commit_alarms()
        if now_s >= self._reported_s + REPORT_S:
            self._report()

    def _let_calls_go(self, now_s: float) -> None:
        """Nothing of a visitor is kept who was never seen to and has gone: a code, a class of reason."""
        self._called_s = {call.code: self._called_s.get(call.code, now_s) for call in self._lane.calls}
        for code, called_s in self._called_s.items():
            if now_s >= called_s + self._policy.call_kept_s:
                self._take(on.CallDismissed(code))

    def _tell_faults(self, before: Lane) -> None:
        for fault in sorted(self._lane.faults - before.faults):
            log.warning("fault.raised", fault=fault)
        for fault in sorted(before.faults - self._lane.faults):
            log.info("fault.cleared", fault=fault)
        self._report()

    def _report(self) -> None:
        """Leave the faults for the agent's heartbeat; a write that works again ends the outbox's own fault."""
        self._reported_s = self._parts.clock.monotonic()
        faults = self._lane.faults
        pack = self._parts.face.pack_in_use()
        worked = self._try_outbox(partial(self._parts.outbox.report, faults, self._parts.clock.now(), pack))
        if worked and not self._uncommitted and Fault.OUTBOX in faults:
            self.post(on.FaultCleared(Fault.OUTBOX))


def _as_of_no_time(found: ListEvidence) -> ListEvidence:
    """Return what a look-up says while nobody knows how old the list is: of a miss nothing, a hit stays a hit."""
    match found:
        case NotListed():
            return Unavailable(Reason.CLOCK_FAULT)
        case Listed():
            return replace(found, list_age=None)
        case Unavailable():
            return found
        case _:
            assert_never(found)
