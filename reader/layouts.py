"""The 256-byte text of a card: what the checks need of it, or exactly what is wrong with it.

- UTF-16LE, padded with spaces; places and widths are fixed (facts/resident-id.md). The kind of the card is the
  character at byte 248: blank is a citizen's resident card. Anything else is not read by guess: the 2023 permanent
  residence card says Y, and programs that know only I and J misread it as a citizen's.
- Name, ethnic group, address and issuer are never even decoded. Sex is compared with the number, then dropped.
- The parts must agree: birth date and sex with the number, and the dates with each other.
- An error names the field, its byte and the rule, never what the card says there.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Final

from kiosk.domain.document import LONG_TERM, DocumentKind
from kiosk.domain.numbers import DocumentNumber, InvalidNumberError
from reader.errors import FieldError, NumberError, UnknownKindError

TEXT_BYTES: Final = 256
_CITIZEN: Final = b" \0"
_LONG_TERM: Final = "长期"


@dataclass(frozen=True, slots=True)
class _Field:
    """A place in the text: its name, first byte and width in bytes."""

    name: str
    offset: int
    width: int


_SEX: Final = _Field("sex", 30, 2)
_BIRTH: Final = _Field("birth date", 36, 16)
_NUMBER: Final = _Field("number", 122, 36)
_VALID_FROM: Final = _Field("valid from", 188, 16)
_VALID_UNTIL: Final = _Field("valid until", 204, 16)
_KIND: Final = _Field("kind", 248, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class CardText:
    """What is kept of a card's text. ``valid_until`` is ``LONG_TERM`` on a card that does not expire."""

    kind: DocumentKind
    numbers: tuple[DocumentNumber, ...]
    born: date = field(repr=False)
    valid_from: date = field(repr=False)
    valid_until: date = field(repr=False)


def parse(text: bytes) -> CardText:
    """Return what the checks need of a card's text.

    Raises:
        UnknownKindError: the card is of a kind that is not read here.
        NumberError: the number is none.
        FieldError: a field breaks its own rule, or disagrees with the number.
    """
    if len(text) != TEXT_BYTES:
        raise FieldError("text", 0, f"{len(text)} bytes instead of {TEXT_BYTES}")
    if _bytes(text, _KIND) != _CITIZEN:
        raise UnknownKindError(f"kind flag at byte {_KIND.offset}")
    return _parse_citizen(text)


def _parse_citizen(text: bytes) -> CardText:
    number = _number(text)
    born = _date(text, _BIRTH)
    if born != number.birth_date():
        raise _error(_BIRTH, "differs from the number's")
    _check_sex(text, number)
    valid_from = _date(text, _VALID_FROM)
    if valid_from < born:
        raise _error(_VALID_FROM, "before the birth date")
    valid_until = LONG_TERM if _string(text, _VALID_UNTIL).rstrip(" ") == _LONG_TERM else _date(text, _VALID_UNTIL)
    if valid_until < valid_from:
        raise _error(_VALID_UNTIL, "before the first day of validity")
    return CardText(
        kind=DocumentKind.RESIDENT,
        numbers=(number,),
        born=born,
        valid_from=valid_from,
        valid_until=valid_until,
    )


def _number(text: bytes) -> DocumentNumber:
    try:
        return DocumentNumber(_string(text, _NUMBER))
    except InvalidNumberError as error:
        raise NumberError(_NUMBER.name, _NUMBER.offset, str(error)) from None


def _check_sex(text: bytes, number: DocumentNumber) -> None:
    """GB/T 2261.1: 1 male, 2 female, 0 unknown, 9 unspecified; the last two are compared with nothing."""
    match _string(text, _SEX):
        case "1":
            agrees = number.is_male()
        case "2":
            agrees = not number.is_male()
        case "0" | "9":
            agrees = True
        case _:
            raise _error(_SEX, "not a code of GB/T 2261.1")
    if not agrees:
        raise _error(_SEX, "differs from the number's")


def _date(text: bytes, place: _Field) -> date:
    digits = _string(text, place)
    if not (digits.isascii() and digits.isdigit()):
        raise _error(place, "not eight digits")
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise _error(place, "no such day") from None


def _string(text: bytes, place: _Field) -> str:
    try:
        return _bytes(text, place).decode("utf-16-le")
    except UnicodeDecodeError:
        raise _error(place, "not UTF-16LE") from None


def _bytes(text: bytes, place: _Field) -> bytes:
    return text[place.offset : place.offset + place.width]


def _error(place: _Field, why: str) -> FieldError:
    return FieldError(place.name, place.offset, why)
