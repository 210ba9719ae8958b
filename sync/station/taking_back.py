"""Undoing an import: one person, at once; and reading afterwards what imports have withdrawn.

Rules
- An import that waits is dropped: its entries were never at work.
- Of an approved one, every entry that it listed is withdrawn; what it withdrew is not simply put back, since a
  withdrawal is final: it is proposed anew, as an import of its own, which a second person approves.
- Who is over, cleared, or listed under another entry meanwhile is not proposed anew; how many those are is told.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import Connection, Row, delete, insert, select, update

from sync.station import audit
from sync.station.import_check import KnownNumbers
from sync.station.imports import (
    FACTS,
    ImportState,
    how_many,
    import_already,
    import_of,
    keep_entries,
    withdrawn_by,
)
from sync.station.in_chunks import in_chunks
from sync.station.live_list import EntryState, numbers_of
from sync.station.refusals import ConflictError
from sync.station.site_time import site_day
from sync.station.tables import entries, imports
from sync.station.withdrawals import end_all, review_all

_AT_ONCE: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportTakenBack:
    """How many entries were withdrawn, and where the newest feed then stands, None where none was listed.

    ``restores`` is the import in which ``restored`` entries are proposed anew, None where there are none; ``lost``
    entries could not be.
    """

    withdrawn: int
    seq: int | None
    restores: str | None
    restored: int
    lost: int


def take_back(conn: Connection, import_id: str, why: str, who: str, now: datetime) -> ImportTakenBack:
    """Undo an import.

    Raises:
        NotFoundError: there is no such import.
        ConflictError: it is taken back already, or is still loading (sync.station.import_loading forgets such a one).
    """
    found = import_of(conn, import_id)
    if found.state in (ImportState.TAKEN_BACK, ImportState.LOADING):
        raise import_already(found)
    added = (entries.c.import_id == import_id) & (entries.c.state != EntryState.WITHDRAWN)
    withdrawn = how_many(conn, added)
    seq = end_all(conn, added, why, who, now)
    ended = {"state": ImportState.TAKEN_BACK, "taken_back_by": who, "taken_back_at": now}
    conn.execute(update(imports).where(imports.c.id == import_id).values(ended))
    restores, restored, lost = None, 0, 0
    if found.state == ImportState.APPROVED:
        restores, restored, lost = _propose_anew(conn, found, who, now)
    facts = {"withdrawn": withdrawn, "restored": restored, "lost": lost, "seq": seq or 0}
    audit.record(conn, now, who, "import.taken-back", import_id=import_id, **facts)
    return ImportTakenBack(withdrawn=withdrawn, seq=seq, restores=restores, restored=restored, lost=lost)


def review_import(conn: Connection, import_id: str, who: str, now: datetime) -> int:
    """Confirm having read what an import, or its taking back, has withdrawn; return how many entries those are.

    Raises:
        NotFoundError: there is no such import.
        ConflictError: nothing of it waits for this person to read it.
    """
    import_of(conn, import_id)
    touched = (entries.c.import_id == import_id) | entries.c.id.in_(withdrawn_by(import_id))
    read = review_all(conn, touched, who, now)
    if not read:
        raise ConflictError("nothing-to-review")
    audit.record(conn, now, who, "import.reviewed", import_id=import_id, entries=read)
    return read


def _propose_anew(conn: Connection, found: Row[Any], who: str, now: datetime) -> tuple[str | None, int, int]:
    by_it = (entries.c.withdrawn_at == found.approved_at) & (entries.c.withdrawn_by == found.approved_by)
    query = select(entries).where(entries.c.id.in_(withdrawn_by(found.id)), by_it, entries.c.approved_at.is_not(None))
    import_id = str(uuid4())
    begun = {"id": import_id, "state": ImportState.PROPOSED, "restores": found.id, "rows": 0}
    conn.execute(insert(imports).values(**begun, proposed_by=who, proposed_at=now))
    restored = lost = 0
    for some in in_chunks(conn.execute(query).all(), _AT_ONCE):
        new: list[dict[str, Any]] = []
        numbers: list[dict[str, str]] = []
        for row in some:
            if _may_return(conn, row, site_day(now)):
                entry = str(uuid4())
                new.append({"id": entry, **{name: row._mapping[name] for name in FACTS}})
                numbers += [{"entry": entry, "number": number.value} for number in numbers_of(conn, row.id)]
        keep_entries(conn, import_id, new, numbers, who, now)
        restored, lost = restored + len(new), lost + len(some) - len(new)
    if not restored:
        conn.execute(delete(imports).where(imports.c.id == import_id))
        return None, 0, lost
    conn.execute(update(imports).where(imports.c.id == import_id).values(rows=restored))
    audit.record(conn, now, who, "import.proposed", import_id=import_id, restores=found.id, adds=restored)
    return import_id, restored, lost


def _may_return(conn: Connection, row: Row[Any], today: date) -> bool:
    numbers = numbers_of(conn, row.id)
    known = KnownNumbers(conn, numbers)
    return row.expires_on > today and not known.live(numbers) and known.cleared(numbers) is None
