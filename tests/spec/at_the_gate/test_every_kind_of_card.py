"""Every resident document opens the gate for its holder, and hides nobody who is listed."""

from dataclasses import replace

import pytest

from hardware.simulators.card.kinds import CardKind, papers
from hardware.simulators.personas import PERSONAS
from hardware.simulators.scenario.day import ARRIVES_WITHIN_S, Ledger
from hardware.simulators.scenario.house import House
from kiosk.visit.screen import ScreenKind

pytestmark = [pytest.mark.pcsc, pytest.mark.models, pytest.mark.timeout(300)]

LISA, LISTED = PERSONAS["lisa"], PERSONAS["p005"]


@pytest.mark.parametrize("kind", [CardKind.J, CardKind.I, CardKind.Y])
def test_the_holder_of_any_card_goes_in(house: House, kind: CardKind) -> None:
    before, mark = Ledger.of(house), house.window.mark()
    house.before_camera("lisa")
    house.card.lay(LISA, kind=kind)
    house.window.wait(ScreenKind.GO_IN, since=mark)
    house.wait_until(lambda: house.openings_so_far() == before.openings + 1, "the gate", ARRIVES_WITHIN_S)


def test_a_person_listed_under_the_old_number_is_known_by_the_card_of_2023(house: House) -> None:
    old_number = papers(LISTED, CardKind.Y).other_number
    house.list_person(replace(LISTED, number=old_number), case="EX-2017")
    before, mark = Ledger.of(house), house.window.mark()
    house.before_camera(LISTED.key)
    house.card.lay(LISTED, kind=CardKind.Y)
    house.window.wait(ScreenKind.SEE_STAFF, since=mark)
    house.wait_until(lambda: Ledger.of(house).alarms > before.alarms, "the alarm", ARRIVES_WITHIN_S)
    assert house.openings_so_far() == before.openings
