from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.simulators.personas import PERSONAS, Persona, synthetic_number
from kiosk.domain.numbers import DocumentNumber, InvalidNumberError

PUBLISHED = [
    "11010519491231002X",  # GB 11643-1999, the standard's own example
    "932682198501010017",  # specimen of the 2023 permanent residence card
    "911124198108030024",  # specimen of the 2023 permanent residence card
]


@pytest.mark.parametrize("number", PUBLISHED)
def test_the_published_specimen_numbers_are_valid(number: str) -> None:
    assert DocumentNumber(number).value == number


@pytest.mark.parametrize("number", PUBLISHED)
@pytest.mark.parametrize("place", range(18))
def test_one_changed_digit_makes_a_number_invalid(number: str, place: int) -> None:
    changed = "0" if number[place] != "0" else "1"
    with pytest.raises(InvalidNumberError):
        DocumentNumber(number[:place] + changed + number[place + 1 :])


@given(born=st.dates(min_value=PERSONAS["lisa"].born), sequence=st.integers(0, 999))
def test_both_methods_for_the_check_character_agree(born: date, sequence: int) -> None:
    number = DocumentNumber(synthetic_number(born, sequence))
    assert number.birth_date() == born
    assert number.is_male() == (sequence % 2 == 1)


@pytest.mark.parametrize("persona", PERSONAS.values(), ids=PERSONAS.keys())
def test_a_persona_has_a_whole_number_that_is_nobodys(persona: Persona) -> None:
    number = DocumentNumber(persona.number)
    assert number.value.startswith("70"), "GB/T 2260 has no province 70"
    assert (number.birth_date(), number.is_male()) == (persona.born, persona.male)
    assert persona.number not in repr(persona)
    assert persona.live
