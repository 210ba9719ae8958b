"""The audit log: rows that hold one another by their hashes, and checkpoints that sign where the log stands.

hash(n) = SHA-256 over the canonical JSON of (hash(n-1), n, at, who, what, facts). A row that was changed, taken out
or put in breaks every hash after it. A checkpoint (every hour, at the end of a run, at an export) signs the newest
hash with the station's audit key, so that the end cannot be cut off before it either. What an export looks like, and
what it proves, is said in sync.station.audit_verify, which an auditor runs elsewhere.
"""

import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, func, insert, select

from sync.station.audit_verify import GENESIS as GENESIS
from sync.station.audit_verify import VERSION, canonical, row_hash, signed_bytes
from sync.station.store import Store, insert_new
from sync.station.tables import audit, audit_checkpoints

_AT_ONCE: Final = 1000


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
    hashed = _hash(previous, n, now, who, what, facts)
    conn.execute(insert(audit).values(n=n, at=now, who=who, what=what, facts=facts, hash=hashed))


def first_broken_row(conn: Connection, after: int = 0, previous: str = GENESIS) -> int | None:
    """Return the number of the first row whose hash or place is wrong, or None when the chain holds.

    It is looked at from the row ``after`` on, whose hash ``previous`` is believed.
    """
    rows = conn.execute(
        select(audit).where(audit.c.n > after).order_by(audit.c.n).execution_options(yield_per=_AT_ONCE)
    )
    for expected_n, row in enumerate(rows, start=after + 1):
        if row.n != expected_n or row.hash != _hash(previous, row.n, row.at, row.who, row.what, row.facts):
            return expected_n
        previous = row.hash
    return None


def checkpoint(conn: Connection, key: Ed25519PrivateKey, site: str, now: datetime) -> None:
    """Sign the newest row, unless there is none or it is signed already."""
    row = conn.execute(select(audit.c.n, audit.c.hash).order_by(audit.c.n.desc()).limit(1)).one_or_none()
    newest = select(audit_checkpoints.c.n).order_by(audit_checkpoints.c.n.desc()).limit(1)
    before: int = conn.execute(newest).scalar_one_or_none() or 0
    if row is None:
        return
    # A log whose end was cut off is signed too: that the checkpoint before stands further on is then in the export.
    signature = key.sign(signed_bytes(site, row.n, row.hash, _iso(now), before))
    signed = {"n": row.n, "hash": row.hash, "at": now, "key_id": key_id(key), "signature": signature}
    insert_new(conn, audit_checkpoints, signed)


def key_id(key: Ed25519PrivateKey) -> str:
    """Return by what people and exports know the audit key: its public half, in hexadecimal digits."""
    return key.public_key().public_bytes_raw().hex()


def export(store: Store, key: Ed25519PrivateKey, site: str, who: str, now: datetime, file: Path) -> int:
    """Write the whole log to a new file for its owner alone, and return how many rows it has.

    That it was exported is its last row, and signed. Raises OSError; FileExistsError where there is such a file.
    """
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
        rows = export_to(opened, store, key, site, who, now)
        opened.flush()
        os.fsync(opened.fileno())
    return rows


def export_to(opened: IO[bytes], store: Store, key: Ed25519PrivateKey, site: str, who: str, now: datetime) -> int:
    """Write the same as ``export`` to a file that is open."""
    with store.write() as conn:
        record(conn, now, who, "audit.exported")
        checkpoint(conn, key, site, now)
        rows: int = conn.execute(select(func.max(audit.c.n))).scalar_one()
    with store.read() as conn:
        for line in _lines(conn, site, rows):
            opened.write(canonical(line) + b"\n")
    return rows


def _lines(conn: Connection, site: str, upto: int) -> Iterator[object]:
    yield {"audit": "hongtu-gate", "site": site, "version": VERSION}
    before = 0
    query = select(
        audit, *(audit_checkpoints.c[name].label(f"signed_{name}") for name in ("at", "key_id", "signature"))
    ).outerjoin(audit_checkpoints, audit_checkpoints.c.n == audit.c.n)
    rows = query.where(audit.c.n <= upto).order_by(audit.c.n).execution_options(yield_per=_AT_ONCE)
    for row in conn.execute(rows):
        fields = {"n": row.n, "who": row.who, "what": row.what, "facts": row.facts, "hash": row.hash}
        yield {**fields, "at": _iso(row.at)}
        if row.signed_at is not None:
            signed = {"at": _iso(row.signed_at), "key": row.signed_key_id, "signature": row.signed_signature.hex()}
            yield {**signed, "checkpoint": row.n, "hash": row.hash, "previous": before}
            before = row.n


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def _hash(previous: str, n: int, at: datetime, who: str, what: str, facts: Mapping[str, str | int]) -> str:
    return row_hash(previous, n, _iso(at), who, what, dict(facts))
