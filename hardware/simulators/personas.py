"""The invented people of the tests, the demo and the training desk: one card and one face each.

Nobody real can be meant: all numbers begin with 709901, and GB/T 2260 (the register of regions) has no province 70.
A number is otherwise complete: birth date, a sequence whose parity is the sex, and the check character. The faces
belong to other, real people: ``faces/ATTRIBUTION.md``. A test that needs another date or number changes one field
with ``dataclasses.replace``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Final

FACES: Final = Path(__file__).with_name("faces")

_NO_SUCH_REGION: Final = "709901"
_VALID_FROM: Final = date(2020, 1, 1)
_VALID_UNTIL: Final = date(2040, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Persona:
    """An invented holder of a resident card.

    ``valid_until`` is None on a card that says 长期 (long-term). ``portrait`` is the picture that the card's photo is
    made of, at 102:126; ``live`` are pictures of the same face as a camera would see it.
    """

    key: str
    number: str = field(repr=False)
    name: str = field(repr=False)
    male: bool
    born: date
    valid_from: date = _VALID_FROM
    valid_until: date | None = _VALID_UNTIL
    portrait: Path
    live: tuple[Path, ...]


def synthetic_number(born: date, sequence: int) -> str:
    """Return a well-formed number that belongs to nobody; an odd ``sequence`` (0-999) is a man's."""
    first_17 = f"{_NO_SUCH_REGION}{born:%Y%m%d}{sequence:03d}"
    return first_17 + check_character(first_17)


def check_character(first_17: str) -> str:
    """Return the check character of a number.

    It is worked out by ISO 7064's recursive method, while the product uses the weights of GB 11643: each checks the
    other.
    """
    product = 0
    for digit in first_17:
        product = (product + int(digit)) * 2 % 11
    check = (12 - product) % 11
    return "X" if check == 10 else str(check)


def _persona(key: str, name: str, sex: str, born: date, sequence: int) -> Persona:
    folder = FACES / key
    (portrait,) = folder.glob("portrait.*")
    return Persona(
        key=key,
        number=synthetic_number(born, sequence),
        name=name,
        male=sex == "male",
        born=born,
        portrait=portrait,
        live=tuple(sorted(folder.glob("live-*.jpg"))),
    )


PERSONAS: Final[Mapping[str, Persona]] = MappingProxyType(
    {
        persona.key: persona
        for persona in (
            _persona("lisa", "演示甲", "female", date(1988, 5, 17), 2),
            _persona("zoom", "演示乙", "female", date(1986, 2, 28), 4),
            _persona("p005", "演示丙", "male", date(1998, 9, 3), 11),
            _persona("p013", "演示丁", "female", date(2000, 2, 29), 22),
            _persona("p025", "演示戊", "female", date(2005, 7, 21), 34),
            _persona("p030", "演示己", "female", date(2002, 11, 9), 46),
            _persona("p037", "演示庚", "male", date(1989, 12, 31), 57),
            _persona("p061", "演示辛", "male", date(1986, 4, 6), 69),
            _persona("p066", "演示壬", "female", date(2004, 3, 15), 70),
            _persona("p105", "演示癸", "male", date(1991, 10, 1), 83),
        )
    }
)
