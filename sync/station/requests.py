"""What one person asks for and another grants: a renewal, the end of a clearance.

A request waits until a second person grants it, or anybody declines it; the act itself is done in the transaction in
which it is granted.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Row, insert, select, update

from sync.station import audit
from sync.station.refusals import ConflictError, NotAllowedError, NotFoundError
from sync.station.tables import requests


class Act(StrEnum):
    """What may be asked for."""

    RENEW = "renew"
    LIFT_CLEARANCE = "lift-clearance"


def ask(
    conn: Connection, act: Act, subject: Mapping[str, str], facts: Mapping[str, str], who: str, now: datetime
) -> str:
    """Keep a request and return its id. ``subject`` is what it is about: {"entry": …} or {"clearance": …}.

    Raises:
        ConflictError: the same is asked for already, and waits.
    """
    for waiting in waiting_requests(conn):
        if waiting.act == act and waiting.facts.items() >= subject.items():
            raise ConflictError("already-asked", request=waiting.id, who=waiting.asked_by)
    request = str(uuid4())
    row = {"id": request, "act": act, "facts": {**subject, **facts}, "asked_by": who, "asked_at": now}
    conn.execute(insert(requests).values(row))
    audit.record(conn, now, who, f"{act}.asked", request=request, **subject)
    return request


def waiting_requests(conn: Connection) -> list[Row[Any]]:
    """Return the requests that nobody has granted or declined, oldest first."""
    return list(conn.execute(select(requests).where(requests.c.ended_at.is_(None)).order_by(requests.c.asked_at)))


def waiting(conn: Connection) -> list[dict[str, Any]]:
    """Return the requests that wait, as JSON values."""
    return [
        {"request": row.id, "act": row.act, **row.facts, "asked_by": row.asked_by, "asked_at": row.asked_at.isoformat()}
        for row in waiting_requests(conn)
    ]


def request_of(conn: Connection, request: str) -> Row[Any]:
    """Return a request that waits.

    Raises:
        NotFoundError: there is no such request.
        ConflictError: somebody has granted or declined it.
    """
    row = conn.execute(select(requests).where(requests.c.id == request)).one_or_none()
    if row is None:
        raise NotFoundError("no-such-request")
    if row.ended_at is not None:
        state = "granted" if row.granted else "declined"
        raise ConflictError("already", state=state, who=row.ended_by, at=row.ended_at.isoformat())
    return row


def grant(conn: Connection, request: Row[Any], who: str, now: datetime) -> None:
    """Note that a second person has granted the request; the caller does what it asks, and audits it.

    Raises:
        NotAllowedError: ``who`` asked for it.
    """
    if request.asked_by == who:
        raise NotAllowedError("own-request")
    _end(conn, request.id, who, now, granted=True)


def decline(conn: Connection, request: str, who: str, now: datetime) -> None:
    """End a request without doing what it asks: one person suffices.

    Raises:
        NotFoundError, ConflictError: see ``request_of``.
    """
    found = request_of(conn, request)
    _end(conn, request, who, now, granted=False)
    subject = {key: found.facts[key] for key in ("entry", "clearance") if key in found.facts}
    audit.record(conn, now, who, f"{found.act}.declined", request=request, **subject)


def _end(conn: Connection, request: str, who: str, now: datetime, *, granted: bool) -> None:
    ended = {"ended_by": who, "ended_at": now, "granted": granted}
    conn.execute(update(requests).where(requests.c.id == request).values(ended))
