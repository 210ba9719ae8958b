"""What staff do at the lane: let somebody in by hand, pause it, call a colleague, see to who waits.

Rules of the visit's table (kiosk.visit.machine), and the one question that the panel asks too: for which reasons the
gate may be opened by hand.
"""

from dataclasses import replace

from kiosk.domain.by_hand import HandReason
from kiosk.domain.ids import SlipCode
from kiosk.domain.reasons import Reason, ReasonClass
from kiosk.visit import effects as do
from kiosk.visit import events as on
from kiosk.visit.rules import Context, Outcome
from kiosk.visit.states import Admitted, Attract, Lane, OutOfService, Referred, State, TakeCard


def reasons_by_hand(lane: Lane, code: SlipCode | None) -> frozenset[HandReason]:
    """Return the reasons for which staff may open the gate now: none while somebody else is served.

    After a check that only staff can make, whatever it was, the station is asked first. That is so for every one of
    them alike, an alarm or a stale list: the panel must not tell them apart (RULES 3). For somebody without a call it
    is so as long as such a call waits, or leaving the call out would be the way past it.
    """
    if not isinstance(lane.state, Attract | OutOfService | Referred | TakeCard):
        return frozenset()
    calls = lane.calls if code is None else tuple(call for call in lane.calls if call.code == code)
    if code is not None and not calls:
        return frozenset()
    if any(call.reason_class is ReasonClass.CHECK for call in calls):
        return frozenset({HandReason.STATION_ASKED})
    return frozenset(HandReason)


def admitted_by_hand(lane: Lane, state: State, event: on.AdmittedByHand, ctx: Context) -> Outcome:
    """Open the gate for a reason that counts now; a visitor who stands there referred is let in."""
    if event.reason not in reasons_by_hand(lane, event.code):
        return lane, ()
    after = lane.without_call(event.code)
    opened = do.OpenGateByHand(event.reason)
    if isinstance(state, Referred) and state.code == event.code:
        admitted = Admitted(presence=state.presence)
        return replace(after, state=admitted), (opened, do.Forget(), do.StartTimer(ctx.policy.result_shown_s))
    return after, (opened,)


def paused(lane: Lane, state: State, _event: on.LanePaused, _ctx: Context) -> Outcome:
    """Serve nobody more; who is being served is served to the end."""
    lane = replace(lane, is_paused=True)
    return (lane.idle(), (do.Forget(),)) if isinstance(state, Attract) else (lane, ())


def resumed(lane: Lane, state: State, _event: on.LaneResumed, _ctx: Context) -> Outcome:
    """Serve again."""
    lane = replace(lane, is_paused=False)
    return (lane.idle() if isinstance(state, OutOfService) else lane), ()


def colleague_called(lane: Lane, _state: State, _event: on.ColleagueCalled, ctx: Context) -> Outcome:
    """Call somebody to the lane, without a visitor's code."""
    return lane, (do.CallStaff(ctx.moment.fresh_visit, Reason.STAFFED_LANE),)


def dismissed(lane: Lane, _state: State, event: on.CallDismissed, _ctx: Context) -> Outcome:
    """Take from the queue a visitor who has been seen to."""
    return lane.without_call(event.code), ()
