"""Reading the audit log: its newest rows by who, what and day, who looked persons up, and how far it is signed.

Rules
- Facts are shown as ids and words. What somebody has written (a reason, a note) may hold a number by mistake: digits
  that are long enough to be a document's are masked here; the export has the rows as they are, for their hashes.
- The newest row comes first, and a page begins at a row's number: what is added meanwhile moves nothing.
- To look at the log changes nothing, and is no look at a person: it names entries by their ids.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection, func, select

from sync.station.audit import first_broken_row
from sync.station.period import Period
from sync.station.site_time import begin_of, end_of, site_day
from sync.station.tables import audit, audit_checkpoints, kiosks, people
from sync.station.wording import Words

AT_ONCE: Final = 50
LOOKS: Final = ("entry.looked-up", "list.searched", "evidence.seen")
"""What is a look at a person: an entry that was opened, a search in the list, the face of an alarm."""
_WRITTEN: Final = frozenset({"why", "asked_why", "note", "reason"})
_LONG_NUMBER: Final = re.compile(r"(?<![0-9A-Za-z])[A-Za-z]{0,2}\d{7,}[0-9A-Za-z]*")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which rows: of one person, kiosk or "station", of one kind of act ("entry.approved", or "entry" for all), of a
    day at the site, and older than row ``before``. None: all.
    """

    who: str | None = None
    what: str | None = None
    day: date | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One row, its facts fit to be shown."""

    n: int
    at: datetime
    who: str
    what: str
    facts: dict[str, str | int]


@dataclass(frozen=True, slots=True)
class Page:
    """Rows, the newest first; ``before`` asks for the next ones, None where there are none."""

    rows: tuple[Row, ...]
    before: int | None


@dataclass(frozen=True, slots=True)
class Signed:
    """How far the log goes, how far it is signed, and the first row since then that does not hold, if there is one."""

    newest: int
    upto: int | None
    at: datetime | None
    key: str | None
    broken: int | None


@dataclass(frozen=True, slots=True)
class LookUps:
    """How often somebody looked persons up on a day: entries opened and how many different ones, searches, faces."""

    day: date
    who: str
    looked_up: int
    entries: int
    searched: int
    seen: int


def rows(conn: Connection, asked: Asked) -> Page:
    """Return the newest ``AT_ONCE`` of the rows that are asked for."""
    c, chosen = audit.c, select(audit)
    if asked.who is not None:
        chosen = chosen.where(c.who == asked.who)
    if asked.what is not None:
        chosen = chosen.where(c.what == asked.what if "." in asked.what else c.what.startswith(f"{asked.what}."))
    if asked.day is not None:
        chosen = chosen.where(c.at >= begin_of(asked.day), c.at < end_of(asked.day))
    if asked.before is not None:
        chosen = chosen.where(c.n < asked.before)
    found = conn.execute(chosen.order_by(c.n.desc()).limit(AT_ONCE + 1)).all()
    shown = tuple(Row(row.n, row.at, row.who, row.what, without_numbers(row.facts)) for row in found[:AT_ONCE])
    return Page(shown, shown[-1].n if len(found) > AT_ONCE else None)


def authors(conn: Connection) -> list[str]:
    """Return whose acts can be asked for: people, kiosks, the station itself."""
    found = (conn.execute(select(column).order_by(column)).scalars() for column in (people.c.login, kiosks.c.id))
    return [*(name for names in found for name in names), "station"]


def signed(conn: Connection) -> Signed:
    """Return how far the log goes and is signed; what came since the last signature is looked at."""
    newest: int = conn.execute(select(func.coalesce(func.max(audit.c.n), 0))).scalar_one()
    last = select(audit_checkpoints).order_by(audit_checkpoints.c.n.desc()).limit(1)
    point = conn.execute(last).one_or_none()
    if point is None:
        return Signed(newest, None, None, None, first_broken_row(conn))
    signed_row = conn.execute(select(audit.c.hash).where(audit.c.n == point.n)).scalar_one_or_none()
    broken = point.n if signed_row != point.hash else first_broken_row(conn, point.n, point.hash)
    return Signed(newest, point.n, point.at, point.key_id, broken)


def look_ups(conn: Connection, period: Period) -> tuple[LookUps, ...]:
    """Return who looked persons up, by day, the newest first (RULES 17)."""
    c = audit.c
    within = (c.at >= period.begins) & (c.at < period.ends)
    first, last = conn.execute(select(func.min(c.n), func.max(c.n)).where(within)).one()
    times: Counter[tuple[date, str, str]] = Counter()
    entries: dict[tuple[date, str], set[str]] = defaultdict(set)
    looks = select(c.at, c.who, c.what, c.facts).where(c.what.in_(LOOKS), c.n.between(first, last), within)
    for row in conn.execute(looks) if first is not None else ():
        whose = (site_day(row.at), row.who)
        times[*whose, row.what] += 1
        entries[whose].update({row.facts["entry"]} if row.what == LOOKS[0] else ())
    looked_up, searched, seen = LOOKS
    return tuple(
        LookUps(*whose, times[*whose, looked_up], len(found), times[*whose, searched], times[*whose, seen])
        for whose, found in sorted(entries.items(), key=lambda item: (-item[0][0].toordinal(), item[0][1]))
    )


def without_numbers(facts: Mapping[str, str | int]) -> dict[str, str | int]:
    """Return facts as they may be shown."""
    return {
        name: _LONG_NUMBER.sub("•••", fact) if name in _WRITTEN and isinstance(fact, str) else fact
        for name, fact in facts.items()
    }


def in_words(row: Row, words: Words) -> tuple[str, list[tuple[str, str]]]:
    """Return what was done and its facts, each with its label; what has no words is shown as its code."""
    facts = [(words.of_code("audit.fact", name), _fact(name, fact, words)) for name, fact in row.facts.items()]
    return words.of_code("audit.act", row.what), facts


def _fact(name: str, fact: str | int, words: Words) -> str:
    if isinstance(fact, int):
        return f"{fact:,}"
    if name == "roles":
        return " · ".join(words.of_code("role", role) for role in fact.split(","))
    known = {"outcome": "stats.outcome", "kind": "kind", "basis": "basis"}.get(name)
    return words.of_code(known, fact) if known is not None else fact
