"""The 256-byte text of a card: what the checks need of it, or exactly what is wrong with it.

- One layout table for each kind of card, and the kind is what the flag at byte 248 says (facts/resident-id.md). A flag
  that is not known is not read by guess: the 2023 permanent residence card says Y, and programs that know only I and J
  misread it as a citizen's.
- Name, ethnic group, address, issuer and the like are never even decoded. Sex and nationality are compared with the
  number, then dropped.
- The parts must agree: birth date, sex and nationality with the number, and the dates with each other.
"""

from collections.abc import Callable, Mapping
from typing import Final

from reader.errors import FieldError, UnknownKindError
from reader.layouts import citizen, permanent_2017, permanent_2023, residence_permit
from reader.layouts.fields import TEXT_BYTES, CardText

__all__ = ["TEXT_BYTES", "CardText", "parse"]

_KIND: Final = slice(248, 250)
_BY_FLAG: Final[Mapping[bytes, Callable[[bytes], CardText]]] = {
    b" \0": citizen.parse,
    b"J\0": residence_permit.parse,
    b"I\0": permanent_2017.parse,
    b"Y\0": permanent_2023.parse,
}


def parse(text: bytes) -> CardText:
    """Return what the checks need of a card's text.

    Raises:
        UnknownKindError: the card is of a kind that is not read here.
        NumberError: the number is none, or another kind's.
        FieldError: a field breaks its own rule, or disagrees with the number.
    """
    if len(text) != TEXT_BYTES:
        raise FieldError("text", 0, f"{len(text)} bytes instead of {TEXT_BYTES}")
    parser = _BY_FLAG.get(text[_KIND])
    if parser is None:
        raise UnknownKindError(f"kind flag at byte {_KIND.start}")
    return parser(text)
