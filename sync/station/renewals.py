"""A new last day for an entry: one person asks, another grants (signing it again).

Rules
- The entry keeps its id, its numbers and its facts. It is sealed anew with the new day, and published again: a kiosk
  replaces all of its rows.
- An entry past its last day may still be renewed; one that was withdrawn may not.
- An entry that nobody renews ends on its last day, without anybody's doing.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from sync.station import audit, requests
from sync.station.feeds import append_changes
from sync.station.live_list import EntryState, already, entry_of
from sync.station.proposals import check_last_day
from sync.station.refusals import BadRequestError
from sync.station.requests import Act
from sync.station.sealing import Sealed, keep, require_sealed
from sync.station.site_time import site_day
from sync.station.tables import entries


def ask_to_renew(conn: Connection, entry: str, last_day: date, who: str, now: datetime) -> str:
    """Ask for a new last day; return the request that a second person must grant.

    Raises:
        NotFoundError: there is no such entry.
        ConflictError: it is not listed, or this is asked for already.
        BadRequestError: the day is not later than today, is too far away, or is the entry's last day already.
    """
    _check(conn, entry, last_day, now)
    return requests.ask(conn, Act.RENEW, {"entry": entry}, {"until": last_day.isoformat()}, who, now)


def renew(conn: Connection, request: Row[Any], sealed: Iterable[Sealed], who: str, now: datetime) -> int:
    """Grant a renewal, whose rows were sealed with the new last day; return where the newest feed then stands.

    Raises:
        NotAllowedError: ``who`` asked for it.
        NotSealedError: an epoch has begun meanwhile: seal, and try again.
        ConflictError, BadRequestError: it can no longer be renewed like this, see ``ask_to_renew``.
    """
    entry, last_day = request.facts["entry"], date.fromisoformat(request.facts["until"])
    was = _check(conn, entry, last_day, now)
    requests.grant(conn, request, who, now)
    conn.execute(update(entries).where(entries.c.id == entry).values(expires_on=last_day))
    for one in sealed:
        keep(conn, (one,))
    require_sealed(conn, entries.c.id == entry)
    seq = append_changes(conn, "add", select(entries.c.id).where(entries.c.id == entry), now)
    assert seq is not None
    days = {"was": was.isoformat(), "until": last_day.isoformat()}
    audit.record(
        conn, now, who, "entry.renewed", entry=entry, request=request.id, asked_by=request.asked_by, seq=seq, **days
    )
    return seq


def _check(conn: Connection, entry: str, last_day: date, now: datetime) -> date:
    found = entry_of(conn, entry)
    if found.state != EntryState.LISTED:
        raise already(found)
    check_last_day(last_day, site_day(now))
    if last_day == found.expires_on:
        raise BadRequestError("same-day")
    last: date = found.expires_on
    return last
