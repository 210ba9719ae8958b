"""I, the permanent residence card of 2017: a 15-character number with nationality and birth date in it."""

from typing import Final

from kiosk.domain.document import DocumentKind
from kiosk.domain.numbers import NumberForm
from reader.layouts.fields import CardText, Field, check_sex, day, field_error, number, string, validity

SEX: Final = Field("sex", 120, 2)
NUMBER: Final = Field("number", 122, 30)
NATIONALITY: Final = Field("nationality", 152, 6)
VALID_FROM: Final = Field("valid from", 188, 16)
VALID_UNTIL: Final = Field("valid until", 204, 16)
BIRTH: Final = Field("birth date", 220, 16)

_NUMBER_NATIONALITY: Final = slice(0, 3)
_NUMBER_BIRTH: Final = slice(7, 13)


def parse(text: bytes) -> CardText:
    """Return what the checks need. Raises NumberError and FieldError."""
    own = number(text, NUMBER, NumberForm.PERMANENT_2017)
    if string(text, NATIONALITY) != own.value[_NUMBER_NATIONALITY]:
        raise field_error(NATIONALITY, "differs from the number's")
    born = day(text, BIRTH)
    if f"{born:%y%m%d}" != own.value[_NUMBER_BIRTH]:
        raise field_error(BIRTH, "differs from the number's")
    check_sex(text, SEX, None)  # this number carries no sex
    valid_from, valid_until = validity(text, VALID_FROM, VALID_UNTIL, born)
    return CardText(
        kind=DocumentKind.PERMANENT_2017, numbers=(own,), born=born, valid_from=valid_from, valid_until=valid_until
    )
