"""The ten stories of the demo, each with its right outcome (issue "One visit, end to end")."""

from collections.abc import Mapping

import pytest

from hardware.simulators.scenario.day import Day, Outcome
from hardware.simulators.scenario.house import House
from kiosk.visit.screen import ScreenKind
from sync.kiosk_end.evidence_file import EvidenceFile

NUMBERS = [visitor.number for visitor in Day().visitors()]
pytestmark = [pytest.mark.pcsc, pytest.mark.models, pytest.mark.timeout(300)]


@pytest.mark.parametrize("number", NUMBERS)
def test_each_visitor_sees_and_the_station_gets_what_is_right(day: Mapping[str, Outcome], number: str) -> None:
    assert day[number].wrong == ""


def test_a_listed_visitor_sees_the_screens_that_an_ordinary_referral_sees(day: Mapping[str, Outcome]) -> None:
    ordinary, listed = (
        # How long a card lies there afterwards is its holder's affair, here the test's.
        [screen for screen in day[number].saw if screen is not ScreenKind.TAKE_CARD]
        for number in ("4", "5")
    )
    assert listed[-2:] == ordinary[-2:]
    assert ScreenKind.SEE_STAFF in listed


def test_an_alarm_raised_while_the_station_was_down_came_once(day: Mapping[str, Outcome]) -> None:
    assert day["10"].got == "alarm: wanted-person"


def test_of_each_listed_person_a_face_lies_sealed_at_the_gate_and_of_nobody_else(
    day: Mapping[str, Outcome], alarms_before_day: int, house: House
) -> None:
    alarms = [alarm["id"] for alarm in house.dispatcher.alarms() if alarm["entry"]]
    assert len(alarms) - alarms_before_day == sum("alarm" in outcome.got for outcome in day.values()) > 0
    evidence = EvidenceFile(house.kiosk_data)
    assert evidence.held_or_0() == len(alarms)
    assert all(evidence.sealed(alarm) for alarm in alarms)
    evidence.close()


def test_an_alarm_says_what_was_measured_and_names_nobody(day: Mapping[str, Outcome], house: House) -> None:
    facts = {alarm["kind"]: alarm["facts"] for alarm in house.dispatcher.alarms()}
    wanted, misuse = facts["wanted-person"], facts["listed-document-holder-differs"]
    assert wanted["band"] == "accept"
    assert misuse["band"] == "reject"
    assert wanted["pack_digest"]
    assert wanted["liveness"] == "liveness.not-measured"
    assert not {"name", "number", "picture", "portrait"} & set(wanted)
