from pathlib import Path

import pytest

import ui
from kiosk.domain.document import DocumentKind
from kiosk.domain.faults import Fault
from kiosk.domain.guidance import Guidance
from kiosk.domain.ids import SlipCode
from kiosk.domain.reasons import Reason, ReasonClass
from kiosk.visit.screen import Screen, ScreenKind, Slip
from ui.catalogue import EN, LANGUAGES, ZH_CN, ZH_TW, Language, catalogues
from ui.presenter import CardAct, Page, Tone, begins_anew, language_of_card, next_language, present
from ui.site import load_site

SITE = load_site(Path(ui.__file__).parent / "sites" / "gutian.toml")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ScreenKind)
def test_every_screen_offers_the_staffed_lane(kind: ScreenKind, language: Language) -> None:
    view = present(Screen(kind=kind), language, SITE)
    assert view.staffed_lane == catalogues()[language].say("action.staffed_lane")
    assert view.headline
    assert view.sentence
    assert view.second_headline != view.headline


def test_before_the_camera_starts_the_visitor_is_told_who_why_what_and_the_other_lane() -> None:
    notice = {note.label: note.text for note in present(Screen(kind=ScreenKind.ATTRACT), EN, SITE).notice}
    assert notice.keys() == {"Who", "Why", "We use", "We keep", "No face", "Children"}
    assert "Gutian Conference Memorial Hall" in notice["Who"]
    assert notice["We keep"].startswith("Nothing")
    assert "staffed lane is on your right" in notice["No face"]


@pytest.mark.parametrize("kind", sorted(set(ScreenKind) - {ScreenKind.ATTRACT}))
def test_the_notice_stands_on_the_attract_screen_alone(kind: ScreenKind) -> None:
    assert present(Screen(kind=kind), EN, SITE).notice == ()


def test_a_hit_on_the_list_and_a_machine_fault_give_the_same_words() -> None:
    screens = [
        Screen(kind=ScreenKind.SEE_STAFF, slip=Slip(code=SlipCode("A7K2"), reason_class=reason.reason_class()))
        for reason in (Reason.LISTED, Reason.LIST_TOO_OLD, Reason.TIME_OUT)
    ]
    assert len({present(screen, ZH_CN, SITE) for screen in screens}) == 1


@pytest.mark.parametrize("reason", ReasonClass)
def test_a_referred_visitor_gets_a_code_a_reason_and_a_number_to_complain(reason: ReasonClass) -> None:
    view = present(Screen(kind=ScreenKind.SEE_STAFF, slip=Slip(code=SlipCode("A7K2"), reason_class=reason)), EN, SITE)
    assert view.slip_code == "A7K2"
    assert view.slip_reason
    assert SITE.complaint_phone in view.complaint
    assert view.tone is Tone.STAFF


def test_the_slips_code_leads_to_the_sites_complaints_and_holds_nothing_but_the_code_and_the_reasons_class() -> None:
    slip = Slip(code=SlipCode("A7K-2BC"), reason_class=ReasonClass.CHECK)
    view = present(Screen(kind=ScreenKind.SEE_STAFF, slip=slip), EN, SITE)
    assert view.slip_link == f"{SITE.complaint_url}?code=A7K-2BC&reason=check"


def test_the_corner_beside_the_reader_says_what_the_card_should_do_now() -> None:
    acts = {kind: present(Screen(kind=kind), EN, SITE).card for kind in ScreenKind}
    assert acts[ScreenKind.ATTRACT] is acts[ScreenKind.LAY_AGAIN] is CardAct.LAY
    assert acts[ScreenKind.READING] is acts[ScreenKind.LOOK_HERE] is CardAct.LEAVE
    assert acts[ScreenKind.OUT_OF_SERVICE] is CardAct.OFF
    assert acts[ScreenKind.GO_IN] is None
    assert present(Screen(kind=ScreenKind.GO_IN, card_lies=True), EN, SITE).card is CardAct.TAKE


@pytest.mark.parametrize("kind", [ScreenKind.LOOK_HERE, ScreenKind.LAY_AGAIN])
def test_whoever_needs_longer_is_told_that_there_is_no_hurry(kind: ScreenKind) -> None:
    view = present(Screen(kind=kind, asks_more_time=True), EN, SITE)
    assert view.headline == "Do you need more time?"
    assert view.more_time == "More time"
    assert present(Screen(kind=kind), EN, SITE).more_time == ""


def test_a_child_is_sent_to_staff_kindly() -> None:
    slip = Slip(code=SlipCode("A7K-2BC"), reason_class=ReasonClass.CHILD)
    assert present(Screen(kind=ScreenKind.SEE_STAFF, slip=slip), EN, SITE).slip_reason.startswith("Children go in with")


@pytest.mark.parametrize("guidance", Guidance)
def test_one_hint_at_a_time_is_the_headline(guidance: Guidance) -> None:
    view = present(Screen(kind=ScreenKind.LOOK_HERE, guidance=guidance), EN, SITE)
    assert view.page is Page.CAMERA
    assert view.guidance == guidance
    assert view.headline != "Please look here"


def test_companions_are_asked_kindly() -> None:
    view = present(Screen(kind=ScreenKind.LOOK_HERE, guidance=Guidance.ONE_PERSON_ONLY), EN, SITE)
    assert view.sentence == "Your friends can wait beside you."


def test_staff_see_first_what_stops_the_lane_and_how_many_faults_there_are_more() -> None:
    faults = frozenset({Fault.LIST_AGEING, Fault.CERTIFICATE_REJECTED, Fault.READER_LOST, Fault.STATION_LINK})
    view = present(Screen(kind=ScreenKind.OUT_OF_SERVICE, faults=faults), EN, SITE)
    assert view.staff_codes == "reader-lost\ncertificate-rejected +2"


def test_a_key_in_a_file_is_named_and_hides_no_other_fault() -> None:
    faults = frozenset({Fault.DEVICE_KEY_FILE, Fault.LIST_AGEING})
    view = present(Screen(kind=ScreenKind.ATTRACT, faults=faults), EN, SITE)
    assert view.staff_codes == "list-ageing\ndevice-key-in-file"
    view = present(Screen(kind=ScreenKind.ATTRACT, faults=faults | {Fault.STATION_LINK}), EN, SITE)
    assert view.staff_codes == "list-ageing\nstation-link-down +1"


def test_the_language_button_goes_round_all_languages() -> None:
    seen = [SITE.default_language]
    for _ in LANGUAGES[1:]:
        seen.append(next_language(seen[-1]))
    assert set(seen) == set(LANGUAGES)
    assert next_language(seen[-1]) == seen[0]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (ScreenKind.TAKE_CARD, ScreenKind.ATTRACT),
        (ScreenKind.SEE_STAFF, ScreenKind.ATTRACT),
        (ScreenKind.SEE_STAFF, ScreenKind.READING),
        (ScreenKind.GO_IN, ScreenKind.READING),
    ],
)
def test_the_next_visitor_is_somebody_else(before: ScreenKind, after: ScreenKind) -> None:
    assert begins_anew(before, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (ScreenKind.ATTRACT, ScreenKind.ATTRACT),
        (ScreenKind.ATTRACT, ScreenKind.READING),
        (ScreenKind.READING, ScreenKind.LAY_AGAIN),
        (ScreenKind.LAY_AGAIN, ScreenKind.READING),
        (ScreenKind.LOOK_HERE, ScreenKind.SEE_STAFF),
        (ScreenKind.GO_IN, ScreenKind.TAKE_CARD),
    ],
)
def test_the_same_visitor_keeps_the_language_that_they_chose(before: ScreenKind, after: ScreenKind) -> None:
    assert not begins_anew(before, after)


@pytest.mark.parametrize(
    ("card", "language"),
    [
        (DocumentKind.RESIDENT, None),
        (DocumentKind.RESIDENCE_PERMIT, ZH_TW),
        (DocumentKind.PERMANENT_2017, EN),
        (DocumentKind.PERMANENT_2023, EN),
    ],
)
def test_a_card_from_elsewhere_brings_its_language(card: DocumentKind, language: Language | None) -> None:
    assert language_of_card(card) == language
