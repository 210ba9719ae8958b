"""Document numbers: valid by construction, silent when printed.

Rules
- An 18-character resident number ends in a check character over the first 17 (GB 11643-1999; ISO 7064 MOD 11-2)
  and carries a birth date in characters 7-14 that must exist.
- The 2023 permanent residence number has the same form, check character and birth-date place; it begins with 9.
- Characters 1-6 (region) are not checked against a register: regions are renamed and dissolved, and a number
  outlives its region.

A number compares and hashes by value, and its ``repr`` shows nothing of it: it must never reach a log.
"""

from dataclasses import dataclass
from datetime import date

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_CHARACTERS = "10X98765432"


class InvalidNumberError(ValueError):
    """A text that is not a document number. Says which rule it breaks, never the text itself."""


def check_character(first_17: str) -> str:
    """Return the check character of a resident number's first 17 digits (ISO 7064 MOD 11-2).

    Raises:
        InvalidNumberError: if ``first_17`` is not 17 ASCII digits.
    """
    if len(first_17) != len(_WEIGHTS) or not (first_17.isascii() and first_17.isdigit()):
        raise InvalidNumberError("the first 17 characters must be digits")
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, first_17, strict=True))
    return _CHECK_CHARACTERS[total % 11]


@dataclass(frozen=True, slots=True, order=True)
class DocumentNumber:
    """An 18-character resident or permanent residence number whose check character holds.

    Raises:
        InvalidNumberError: on any other text.
    """

    value: str

    def __post_init__(self) -> None:
        if len(self.value) != 18:
            raise InvalidNumberError("a resident number has 18 characters")
        if check_character(self.value[:17]) != self.value[17]:
            raise InvalidNumberError("the check character does not fit the number")
        try:
            self.birth_date()
        except ValueError:
            raise InvalidNumberError("the birth date in the number does not exist") from None

    def birth_date(self) -> date:
        """Return the birth date that the number carries in characters 7-14."""
        digits = self.value[6:14]
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))

    def is_male(self) -> bool:
        """Tell whether character 17 is odd, which the number uses for male holders."""
        return int(self.value[16]) % 2 == 1

    def __repr__(self) -> str:
        return "DocumentNumber(…)"
