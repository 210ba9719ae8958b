"""An import as it is kept: its state, its entries, and what it withdraws."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, Select, func, insert, select

from sync.station.live_list import EntryState
from sync.station.refusals import ConflictError, NotFoundError
from sync.station.tables import entries, entry_numbers, import_withdrawals, imports
from sync.station.withdrawals import TO_REVIEW

FACTS: Final = ("name", "unit", "contact", "case_number", "legal_basis", "guidance", "listed_on", "expires_on")
"""What an entry says, beside its numbers."""


_TIMES: Final = ("proposed_at", "approved_at", "taken_back_at")


class ImportState(StrEnum):
    """How far an import has come."""

    LOADING = "loading"
    """Its rows are being kept, or that was interrupted (sync.station.import_loading)."""
    PROPOSED = "proposed"
    APPROVED = "approved"
    TAKEN_BACK = "taken-back"


def import_of(conn: Connection, import_id: str) -> Row[Any]:
    """Return the import's row.

    Raises:
        NotFoundError: there is no such import.
    """
    row = conn.execute(select(imports).where(imports.c.id == import_id)).one_or_none()
    if row is None:
        raise NotFoundError("no-such-import")
    return row


def waiting_imports(conn: Connection) -> list[Row[Any]]:
    """Return the imports that wait for a second person, or are loading, oldest first."""
    waiting = select(imports).where(imports.c.state.in_((ImportState.PROPOSED, ImportState.LOADING)))
    return list(conn.execute(waiting.order_by(imports.c.proposed_at)))


def keep_entries(
    conn: Connection,
    import_id: str,
    new: Sequence[dict[str, Any]],
    numbers: Sequence[dict[str, str]],
    who: str,
    now: datetime,
) -> None:
    """Keep proposed entries of this import: ``new`` are ids and ``FACTS``, ``numbers`` pairs of entry and number."""
    if new:
        proposed = {"state": EntryState.PROPOSED, "import_id": import_id, "proposed_by": who, "proposed_at": now}
        conn.execute(insert(entries), [{**one, **proposed} for one in new])
        conn.execute(insert(entry_numbers), list(numbers))


def withdrawn_by(import_id: str) -> Select[tuple[str]]:
    """Return a query for the entries that the import's approval withdraws."""
    return select(import_withdrawals.c.entry).where(import_withdrawals.c.import_id == import_id)


def how_many(conn: Connection, chosen: ColumnElement[bool]) -> int:
    """Return how many entries are chosen."""
    return conn.execute(select(func.count()).select_from(entries).where(chosen)).scalar_one()


def import_already(found: Row[Any]) -> ConflictError:
    """Return the refusal that says how far the import has come, and who was first."""
    if found.state == ImportState.LOADING:
        return ConflictError("import-loading", who=found.proposed_by)
    taken_back = found.state == ImportState.TAKEN_BACK
    who, at = (found.taken_back_by, found.taken_back_at) if taken_back else (found.approved_by, found.approved_at)
    return ConflictError("already", state=found.state, who=who, at=at.isoformat())


def newest(conn: Connection, limit: int = 50) -> list[dict[str, Any]]:
    """Return the newest imports, as JSON values."""
    rows = conn.execute(select(imports).order_by(imports.c.proposed_at.desc(), imports.c.id).limit(limit))
    return [_as_json(conn, row) for row in rows.all()]


def one(conn: Connection, import_id: str) -> dict[str, Any]:
    """Return an import, as JSON values. Raises NotFoundError."""
    return _as_json(conn, import_of(conn, import_id))


def to_review(conn: Connection, import_id: str) -> int:
    """Return how many withdrawals of it, or of its taking back, wait for somebody to read them."""
    touched = (entries.c.import_id == import_id) | entries.c.id.in_(withdrawn_by(import_id))
    return how_many(conn, touched & TO_REVIEW)


def _as_json(conn: Connection, row: Row[Any]) -> dict[str, Any]:
    withdraws = select(func.count()).select_from(import_withdrawals).where(import_withdrawals.c.import_id == row.id)
    times = {name: at.isoformat() if (at := row._mapping[name]) is not None else None for name in _TIMES}
    return {
        "import": row.id,
        "state": row.state,
        "restores": row.restores,
        "adds": how_many(conn, entries.c.import_id == row.id),
        "withdraws": conn.execute(withdraws).scalar_one(),
        **{name: row._mapping[name] for name in ("proposed_by", "approved_by", "taken_back_by")},
        **times,
    }
