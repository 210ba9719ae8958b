"""The list: two people to add, one to withdraw.

Rules
- proposed → listed takes a second person; withdrawn takes one, from either state, and is final: whoever is to be
  listed again is proposed again (RULES 12).
- A number stands in one listed entry at most: a second one would keep a person listed whom the first one's withdrawal
  has cleared.
- The entry's new state, the feed's change and the audit row are one transaction. The slow part, sealing
  (Argon2id, 60-90 ms a number), is done before it.
- An entry ends on its last day (``expires_on``) by itself, here and on every kiosk.
"""

from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from typing import Annotated, Any, Final
from uuid import uuid4

import msgspec
from msgspec import Meta
from sqlalchemy import Connection, Row, insert, select, update

from kiosk.domain.ids import EntryId
from kiosk.domain.numbers import DocumentNumber, InvalidNumberError, NumberForm
from sync.station import audit
from sync.station.refusals import BadRequestError, ConflictError, NotAllowedError, NotFoundError
from sync.station.store import entries, entry_numbers, feed_changes
from watchlist.feed import GENESIS, MAX_ROWS, Change, chain
from watchlist.seal import Pepper, Record, SealedRow, seal

SITE_TIME: Final = timezone(timedelta(hours=8), "CST")
"""China Standard Time: the days of the list are days at the site."""


class EntryState(StrEnum):
    """How far an entry has come."""

    PROPOSED = "proposed"
    LISTED = "listed"
    WITHDRAWN = "withdrawn"


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
    """What one person asks a second to approve. ``contact`` is the listing unit's, for an officer with questions."""

    numbers: Annotated[tuple[str, ...], Meta(min_length=1, max_length=MAX_ROWS)]
    name: _Line
    unit: _Line
    contact: _Line
    case_number: _Line
    legal_basis: LegalBasis
    expires_on: date
    guidance: Annotated[str, Meta(max_length=1000)] = ""

    def __repr__(self) -> str:
        return "Proposal(…)"


def site_day(now: datetime) -> date:
    """Return the day at the site."""
    return now.astimezone(SITE_TIME).date()


def propose(conn: Connection, proposal: Proposal, who: str, now: datetime) -> str:
    """Keep a proposal, which is not published, and return its entry id.

    Raises:
        BadRequestError: a number does not hold, or the entry would end today or before.
        ConflictError: a number is listed already.
    """
    try:
        numbers = {DocumentNumber(text.strip().upper()) for text in proposal.numbers}
    except InvalidNumberError as err:
        # The rule that the number breaks, never the number.
        raise BadRequestError("number", why=str(err)) from None
    if proposal.expires_on <= site_day(now):
        raise BadRequestError("expires-on")
    _refuse_listed(conn, numbers)
    entry = str(uuid4())
    conn.execute(
        insert(entries).values(
            id=entry,
            state=EntryState.PROPOSED,
            name=proposal.name,
            unit=proposal.unit,
            contact=proposal.contact,
            case_number=proposal.case_number,
            legal_basis=proposal.legal_basis,
            guidance=proposal.guidance,
            expires_on=proposal.expires_on,
            proposed_by=who,
            proposed_at=now,
        )
    )
    conn.execute(insert(entry_numbers), [{"entry": entry, "number": number.value} for number in sorted(numbers)])
    audit.record(conn, now, who, "entry.proposed", entry=entry, basis=proposal.legal_basis)
    return entry


def to_be_sealed(conn: Connection, entry: str) -> tuple[Record, tuple[DocumentNumber, ...]]:
    """Return what a kiosk shall learn of the entry, and its numbers.

    Raises:
        NotFoundError: there is no such entry.
    """
    return Record(EntryId(entry), _entry(conn, entry).expires_on), _numbers(conn, entry)


def seal_numbers(record: Record, numbers: tuple[DocumentNumber, ...], pepper: Pepper) -> tuple[SealedRow, ...]:
    """Return a sealed row for each number. Slow, so outside of any transaction."""
    return tuple(seal(number, record, pepper) for number in numbers)


def approve(conn: Connection, entry: str, rows: tuple[SealedRow, ...], who: str, now: datetime) -> int:
    """List the entry and return the feed's sequence number at which it is at work.

    Raises:
        NotFoundError: there is no such entry.
        NotAllowedError: ``who`` proposed it: the second person must be another.
        ConflictError: it is no longer proposed, or one of its numbers is listed meanwhile.
        BadRequestError: its last day has passed meanwhile.
    """
    found = _entry(conn, entry)
    if found.state != EntryState.PROPOSED:
        raise _already(found)
    if found.proposed_by == who:
        raise NotAllowedError("own-proposal")
    if found.expires_on <= site_day(now):
        raise BadRequestError("expires-on")
    _refuse_listed(conn, set(_numbers(conn, entry)))
    listed = {"state": EntryState.LISTED, "approved_by": who, "approved_at": now}
    conn.execute(update(entries).where(entries.c.id == entry).values(listed))
    seq = _publish(conn, "add", entry, rows, now)
    audit.record(conn, now, who, "entry.approved", entry=entry, seq=seq)
    return seq


def withdraw(conn: Connection, entry: str, why: str, who: str, now: datetime) -> int | None:
    """End the entry at once and return the feed's sequence number; None where it was only proposed.

    Raises:
        NotFoundError: there is no such entry.
        ConflictError: it is withdrawn already.
    """
    found = _entry(conn, entry)
    if found.state == EntryState.WITHDRAWN:
        raise _already(found)
    ended = {"state": EntryState.WITHDRAWN, "withdrawn_by": who, "withdrawn_at": now, "withdrawn_why": why}
    conn.execute(update(entries).where(entries.c.id == entry).values(ended))
    seq = _publish(conn, "withdraw", entry, (), now) if found.state == EntryState.LISTED else None
    audit.record(conn, now, who, "entry.withdrawn", entry=entry, seq=seq or 0)
    return seq


def is_listed(conn: Connection, entry: str, now: datetime) -> bool | None:
    """Tell whether the entry is on the live list now; None where there never was such an entry."""
    row = conn.execute(select(entries.c.state, entries.c.expires_on).where(entries.c.id == entry)).one_or_none()
    return None if row is None else row.state == EntryState.LISTED and row.expires_on >= site_day(now)


def reveal_numbers(conn: Connection, entry: str, who: str, now: datetime) -> list[str]:
    """Return the entry's numbers in full and record who looked (RULES 17).

    Raises:
        NotFoundError: there is no such entry.
    """
    _entry(conn, entry)
    audit.record(conn, now, who, "entry.looked-up", entry=entry)
    return [number.value for number in _numbers(conn, entry)]


def shown(conn: Connection, now: datetime, limit: int = 100) -> list[dict[str, Any]]:
    """Return the newest entries as JSON values, the numbers masked: proposed first, then listed, then the rest."""
    rows = conn.execute(select(entries).order_by(entries.c.proposed_at.desc()).limit(limit)).all()
    rank = {EntryState.PROPOSED: 0, EntryState.LISTED: 1, EntryState.WITHDRAWN: 2}
    return [
        {
            "entry": row.id,
            "state": row.state,
            "expired": row.expires_on < site_day(now),
            "numbers": [_masked(number) for number in _numbers(conn, row.id)],
            "name": row.name,
            "unit": row.unit,
            "contact": row.contact,
            "case_number": row.case_number,
            "legal_basis": row.legal_basis,
            "guidance": row.guidance,
            "expires_on": row.expires_on.isoformat(),
            "proposed_by": row.proposed_by,
            "proposed_at": row.proposed_at.isoformat(),
            "approved_by": row.approved_by,
            "approved_at": row.approved_at.isoformat() if row.approved_at else None,
            "withdrawn_by": row.withdrawn_by,
            "withdrawn_at": row.withdrawn_at.isoformat() if row.withdrawn_at else None,
            "withdrawn_why": row.withdrawn_why,
        }
        for row in sorted(rows, key=lambda row: rank[row.state])
    ]


def _publish(conn: Connection, op: str, entry: str, rows: tuple[SealedRow, ...], now: datetime) -> int:
    last = conn.execute(select(feed_changes).order_by(feed_changes.c.seq.desc()).limit(1)).one_or_none()
    seq, head = (last.seq + 1, last.head) if last is not None else (1, GENESIS)
    change = Change(seq=seq, op="add" if op == "add" else "withdraw", entry=EntryId(entry), rows=rows)
    conn.execute(
        insert(feed_changes).values(seq=seq, head=chain(head, change), at=now, change=msgspec.json.encode(change))
    )
    return seq


def _refuse_listed(conn: Connection, numbers: set[DocumentNumber]) -> None:
    wanted = entry_numbers.c.number.in_([number.value for number in numbers])
    listed = entries.c.state == EntryState.LISTED
    query = select(entries.c.id).join(entry_numbers, entry_numbers.c.entry == entries.c.id).where(wanted, listed)
    other = conn.execute(query).scalars().first()
    if other is not None:
        raise ConflictError("already-listed", entry=other)


def _entry(conn: Connection, entry: str) -> Row[Any]:
    row = conn.execute(select(entries).where(entries.c.id == entry)).one_or_none()
    if row is None:
        raise NotFoundError("no-such-entry")
    return row


def _numbers(conn: Connection, entry: str) -> tuple[DocumentNumber, ...]:
    query = select(entry_numbers.c.number).where(entry_numbers.c.entry == entry).order_by(entry_numbers.c.number)
    return tuple(DocumentNumber(number) for number in conn.execute(query).scalars())


def _already(found: Row[Any]) -> ConflictError:
    who, at = (
        (found.withdrawn_by, found.withdrawn_at)
        if found.state == EntryState.WITHDRAWN
        else (found.approved_by, found.approved_at)
    )
    return ConflictError("already", state=found.state, who=who, at=at.astimezone(UTC).isoformat())


def _masked(number: DocumentNumber) -> str:
    """Show the region or nationality and the last two: enough to tell entries apart, too little to leak one."""
    shown = {NumberForm.RESIDENT: 6, NumberForm.PERMANENT_2017: 3, NumberForm.TRAVEL_PERMIT: 0}[number.form]
    return f"{number.value[:shown]}··········{number.value[-2:]}"
