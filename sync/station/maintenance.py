"""Planned maintenance: a window in which a kiosk's silence is expected. Announced, audited, and it ends by itself.

A kiosk has one window at a time, of a day at most: who needs longer comes again and says why again. It can be ended
early, also before it has begun.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from sync.station import audit
from sync.station.refusals import BadRequestError, ConflictError, NotFoundError
from sync.station.site_time import SITE_TIME
from sync.station.tables import kiosks, maintenance

LONGEST: Final = timedelta(hours=24)
_c: Final = maintenance.c

_UNTIL: Final = select(_c.ends_at).where(  # made once: to put a statement together takes longer than to run it
    _c.kiosk == bindparam("kiosk"), _c.begins_at <= bindparam("now"), _c.ends_at > bindparam("now")
)


def announce(
    conn: Connection, kiosk: str, begins_at: datetime, length: timedelta, why: str, who: str, now: datetime
) -> str:
    """Announce a window, at once or for later; return its id.

    Raises:
        NotFoundError: there is no such kiosk.
        BadRequestError: "why" (none was given), "maintenance-length" or "maintenance-over".
        ConflictError: "maintenance-announced": the kiosk has a window already; says by whom.
    """
    ends_at = begins_at + length
    if not why.strip():
        raise BadRequestError("why")
    if not timedelta() < length <= LONGEST:
        raise BadRequestError("maintenance-length", hours=int(LONGEST / timedelta(hours=1)))
    if ends_at <= now:
        raise BadRequestError("maintenance-over")
    if conn.execute(select(kiosks.c.id).where(kiosks.c.id == kiosk)).first() is None:
        raise NotFoundError("no-such-kiosk", kiosk=kiosk)
    other = _window_of(conn, kiosk, now)
    if other is not None:
        ends = f"{other.ends_at.astimezone(SITE_TIME):%m-%d %H:%M}"
        raise ConflictError("maintenance-announced", who=other.announced_by, until=ends)
    window = str(uuid4())
    period = {"begins_at": begins_at, "ends_at": ends_at}
    conn.execute(
        insert(maintenance).values(id=window, kiosk=kiosk, **period, announced_by=who, announced_at=now, why=why)
    )
    told = {name: at.isoformat() for name, at in period.items()}
    audit.record(conn, now, who, "maintenance.announced", window=window, kiosk=kiosk, why=why, **told)
    return window


def end(conn: Connection, kiosk: str, who: str, now: datetime) -> None:
    """End the kiosk's window now; one that has not begun never does.

    Raises:
        NotFoundError: it has none.
    """
    window = _window_of(conn, kiosk, now)
    if window is None:
        raise NotFoundError("no-maintenance", kiosk=kiosk)
    conn.execute(update(maintenance).where(_c.id == window.id).values(ends_at=now))
    audit.record(conn, now, who, "maintenance.ended", window=window.id, kiosk=kiosk)


def windows(conn: Connection, now: datetime) -> list[Row[Any]]:
    """Return every window that is not over, the first to begin first."""
    return list(conn.execute(select(maintenance).where(_c.ends_at > now).order_by(_c.begins_at, _c.kiosk)))


def current(conn: Connection, now: datetime) -> Mapping[str, datetime]:
    """Return until when each kiosk is in maintenance that is in it now."""
    return {row.kiosk: row.ends_at for row in windows(conn, now) if row.begins_at <= now}


def until(conn: Connection, kiosk: str, now: datetime) -> datetime | None:
    """Return until when this kiosk is in maintenance, None where it is in none now."""
    return conn.execute(_UNTIL, {"kiosk": kiosk, "now": now}).scalars().first()


def _window_of(conn: Connection, kiosk: str, now: datetime) -> Row[Any] | None:
    return next((row for row in windows(conn, now) if row.kiosk == kiosk), None)
