"""What an import would do, row by row: add, withdraw, leave as it is, or refuse.

Beside what is wrong with a row by itself (sync.station.import_rows), a row is refused whose number stands in the file
twice, is cleared, or stands on the list with other facts; to change facts, the entry is withdrawn first. Who is listed
or proposed with the same facts is left as they are, so that a file may be imported again.

Rows are looked up some hundred at a time, and which numbers the file had before is kept in a temporary SQLite table,
not in memory: keyed digests, since a temporary file lies on the disk.
"""

import hashlib
import secrets
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Self

from sqlalchemy import Connection, Row, select

from kiosk.domain.numbers import DocumentNumber
from sync.station import import_rows
from sync.station.clearances import clearance_facts
from sync.station.import_rows import AddRow, Refusal, RefusedRow, WithdrawRow
from sync.station.in_chunks import in_chunks
from sync.station.live_list import entries_with, live_with
from sync.station.tables import cleared_numbers, entry_numbers

AT_ONCE: Final = 500
"""Rows that are looked up together."""
_SAME_FACTS: Final = ("name", "unit", "contact", "case_number", "legal_basis", "guidance", "expires_on")


class Fate(StrEnum):
    """What becomes of a row."""

    ADD = "add"
    WITHDRAW = "withdraw"
    LEAVE = "leave"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What becomes of the row that begins on this line. ``entries`` are those that it withdraws or leaves."""

    line: int
    fate: Fate
    case_number: str = ""
    numbers: tuple[DocumentNumber, ...] = ()
    add: AddRow | None = None
    entries: tuple[str, ...] = ()
    refusal: Refusal | None = None


def verdicts(conn: Connection, rows: Iterable[import_rows.Row]) -> Iterator[Verdict]:
    """Yield what becomes of each row, in the order of the file."""
    with FileCheck() as check:
        for some in in_chunks(rows, AT_ONCE):
            yield from check.verdicts(conn, some)


class FileCheck:
    """The check of one file, some rows at a time; each time the station may be asked through another connection."""

    def __init__(self) -> None:
        self._seen = _Seen()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._seen.close()

    def verdicts(self, conn: Connection, some: Sequence[import_rows.Row]) -> list[Verdict]:
        """Return what becomes of the next rows of the file."""
        numbers = [number for row in some if not isinstance(row, RefusedRow) for number in row.numbers]
        known = KnownNumbers(conn, numbers)
        return [_verdict(row, self._seen, known) for row in some]


class KnownNumbers:
    """What the station knows of some numbers: the live entries that have them, and who cleared them."""

    def __init__(self, conn: Connection, numbers: Sequence[DocumentNumber]) -> None:
        wanted = [number.value for number in numbers]
        rows = {row.id: row for row in live_with(conn, numbers)}
        self._live: dict[str, list[Row[Any]]] = {}
        for number, entry in entries_with(conn, numbers):
            if entry in rows:
                self._live.setdefault(number, []).append(rows[entry])
        self._numbers: dict[str, set[str]] = {entry: set() for entry in rows}
        for pair in conn.execute(select(entry_numbers).where(entry_numbers.c.entry.in_(rows))):
            self._numbers[pair.entry].add(pair.number)
        cleared = select(cleared_numbers).where(cleared_numbers.c.number.in_(wanted))
        self._cleared = {row.number: row for row in conn.execute(cleared)}

    def live(self, numbers: Iterable[DocumentNumber]) -> dict[str, Row[Any]]:
        """Return the live entries with one of these numbers, by their ids."""
        return {row.id: row for number in numbers for row in self._live.get(number.value, ())}

    def cleared(self, numbers: Iterable[DocumentNumber]) -> Row[Any] | None:
        """Return the clearance of one of these numbers."""
        return next((self._cleared[number.value] for number in numbers if number.value in self._cleared), None)

    def stands_as(self, row: Row[Any], add: AddRow) -> bool:
        """Tell whether a live entry has just the numbers and facts that would be added."""
        same_numbers = self._numbers[row.id] == {number.value for number in add.numbers}
        same_day = add.proposal.listed_on in (None, row.listed_on)
        return (
            same_numbers and same_day and all(getattr(row, name) == getattr(add.proposal, name) for name in _SAME_FACTS)
        )


def _verdict(row: import_rows.Row, seen: "_Seen", known: KnownNumbers) -> Verdict:
    match row:
        case RefusedRow():
            return Verdict(line=row.line, fate=Fate.REFUSE, case_number=row.case_number, refusal=row.refusal)
        case WithdrawRow():
            live = known.live(row.numbers)
            case_number = next((entry.case_number for entry in live.values()), "")
            fate, refusal = (Fate.WITHDRAW if live else Fate.LEAVE), _twice(row, seen)
        case AddRow():
            live, case_number = known.live(row.numbers), row.proposal.case_number
            fate, refusal = Fate.ADD, _twice(row, seen) or _cleared(row, known)
            if refusal is None and len(live) == 1 and known.stands_as(next(iter(live.values())), row):
                fate = Fate.LEAVE
            elif refusal is None and live:
                refusal = _other_facts(next(iter(live.values())))
    if refusal is not None:
        return Verdict(line=row.line, fate=Fate.REFUSE, case_number=case_number, numbers=row.numbers, refusal=refusal)
    return Verdict(
        line=row.line,
        fate=fate,
        case_number=case_number,
        numbers=row.numbers,
        add=row if isinstance(row, AddRow) and fate is Fate.ADD else None,
        entries=tuple(live),
    )


def _twice(row: AddRow | WithdrawRow, seen: "_Seen") -> Refusal | None:
    lines = [seen.first_line(number, row.line) for number in row.numbers]
    earlier = [line for line in lines if line is not None]
    return Refusal("twice-in-file", {"line": min(earlier)}) if earlier else None


def _cleared(row: AddRow, known: KnownNumbers) -> Refusal | None:
    cleared = known.cleared(row.numbers)
    return Refusal("cleared", dict(clearance_facts(cleared))) if cleared is not None else None


def _other_facts(live: Row[Any]) -> Refusal:
    return Refusal("other-facts", {"entry": live.id, "state": live.state, "until": live.expires_on.isoformat()})


class _Seen:
    """On which line each number of the file came first."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._db = sqlite3.connect("", isolation_level=None)  # a temporary file that vanishes with the connection
        self._db.execute("CREATE TABLE seen (digest BLOB PRIMARY KEY, line INTEGER) WITHOUT ROWID")
        self._db.execute("BEGIN")

    def first_line(self, number: DocumentNumber, line: int) -> int | None:
        """Note that the number is on this line; return the earlier line that had it, or None."""
        digest = hashlib.blake2b(number.value.encode(), key=self._key, digest_size=16).digest()
        new = self._db.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (digest, line)).rowcount == 1
        if new:
            return None
        first: int = self._db.execute("SELECT line FROM seen WHERE digest = ?", (digest,)).fetchone()[0]
        return first

    def close(self) -> None:
        self._db.close()
