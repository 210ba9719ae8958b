"""Y, the permanent residence card of 2023: two numbers, the one printed and the one of 2017 that it replaced.

- The 18-character number: 9, province (2), ISO 3166 numeric country (3), birth date, sequence (3), check character. Its
  sequence is odd for men and even for women, as on other cards; the published specimens agree [unverified beyond them].
- The holder may be listed under the number of 2017, which is worked out here: nationality, province, the first two
  characters of the link, YYMMDD, the link's last, and the 7-3-1 check digit.
- A link that is not three digits leaves the old number unknown, and unknown means staff. Whether every card carries
  one, a first holder's too, is [unverified].
"""

from typing import Final

from kiosk.domain.document import DocumentKind
from kiosk.domain.numbers import DocumentNumber, InvalidNumberError, NumberForm, check_digit_731
from reader.layouts.fields import CardText, Field, birth_date, check_sex, field_error, number, string, validity

SEX: Final = Field("sex", 30, 2)
BIRTH: Final = Field("birth date", 36, 16)
NUMBER: Final = Field("number", 122, 36)
VALID_FROM: Final = Field("valid from", 188, 16)
VALID_UNTIL: Final = Field("valid until", 204, 16)
NATIONALITY: Final = Field("nationality", 242, 6)
LINK: Final = Field("previous-number link", 250, 6)

_PROVINCE: Final = slice(1, 3)
_COUNTRY: Final = slice(3, 6)


def parse(text: bytes) -> CardText:
    """Return what the checks need. Raises NumberError and FieldError."""
    own = number(text, NUMBER, NumberForm.RESIDENT, ("9",))
    born = birth_date(text, BIRTH, own)
    check_sex(text, SEX, own)
    nationality = string(text, NATIONALITY)
    if _country(nationality) != own.value[_COUNTRY]:
        raise field_error(NATIONALITY, "differs from the number's")
    valid_from, valid_until = validity(text, VALID_FROM, VALID_UNTIL, born)
    return CardText(
        kind=DocumentKind.PERMANENT_2023,
        numbers=(own, _number_of_2017(text, own, nationality)),
        born=born,
        valid_from=valid_from,
        valid_until=valid_until,
    )


def _number_of_2017(text: bytes, own: DocumentNumber, nationality: str) -> DocumentNumber:
    link = string(text, LINK)
    if not (link.isascii() and link.isdigit()):
        raise field_error(LINK, "not three digits")
    first_14 = f"{nationality}{own.value[_PROVINCE]}{link[:2]}{own.birth_date():%y%m%d}{link[2]}"
    try:
        return DocumentNumber(first_14 + check_digit_731(first_14))
    except InvalidNumberError:
        raise field_error(LINK, "gives no number of 2017") from None


def _country(alpha_3: str) -> str | None:
    """Return a country's numeric code of ISO 3166-1, or None for what is no code of it."""
    import pycountry  # here, so that a citizen's card does not pay for loading the tables

    country = pycountry.countries.get(alpha_3=alpha_3)
    return None if country is None else str(country.numeric)
