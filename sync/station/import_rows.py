"""A record of an import as a row: what to add, or whom to withdraw; or why it is refused.

The fields are those of a Proposal (sync.station.proposals), and ``action``: "add", which is meant where it is missing,
or "withdraw", for which the numbers suffice. In CSV, numbers stand in one cell with spaces or semicolons between them,
and an empty cell is a missing field. A field that nobody knows is refused: nothing is passed over in silence.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Final

import msgspec

from kiosk.domain.numbers import DocumentNumber
from sync.station.import_file import FileRecord
from sync.station.proposals import LegalBasis, Proposal, checked_numbers, parsed_numbers
from sync.station.refusals import BadRequestError
from watchlist.feed import MAX_ROWS


class Action(StrEnum):
    """What a row asks for."""

    ADD = "add"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a row is refused: a code and plain facts, never a number."""

    code: str
    facts: dict[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AddRow:
    """A person to be added."""

    line: int
    proposal: Proposal
    numbers: tuple[DocumentNumber, ...]


@dataclass(frozen=True, slots=True)
class WithdrawRow:
    """Numbers whose entries are to be withdrawn."""

    line: int
    numbers: tuple[DocumentNumber, ...]


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that breaks a rule by itself. ``case_number`` helps to find it."""

    line: int
    refusal: Refusal
    case_number: str = ""


Row = AddRow | WithdrawRow | RefusedRow

_FIELDS: Final = frozenset(Proposal.__struct_fields__)
_REQUIRED: Final = ("numbers", "name", "unit", "contact", "case_number", "legal_basis", "expires_on")
_BETWEEN_NUMBERS: Final = re.compile(r"[\s;；]+")
_FIELD_AT_FAULT: Final = re.compile(r"at `\$\.(\w+)")
_FORMS: Final[dict[str, tuple[str, dict[str, str | int]]]] = {
    "numbers": ("form-numbers", {"most": MAX_ROWS}),
    "legal_basis": ("form-choice", {"choices": ", ".join(LegalBasis)}),
    "action": ("form-choice", {"choices": ", ".join(Action)}),
    "listed_on": ("form-day", {}),
    "expires_on": ("form-day", {}),
    "guidance": ("form-text", {"most": 1000}),
}
"""The refusal of a field that is not of its form; any other one is a line of at most 200 characters."""


def rows(records: Iterable[FileRecord], today: date) -> Iterator[Row]:
    """Yield each record as a row."""
    for record in records:
        yield _row(record, today)


def _row(record: FileRecord, today: date) -> Row:
    if record.fields is None:
        return RefusedRow(record.line, Refusal(record.why, record.facts))
    try:
        return _sound(record.line, dict(record.fields), today)
    except BadRequestError as err:
        case_number = record.fields.get("case_number")
        return RefusedRow(
            record.line, Refusal(err.code, err.facts), case_number if isinstance(case_number, str) else ""
        )


def _sound(line: int, fields: dict[str, Any], today: date) -> Row:
    action = fields.pop("action", Action.ADD)
    if unknown := sorted(fields.keys() - _FIELDS):
        raise BadRequestError("unknown-field", field=unknown[0])
    if isinstance(fields.get("numbers"), str):
        fields["numbers"] = [one for one in _BETWEEN_NUMBERS.split(fields["numbers"]) if one]
    match action:
        case Action.ADD:
            proposal = _proposal(fields)
            return AddRow(line, proposal, checked_numbers(proposal, today))
        case Action.WITHDRAW:
            return WithdrawRow(line, parsed_numbers(_numbers(fields)))
        case _:
            raise _form("action")


def _proposal(fields: dict[str, Any]) -> Proposal:
    for name in _REQUIRED:
        if fields.get(name) in (None, ""):
            raise BadRequestError("missing", field=name)
    try:
        return msgspec.convert(fields, Proposal)
    except msgspec.ValidationError as err:
        # msgspec's text may repeat what was given; only the field's name is taken from it.
        found = _FIELD_AT_FAULT.search(str(err))
        name = found.group(1) if found else "row"
        raise _form(name) from None


def _numbers(fields: dict[str, Any]) -> list[str]:
    if not fields.get("numbers"):
        raise BadRequestError("missing", field="numbers")
    try:
        return msgspec.convert(fields["numbers"], list[str])
    except msgspec.ValidationError:
        raise _form("numbers") from None


def _form(name: str) -> BadRequestError:
    code, facts = _FORMS.get(name, ("form-text", {"most": 200}))
    return BadRequestError(code, field=name, **facts)
