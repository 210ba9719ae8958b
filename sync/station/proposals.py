"""What may be proposed for the list: these facts and nothing else, each checked before anything is kept.

Rules
- Every person on the list is there under one named instrument (RULES 1), by exact number, and for a time.
- A proposal is refused whole, with the first rule that it breaks; no refusal repeats a number.
"""

from collections.abc import Collection
from datetime import date
from enum import StrEnum
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from kiosk.domain.numbers import DocumentNumber, InvalidNumberError, NumberForm
from sync.station.refusals import BadRequestError
from watchlist.feed import MAX_ROWS

MAX_YEARS: Final = 5
"""No entry lasts longer without two people renewing it."""


class LegalBasis(StrEnum):
    """Why a person may be listed at all: a closed vocabulary, each a named instrument (RULES 1).

    The articles are cited from memory and [unverified]: a lawyer of the site reads them before it opens.
    """

    WANTED_NOTICE = "wanted-notice"
    """通缉令: Criminal Procedure Law, article 155."""
    ARREST_WARRANT = "arrest-warrant"
    """逮捕证: Criminal Procedure Law, articles 80-93."""
    DETENTION_WARRANT = "detention-warrant"
    """拘留证: Criminal Procedure Law, articles 82-85."""
    COURT_ORDER = "court-order"
    """人民法院决定: a court's decision to bring somebody in."""


_Line = Annotated[str, Meta(min_length=1, max_length=200)]


class Proposal(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one person asks a second to approve. ``contact`` is the listing unit's, for an officer with questions.

    ``listed_on`` is the day from which the instrument holds, today where it is None; ``expires_on`` is the last day.
    """

    numbers: Annotated[tuple[str, ...], Meta(min_length=1, max_length=MAX_ROWS)]
    name: _Line
    unit: _Line
    contact: _Line
    case_number: _Line
    legal_basis: LegalBasis
    expires_on: date
    listed_on: date | None = None
    guidance: Annotated[str, Meta(max_length=1000)] = ""

    def __repr__(self) -> str:
        return "Proposal(…)"


def checked_numbers(proposal: Proposal, today: date) -> tuple[DocumentNumber, ...]:
    """Return the proposal's numbers, each once and in order, if all of it holds.

    Raises:
        BadRequestError: number, empty, listed-on or expires-on.
    """
    numbers = parsed_numbers(proposal.numbers)
    for field in ("name", "unit", "contact", "case_number"):
        if not getattr(proposal, field).strip():
            raise BadRequestError("empty", field=field)
    if proposal.listed_on is not None and proposal.listed_on > today:
        raise BadRequestError("listed-on")
    check_last_day(proposal.expires_on, today)
    return numbers


def parsed_numbers(texts: Collection[str]) -> tuple[DocumentNumber, ...]:
    """Return the numbers, each once and in order.

    Raises:
        BadRequestError: "number", with the rule that one of them breaks.
    """
    try:
        return tuple(sorted({DocumentNumber(text.strip().upper()) for text in texts}))
    except InvalidNumberError as err:
        # The rule that the number breaks, never the number.
        raise BadRequestError("number", why=str(err)) from None


def check_last_day(day: date, today: date) -> None:
    """Return if an entry may end on this day.

    Raises:
        BadRequestError: "expires-on" (today or before), or "too-long" (more than ``MAX_YEARS`` away).
    """
    if day <= today:
        raise BadRequestError("expires-on")
    if day.year > today.year + MAX_YEARS or day > _years_later(today):
        raise BadRequestError("too-long", years=MAX_YEARS)


def masked(number: DocumentNumber) -> str:
    """Show the region or nationality and the last two: enough to tell entries apart, too little to leak one."""
    shown = {NumberForm.RESIDENT: 6, NumberForm.PERMANENT_2017: 3, NumberForm.TRAVEL_PERMIT: 0}[number.form]
    return f"{number.value[:shown]}··········{number.value[-2:]}"


def _years_later(day: date) -> date:
    try:
        return day.replace(year=day.year + MAX_YEARS)
    except ValueError:  # 29 February
        return day.replace(year=day.year + MAX_YEARS, day=28)
