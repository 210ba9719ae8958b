"""The visit machine: total, bound to its card, and never open by mistake."""

from collections.abc import Iterable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from visits import LISTED, NOT_LISTED, PORTRAIT, TODAY, A, B, document, moment, score

from kiosk.domain.by_hand import HandReason
from kiosk.domain.evidence import Band, Failed, LivenessEvidence, Passed, Unavailable
from kiosk.domain.faults import Fault
from kiosk.domain.guidance import Guidance
from kiosk.domain.ids import Presence, VisitId
from kiosk.domain.reasons import Reason, ReasonClass
from kiosk.domain.verdict import AlarmKind, Verdict
from kiosk.visit import effects as do
from kiosk.visit import events as on
from kiosk.visit.machine import TABLE, first_lane, step
from kiosk.visit.policy import Policy
from kiosk.visit.screen import ScreenKind, screen_of
from kiosk.visit.states import Admitted, Attract, Lane, LayAgain, Looking, OutOfService, Reading, Referred, TakeCard

VISIT = moment().fresh_visit
POLICY = Policy()


def play(events: Iterable[on.Event], lane: Lane | None = None) -> tuple[Lane, list[do.Effect]]:
    lane = lane or Lane(state=Attract())
    done: list[do.Effect] = []
    for event in events:
        lane, effects = step(lane, event, POLICY, moment())
        done.extend(effects)
    return lane, done


GENUINE = (
    on.CardPresented(A),
    on.CardRead(A, document()),
    on.ListLookedUp(VISIT, NOT_LISTED),
    on.FaceCompared(VISIT, score(Band.ACCEPT)),
)


def test_a_genuine_visit_is_counted_then_the_gate_opens_then_all_is_forgotten() -> None:
    lane, effects = play(GENUINE)
    assert isinstance(lane.state, Admitted)
    last = [type(effect) for effect in effects[-5:]]
    assert last == [do.LogDecision, do.CountVisit, do.OpenGate, do.Forget, do.StartTimer]


def test_an_alarm_is_durable_before_staff_are_called_and_the_screen_is_a_referral() -> None:
    lane, effects = play((*GENUINE[:2], on.FaceCompared(VISIT, score(Band.ACCEPT)), on.ListLookedUp(VISIT, LISTED)))
    kinds = [type(effect) for effect in effects]
    assert kinds.index(do.RaiseAlarm) < kinds.index(do.CallStaff)
    assert screen_of(lane).kind is ScreenKind.SEE_STAFF
    assert do.OpenGate not in kinds


def test_refer_and_alarm_are_one_screen_that_differs_only_in_what_any_slip_may_say() -> None:
    alarm, _ = play((*GENUINE[:2], on.FaceCompared(VISIT, score(Band.ACCEPT)), on.ListLookedUp(VISIT, LISTED)))
    old, _ = play(
        (
            *GENUINE[:2],
            on.FaceCompared(VISIT, score(Band.ACCEPT)),
            on.ListLookedUp(VISIT, Unavailable(Reason.LIST_FAULT)),
        )
    )
    assert screen_of(alarm) == screen_of(old)


def test_a_card_pulled_in_mid_read_is_asked_for_again_and_then_admits() -> None:
    lane, _ = play((on.CardPresented(A), on.CardRemoved(A), on.ReadFailed(A, Reason.CARD_UNREADABLE, True)))
    assert isinstance(lane.state, LayAgain)
    lane, effects = play(
        (
            on.CardPresented(B),
            on.CardRead(B, document()),
            on.FaceCompared(VISIT, score(Band.ACCEPT)),
            on.ListLookedUp(VISIT, NOT_LISTED),
        ),
        lane,
    )
    assert isinstance(lane.state, Admitted)
    assert do.OpenGate(VISIT) in effects


def test_an_answer_for_the_lifted_card_does_not_count_for_the_one_laid_after_it() -> None:
    lane, _ = play((*GENUINE[:3], on.CardRemoved(A)))
    lane, _ = step(lane, on.CardPresented(B), POLICY, moment("NEW234567890"))
    lane, _ = step(lane, on.CardRead(B, document()), POLICY, moment())
    late = on.FaceCompared(VISIT, score(Band.ACCEPT))
    lane, _ = step(lane, late, POLICY, moment())
    assert isinstance(lane.state, Looking)
    assert lane.state.face is None


def test_a_third_failed_read_goes_to_staff() -> None:
    lane = Lane(state=Attract())
    for counter in range(POLICY.reads_per_visit):
        presence = Presence("reader", counter)
        lane, _ = play((on.CardPresented(presence), on.ReadFailed(presence, Reason.CARD_UNREADABLE, True)), lane)
    assert isinstance(lane.state, Referred)
    assert lane.state.reason_class is ReasonClass.DOCUMENT


def test_b_cannot_walk_on_the_card_of_a() -> None:
    late = (on.CardRead(A, document()), *GENUINE[3:])
    lane, effects = play((*GENUINE[:3], on.CardRemoved(A), on.CardPresented(B), *late))
    assert isinstance(lane.state, Reading)
    assert not any(isinstance(effect, do.OpenGate) for effect in effects)


def test_a_card_swapped_faster_than_a_poll_starts_a_new_visit() -> None:
    lane, _ = play((*GENUINE[:3], on.CardPresented(B)))
    assert isinstance(lane.state, Reading)
    assert lane.state.presence == B


def test_a_card_that_is_laid_again_is_looked_up_anew() -> None:
    _, effects = play((*GENUINE[:2], on.CardRemoved(A), on.CardPresented(B), on.CardRead(B, document())))
    asked = [effect.presence for effect in effects if isinstance(effect, do.LookUp)]
    assert asked == [A, B]


def test_lifting_the_card_is_no_way_past_the_list() -> None:
    lane, effects = play((*GENUINE[:2], on.ListLookedUp(VISIT, LISTED), on.CardRemoved(A)))
    alarms = [effect for effect in effects if isinstance(effect, do.RaiseAlarm)]
    assert [alarm.kind for alarm in alarms] == [AlarmKind.HOLDER_UNSURE]
    assert isinstance(lane.state, Referred)


def test_a_card_lifted_before_the_answer_is_asked_for_again() -> None:
    lane, effects = play((*GENUINE[:3], on.CardRemoved(A)))
    assert isinstance(lane.state, LayAgain)
    assert do.Forget() in effects[-2:]


def test_the_staffed_lane_is_one_touch_away_from_every_serving_state() -> None:
    for upto in range(len(GENUINE) + 1):
        lane, effects = play((*GENUINE[:upto], on.StaffedLaneChosen()))
        assert isinstance(lane.state, Referred)
        assert lane.state.reason_class is ReasonClass.CHOICE
        assert any(isinstance(effect, do.CallStaff) for effect in effects)


def test_a_visitor_whom_the_camera_never_saw_is_told_so_and_goes_to_staff() -> None:
    lane, effects = play((*GENUINE[:3], on.TimedOut(), on.TimedOut()))
    assert do.CountVisit(Verdict.REFER, Reason.NO_FACE_SEEN) in effects
    assert isinstance(lane.state, Referred)


def test_what_the_camera_saw_while_the_card_was_read_is_not_asked_for_again() -> None:
    still = on.FaceGuided(VISIT, Guidance.HOLD_STILL)
    lane, _ = play((GENUINE[0], still, GENUINE[1]))
    assert screen_of(lane).guidance is Guidance.HOLD_STILL


def test_several_faces_to_the_end_are_never_guessed_between() -> None:
    crowd = on.FaceGuided(VISIT, Guidance.ONE_PERSON_ONLY)
    _, effects = play((*GENUINE[:3], crowd, on.TimedOut(), on.TimedOut()))
    assert do.CountVisit(Verdict.REFER, Reason.SEVERAL_FACES) in effects


def test_a_camera_lost_in_mid_visit_still_lets_a_hit_alarm_and_admits_nobody() -> None:
    lost = on.FaultRaised(Fault.CAMERA_LOST)
    face = on.FaceCompared(VISIT, score(Band.ACCEPT))
    _, hit = play((*GENUINE[:2], face, lost, on.ListLookedUp(VISIT, LISTED)))
    assert [effect.kind for effect in hit if isinstance(effect, do.RaiseAlarm)] == [AlarmKind.HOLDER_UNSURE]
    lane, miss = play((*GENUINE[:2], face, lost, on.ListLookedUp(VISIT, NOT_LISTED)))
    assert isinstance(lane.state, Referred)
    assert not any(isinstance(effect, do.OpenGate) for effect in miss)


def test_at_boot_nothing_is_served_until_every_device_says_that_it_works() -> None:
    lane = first_lane()
    assert screen_of(lane).kind is ScreenKind.OUT_OF_SERVICE
    devices = (Fault.READER_LOST, Fault.CAMERA_LOST, Fault.FACE_MODELS)
    for fault in devices:
        assert isinstance(lane.state, OutOfService)
        lane, _ = step(lane, on.FaultCleared(fault), POLICY, moment())
    assert isinstance(lane.state, Attract)


def test_a_forgotten_card_is_told_to_staff_and_the_telling_ends_with_it() -> None:
    lane, _ = play((*GENUINE, on.TimedOut(), on.TimedOut()))
    assert isinstance(lane.state, TakeCard)
    assert Fault.CARD_FORGOTTEN in lane.faults
    lane, _ = play((on.CardRemoved(A),), lane)
    assert (lane.state, lane.faults) == (Attract(), frozenset())


def test_a_reader_lost_after_the_verdict_does_not_hold_the_screen_for_ever() -> None:
    lane, _ = play((*GENUINE, on.FaultRaised(Fault.READER_LOST), on.TimedOut()))
    assert isinstance(lane.state, OutOfService)


# ---- the visitor's time ------------------------------------------------------------------------------------------

SLOW_MOMENTS = {
    "laying the card again": (on.CardPresented(A), on.CardRemoved(A)),
    "looking": GENUINE[:3],
    "reading the slip": (on.StaffedLaneChosen(),),
}


@pytest.mark.parametrize("story", SLOW_MOMENTS.values(), ids=SLOW_MOMENTS)
def test_whoever_needs_longer_is_asked_first_and_may_have_more_time_ten_times(story: tuple[on.Event, ...]) -> None:
    """WCAG 2.2.1: warned, 20 s to ask for more, at least ten times."""
    lane, _ = play(story)
    slow = type(lane.state)
    for _ in range(10):
        lane, effects = play((on.TimedOut(),), lane)
        assert screen_of(lane).asks_more_time
        (asked,) = effects
        assert isinstance(asked, do.StartTimer)
        assert asked.seconds >= 20
        lane, effects = play((on.MoreTimeWanted(),), lane)
        assert not screen_of(lane).asks_more_time
        assert [type(effect) for effect in effects] == [do.StartTimer]
        assert isinstance(lane.state, slow)
    lane, _ = play((on.TimedOut(), on.TimedOut()), lane)
    assert not isinstance(lane.state, slow)


def test_more_time_that_nobody_was_asked_about_is_not_given() -> None:
    lane, _ = play(GENUINE[:3])
    assert play((on.MoreTimeWanted(),), lane) == (lane, [])


def test_a_visitor_who_is_seen_while_the_screen_asks_goes_in() -> None:
    lane, _ = play((*GENUINE[:3], on.TimedOut(), GENUINE[3]))
    assert isinstance(lane.state, Admitted)


def test_a_visitor_who_was_seen_is_not_asked_to_wait_for_a_machine_that_does_not_answer() -> None:
    lane, _ = play((*GENUINE[:2], GENUINE[3], on.TimedOut()))
    assert isinstance(lane.state, Referred)


@pytest.mark.parametrize("found_late", [False, True])
def test_an_alarm_does_not_wait_for_a_visitor_who_takes_their_time_and_is_raised_once(found_late: bool) -> None:
    hit, time_up = on.ListLookedUp(VISIT, LISTED), on.TimedOut()
    lane, effects = play((*GENUINE[:2], *((time_up, hit) if found_late else (hit, time_up))))
    assert [type(effect) for effect in effects].count(do.RaiseAlarm) == 1
    ordinary, _ = play((*GENUINE[:2], time_up, on.ListLookedUp(VISIT, NOT_LISTED)))
    assert screen_of(lane) == screen_of(ordinary)
    lane, effects = play((on.MoreTimeWanted(), GENUINE[3]), lane)
    assert isinstance(lane.state, Referred)
    assert do.RaiseAlarm not in [type(effect) for effect in effects]
    assert do.CountVisit(Verdict.ALARM, Reason.LISTED) in effects


@pytest.mark.parametrize("leaves", [on.StaffedLaneChosen(), on.CardPresented(B), on.CardRemoved(A)])
def test_no_way_of_leaving_a_visit_leads_past_the_list(leaves: on.Event) -> None:
    _, effects = play((*GENUINE[:2], on.ListLookedUp(VISIT, LISTED), leaves))
    assert [type(effect) for effect in effects].count(do.RaiseAlarm) == 1


def test_a_listed_person_who_chooses_the_staffed_lane_reads_what_everybody_reads_who_does() -> None:
    listed, _ = play((*GENUINE[:2], on.ListLookedUp(VISIT, LISTED), on.StaffedLaneChosen()))
    ordinary, _ = play((*GENUINE[:3], on.StaffedLaneChosen()))
    assert screen_of(listed) == screen_of(ordinary)


def test_the_card_is_asked_for_with_the_result_until_it_is_lifted() -> None:
    for story in (GENUINE, (*GENUINE[:3], on.StaffedLaneChosen())):
        lane, _ = play(story)
        assert screen_of(lane).card_lies
        lane, _ = play((on.CardRemoved(A),), lane)
        assert not screen_of(lane).card_lies


def test_a_forgotten_card_has_a_screen_for_whoever_comes_next() -> None:
    lane, _ = play((*GENUINE, on.TimedOut()))
    assert screen_of(lane).kind is ScreenKind.TAKE_CARD
    lane, _ = play((on.TimedOut(),), lane)
    assert screen_of(lane).kind is ScreenKind.CARD_FORGOTTEN


def test_a_childs_face_is_not_compared_and_it_is_sent_to_staff_kindly() -> None:
    child = document(born=date(TODAY.year - 13, 1, 1), valid_until=TODAY - timedelta(days=1))
    lane, effects = play((GENUINE[0], on.CardRead(A, child), on.ListLookedUp(VISIT, NOT_LISTED)))
    assert do.CompareFace not in [type(effect) for effect in effects]
    assert isinstance(lane.state, Referred)
    assert lane.state.reason_class is ReasonClass.CHILD


# ---- properties: any sequence of any events -----------------------------------------------------------------------

presences = st.sampled_from([A, B])
visits = st.sampled_from([VISIT, VisitId("ANOTHER23456")])
portraits = st.one_of(st.just(PORTRAIT), st.just(Unavailable(Reason.PORTRAIT_UNDECODABLE)))
events = st.one_of(
    st.builds(on.CardPresented, presences),
    st.builds(on.CardRemoved, presences),
    st.builds(on.CardRead, presences, portraits.map(lambda portrait: document(portrait=portrait))),
    st.builds(on.ReadFailed, presences, st.sampled_from(Reason), st.booleans()),
    st.builds(on.FaceGuided, visits, st.sampled_from(Guidance)),
    st.builds(on.FaceCompared, visits, st.sampled_from(Band).map(score)),
    st.builds(on.FaceCompared, visits, st.sampled_from(Reason).map(Unavailable)),
    st.builds(on.ListLookedUp, visits, st.sampled_from([LISTED, NOT_LISTED, Unavailable(Reason.LIST_FAULT)])),
    st.builds(on.LivenessChecked, visits, st.just(Unavailable(Reason.LIVENESS_NOT_MEASURED))),
    st.builds(on.FaultRaised, st.sampled_from(Fault)),
    st.builds(on.FaultCleared, st.sampled_from(Fault)),
    st.builds(on.SiteAlarm, st.sampled_from(AlarmKind)),
    st.builds(on.AdmittedByHand, st.sampled_from(HandReason), st.one_of(st.none(), visits)),
    st.builds(on.CallDismissed, visits),
    st.sampled_from([on.LanePaused(), on.LaneResumed(), on.ColleagueCalled()]),
    st.sampled_from([on.StaffedLaneChosen(), on.MoreTimeWanted(), on.PersonPassed(), on.TimedOut()]),
)
# Half of the stories start well, or the deep states would hardly ever be reached.
stories = st.tuples(st.integers(0, len(GENUINE)), st.lists(events, max_size=25)).map(
    lambda story: [*GENUINE[: story[0]], *story[1]]
)


@given(stories)
def test_every_step_leads_where_the_table_says_and_none_raises(story: list[on.Event]) -> None:
    lane = Lane(state=Attract())
    for event in story:
        rule = TABLE.get((type(lane.state), type(event)))
        after, effects = step(lane, event, POLICY, moment())
        if rule is None:
            assert (after.state, effects) == (lane.state, ())
        else:
            assert type(after.state) in rule.to
        lane = after


@given(stories)
def test_only_an_admit_decision_opens_the_gate(story: list[on.Event]) -> None:
    lane = Lane(state=Attract())
    for event in story:
        lane, effects = step(lane, event, POLICY, moment())
        opened = [effect for effect in effects if isinstance(effect, do.OpenGate)]
        decided = [effect for effect in effects if isinstance(effect, do.LogDecision)]
        if opened:
            assert [entry.decision.verdict for entry in decided] == [Verdict.ADMIT]
            assert opened == [do.OpenGate(decided[0].visit)]


@given(stories)
def test_no_fault_ends_in_admit(story: list[on.Event]) -> None:
    lane = Lane(state=Attract())
    for event in story:
        could_serve = lane.can_serve()
        lane, effects = step(lane, event, POLICY, moment())
        if any(isinstance(effect, do.OpenGate) for effect in effects):
            assert could_serve
            assert lane.can_serve()


@given(stories)
def test_a_result_never_outlives_its_card_presence(story: list[on.Event]) -> None:
    lying: Presence | None = None
    lane = Lane(state=Attract())
    for event in story:
        match event:
            case on.CardPresented(presence):
                lying = presence
            case on.CardRemoved(presence) if presence == lying:
                lying = None
            case _:
                pass
        before = lane.state
        lane, effects = step(lane, event, POLICY, moment())
        if any(isinstance(effect, do.OpenGate) for effect in effects):
            assert isinstance(before, Looking)
            assert before.presence == lying


@given(stories)
def test_whoever_leaves_a_visit_is_forgotten(story: list[on.Event]) -> None:
    lane = Lane(state=Attract())
    for event in story:
        before = lane.state
        lane, effects = step(lane, event, POLICY, moment())
        left = isinstance(before, Looking | Reading) and not isinstance(lane.state, Looking | Reading)
        if left:
            assert any(isinstance(effect, do.Forget) for effect in effects)


@given(stories)
def test_every_referral_and_alarm_calls_staff_and_is_counted_once(story: list[on.Event]) -> None:
    lane = Lane(state=Attract())
    for event in story:
        before = type(lane.state)
        lane, effects = step(lane, event, POLICY, moment())
        if isinstance(lane.state, Referred) and before is not Referred:
            assert sum(isinstance(effect, do.CallStaff) for effect in effects) == 1
            assert sum(isinstance(effect, do.CountVisit) for effect in effects) == 1


def test_the_table_is_about_known_events_only() -> None:
    known = set(on.Event.__args__)  # type: ignore[attr-defined]  # a union's members
    assert {event for _, event in TABLE} <= known


@pytest.mark.parametrize("state", [Attract(), TakeCard(presence=A)])
def test_a_fault_that_stops_the_lane_shows_at_once(state: Attract) -> None:
    lane, _ = play((on.FaultRaised(Fault.READER_SERVICE_DOWN),), Lane(state=state))
    assert screen_of(lane).kind is ScreenKind.OUT_OF_SERVICE


LIVENESS_POLICY = Policy(liveness_required=True)
FACE_ACCEPTED = on.FaceCompared(VISIT, score(Band.ACCEPT))


@pytest.mark.parametrize(
    ("liveness", "reasons"),
    [
        (Passed(), None),
        (Failed(Reason.LIVENESS_FAILED), (Reason.LIVENESS_FAILED,)),
        (Unavailable(Reason.LIVENESS_NOT_MEASURED), (Reason.LIVENESS_NOT_MEASURED,)),
    ],
)
def test_where_a_site_asks_for_liveness_only_a_live_face_gets_in(
    liveness: LivenessEvidence, reasons: tuple[Reason, ...] | None
) -> None:
    lane, done = Lane(state=Attract()), []
    for event in (*GENUINE[:3], on.LivenessChecked(VISIT, liveness), FACE_ACCEPTED):
        lane, effects = step(lane, event, LIVENESS_POLICY, moment())
        done.extend(effects)
    assert isinstance(lane.state, Admitted) is (reasons is None)
    assert (do.OpenGate in [type(effect) for effect in done]) is (reasons is None)
    (logged,) = [effect for effect in done if isinstance(effect, do.LogDecision)]
    assert logged.decision.reasons == (reasons or ())


def test_without_the_liveness_answer_nobody_gets_in() -> None:
    lane = Lane(state=Attract())
    for event in (*GENUINE[:3], FACE_ACCEPTED):
        lane, _ = step(lane, event, LIVENESS_POLICY, moment())
    assert isinstance(lane.state, Looking)
    lane, _ = step(lane, on.TimedOut(), LIVENESS_POLICY, moment())
    assert isinstance(lane.state, Referred)


def test_a_card_whose_photo_cannot_be_opened_does_not_wait_for_a_liveness_check_that_never_runs() -> None:
    unopened = document(portrait=Unavailable(Reason.PORTRAIT_UNDECODABLE))
    lane = Lane(state=Attract())
    for event in (on.CardPresented(A), on.CardRead(A, unopened), on.ListLookedUp(VISIT, NOT_LISTED)):
        lane, _ = step(lane, event, LIVENESS_POLICY, moment())
    assert isinstance(lane.state, Referred)
