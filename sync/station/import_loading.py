"""Loading an import: its rows are kept some at a time, and it is proposed once all of them are there.

Rules
- Alarms and heartbeats are written to the same database. A file of any length holds them up for a fraction of a second
  at a time: rows are read on their own, and some hundred are checked and kept in a transaction.
- Until the last row is there the import is "loading": nobody can approve it or one of its entries. It becomes proposed
  in one transaction, with its audit row.
- A refused row, a full disk or an interruption ends it, and all of it is forgotten. Where that was not possible (the
  power went), it stays loading: it is forgotten when the same file is proposed again, or the import is taken back.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.exc import OperationalError

from sync.station import audit
from sync.station.import_check import AT_ONCE, Fate, FileCheck, Verdict
from sync.station.import_file import ImportFile, records
from sync.station.import_rows import rows
from sync.station.imports import FACTS, ImportState, how_many, import_of, keep_entries, withdrawn_by
from sync.station.in_chunks import in_chunks
from sync.station.refusals import BadRequestError, ConflictError
from sync.station.sealing import forget_rows
from sync.station.site_time import site_day
from sync.station.store import Store, insert_new
from sync.station.tables import entries, entry_numbers, import_withdrawals, imports

_FORGOTTEN_AT_ONCE: Final = 2000


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
    """Keep what the file asks for, all of it or nothing; a file that waits already is not kept twice.

    Raises:
        BadRequestError: "import-refused" (``n`` rows are refused) or "import-empty" (nothing is to be done).
        OSError, sqlalchemy.exc.OperationalError: the file or the database failed; nothing is at work of it.
    """
    with store.read() as conn:
        same_file = select(imports.c.id, imports.c.state).where(imports.c.sha256 == file.sha256)
        for found in conn.execute(same_file.where(imports.c.state == ImportState.PROPOSED)):
            return _counted(conn, found.id, resumed=True)
        interrupted = conn.execute(same_file.where(imports.c.state == ImportState.LOADING)).all()
    for found in interrupted:
        forget_import(store, found.id)
    import_id = str(uuid4())
    begun = {"id": import_id, "state": ImportState.LOADING, "sha256": file.sha256, "rows": 0}
    with store.write() as conn:
        conn.execute(insert(imports).values(**begun, proposed_by=who, proposed_at=now))
    try:
        read = _load(store, import_id, file, who, now, say)
        return _proposed(store, import_id, file, read, who, now)
    except BaseException:
        # On a full disk this may fail too; what happened first is what counts.
        with suppress(OperationalError, OSError):
            forget_import(store, import_id)
        raise


def forget_import(store: Store, import_id: str) -> None:
    """Forget an import that was never proposed, some rows at a time.

    Raises:
        ConflictError: it was proposed: it can be taken back.
    """
    some = select(entries.c.id).where(entries.c.import_id == import_id).order_by(entries.c.id).limit(_FORGOTTEN_AT_ONCE)
    while True:
        with store.write() as conn:
            _require_loading(conn, import_id)
            ids = conn.execute(some).scalars().all()
            chosen = select(entries.c.id).where(entries.c.id.in_(ids))
            forget_rows(conn, chosen)
            conn.execute(delete(entry_numbers).where(entry_numbers.c.entry.in_(chosen)))
            conn.execute(delete(entries).where(entries.c.id.in_(ids)))
            if not ids:
                conn.execute(delete(import_withdrawals).where(import_withdrawals.c.import_id == import_id))
                conn.execute(delete(imports).where(imports.c.id == import_id))
                return


def _load(
    store: Store, import_id: str, file: ImportFile, who: str, now: datetime, say: Callable[[int, int], None]
) -> int:
    read = refused = 0
    with FileCheck() as check:
        for some in in_chunks(rows(records(file), site_day(now)), AT_ONCE):
            with store.write() as conn:
                _require_loading(conn, import_id)
                found = check.verdicts(conn, some)
                refused += sum(verdict.fate is Fate.REFUSE for verdict in found)
                if not refused:
                    _keep(conn, import_id, found, who, now)
            read += len(some)
            say(read, 0)
    if refused:
        raise BadRequestError("import-refused", n=refused)
    return read


def _proposed(store: Store, import_id: str, file: ImportFile, read: int, who: str, now: datetime) -> ImportProposed:
    with store.write() as conn:
        proposed = _counted(conn, import_id)
        if not proposed.adds and not proposed.withdraws:
            raise BadRequestError("import-empty")
        whole = {"state": ImportState.PROPOSED, "rows": read}
        conn.execute(update(imports).where(imports.c.id == import_id).values(whole))
        counts = {"adds": proposed.adds, "withdraws": proposed.withdraws}
        audit.record(conn, now, who, "import.proposed", import_id=import_id, sha256=file.sha256, **counts)
        return proposed


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


def _require_loading(conn: Connection, import_id: str) -> None:
    if import_of(conn, import_id).state != ImportState.LOADING:
        raise ConflictError("import-not-loading")


def _counted(conn: Connection, import_id: str, *, resumed: bool = False) -> ImportProposed:
    withdraws = conn.execute(select(func.count()).select_from(withdrawn_by(import_id).subquery())).scalar_one()
    adds = how_many(conn, entries.c.import_id == import_id)
    return ImportProposed(import_id=import_id, adds=adds, withdraws=withdraws, resumed=resumed)
