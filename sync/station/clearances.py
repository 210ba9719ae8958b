"""Who is cleared stays cleared, through every later proposal and import, until two people say otherwise (RULES 12).

Rules
- One person clears somebody, at once: every live entry with one of their numbers is withdrawn, and all numbers of those
  entries are cleared, so that nobody comes back under the other one.
- Whoever proposes or imports a cleared number is refused, and told who cleared it and when.
- A clearance is lifted as a whole, by two people, each with a reason. That lists nobody: whoever is to be listed again
  is proposed again.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Row, delete, select

from kiosk.domain.numbers import DocumentNumber
from sync.station import audit, requests
from sync.station.live_list import entry_of, live_with, numbers_of
from sync.station.refusals import ConflictError, NotFoundError
from sync.station.requests import Act
from sync.station.store import insert_new
from sync.station.tables import cleared_numbers
from sync.station.withdrawals import withdraw


def clear_entry(conn: Connection, entry: str, why: str, who: str, now: datetime) -> tuple[str, tuple[str, ...]]:
    """Clear the person of an entry, whatever its state; return the clearance and the entries that were withdrawn.

    Raises:
        NotFoundError: there is no such entry.
        ConflictError: all of their numbers are cleared already.
    """
    entry_of(conn, entry)
    return clear_numbers(conn, numbers_of(conn, entry), why, who, now)


def clear_numbers(
    conn: Connection, numbers: Iterable[DocumentNumber], why: str, who: str, now: datetime
) -> tuple[str, tuple[str, ...]]:
    """Clear the person who has these numbers; return the clearance and the entries that were withdrawn.

    Raises:
        ConflictError: all of the numbers are cleared already.
    """
    theirs, listed = _everything_of(conn, numbers)
    clearance = str(uuid4())
    facts = {"clearance": clearance, "cleared_by": who, "cleared_at": now, "why": why}
    # A list, so that each number is tried: ``any`` of a generator would stop at the first.
    new = [insert_new(conn, cleared_numbers, {"number": number.value, **facts}) for number in sorted(theirs)]
    if not any(new):
        refuse_cleared(conn, theirs)
    for entry in listed:
        withdraw(conn, entry, why, who, now)
        audit.record(conn, now, who, "entry.cleared", entry=entry, clearance=clearance)
    audit.record(conn, now, who, "person.cleared", clearance=clearance, numbers=sum(new), entries=len(listed))
    return clearance, listed


def refuse_cleared(conn: Connection, numbers: Iterable[DocumentNumber]) -> None:
    """Return if none of these numbers is cleared.

    Raises:
        ConflictError: "cleared", with who, when and why; never the number.
    """
    wanted = cleared_numbers.c.number.in_([number.value for number in numbers])
    cleared = conn.execute(select(cleared_numbers).where(wanted)).first()
    if cleared is not None:
        raise ConflictError("cleared", **clearance_facts(cleared))


def clearance_facts(cleared: Row[Any]) -> dict[str, str]:
    """Return what a refusal says of a cleared number."""
    return {"clearance": cleared.clearance, "who": cleared.cleared_by, "at": cleared.cleared_at.isoformat()}


def ask_to_lift(conn: Connection, clearance: str, why: str, who: str, now: datetime) -> str:
    """Ask that a clearance ends; return the request that a second person must grant.

    Raises:
        NotFoundError: there is no such clearance.
        ConflictError: this is asked for already.
    """
    _numbers(conn, clearance)
    return requests.ask(conn, Act.LIFT_CLEARANCE, {"clearance": clearance}, {"why": why}, who, now)


def clearance_with(conn: Connection, number: DocumentNumber) -> str:
    """Return the clearance that holds this number.

    Raises:
        NotFoundError: the number is not cleared.
    """
    query = select(cleared_numbers.c.clearance).where(cleared_numbers.c.number == number.value)
    found: str | None = conn.execute(query).scalar_one_or_none()
    if found is None:
        raise NotFoundError("not-cleared")
    return found


def lift(conn: Connection, request: Row[Any], why: str, who: str, now: datetime) -> None:
    """Grant that a clearance ends: its numbers may be proposed again.

    Raises:
        NotAllowedError: ``who`` asked for it.
        NotFoundError: it has ended meanwhile.
    """
    requests.grant(conn, request, who, now)
    clearance = request.facts["clearance"]
    numbers = _numbers(conn, clearance)
    conn.execute(delete(cleared_numbers).where(cleared_numbers.c.clearance == clearance))
    facts = {"clearance": clearance, "request": request.id, "asked_by": request.asked_by}
    audit.record(conn, now, who, "clearance.lifted", **facts, asked_why=request.facts["why"], why=why, numbers=numbers)


def _numbers(conn: Connection, clearance: str) -> int:
    found = conn.execute(select(cleared_numbers.c.number).where(cleared_numbers.c.clearance == clearance)).all()
    if not found:
        raise NotFoundError("no-such-clearance")
    return len(found)


def _everything_of(
    conn: Connection, numbers: Iterable[DocumentNumber]
) -> tuple[frozenset[DocumentNumber], tuple[str, ...]]:
    """Return every number that live entries join with these, and those entries."""
    known, entries = frozenset(numbers), frozenset[str]()
    while True:
        entries = frozenset(row.id for row in live_with(conn, known))
        more = known.union(*(numbers_of(conn, entry) for entry in entries))
        if more == known:
            return known, tuple(sorted(entries))
        known = more
