"""Putting somebody on the list: one person proposes, another approves, and it is at work.

Rules
- proposed → listed takes a second person. Withdrawn (sync.station.withdrawals) is final: whoever is to be listed again
  is proposed again (RULES 12).
- A number stands in one live entry at most: a second one would keep a person listed whom the first one's withdrawal
  has taken off. A cleared number stands in none (sync.station.clearances).
- The entry's new state, the change in the feed of each open epoch and the audit row are one transaction. The slow part,
  sealing, was done before it (sync.station.sealing).
- An entry ends on its last day (``expires_on``) by itself, here and on every kiosk.
- The entries of an import are approved together, or not (sync.station.importing).
"""

from datetime import datetime
from uuid import uuid4

from sqlalchemy import ColumnElement, Connection, insert, select, update

from sync.station import audit
from sync.station.clearances import refuse_cleared
from sync.station.feeds import append_changes
from sync.station.live_list import EntryState, already, entry_of, numbers_of, refuse_listed
from sync.station.proposals import Proposal, check_last_day, checked_numbers
from sync.station.refusals import ConflictError, NotAllowedError
from sync.station.sealing import require_sealed
from sync.station.site_time import site_day
from sync.station.tables import entries, entry_numbers


def propose(conn: Connection, proposal: Proposal, who: str, now: datetime) -> str:
    """Keep a proposal, which is not published, and return its entry id.

    Raises:
        BadRequestError: a rule of sync.station.proposals is broken.
        ConflictError: a number is listed or proposed already, or cleared.
    """
    today = site_day(now)
    numbers = checked_numbers(proposal, today)
    refuse_cleared(conn, numbers)
    refuse_listed(conn, numbers)
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
            listed_on=proposal.listed_on or today,
            expires_on=proposal.expires_on,
            proposed_by=who,
            proposed_at=now,
        )
    )
    conn.execute(insert(entry_numbers), [{"entry": entry, "number": number.value} for number in numbers])
    audit.record(conn, now, who, "entry.proposed", entry=entry, basis=proposal.legal_basis)
    return entry


def approve(conn: Connection, entry: str, who: str, now: datetime) -> int:
    """List the entry and return where the newest feed then stands.

    Raises:
        NotFoundError: there is no such entry.
        NotAllowedError: ``who`` proposed it: the second person must be another.
        ConflictError: it is no longer proposed, or one of its numbers is listed or cleared meanwhile, or it came with
            an import, which is approved as a whole.
        NotSealedError: an epoch has begun meanwhile: seal, and try again.
        BadRequestError: its last day has passed meanwhile.
    """
    found = entry_of(conn, entry)
    if found.state != EntryState.PROPOSED:
        raise already(found)
    if found.proposed_by == who:
        raise NotAllowedError("own-proposal")
    if found.import_id is not None:
        raise ConflictError("part-of-import", import_id=found.import_id)
    check_last_day(found.expires_on, site_day(now))
    numbers = numbers_of(conn, entry)
    refuse_cleared(conn, numbers)
    refuse_listed(conn, numbers, but=entry)
    seq = list_all(conn, entries.c.id == entry, who, now)
    assert seq is not None
    audit.record(conn, now, who, "entry.approved", entry=entry, seq=seq)
    return seq


def list_all(conn: Connection, chosen: ColumnElement[bool], who: str, now: datetime) -> int | None:
    """List every proposed entry that is chosen; return where the newest feed then stands, None where there is none.

    The caller has checked them, and writes the audit row.

    Raises:
        NotSealedError: see ``approve``.
    """
    proposed = entries.c.state == EntryState.PROPOSED
    require_sealed(conn, chosen & proposed)
    seq = append_changes(conn, "add", select(entries.c.id).where(chosen, proposed), now)
    listed = {"state": EntryState.LISTED, "approved_by": who, "approved_at": now}
    conn.execute(update(entries).where(chosen, proposed).values(listed))
    return seq
