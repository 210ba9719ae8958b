"""What bad input gets: a typed reason, the visitor politely to staff, the fault shown to staff, nothing lost."""

from dataclasses import dataclass, replace
from typing import Any

import pytest

from hardware.simulators.card import CardFaults
from hardware.simulators.personas import PERSONAS
from hardware.simulators.scenario.day import ARRIVES_WITHIN_S, Ledger
from hardware.simulators.scenario.house import House
from kiosk.visit.policy import Policy
from kiosk.visit.screen import ScreenKind

pytestmark = [pytest.mark.pcsc, pytest.mark.models, pytest.mark.timeout(300)]

LISA = PERSONAS["lisa"]
WRONG_CHECK_CHARACTER = replace(LISA, number=LISA.number[:17] + ("0" if LISA.number[17] != "0" else "1"))


@dataclass(frozen=True)
class Bad:
    """A card as the desk lays it, and the reason under which its visit is counted."""

    reason: str
    laid: dict[str, Any]


CARDS = {
    "an unknown card kind": Bad("document.unknown-kind", {"persona": LISA, "flag": "Z"}),
    "a citizen's card under another kind's flag": Bad("document.number-invalid", {"persona": LISA, "flag": "Y"}),
    "a number whose check character is wrong": Bad("document.number-invalid", {"persona": WRONG_CHECK_CHARACTER}),
    "a photo that nothing can decode": Bad("portrait.undecodable", {"persona": LISA, "decodable": False}),
}

BROKEN_CHIPS = {
    "a wrong checksum": CardFaults(wrong_checksum=True),
    "a short frame": CardFaults(short_frame=True),
    "a read error": CardFaults(sw3=0x41),
}


def wait_for_count(house: House, before: Ledger, label: str) -> None:
    house.wait_until(
        lambda: house.dispatcher.counts().get(label, 0) == before.counts[label] + 1, label, ARRIVES_WITHIN_S
    )


@pytest.mark.parametrize("what", CARDS)
def test_a_card_that_cannot_be_used_goes_to_staff_with_its_reason(house: House, what: str) -> None:
    bad = CARDS[what]
    before, mark = Ledger.of(house), house.window.mark()
    house.before_camera("lisa")
    house.card.lay(**bad.laid)
    seen = house.window.wait(ScreenKind.SEE_STAFF, since=mark)
    assert seen.reason_class == "document"
    assert seen.slip
    wait_for_count(house, before, f"refer/{bad.reason}")
    assert house.openings_so_far() == before.openings


@pytest.mark.parametrize("what", BROKEN_CHIPS)
def test_a_chip_that_cannot_be_read_is_asked_for_again_and_then_goes_to_staff(house: House, what: str) -> None:
    before = Ledger.of(house)
    for _ in range(Policy().reads_per_visit - 1):
        mark = house.window.mark()
        house.card.lay(LISA, faults=BROKEN_CHIPS[what])
        house.window.wait(ScreenKind.LAY_AGAIN, since=mark)
    mark = house.window.mark()
    house.card.lay(LISA, faults=BROKEN_CHIPS[what])
    house.window.wait(ScreenKind.SEE_STAFF, since=mark)
    wait_for_count(house, before, "refer/document.unreadable")


def test_two_people_before_the_camera_are_asked_and_never_guessed_between(house: House) -> None:
    before, mark = Ledger.of(house), house.window.mark()
    house.before_camera("two:lisa,zoom")
    house.card.lay(LISA)
    house.wait_until(
        lambda: any(seen.guidance == "one-person-only" for seen in house.window.seen_since(mark)), "the request", 10
    )
    house.before_camera("lisa")
    house.window.wait(ScreenKind.GO_IN, since=mark)
    assert house.openings_so_far() == before.openings + 1


def test_a_camera_that_stands_still_takes_the_lane_out_of_service_and_is_named_to_staff(house: House) -> None:
    mark = house.window.mark()
    house.before_camera("fault:stall")
    shown = house.window.wait(ScreenKind.OUT_OF_SERVICE, since=mark)
    assert "camera-stalled" in shown.faults
    house.wait_until(lambda: "camera-stalled" in house.dispatcher.kiosks()[0]["faults"], "the fault at the station", 15)


def test_a_camera_lost_in_mid_visit_refers_the_visitor_and_admits_nobody(house: House) -> None:
    before, mark = Ledger.of(house), house.window.mark()
    house.card.lay(LISA)  # nobody stands before the camera yet, so the visit waits there
    house.window.wait(ScreenKind.LOOK_HERE, since=mark)
    house.before_camera("fault:die")
    house.window.wait(ScreenKind.SEE_STAFF, since=mark)
    wait_for_count(house, before, "refer/fault.camera")
    assert house.openings_so_far() == before.openings
