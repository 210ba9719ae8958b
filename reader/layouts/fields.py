"""Places in the 256-byte text of a card, and what stands there: strings, dates, numbers, sex.

UTF-16LE, padded with spaces. An error names the field, its byte and the rule, never what the card says there.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Final

from kiosk.domain.document import LONG_TERM, DocumentKind
from kiosk.domain.numbers import DocumentNumber, InvalidNumberError, NumberForm
from reader.errors import FieldError, NumberError

TEXT_BYTES: Final = 256
_LONG_TERM: Final = "长期"


@dataclass(frozen=True, slots=True)
class Field:
    """A place in the text: its name, first byte and width in bytes."""

    name: str
    offset: int
    width: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CardText:
    """What is kept of a card's text. ``valid_until`` is ``LONG_TERM`` on a card that does not expire."""

    kind: DocumentKind
    numbers: tuple[DocumentNumber, ...]
    born: date = field(repr=False)
    valid_from: date = field(repr=False)
    valid_until: date = field(repr=False)


def field_error(place: Field, why: str) -> FieldError:
    """Return the error that names a place and the rule that it breaks."""
    return FieldError(place.name, place.offset, why)


def string(text: bytes, place: Field) -> str:
    """Return what stands at a place, padding and all. Raises FieldError."""
    try:
        return text[place.offset : place.offset + place.width].decode("utf-16-le")
    except UnicodeDecodeError:
        raise field_error(place, "not UTF-16LE") from None


def day(text: bytes, place: Field) -> date:
    """Return the date YYYYMMDD at a place. Raises FieldError."""
    digits = string(text, place)
    if not (digits.isascii() and digits.isdigit()):
        raise field_error(place, "not eight digits")
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise field_error(place, "no such day") from None


def number(text: bytes, place: Field, form: NumberForm, beginnings: tuple[str, ...] = ("",)) -> DocumentNumber:
    """Return the card's own number, which must have its kind's form and begin as that kind's do. Raises NumberError."""
    try:
        found = DocumentNumber(string(text, place).rstrip(" "))
    except InvalidNumberError as error:
        raise NumberError(place.name, place.offset, str(error)) from None
    if found.form is not form or not found.value.startswith(beginnings):
        raise NumberError(place.name, place.offset, "of another kind of card")
    return found


def birth_date(text: bytes, place: Field, own: DocumentNumber) -> date:
    """Return the birth date at a place, which must be the one in the card's 18-character number. Raises FieldError."""
    born = day(text, place)
    if born != own.birth_date():
        raise field_error(place, "differs from the number's")
    return born


def check_sex(text: bytes, place: Field, own: DocumentNumber | None) -> None:
    """Compare the sex with the number's, where that carries one. Raises FieldError.

    GB/T 2261.1: 1 male, 2 female, 0 unknown, 9 unspecified [unverified]; the last two are compared with nothing.
    """
    code = string(text, place)
    if code not in ("0", "1", "2", "9"):
        raise field_error(place, "not a code of GB/T 2261.1")
    if own is not None and code in ("1", "2") and own.is_male() != (code == "1"):
        raise field_error(place, "differs from the number's")


def validity(
    text: bytes, first: Field, last: Field, born: date, *, may_be_long_term: bool = False
) -> tuple[date, date]:
    """Return the first and last day of validity, in order and after the birth. Raises FieldError."""
    valid_from = day(text, first)
    if valid_from < born:
        raise field_error(first, "before the birth date")
    if may_be_long_term and string(text, last).rstrip(" ") == _LONG_TERM:
        return valid_from, LONG_TERM
    valid_until = day(text, last)
    if valid_until < valid_from:
        raise field_error(last, "before the first day of validity")
    return valid_from, valid_until
