"""The audit log: rows that hold one another by their hashes.

hash(n) = SHA-256 over the canonical JSON of (hash(n-1), n, at, who, what, facts). A row that was changed, taken out
or put in breaks every hash after it. The end of the log can still be cut off unseen: that takes the signed
checkpoints of a later issue.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import Connection, insert, select

from sync.station.tables import audit

GENESIS: Final = "0" * 64
"""What the first row stands on."""


def record(conn: Connection, now: datetime, who: str, what: str, **facts: str | int) -> None:
    """Append a row in the caller's transaction: the act and its record are committed together or not at all.

    Args:
        conn: a write transaction of the store.
        now: aware UTC.
        who: a login, a kiosk's id, or "station".
        what: noun.verb, such as ``entry.approved``.
        facts: ids and codes only, never a number or a name of a listed person.
    """
    last = conn.execute(select(audit.c.n, audit.c.hash).order_by(audit.c.n.desc()).limit(1)).one_or_none()
    n, previous = (last.n + 1, last.hash) if last is not None else (1, GENESIS)
    row_hash = _hash(previous, n, now, who, what, facts)
    conn.execute(insert(audit).values(n=n, at=now, who=who, what=what, facts=facts, hash=row_hash))


def first_broken_row(conn: Connection) -> int | None:
    """Return the number of the first row whose hash or place is wrong, or None when the chain holds."""
    previous = GENESIS
    for expected_n, row in enumerate(conn.execute(select(audit).order_by(audit.c.n)), start=1):
        if row.n != expected_n or row.hash != _hash(previous, row.n, row.at, row.who, row.what, row.facts):
            return expected_n
        previous = row.hash
    return None


def _hash(previous: str, n: int, at: datetime, who: str, what: str, facts: Mapping[str, str | int]) -> str:
    row = [previous, n, at.astimezone(UTC).isoformat(), who, what, dict(facts)]
    return hashlib.sha256(json.dumps(row, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
