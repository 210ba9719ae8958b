"""The token of an enrolment is typed by a person: every slip of a finger is told before anything is sent."""

import re

import pytest

from sync.enrol_token import ALPHABET, MistypedError, as_made, new_token

MADE = "YMF6Q-BM21X-ABP08-HVKKP-SWCSV"


def is_told(typed: str) -> bool:
    try:
        as_made(typed)
    except MistypedError:
        return True
    return False


def test_a_token_is_five_groups_that_a_scanner_can_read_and_no_two_are_alike() -> None:
    tokens = {new_token() for _ in range(1000)}
    assert len(tokens) == 1000
    assert all(re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{5}-){4}[0-9A-HJKMNP-TV-Z]{5}", token) for token in tokens)
    assert all(as_made(token) == token for token in tokens)


@pytest.mark.parametrize(
    "typed",
    [
        MADE.lower(),
        MADE.replace("-", ""),
        MADE.replace("-", " "),
        f"  {MADE}\n",
        MADE.replace("1", "l"),
        MADE.replace("0", "o"),
    ],
)
def test_case_and_spacing_do_not_matter_nor_do_letters_that_look_like_digits(typed: str) -> None:
    assert as_made(typed) == MADE


def test_any_one_wrong_character_is_told() -> None:
    for at, right in enumerate(MADE):
        if right != "-":
            assert all(is_told(MADE[:at] + wrong + MADE[at + 1 :]) for wrong in ALPHABET if wrong != right)


def test_two_neighbours_that_changed_places_are_told() -> None:
    plain = MADE.replace("-", "")
    for at in range(len(plain) - 1):
        one, other = plain[at : at + 2]
        assert one == other or is_told(plain[:at] + other + one + plain[at + 2 :])


@pytest.mark.parametrize("typed", ["", MADE[:-1], MADE + "0", MADE[:-1] + "U", MADE[:-1] + "€", "a password"])
def test_what_is_too_short_too_long_or_of_other_characters_is_told(typed: str) -> None:
    assert is_told(typed)
