"""The list as CSV for people and their spreadsheets.

A spreadsheet takes a cell for a formula that begins with = + - @, a tab or a carriage return; such a cell gets a
leading apostrophe, which makes it text (OWASP, "CSV Injection").
"""

import csv
from collections.abc import Iterable, Mapping
from typing import Any, Final, TextIO

_COLUMNS: Final = (
    *("entry", "state", "numbers", "name", "unit", "contact", "case_number", "legal_basis", "listed_on", "expires_on"),
    *("guidance", "import_id", "proposed_by", "proposed_at", "approved_by", "approved_at"),
    *("withdrawn_by", "withdrawn_at", "withdrawn_why", "reviewed_by", "reviewed_at"),
)
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def write_csv(file: TextIO, entries: Iterable[Mapping[str, Any]]) -> int:
    """Write a header and a line for each entry (sync.station.look_ups); return how many entries there were."""
    writer = csv.writer(file)
    writer.writerow(_COLUMNS)
    written = 0
    for written, entry in enumerate(entries, start=1):  # noqa: B007 - counted
        writer.writerow([harmless(_text(entry[column])) for column in _COLUMNS])
    return written


def harmless(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _text(value: Any) -> str:
    return "; ".join(value) if isinstance(value, list) else "" if value is None else str(value)
