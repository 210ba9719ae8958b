"""The resident card of a citizen: its kind flag is blank. Name, ethnic group, address and issuer are not decoded."""

from typing import Final

from kiosk.domain.document import DocumentKind
from kiosk.domain.numbers import NumberForm
from reader.errors import NumberError
from reader.layouts.fields import CardText, Field, birth_date, check_sex, number, validity

SEX: Final = Field("sex", 30, 2)
BIRTH: Final = Field("birth date", 36, 16)
NUMBER: Final = Field("number", 122, 36)
VALID_FROM: Final = Field("valid from", 188, 16)
VALID_UNTIL: Final = Field("valid until", 204, 16)

OTHER_CARDS: Final = ("8", "9")
"""Residence permits begin 81, 82, 83, permanent residence numbers 9; no citizen's number does."""


def parse(text: bytes) -> CardText:
    """Return what the checks need. Raises NumberError and FieldError."""
    own = number(text, NUMBER, NumberForm.RESIDENT)
    if own.value.startswith(OTHER_CARDS):
        # A card of another kind whose flag was lost must not pass for a citizen's.
        raise NumberError(NUMBER.name, NUMBER.offset, "of another kind of card")
    born = birth_date(text, BIRTH, own)
    check_sex(text, SEX, own)
    valid_from, valid_until = validity(text, VALID_FROM, VALID_UNTIL, born, may_be_long_term=True)
    return CardText(
        kind=DocumentKind.RESIDENT, numbers=(own,), born=born, valid_from=valid_from, valid_until=valid_until
    )
