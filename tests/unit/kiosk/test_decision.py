"""Who is admitted, who goes to staff, and what an alarm says."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from visits import LISTED, NOT_LISTED, TODAY, document, score

from kiosk.domain.evidence import Band, FaceScore, Failed, Listed, NotListed, Passed, Unavailable
from kiosk.domain.reasons import Reason, ReasonClass
from kiosk.domain.verdict import AlarmKind, Verdict
from kiosk.visit.decision import Evidence, decide
from kiosk.visit.policy import Policy

UNMEASURED = Unavailable(Reason.LIVENESS_NOT_MEASURED)


def evidence(**changes: object) -> Evidence:
    fields: dict[str, object] = {
        "document": document(),
        "face": score(Band.ACCEPT),
        "liveness": UNMEASURED,
        "listing": NOT_LISTED,
    }
    return Evidence(**(fields | changes))  # type: ignore[arg-type]  # a test's own shorthand


def test_a_genuine_visitor_with_a_card_in_date_is_admitted() -> None:
    decision = decide(evidence(), Policy(), TODAY)
    assert (decision.verdict, decision.reasons) == (Verdict.ADMIT, ())


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"document": document(valid_until=TODAY - timedelta(days=1))}, Reason.EXPIRED),
        ({"document": document(valid_from=TODAY + timedelta(days=1))}, Reason.NOT_YET_VALID),
        ({"document": document(born=date(TODAY.year - 13, 1, 1))}, Reason.UNDER_AGE),
        ({"document": document(portrait=Unavailable(Reason.PORTRAIT_UNDECODABLE))}, Reason.PORTRAIT_UNDECODABLE),
        ({"face": score(Band.STAFF)}, Reason.FACE_UNSURE),
        ({"face": score(Band.REJECT)}, Reason.FACE_DIFFERS),
        ({"face": Unavailable(Reason.NO_FACE_SEEN)}, Reason.NO_FACE_SEEN),
        ({"liveness": Failed(Reason.LIVENESS_FAILED)}, Reason.LIVENESS_FAILED),
        ({"listing": NotListed(timedelta(hours=24, seconds=1))}, Reason.LIST_TOO_OLD),
        ({"listing": Unavailable(Reason.LIST_MISSING)}, Reason.LIST_MISSING),
    ],
)
def test_whatever_is_not_right_sends_the_visitor_to_staff_with_its_reason(
    changes: dict[str, object], reason: Reason
) -> None:
    decision = decide(evidence(**changes), Policy(), TODAY)
    assert decision.verdict is Verdict.REFER
    assert reason in decision.reasons


def test_a_card_is_good_on_its_first_and_on_its_last_day() -> None:
    for day in (date(2020, 1, 1), date(2040, 1, 1)):
        assert decide(evidence(), Policy(), day).verdict is Verdict.ADMIT


def test_where_the_site_asks_for_liveness_a_check_that_did_not_run_is_no_pass() -> None:
    decision = decide(evidence(), Policy(liveness_required=True), TODAY)
    assert decision.reasons == (Reason.LIVENESS_NOT_MEASURED,)


@pytest.mark.parametrize(
    ("face", "kind"),
    [
        (score(Band.ACCEPT), AlarmKind.WANTED_PERSON),
        (score(Band.REJECT), AlarmKind.HOLDER_DIFFERS),
        (score(Band.STAFF), AlarmKind.HOLDER_UNSURE),
        (Unavailable(Reason.CAMERA_FAULT), AlarmKind.HOLDER_UNSURE),
    ],
)
def test_a_listed_number_in_other_hands_is_never_called_a_wanted_person(face: FaceScore, kind: AlarmKind) -> None:
    decision = decide(evidence(face=face, listing=LISTED), Policy(), TODAY)
    assert (decision.verdict, decision.alarm) == (Verdict.ALARM, kind)


def test_a_hit_on_a_list_older_than_a_day_still_alarms() -> None:
    old = Listed(LISTED.entry, timedelta(days=3))
    assert decide(evidence(listing=old), Policy(), TODAY).verdict is Verdict.ALARM


def test_a_listed_persons_slip_gives_a_class_that_ordinary_referrals_get_too() -> None:
    ordinary = {reason.reason_class() for reason in Reason if reason is not Reason.LISTED}
    assert Reason.LISTED.reason_class() is ReasonClass.CHECK
    assert ReasonClass.CHECK in ordinary


faces = st.one_of(st.sampled_from(Band).map(score), st.sampled_from(Reason).map(Unavailable))
liveness = st.one_of(st.just(Passed()), st.sampled_from(Reason).map(Failed), st.sampled_from(Reason).map(Unavailable))
listings = st.one_of(
    st.builds(NotListed, st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=9))),
    st.builds(Listed, st.just(LISTED.entry), st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=9))),
    st.sampled_from(Reason).map(Unavailable),
)


@given(face=faces, live=liveness, listing=listings, required=st.booleans(), today=st.dates())
def test_nobody_is_admitted_unless_every_check_ran_and_passed(
    face: FaceScore, live: Passed, listing: NotListed, required: bool, today: date
) -> None:
    found = evidence(face=face, liveness=live, listing=listing)
    decision = decide(found, Policy(liveness_required=required), today)
    if decision.verdict is Verdict.ADMIT:
        assert isinstance(face, FaceScore)
        assert face.band is Band.ACCEPT
        assert isinstance(listing, NotListed)
        assert listing.list_age <= Policy().list_usable_for
        assert found.document.is_valid_on(today)
        assert not isinstance(live, Failed)
        assert isinstance(live, Passed) or not required


@given(face=faces, live=liveness, today=st.dates())
def test_a_listed_number_always_alarms(face: FaceScore, live: Passed, today: date) -> None:
    decision = decide(evidence(face=face, liveness=live, listing=LISTED), Policy(), today)
    assert decision.verdict is Verdict.ALARM
