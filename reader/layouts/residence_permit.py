"""J, the residence permit for people of Hong Kong, Macao and Taiwan: two numbers, its own and the travel permit's.

A person may be listed under either. A permit number that is blank is none; one of another form than the known ones
[forms unverified] could not be looked up, so it is an error and the visitor goes to staff.
"""

from typing import Final

from kiosk.domain.document import DocumentKind
from kiosk.domain.numbers import DocumentNumber, InvalidNumberError, NumberForm
from reader.layouts.fields import CardText, Field, birth_date, check_sex, field_error, number, string, validity

SEX: Final = Field("sex", 30, 2)
BIRTH: Final = Field("birth date", 36, 16)
NUMBER: Final = Field("number", 122, 36)
VALID_FROM: Final = Field("valid from", 188, 16)
VALID_UNTIL: Final = Field("valid until", 204, 16)
TRAVEL_PERMIT: Final = Field("travel permit number", 220, 18)

_BEGINNINGS: Final = ("810000", "820000", "830000")
"""Hong Kong, Macao, Taiwan."""


def parse(text: bytes) -> CardText:
    """Return what the checks need. Raises NumberError and FieldError."""
    own = number(text, NUMBER, NumberForm.RESIDENT, _BEGINNINGS)
    born = birth_date(text, BIRTH, own)
    check_sex(text, SEX, own)
    valid_from, valid_until = validity(text, VALID_FROM, VALID_UNTIL, born)
    return CardText(
        kind=DocumentKind.RESIDENCE_PERMIT,
        numbers=(own, *_travel_permit(text)),
        born=born,
        valid_from=valid_from,
        valid_until=valid_until,
    )


def _travel_permit(text: bytes) -> tuple[DocumentNumber, ...]:
    written = string(text, TRAVEL_PERMIT).rstrip(" ")
    if not written:
        return ()
    try:
        permit = DocumentNumber(written)
    except InvalidNumberError:
        raise field_error(TRAVEL_PERMIT, "no travel permit number") from None
    return (permit,)
