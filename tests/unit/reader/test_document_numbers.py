from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.simulators.personas import PERSONAS, Persona, synthetic_number
from kiosk.domain.numbers import DocumentNumber, InvalidNumberError, NumberForm, check_digit_731

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


def test_the_check_digit_is_that_of_doc_9303() -> None:
    """ICAO Doc 9303 part 3, 4.9 and part 4, appendix: 520727 has 3, L898902C3 has 6."""
    assert check_digit_731("520727") == "3"
    assert check_digit_731("L898902C3") == "6"


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("11010519491231002X", NumberForm.RESIDENT),
        ("ISL707088051747", NumberForm.PERMANENT_2017),
        ("H12345678", NumberForm.TRAVEL_PERMIT),
        ("M12345678", NumberForm.TRAVEL_PERMIT),
        ("12345678", NumberForm.TRAVEL_PERMIT),
    ],
)
def test_a_numbers_form_is_told_by_its_shape(text: str, form: NumberForm) -> None:
    if form is NumberForm.PERMANENT_2017:
        text = text[:14] + check_digit_731(text[:14])
    assert DocumentNumber(text).form is form


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        "1234567",
        "A12345678",
        "H1234567",
        "123456789",
        "١٢٣٤٥٦٧٨",
        "ISL70708805174٧",
        "isl707088051740",
        "I" * 15,
    ],
)
def test_anything_else_is_no_number(text: str) -> None:
    with pytest.raises(InvalidNumberError):
        DocumentNumber(text)


@pytest.mark.parametrize("place", range(14))
def test_one_changed_character_makes_a_number_of_2017_invalid(place: int) -> None:
    good = "ISL70708805174" + check_digit_731("ISL70708805174")
    changed = "1" if good[place] != "1" else "2"
    with pytest.raises(InvalidNumberError):
        DocumentNumber(good[:place] + (changed if place > 2 else "J") + good[place + 1 :])
