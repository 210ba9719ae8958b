"""The same invented holder with each of the four kinds of card, and numbers that are nobody's.

- Y and I: province 70, which GB/T 2260 does not have. The nationality is Iceland's, as ISO 3166 must know it.
- J: its numbers have no province, so the holder's card says that he was born a hundred years earlier than he was.
- Check characters are worked out here a second way, so that product and simulator check each other.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from hardware.simulators.personas import Persona, check_character

NATIONALITY: Final = "ISL"
_COUNTRY: Final = "352"
_NO_SUCH_PROVINCE: Final = "70"
LINK: Final = "704"
"""Of a Y card to the number of 2017: its characters 6, 7 and 14."""


class CardKind(StrEnum):
    """The kinds of card, by the letter that the card itself has for them."""

    CITIZEN = "citizen"
    J = "J"
    I = "I"  # noqa: E741  # the card's own letter
    Y = "Y"

    @property
    def flag(self) -> str:
        """Return the character at byte 248."""
        return " " if self is CardKind.CITIZEN else self.value


@dataclass(frozen=True, slots=True)
class Papers:
    """What a holder's card of one kind says: its own number, the other one (or an empty text), the birth date."""

    number: str = field(repr=False)
    other_number: str = field(repr=False)
    born: date = field(repr=False)


def papers(persona: Persona, kind: CardKind) -> Papers:
    """Return what the persona's card of this kind says. ``other_number`` is what the holder may be listed under too."""
    born, sequence = persona.born, persona.number[14:17]
    of_2017 = _number_of_2017(born)
    match kind:
        case CardKind.CITIZEN:
            return Papers(persona.number, "", born)
        case CardKind.J:
            earlier = born.replace(year=born.year - 100, day=min(born.day, 28))
            return Papers(_checked(f"830000{earlier:%Y%m%d}{sequence}"), f"00000{sequence}", earlier)
        case CardKind.I:
            return Papers(of_2017, "", born)
        case CardKind.Y:
            own = _checked(f"9{_NO_SUCH_PROVINCE}{_COUNTRY}{born:%Y%m%d}{sequence}")
            return Papers(own, of_2017, born)


def _checked(first_17: str) -> str:
    return first_17 + check_character(first_17)


def _number_of_2017(born: date) -> str:
    """ICAO Doc 9303's check digit, counted letter by letter rather than in base 36."""
    first_14 = f"{NATIONALITY}{_NO_SUCH_PROVINCE}{LINK[:2]}{born:%y%m%d}{LINK[2]}"
    total = 0
    for place, character in enumerate(first_14):
        value = ord(character) - 48 if character.isdigit() else ord(character) - 55
        total += value * (7, 3, 1)[place % 3]
    return f"{first_14}{total % 10}"
