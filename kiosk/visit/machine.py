"""The visit as a total function: ``step(lane, event)`` gives the next lane and what must be done.

Theory of operation
- ``TABLE`` names every (state, event) pair that means something, the states it may lead to, and the rule that
  does it. A pair that is not in the table changes nothing: a late answer, a second touch, a stale time-out.
- A visit is bound to its card presence. Answers carry the presence or the visit that they belong to, and an
  answer that belongs to another one is dropped: B cannot walk on A's card.
- Only ``_decide`` makes OpenGate, and only from an admit decision. What staff do by hand is an effect of its own.
- A fault that stops the lane during a visit takes the face comparison out of the evidence: what is left can
  still raise an alarm and can never admit.
- Whatever ends a visit says Forget.
- Where the visitor's own time runs out, the screen first asks whether more is wanted (WCAG 2.2.1). An alarm does not
  wait for the answer: a hit is told to the station once, at the first such question at the latest, and whichever way
  the visitor leaves the visit. What the visitor sees does not differ.

It does not know the time, a thread or a device; the state diagram in docs/ARCHITECTURE.md is drawn from TABLE.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import assert_never

from kiosk.domain.document import Portrait
from kiosk.domain.evidence import Listed, Unavailable
from kiosk.domain.faults import Fault
from kiosk.domain.guidance import Guidance
from kiosk.domain.ids import Presence, VisitId
from kiosk.domain.reasons import Reason, ReasonClass
from kiosk.domain.verdict import Decision, Verdict
from kiosk.visit import effects as do
from kiosk.visit import events as on
from kiosk.visit import staff_acts as staff
from kiosk.visit.decision import Evidence, decide
from kiosk.visit.policy import Policy
from kiosk.visit.rules import Context, Moment, Outcome, Rule
from kiosk.visit.states import (
    Admitted,
    Attract,
    Lane,
    LayAgain,
    Looking,
    OutOfService,
    Patience,
    Reading,
    Referred,
    State,
    TakeCard,
)


def first_lane() -> Lane:
    """Return the lane at boot: every device counts as lost until it says that it works (RULES 8 and 9)."""
    return Lane(
        state=OutOfService(),
        faults=frozenset({Fault.READER_LOST, Fault.CAMERA_LOST, Fault.FACE_MODELS}),
    )


def step(lane: Lane, event: on.Event, policy: Policy, moment: Moment) -> Outcome:
    """Return the lane after ``event``, and the effects to perform in their order. Never raises."""
    rule = TABLE.get((type(lane.state), type(event)))
    if rule is None:
        return lane, ()
    after, effects = rule.handler(lane, lane.state, event, Context(policy, moment))
    if not isinstance(after.state, TakeCard):
        after = replace(after, faults=after.faults - {Fault.CARD_FORGOTTEN})
    return after, effects


# ---- where a visit begins and ends -------------------------------------------------------------------------------


def _begin(lane: Lane, visit: VisitId, presence: Presence, reads: int, ctx: Context) -> Outcome:
    state = Reading(visit=visit, presence=presence, reads=reads)
    return replace(lane, state=state), (
        do.Forget(),
        do.TrackFace(visit),
        do.ReadCard(presence),
        do.StartTimer(ctx.policy.read_timeout_s),
    )


def _refer(lane: Lane, visit: VisitId, presence: Presence | None, reason: Reason, ctx: Context) -> Outcome:
    """End a visit that never came to a decision."""
    decision = Decision(verdict=Verdict.REFER, reasons=(reason,))
    return _conclude(lane, visit, presence, decision, ctx)


def _conclude(
    lane: Lane,
    visit: VisitId,
    presence: Presence | None,
    decision: Decision,
    ctx: Context,
    *,
    alarmed: bool = False,
    told: Reason | None = None,
) -> Outcome:
    """Do what a decision asks for: make it durable first, then the gate or the staff, then forget.

    Args:
        alarmed: the station was told already.
        told: what the visitor is told, where that is not the first reason.
    """
    first_reason = decision.reasons[0] if decision.reasons else None
    before = (do.LogDecision(visit, decision), do.CountVisit(decision.verdict, first_reason))
    if decision.verdict is Verdict.ADMIT:
        return replace(lane, state=Admitted(presence=presence)), (
            *before,
            do.OpenGate(visit),
            do.Forget(),
            do.StartTimer(ctx.policy.result_shown_s),
        )
    alarm: tuple[do.Effect, ...] = ()
    if decision.alarm is not None and not alarmed:
        alarm = (do.RaiseAlarm(visit=visit, kind=decision.alarm, hit=decision.hit),)
    reason = decision.reasons[0]
    shown = told or reason
    told_as = shown.reason_class()
    exactly = None if told_as is ReasonClass.CHECK else shown
    code = ctx.moment.fresh_code
    state = Referred(code=code, presence=presence, reason_class=told_as, reason=exactly)
    return replace(lane, state=state).with_call(code, told_as), (
        *before,
        *alarm,
        do.CallStaff(visit, shown),
        do.Forget(),
        do.StartTimer(ctx.policy.refer_shown_s),
    )


# ---- idle --------------------------------------------------------------------------------------------------------


def _next_visitor(lane: Lane, state: State, event: on.CardPresented, ctx: Context) -> Outcome:
    alarm = _alarm_not_yet_told(state, ctx)
    if not lane.is_open():
        return replace(lane, state=OutOfService()), (*alarm, do.Forget())
    lane, effects = _begin(lane, ctx.moment.fresh_visit, event.presence, 1, ctx)
    return lane, (*alarm, *effects)


def _choose_staff(lane: Lane, state: State, _event: on.StaffedLaneChosen, ctx: Context) -> Outcome:
    if isinstance(state, Looking) and isinstance(state.listing, Listed):
        # Nor is choosing the staffed lane a way past the list; the visitor reads what everybody reads who chose it.
        return _decide(lane, state, Reason.STAFFED_LANE, ctx, told=Reason.STAFFED_LANE)
    visit = state.visit if isinstance(state, Reading | LayAgain | Looking) else ctx.moment.fresh_visit
    presence = state.presence if isinstance(state, Reading | Looking | Admitted | TakeCard) else None
    return _refer(lane, visit, presence, Reason.STAFFED_LANE, ctx)


def _call_staff_only(lane: Lane, _state: OutOfService, _event: on.StaffedLaneChosen, ctx: Context) -> Outcome:
    called = lane.with_call(ctx.moment.fresh_code, ReasonClass.CHOICE)
    return called, (do.CallStaff(ctx.moment.fresh_visit, Reason.STAFFED_LANE),)


# ---- reading -----------------------------------------------------------------------------------------------------


def _card_read(lane: Lane, state: Reading, event: on.CardRead, ctx: Context) -> Outcome:
    if event.presence != state.presence:
        return lane, ()
    is_child = event.document.age_on(ctx.moment.today) < ctx.policy.adult_age
    # A child goes to staff with a grown-up whatever the face says, so its face is not compared (PIPL 28).
    portrait = Unavailable(Reason.UNDER_AGE) if is_child else event.document.portrait
    looking = Looking(
        visit=state.visit,
        presence=state.presence,
        reads=state.reads,
        document=event.document,
        face=portrait if isinstance(portrait, Unavailable) else None,
        # A policy that asks for liveness waits for a provider's answer, which comes with the comparison; without either
        # it is said to be unmeasured.
        liveness=None
        if ctx.policy.liveness_required and isinstance(portrait, Portrait)
        else Unavailable(Reason.LIVENESS_NOT_MEASURED),
        listing=None,
        guidance=state.guidance,
    )
    compare = (do.CompareFace(state.visit, portrait),) if isinstance(portrait, Portrait) else ()
    return replace(lane, state=looking), (
        do.LookUp(state.visit, state.presence, event.document.numbers),
        *compare,
        do.StartTimer(ctx.policy.look_timeout_s),
    )


def _guided(lane: Lane, state: Reading | Looking, event: on.FaceGuided, _ctx: Context) -> Outcome:
    if event.visit != state.visit:
        return lane, ()
    return replace(lane, state=replace(state, guidance=event.guidance)), ()


def _read_failed(lane: Lane, state: Reading, event: on.ReadFailed, ctx: Context) -> Outcome:
    if event.presence != state.presence:
        return lane, ()
    if event.again:
        return _ask_again(lane, state, state.presence, ctx)
    return _refer(lane, state.visit, state.presence, event.reason, ctx)


def _pulled(lane: Lane, state: Reading, event: on.CardRemoved, ctx: Context) -> Outcome:
    return _ask_again(lane, state, None, ctx) if event.presence == state.presence else (lane, ())


def _ask_again(lane: Lane, state: Reading | Looking, presence: Presence | None, ctx: Context) -> Outcome:
    if state.reads >= ctx.policy.reads_per_visit:
        return _refer(lane, state.visit, presence, Reason.CARD_UNREADABLE, ctx)
    again = LayAgain(visit=state.visit, reads=state.reads)
    return replace(lane, state=again), (do.Forget(), do.StartTimer(ctx.policy.lay_again_timeout_s))


def _laid_again(lane: Lane, state: LayAgain, event: on.CardPresented, ctx: Context) -> Outcome:
    if not lane.can_serve():
        return _refer(lane, state.visit, event.presence, Reason.READER_FAULT, ctx)
    # A new id: an answer on the way for the card that was lifted must not count for the one that was laid.
    return _begin(lane, ctx.moment.fresh_visit, event.presence, state.reads + 1, ctx)


def _read_timed_out(lane: Lane, state: Reading, _event: on.TimedOut, ctx: Context) -> Outcome:
    return _refer(lane, state.visit, state.presence, Reason.TIME_OUT, ctx)


# ---- looking -----------------------------------------------------------------------------------------------------


def _face_compared(lane: Lane, state: Looking, event: on.FaceCompared, ctx: Context) -> Outcome:
    if event.visit != state.visit or state.face is not None:
        return lane, ()
    return _decide_when_complete(lane, replace(state, face=event.result), ctx)


def _liveness_checked(lane: Lane, state: Looking, event: on.LivenessChecked, ctx: Context) -> Outcome:
    if event.visit != state.visit or state.liveness is not None:
        return lane, ()
    return _decide_when_complete(lane, replace(state, liveness=event.result), ctx)


def _list_looked_up(lane: Lane, state: Looking, event: on.ListLookedUp, ctx: Context) -> Outcome:
    if event.visit != state.visit or state.listing is not None:
        return lane, ()
    return _decide_when_complete(lane, replace(state, listing=event.result), ctx)


def _decide_when_complete(lane: Lane, state: Looking, ctx: Context) -> Outcome:
    if state.face is None or state.liveness is None or state.listing is None:
        alarm = _alarm_not_yet_told(state, ctx) if state.patience != Patience() else ()
        return replace(lane, state=replace(state, alarmed=state.alarmed or bool(alarm))), alarm
    return _decide(lane, state, Reason.TIME_OUT, ctx)


def _decide(lane: Lane, state: Looking, missing: Reason, ctx: Context, told: Reason | None = None) -> Outcome:
    decision = _verdict(state, missing, ctx)
    return _conclude(lane, state.visit, state.presence, decision, ctx, alarmed=state.alarmed, told=told)


def _alarm_not_yet_told(state: State, ctx: Context) -> tuple[do.Effect, ...]:
    """Return the alarm of a hit that nothing has told of yet: in a visit that ends, or goes on for long."""
    if not isinstance(state, Looking) or not isinstance(state.listing, Listed) or state.alarmed:
        return ()
    decision = _verdict(state, Reason.TIME_OUT, ctx)
    assert decision.alarm is not None, "a hit is an alarm, whatever else was found"
    return (do.RaiseAlarm(visit=state.visit, kind=decision.alarm, hit=decision.hit),)


def _verdict(state: Looking, missing: Reason, ctx: Context) -> Decision:
    """Decide on what is there; an answer that has not come is unavailable for the reason ``missing``."""
    evidence = Evidence(
        document=state.document,
        face=state.face or Unavailable(missing),
        liveness=state.liveness or Unavailable(missing),
        listing=state.listing or Unavailable(missing),
    )
    return decide(evidence, ctx.policy, ctx.moment.today)


def _look_timed_out(lane: Lane, state: Looking, _event: on.TimedOut, ctx: Context) -> Outcome:
    # A visitor who was seen has done their part: no time of theirs mends what the machine still lacks.
    if state.face is None and _may_ask(state.patience, ctx):
        alarm = _alarm_not_yet_told(state, ctx)
        lane, effects = _ask_for_more_time(lane, replace(state, alarmed=state.alarmed or bool(alarm)), ctx)
        return lane, (*alarm, *effects)
    crowded = state.guidance is Guidance.ONE_PERSON_ONLY
    unseen = Unavailable(Reason.SEVERAL_FACES if crowded else Reason.NO_FACE_SEEN)
    return _decide(lane, replace(state, face=state.face or unseen), Reason.TIME_OUT, ctx)


def _lifted_too_soon(lane: Lane, state: Looking, event: on.CardRemoved, ctx: Context) -> Outcome:
    if event.presence != state.presence:
        return lane, ()
    if isinstance(state.listing, Listed):
        # Lifting the card must not be a way past the list.
        decision = _verdict(state, Reason.CARD_UNREADABLE, ctx)
        return _conclude(lane, state.visit, None, decision, ctx, alarmed=state.alarmed)
    return _ask_again(lane, state, None, ctx)


# ---- the visitor's time ------------------------------------------------------------------------------------------


def _may_ask(patience: Patience, ctx: Context) -> bool:
    return not patience.asking and patience.extended < ctx.policy.extensions


def _ask_for_more_time(lane: Lane, state: LayAgain | Looking | Referred, ctx: Context) -> Outcome:
    asking = replace(state, patience=replace(state.patience, asking=True))
    return replace(lane, state=asking), (do.StartTimer(ctx.policy.more_time_s),)


def _more_time(lane: Lane, state: LayAgain | Looking | Referred, _event: on.MoreTimeWanted, ctx: Context) -> Outcome:
    if not state.patience.asking:
        return lane, ()
    match state:
        case LayAgain():
            seconds = ctx.policy.lay_again_timeout_s
        case Looking():
            seconds = ctx.policy.look_timeout_s
        case Referred():
            seconds = ctx.policy.refer_shown_s
        case _:
            assert_never(state)
    patient = replace(state, patience=Patience(extended=state.patience.extended + 1))
    return replace(lane, state=patient), (do.StartTimer(seconds),)


def _time_is_up(lane: Lane, state: LayAgain | Referred, event: on.TimedOut, ctx: Context) -> Outcome:
    if _may_ask(state.patience, ctx):
        return _ask_for_more_time(lane, state, ctx)
    return _shown_long_enough(lane, state, event, ctx)


# ---- after the decision ------------------------------------------------------------------------------------------


def _lifted(lane: Lane, state: Admitted | Referred, event: on.CardRemoved, ctx: Context) -> Outcome:
    if event.presence != state.presence:
        return lane, ()
    shown_s = ctx.policy.result_shown_s if isinstance(state, Admitted) else ctx.policy.refer_shown_s
    lifted = replace(state, presence=None)
    if isinstance(lifted, Referred):
        lifted = replace(lifted, patience=replace(lifted.patience, asking=False))
    return replace(lane, state=lifted), (do.Forget(), do.StartTimer(shown_s))


def _shown_long_enough(lane: Lane, state: Admitted | Referred | LayAgain, _event: on.Event, ctx: Context) -> Outcome:
    presence = state.presence if isinstance(state, Admitted | Referred) else None
    if presence is None:
        return lane.idle(), (do.Forget(),)
    return replace(lane, state=TakeCard(presence=presence)), (
        do.Forget(),
        do.StartTimer(ctx.policy.forgotten_card_s),
    )


def _lies_there(lane: Lane, _state: OutOfService, event: on.CardPresented, ctx: Context) -> Outcome:
    """A card on a lane that serves nobody, since before its start perhaps: it must not lie there unseen."""
    state = TakeCard(presence=event.presence)
    return replace(lane, state=state), (do.StartTimer(ctx.policy.forgotten_card_s),)


def _card_forgotten(lane: Lane, _state: TakeCard, _event: on.TimedOut, _ctx: Context) -> Outcome:
    return replace(lane, faults=lane.faults | {Fault.CARD_FORGOTTEN}), ()


def _card_taken(lane: Lane, state: TakeCard, event: on.CardRemoved, _ctx: Context) -> Outcome:
    if event.presence != state.presence:
        return lane, ()
    return lane.idle(), ()


# ---- faults and alarms of the site, in every state ---------------------------------------------------------------

_REASON_OF_FAULT: Mapping[Fault, Reason] = {
    Fault.CAMERA_LOST: Reason.CAMERA_FAULT,
    Fault.CAMERA_STALLED: Reason.CAMERA_FAULT,
    Fault.FACE_MODELS: Reason.FACE_FAULT,
    Fault.OUTBOX: Reason.OUTBOX_FAULT,
}


def _fault_raised(lane: Lane, state: State, event: on.FaultRaised, ctx: Context) -> Outcome:
    lane = replace(lane, faults=lane.faults | {event.fault})
    if lane.can_serve():
        return lane, ()
    reason = _REASON_OF_FAULT.get(event.fault, Reason.READER_FAULT)
    match state:
        case Attract() | TakeCard():
            return replace(lane, state=OutOfService()), (do.Forget(),)
        case Reading(visit=visit, presence=presence):
            return _refer(lane, visit, presence, reason, ctx)
        case LayAgain(visit=visit):
            return _refer(lane, visit, None, reason, ctx)
        case Looking():
            broken = replace(state, face=Unavailable(reason), liveness=state.liveness or Unavailable(reason))
            return _decide_when_complete(lane, broken, ctx)
        case Admitted() | Referred():
            # Whether the card still lies there can no longer be known: the result ends by its time.
            return replace(lane, state=replace(state, presence=None)), ()
        case OutOfService():
            return lane, ()
        case _:
            assert_never(state)


def _fault_cleared(lane: Lane, state: State, event: on.FaultCleared, _ctx: Context) -> Outcome:
    lane = replace(lane, faults=lane.faults - {event.fault})
    if isinstance(state, OutOfService) and lane.is_open():
        return lane.idle(), ()
    return lane, ()


def _site_alarm(lane: Lane, _state: State, event: on.SiteAlarm, ctx: Context) -> Outcome:
    return lane, (do.RaiseAlarm(visit=ctx.moment.fresh_visit, kind=event.kind, hit=None),)


# ---- the table ---------------------------------------------------------------------------------------------------

_ALL: tuple[type[State], ...] = (
    OutOfService,
    Attract,
    Reading,
    LayAgain,
    Looking,
    Admitted,
    Referred,
    TakeCard,
)

TABLE: Mapping[tuple[type[State], type[on.Event]], Rule] = {
    (Attract, on.CardPresented): Rule(_next_visitor, (Reading, OutOfService)),
    (Attract, on.StaffedLaneChosen): Rule(_choose_staff, (Referred,)),
    (OutOfService, on.CardPresented): Rule(_lies_there, (TakeCard,)),
    (OutOfService, on.StaffedLaneChosen): Rule(_call_staff_only, (OutOfService,)),
    (Reading, on.FaceGuided): Rule(_guided, (Reading,)),
    (Reading, on.CardRead): Rule(_card_read, (Looking, Reading)),
    (Reading, on.ReadFailed): Rule(_read_failed, (LayAgain, Referred, Reading)),
    (Reading, on.CardRemoved): Rule(_pulled, (LayAgain, Referred, Reading)),
    (Reading, on.CardPresented): Rule(_next_visitor, (Reading, OutOfService)),
    (Reading, on.StaffedLaneChosen): Rule(_choose_staff, (Referred,)),
    (Reading, on.TimedOut): Rule(_read_timed_out, (Referred,)),
    (LayAgain, on.CardPresented): Rule(_laid_again, (Reading, Referred)),
    (LayAgain, on.StaffedLaneChosen): Rule(_choose_staff, (Referred,)),
    (LayAgain, on.MoreTimeWanted): Rule(_more_time, (LayAgain,)),
    (LayAgain, on.TimedOut): Rule(_time_is_up, (LayAgain, Attract, OutOfService)),
    (Looking, on.FaceGuided): Rule(_guided, (Looking,)),
    (Looking, on.FaceCompared): Rule(_face_compared, (Looking, Admitted, Referred)),
    (Looking, on.LivenessChecked): Rule(_liveness_checked, (Looking, Admitted, Referred)),
    (Looking, on.ListLookedUp): Rule(_list_looked_up, (Looking, Admitted, Referred)),
    (Looking, on.CardRemoved): Rule(_lifted_too_soon, (LayAgain, Referred, Looking)),
    (Looking, on.CardPresented): Rule(_next_visitor, (Reading, OutOfService)),
    (Looking, on.StaffedLaneChosen): Rule(_choose_staff, (Referred,)),
    (Looking, on.MoreTimeWanted): Rule(_more_time, (Looking,)),
    (Looking, on.TimedOut): Rule(_look_timed_out, (Looking, Referred)),
    (Admitted, on.CardRemoved): Rule(_lifted, (Admitted,)),
    (Admitted, on.CardPresented): Rule(_next_visitor, (Reading, OutOfService)),
    (Admitted, on.PersonPassed): Rule(_shown_long_enough, (Attract, OutOfService, TakeCard)),
    (Admitted, on.StaffedLaneChosen): Rule(_choose_staff, (Referred,)),
    (Admitted, on.TimedOut): Rule(_shown_long_enough, (Attract, OutOfService, TakeCard)),
    (Referred, on.CardRemoved): Rule(_lifted, (Referred,)),
    (Referred, on.CardPresented): Rule(_next_visitor, (Reading, OutOfService)),
    (Referred, on.MoreTimeWanted): Rule(_more_time, (Referred,)),
    (Referred, on.TimedOut): Rule(_time_is_up, (Referred, Attract, OutOfService, TakeCard)),
    (TakeCard, on.CardRemoved): Rule(_card_taken, (Attract, OutOfService, TakeCard)),
    (TakeCard, on.CardPresented): Rule(_next_visitor, (Reading, OutOfService)),
    (TakeCard, on.StaffedLaneChosen): Rule(_choose_staff, (Referred,)),
    (TakeCard, on.TimedOut): Rule(_card_forgotten, (TakeCard,)),
    **{
        (state, on.FaultRaised): Rule(
            _fault_raised,
            {
                Attract: (Attract, OutOfService),
                TakeCard: (TakeCard, OutOfService),
                Reading: (Reading, Referred),
                LayAgain: (LayAgain, Referred),
                Looking: (Looking, Referred),
            }.get(state, (state,)),
        )
        for state in _ALL
    },
    **{
        (state, on.FaultCleared): Rule(_fault_cleared, (state, Attract) if state is OutOfService else (state,))
        for state in _ALL
    },
    **{(state, on.SiteAlarm): Rule(_site_alarm, (state,)) for state in _ALL},
    **{(state, on.LanePaused): Rule(staff.paused, (OutOfService,) if state is Attract else (state,)) for state in _ALL},
    **{
        (state, on.LaneResumed): Rule(staff.resumed, (state, Attract) if state is OutOfService else (state,))
        for state in _ALL
    },
    **{
        (state, on.AdmittedByHand): Rule(staff.admitted_by_hand, (state, Admitted) if state is Referred else (state,))
        for state in (Attract, OutOfService, Referred, TakeCard)
    },
    **{(state, on.ColleagueCalled): Rule(staff.colleague_called, (state,)) for state in _ALL},
    **{(state, on.CallDismissed): Rule(staff.dismissed, (state,)) for state in _ALL},
}
