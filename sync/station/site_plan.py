"""The plan of the lanes: one drawing for the site, and where on it each kiosk stands.

A place is in hundredths of the drawing's width and height, so it holds on every screen and outlives a new drawing.
"""

import hashlib
import math
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from sync.station import audit
from sync.station.plan_svg import PlanSvg
from sync.station.refusals import BadRequestError, NotFoundError
from sync.station.tables import kiosk_places, kiosks, site_plan

_THE_ONE = 1
_c = site_plan.c


def keep(conn: Connection, plan: PlanSvg, who: str, now: datetime) -> dict[str, float]:
    """Keep a new drawing instead of the one before, and return its size; the kiosks keep their places."""
    conn.execute(delete(site_plan))
    drawn = {"svg": plan.svg, "width": plan.width, "height": plan.height}
    conn.execute(insert(site_plan).values(n=_THE_ONE, **drawn, uploaded_by=who, uploaded_at=now))
    audit.record(conn, now, who, "plan.uploaded", sha256=hashlib.sha256(plan.svg).hexdigest())
    return {"width": plan.width, "height": plan.height}


def current(conn: Connection) -> dict[str, Any] | None:
    """Return size, version, and who uploaded the plan when; None where there is none."""
    row = conn.execute(select(_c.width, _c.height, _c.uploaded_by, _c.uploaded_at)).one_or_none()
    if row is None:
        return None
    return {
        "width": row.width,
        "height": row.height,
        "version": _version(row.uploaded_at),
        "uploaded_by": row.uploaded_by,
        "uploaded_at": row.uploaded_at.isoformat(),
    }


def drawing(conn: Connection) -> tuple[bytes, str]:
    """Return the cleaned SVG and its version. Raises NotFoundError."""
    row = conn.execute(select(_c.svg, _c.uploaded_at)).one_or_none()
    if row is None:
        raise NotFoundError("no-plan")
    return row.svg, _version(row.uploaded_at)


def place(conn: Connection, kiosk: str, x: float, y: float, who: str, now: datetime) -> None:
    """Say where a kiosk stands: ``x`` hundredths of the plan's width from the left, ``y`` of its height from the top.

    Raises:
        BadRequestError: "place": not on the plan.
        NotFoundError: "no-such-kiosk".
    """
    if not all(math.isfinite(at) and 0 <= at <= 100 for at in (x, y)):
        raise BadRequestError("place")
    if conn.execute(select(kiosks.c.id).where(kiosks.c.id == kiosk)).first() is None:
        raise NotFoundError("no-such-kiosk", kiosk=kiosk)
    conn.execute(delete(kiosk_places).where(kiosk_places.c.kiosk == kiosk))
    conn.execute(insert(kiosk_places).values(kiosk=kiosk, x=x, y=y))
    audit.record(conn, now, who, "kiosk.placed", kiosk=kiosk, x=f"{x:g}", y=f"{y:g}")


def take_off(conn: Connection, kiosk: str, who: str, now: datetime) -> None:
    """Show a kiosk on the plan no more. Raises NotFoundError: "not-placed"."""
    if conn.execute(delete(kiosk_places).where(kiosk_places.c.kiosk == kiosk)).rowcount != 1:
        raise NotFoundError("not-placed", kiosk=kiosk)
    audit.record(conn, now, who, "kiosk.taken-off-plan", kiosk=kiosk)


def placed(conn: Connection, kiosk: str | None = None) -> list[dict[str, Any]]:
    """Return kiosk, lane and place of every kiosk, or of one; the place is None where it has none."""
    query = select(kiosks.c.id, kiosks.c.lane, kiosk_places.c.x, kiosk_places.c.y)
    query = query.outerjoin(kiosk_places, kiosk_places.c.kiosk == kiosks.c.id).order_by(kiosks.c.id)
    rows = conn.execute(query if kiosk is None else query.where(kiosks.c.id == kiosk))
    return [{"kiosk": row.id, "lane": row.lane, "place": place_of(row)} for row in rows]


def place_of(row: Any) -> dict[str, float] | None:
    """Return the place in a row that has ``x`` and ``y``."""
    return None if row.x is None else {"x": row.x, "y": row.y}


def _version(uploaded_at: datetime) -> str:
    return f"{uploaded_at:%Y%m%d%H%M%S%f}"
