"""An import: many entries in one file, all of them or none, proposed by one person and approved by another.

Rules
- A file with one refused row is refused whole; a dry run (sync.station.import_check) says which rows those are.
- Proposed: the entries and the withdrawals are kept in one transaction. Then the entries are sealed, which takes long
  and may be interrupted: proposing the same file again goes on with it.
- Approved by somebody else: one transaction withdraws what is to be withdrawn, lists the rest and says so in every
  open feed. What was withdrawn meanwhile, one by one, stays so.
- One audit row stands for all of it; each entry's history finds it by the import.
- It can be taken back (sync.station.taking_back).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import Connection, func, insert, select, update

from sync.station import audit
from sync.station.import_check import Fate, Verdict, verdicts
from sync.station.import_file import ImportFile, records
from sync.station.import_rows import rows
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
from sync.station.listing import list_all
from sync.station.live_list import EntryState
from sync.station.refusals import BadRequestError, NotAllowedError
from sync.station.sealing import seal_missing
from sync.station.site_time import site_day
from sync.station.store import Store, entries, import_withdrawals, imports, insert_new
from sync.station.withdrawals import end_all
from watchlist.seal import Pepper

_AT_ONCE: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportProposed:
    """An import that waits for a second person. ``resumed`` says that it was there already."""

    import_id: str
    adds: int
    withdraws: int
    resumed: bool = False


def propose_import(
    store: Store, file: ImportFile, who: str, now: datetime, say: Callable[[int, int], None] = lambda read, of: None
) -> ImportProposed:
    """Keep what the file asks for, in one transaction; a file that waits already is not kept twice.

    Raises:
        BadRequestError: "import-refused" (``n`` rows are refused) or "import-empty" (nothing is to be done).
        OSError, sqlalchemy.exc.OperationalError: the file or the database failed; nothing was kept.
    """
    with store.write() as conn:
        waiting = (imports.c.sha256 == file.sha256) & (imports.c.state == ImportState.PROPOSED)
        there: str | None = conn.execute(select(imports.c.id).where(waiting)).scalars().first()
        if there is not None:
            return _counted(conn, there, resumed=True)
        import_id = str(uuid4())
        begun = {"id": import_id, "state": ImportState.PROPOSED, "sha256": file.sha256, "rows": 0}
        conn.execute(insert(imports).values(**begun, proposed_by=who, proposed_at=now))
        read = refused = 0
        for some in in_chunks(verdicts(conn, rows(records(file), site_day(now))), _AT_ONCE):
            read, refused = read + len(some), refused + sum(verdict.fate is Fate.REFUSE for verdict in some)
            if not refused:
                _keep(conn, import_id, some, who, now)
            say(read, 0)
        if refused:
            raise BadRequestError("import-refused", n=refused)
        conn.execute(update(imports).where(imports.c.id == import_id).values(rows=read))
        proposed = _counted(conn, import_id)
        if not proposed.adds and not proposed.withdraws:
            raise BadRequestError("import-empty")
        counts = {"adds": proposed.adds, "withdraws": proposed.withdraws}
        audit.record(conn, now, who, "import.proposed", import_id=import_id, sha256=file.sha256, **counts)
        return proposed


def seal_import(
    store: Store,
    peppers: Mapping[int, Pepper],
    import_id: str,
    say: Callable[[int, int], None] = lambda done, of: None,
) -> int:
    """Seal what of this import is not sealed yet; return how many entries that were."""
    return seal_missing(store, peppers, entries.c.import_id == import_id, say=say)


def approve_import(conn: Connection, import_id: str, who: str, now: datetime) -> tuple[int, int, int]:
    """Do what the import asks for; return how many were listed and withdrawn, and where the newest feed then stands.

    Raises:
        NotFoundError: there is no such import.
        NotAllowedError: ``who`` proposed it.
        ConflictError: it does not wait any more.
        BadRequestError: "import-over": the last day of ``n`` entries has passed meanwhile.
        NotSealedError: see ``seal_import``.
    """
    found = import_of(conn, import_id)
    if found.state != ImportState.PROPOSED:
        raise import_already(found)
    if found.proposed_by == who:
        raise NotAllowedError("own-import")
    adds = (entries.c.import_id == import_id) & (entries.c.state == EntryState.PROPOSED)
    if over := how_many(conn, adds & (entries.c.expires_on <= site_day(now))):
        raise BadRequestError("import-over", n=over)
    withdraws = entries.c.id.in_(withdrawn_by(import_id)) & (entries.c.state != EntryState.WITHDRAWN)
    listed, withdrawn = how_many(conn, adds), how_many(conn, withdraws)
    # Withdrawals go first (RULES 12).
    ended_at = end_all(conn, withdraws, f"import {import_id}", who, now)
    seq = list_all(conn, entries.c.import_id == import_id, who, now) or ended_at or 0
    approved = {"state": ImportState.APPROVED, "approved_by": who, "approved_at": now}
    conn.execute(update(imports).where(imports.c.id == import_id).values(approved))
    audit.record(conn, now, who, "import.approved", import_id=import_id, listed=listed, withdrawn=withdrawn, seq=seq)
    return listed, withdrawn, seq


def _keep(conn: Connection, import_id: str, some: Iterable[Verdict], who: str, now: datetime) -> None:
    today = site_day(now)
    new: list[dict[str, Any]] = []
    numbers: list[dict[str, str]] = []
    for verdict in some:
        if verdict.add is not None:
            proposal, entry = verdict.add.proposal, str(uuid4())
            facts = {name: getattr(proposal, name) for name in FACTS}
            new.append({"id": entry, **facts, "listed_on": proposal.listed_on or today})
            numbers += [{"entry": entry, "number": number.value} for number in verdict.numbers]
        elif verdict.fate is Fate.WITHDRAW:
            for entry in verdict.entries:
                insert_new(conn, import_withdrawals, {"import_id": import_id, "entry": entry})
    keep_entries(conn, import_id, new, numbers, who, now)


def _counted(conn: Connection, import_id: str, *, resumed: bool = False) -> ImportProposed:
    withdraws = conn.execute(select(func.count()).select_from(withdrawn_by(import_id).subquery())).scalar_one()
    adds = how_many(conn, entries.c.import_id == import_id)
    return ImportProposed(import_id=import_id, adds=adds, withdraws=withdraws, resumed=resumed)
