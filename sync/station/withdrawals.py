"""Taking somebody off the list: one person, at once; somebody else reads it afterwards.

Rules
- From proposed or from listed, and final. The entry's sealed rows go, and every open epoch's feed says so, in the same
  transaction; so does every open alarm of it, whose guards are stood down.
- What was listed is reviewed: a second person confirms having read the withdrawal. A proposal that was never listed
  was never at work, and nobody needs to read that it ended.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, select, update

from sync.station import audit, dispatches
from sync.station.feeds import append_changes
from sync.station.live_list import LIVE, EntryState, already, entry_of
from sync.station.refusals import ConflictError, NotAllowedError
from sync.station.sealing import forget_rows
from sync.station.tables import entries

TO_REVIEW = (
    (entries.c.state == EntryState.WITHDRAWN) & entries.c.approved_at.is_not(None) & entries.c.reviewed_by.is_(None)
)
"""Withdrawals that nobody has read yet."""


def withdraw(conn: Connection, entry: str, why: str, who: str, now: datetime) -> int | None:
    """End the entry at once; return where the newest feed then stands, None where the entry was only proposed.

    Raises:
        NotFoundError: there is no such entry.
        ConflictError: it is withdrawn already.
    """
    found = entry_of(conn, entry)
    if found.state == EntryState.WITHDRAWN:
        raise already(found)
    seq = end_all(conn, entries.c.id == entry, why, who, now)
    audit.record(conn, now, who, "entry.withdrawn", entry=entry, seq=seq or 0)
    return seq


def end_all(conn: Connection, chosen: ColumnElement[bool], why: str, who: str, now: datetime) -> int | None:
    """End every live entry that is chosen; return where the newest feed then stands, None where none was listed.

    The caller writes the audit row.
    """
    live = select(entries.c.id).where(chosen, entries.c.state.in_(LIVE))
    seq = append_changes(conn, "withdraw", live.where(entries.c.state == EntryState.LISTED), now)
    dispatches.entries_ended(conn, live, who, now)
    forget_rows(conn, live)
    ended = {"state": EntryState.WITHDRAWN, "withdrawn_by": who, "withdrawn_at": now, "withdrawn_why": why}
    conn.execute(update(entries).where(chosen, entries.c.state.in_(LIVE)).values(ended))
    return seq


def review(conn: Connection, entry: str, who: str, now: datetime) -> None:
    """Confirm having read the withdrawal of an entry.

    Raises:
        NotFoundError: there is no such entry.
        ConflictError: it is not withdrawn, was never listed, or somebody has read it already.
        NotAllowedError: ``who`` withdrew it.
    """
    found = entry_of(conn, entry)
    if found.state != EntryState.WITHDRAWN or found.approved_at is None:
        raise ConflictError("nothing-to-review")
    if found.reviewed_by is not None:
        raise ConflictError("already", state="reviewed", who=found.reviewed_by, at=found.reviewed_at.isoformat())
    if found.withdrawn_by == who:
        raise NotAllowedError("own-withdrawal")
    review_all(conn, entries.c.id == entry, who, now)
    audit.record(conn, now, who, "entry.reviewed", entry=entry)


def review_all(conn: Connection, chosen: ColumnElement[bool], who: str, now: datetime) -> int:
    """Confirm having read every chosen withdrawal that somebody else made; return how many.

    The caller writes the audit row.
    """
    others = entries.c.withdrawn_by != who
    read = update(entries).where(chosen, TO_REVIEW, others).values(reviewed_by=who, reviewed_at=now)
    return conn.execute(read).rowcount


def to_review(conn: Connection) -> int:
    """Return how many withdrawals wait for somebody to read them."""
    return conn.execute(select(func.count()).select_from(entries).where(TO_REVIEW)).scalar_one()
