"""Document numbers: valid by construction, silent when printed.

Three forms, told apart by their shape alone
- RESIDENT, 18 characters: the number of resident cards, of residence permits (they begin 81, 82, 83) and of the 2023
  permanent residence card (it begins 9). The last is a check character over the first 17 (GB 11643-1999; ISO 7064
  MOD 11-2); characters 7-14 are a birth date that must exist; character 17 is odd for men, even for women.
- PERMANENT_2017, 15 characters: nationality (alpha-3), province (2), 2 digits, YYMMDD, 1 digit, and a check digit
  (7-3-1 of ICAO Doc 9303 part 3, 4.9) over the first 14.
- TRAVEL_PERMIT, 8 digits (Taiwan), or H or M and 8 digits (Hong Kong, Macao) [unverified]. No check digit is known.

Characters 1-6 of an 18-character number (region) are not checked against a register: regions are renamed and dissolved,
and a number outlives its region.

A number compares and hashes by value, and its ``repr`` shows nothing of it: it must never reach a log.
"""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_CHARACTERS = "10X98765432"
_PERMANENT_2017: Final = re.compile(r"[A-Z]{3}[0-9]{12}")
_TRAVEL_PERMIT: Final = re.compile(r"[HM]?[0-9]{8}")


class InvalidNumberError(ValueError):
    """A text that is not a document number. Says which rule it breaks, never the text itself."""


class NumberForm(StrEnum):
    """Which of the three kinds of number it is."""

    RESIDENT = "resident"
    PERMANENT_2017 = "permanent-2017"
    TRAVEL_PERMIT = "travel-permit"


def check_character(first_17: str) -> str:
    """Return the check character of a resident number's first 17 digits (ISO 7064 MOD 11-2).

    Raises:
        InvalidNumberError: if ``first_17`` is not 17 ASCII digits.
    """
    if len(first_17) != len(_WEIGHTS) or not (first_17.isascii() and first_17.isdigit()):
        raise InvalidNumberError("the first 17 characters must be digits")
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, first_17, strict=True))
    return _CHECK_CHARACTERS[total % 11]


def check_digit_731(text: str) -> str:
    """Return the 7-3-1 check digit of ICAO Doc 9303 part 3, 4.9, over digits (0-9) and letters (A = 10 ... Z = 35)."""
    return str(sum(int(character, 36) * (7, 3, 1)[place % 3] for place, character in enumerate(text)) % 10)


_NO_PROVINCE: Final = "70"
"""GB/T 2260 has no province 70: a number that begins with it can be nobody's."""
_NOBODY_BORN_BEFORE: Final = 1910


@dataclass(frozen=True, slots=True, order=True)
class DocumentNumber:
    """A number of one of the three forms, whose check character (where there is one) holds.

    Raises:
        InvalidNumberError: on any other text.
    """

    value: str

    def __post_init__(self) -> None:
        match len(self.value):
            case 18:
                self._check_resident()
            case 15:
                self._check_permanent_2017()
            case 8 | 9 if _TRAVEL_PERMIT.fullmatch(self.value):
                pass
            case _:
                raise InvalidNumberError("a number has 18 characters, 15, or those of a travel permit")

    @property
    def form(self) -> NumberForm:
        """Return which form of number this is."""
        return {18: NumberForm.RESIDENT, 15: NumberForm.PERMANENT_2017}.get(len(self.value), NumberForm.TRAVEL_PERMIT)

    def birth_date(self) -> date:
        """Return the birth date in characters 7-14. Only a RESIDENT number carries a whole one."""
        assert self.form is NumberForm.RESIDENT
        digits = self.value[6:14]
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))

    def is_male(self) -> bool:
        """Tell whether character 17 is odd, which a RESIDENT number uses for male holders; the others carry no sex."""
        assert self.form is NumberForm.RESIDENT
        return int(self.value[16]) % 2 == 1

    def is_nobodys(self) -> bool:
        """Tell whether this is a made-up number, as the simulator's cards have: no living person can bear it."""
        match self.form:
            case NumberForm.PERMANENT_2017:
                return self.value[3:5] == _NO_PROVINCE
            case NumberForm.TRAVEL_PERMIT:
                return self.value.startswith("00000")
            case _:
                in_no_province = self.value.startswith((_NO_PROVINCE, f"9{_NO_PROVINCE}"))
                return in_no_province or self.birth_date().year < _NOBODY_BORN_BEFORE

    def __repr__(self) -> str:
        return "DocumentNumber(…)"

    def _check_resident(self) -> None:
        if check_character(self.value[:17]) != self.value[17]:
            raise InvalidNumberError("the check character does not fit the number")
        try:
            self.birth_date()
        except ValueError:
            raise InvalidNumberError("the birth date in the number does not exist") from None

    def _check_permanent_2017(self) -> None:
        if not _PERMANENT_2017.fullmatch(self.value):
            raise InvalidNumberError("a 15-character number is three letters and twelve digits")
        if check_digit_731(self.value[:14]) != self.value[14]:
            raise InvalidNumberError("the check digit does not fit the number")
