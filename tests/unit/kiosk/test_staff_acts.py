"""What staff do at the lane, and what they are shown: the present visitor, who waits, and never who is looked for."""

from dataclasses import replace

import pytest
from hypothesis import given
from test_machine import GENUINE, VISIT, play, stories
from visits import CODE, LISTED, NOT_LISTED, A, B, document, score

from kiosk.domain.by_hand import HandReason
from kiosk.domain.evidence import Band, ListEvidence, Unavailable
from kiosk.domain.faults import Fault
from kiosk.domain.ids import SlipCode
from kiosk.domain.reasons import Reason, ReasonClass
from kiosk.visit import effects as do
from kiosk.visit import events as on
from kiosk.visit.panel import LaneWord, panel_of
from kiosk.visit.screen import ScreenKind, screen_of
from kiosk.visit.states import Admitted, Attract, Lane, Looking, OutOfService, Reading, Referred

GONE = (on.CardRemoved(A), on.TimedOut(), on.TimedOut())
"""The card is lifted, and the question whether more time is wanted goes unanswered."""
EXPIRED = (on.CardPresented(A), on.CardRead(A, document(valid_until=document().valid_from)), *GENUINE[2:])


def checked(listing: ListEvidence) -> tuple[on.Event, ...]:
    """A visit that ends in a check that only staff can make."""
    return (*GENUINE[:2], on.FaceCompared(VISIT, score(Band.ACCEPT)), on.ListLookedUp(VISIT, listing))


def opened(effects: list[do.Effect]) -> list[HandReason]:
    return [effect.reason for effect in effects if isinstance(effect, do.OpenGateByHand)]


def test_staff_who_have_looked_at_the_card_let_a_referred_visitor_in_who_then_reads_please_go_in() -> None:
    lane, effects = play((*EXPIRED, on.AdmittedByHand(HandReason.DOCUMENT_SEEN, CODE)))
    assert opened(effects) == [HandReason.DOCUMENT_SEEN]
    assert screen_of(lane).kind is ScreenKind.GO_IN
    assert lane.calls == ()
    assert effects[-2:] == [do.Forget(), do.StartTimer(6.0)]


def test_somebody_who_waits_is_let_in_from_the_queue_and_the_screen_stays_the_next_visitors() -> None:
    lane, effects = play((*EXPIRED, *GONE, on.AdmittedByHand(HandReason.FACE_SEEN, CODE)))
    assert opened(effects) == [HandReason.FACE_SEEN]
    assert isinstance(lane.state, Attract)
    assert lane.calls == ()


@pytest.mark.parametrize("listing", [LISTED, Unavailable(Reason.LIST_FAULT)], ids=["alarm", "ordinary"])
@pytest.mark.parametrize("code", [CODE, None], ids=["by his call", "as somebody else"])
@pytest.mark.parametrize("reason", HandReason)
def test_after_a_check_that_only_staff_can_make_the_gate_opens_once_the_station_was_asked(
    listing: ListEvidence, code: SlipCode | None, reason: HandReason
) -> None:
    _, effects = play((*checked(listing), on.AdmittedByHand(reason, code)))
    assert opened(effects) == ([reason] if reason is HandReason.STATION_ASKED else [])


def test_an_alarm_and_an_ordinary_check_are_one_picture_to_staff() -> None:
    alarm, _ = play(checked(LISTED))
    for other in (Unavailable(Reason.LIST_FAULT), Unavailable(Reason.LIST_MISSING), Unavailable(Reason.LIST_BUSY)):
        assert panel_of(play(checked(other))[0]) == panel_of(alarm)
    assert panel_of(alarm).reason is None
    assert panel_of(alarm).reason_class is ReasonClass.CHECK


def test_a_listed_visitor_who_chooses_staff_is_called_out_and_shown_as_everybody_who_does() -> None:
    told = set()
    for listing in (LISTED, NOT_LISTED):
        lane, effects = play((*GENUINE[:2], on.ListLookedUp(VISIT, listing), on.StaffedLaneChosen()))
        calls = [effect.reason.reason_class() for effect in effects if isinstance(effect, do.CallStaff)]
        told.add((panel_of(lane), tuple(calls)))
    assert len(told) == 1


def test_staff_read_the_exact_reason_where_it_tells_nothing_but_the_card_or_the_picture() -> None:
    lane, _ = play(EXPIRED)
    assert panel_of(lane).reason is Reason.EXPIRED
    assert panel_of(lane).code == panel_of(lane).waiting[0].code == screen_of(lane).slip.code  # type: ignore[union-attr]  # a referral has one


@pytest.mark.parametrize("ending", [GONE, (on.CardPresented(B),)], ids=["time", "next"])
def test_the_last_verdict_is_gone_with_its_visitor_and_only_the_call_stays(ending: tuple[on.Event, ...]) -> None:
    lane, _ = play((*EXPIRED, *ending))
    panel = panel_of(lane)
    assert (panel.code, panel.reason, panel.reason_class) == ("", None, None)
    assert [(call.code, call.reason_class) for call in panel.waiting] == [(CODE, ReasonClass.DOCUMENT)]


def test_nobody_is_let_in_by_hand_while_another_visitor_is_served() -> None:
    for upto in (1, 2, 3, 4):
        lane, effects = play((*GENUINE[:upto], on.AdmittedByHand(HandReason.ON_DUTY)))
        assert isinstance(lane.state, Reading | Looking | Admitted)
        assert not opened(effects)
        assert panel_of(lane).by_hand == frozenset()


def test_whom_no_call_is_waiting_for_cannot_be_let_in_by_a_code() -> None:
    _, effects = play((on.AdmittedByHand(HandReason.DOCUMENT_SEEN, CODE),))
    assert not opened(effects)


def test_a_dismissed_call_is_gone_and_the_next_one_stays() -> None:
    lane, _ = play((on.FaultRaised(Fault.CAMERA_LOST), on.StaffedLaneChosen()))
    (call,) = lane.calls
    assert play((on.CallDismissed(call.code),), lane)[0].calls == ()


def test_a_paused_lane_ends_the_visit_under_way_and_serves_nobody_until_it_is_resumed() -> None:
    lane, effects = play((*GENUINE[:3], on.LanePaused(), *GENUINE[3:]))
    assert isinstance(lane.state, Admitted)
    assert any(isinstance(effect, do.OpenGate) for effect in effects)
    lane, _ = play((on.CardRemoved(A), on.TimedOut()), lane)
    assert (lane.state, panel_of(lane).lane) == (OutOfService(), LaneWord.PAUSED)
    lane, _ = play((on.FaultRaised(Fault.CAMERA_LOST), on.FaultCleared(Fault.CAMERA_LOST)), lane)
    assert isinstance(lane.state, OutOfService)
    lane, _ = play((on.LaneResumed(),), lane)
    assert isinstance(lane.state, Attract)


def test_resuming_does_not_open_a_lane_that_a_fault_stops() -> None:
    lane, _ = play((on.FaultRaised(Fault.READER_LOST), on.LanePaused(), on.LaneResumed()))
    assert (lane.state, panel_of(lane).lane) == (OutOfService(), LaneWord.FAULTY)


def test_a_card_laid_on_a_paused_lane_is_not_left_there_unseen() -> None:
    lane, _ = play((on.LanePaused(), on.CardPresented(A)))
    assert screen_of(lane).kind is ScreenKind.TAKE_CARD
    lane, _ = play((on.CardRemoved(A),), lane)
    assert isinstance(lane.state, OutOfService)


def test_a_colleague_is_called_by_one_touch() -> None:
    _, effects = play((on.ColleagueCalled(),))
    assert [type(effect) for effect in effects] == [do.CallStaff]


@given(stories)
def test_only_a_member_of_staff_opens_the_gate_by_hand_and_once_for_each_act(story: list[on.Event]) -> None:
    lane = Lane(state=Attract())
    for event in story:
        lane, effects = play((event,), lane)
        if opened(effects):
            assert isinstance(event, on.AdmittedByHand)
            assert opened(effects) == [event.reason]
            assert not any(isinstance(effect, do.OpenGate) for effect in effects)


@given(stories)
def test_the_panel_never_says_more_of_a_visitor_than_reason_and_code(story: list[on.Event]) -> None:
    lane, _ = play(story)
    panel = panel_of(lane)
    assert panel.reason is not Reason.LISTED
    if not isinstance(lane.state, Referred):
        assert panel == replace(panel, code="", reason=None, reason_class=None)
