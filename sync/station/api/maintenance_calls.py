"""Planned maintenance at the console. Every act may carry ``Idempotency-Key: UUID``.

| call | body | answer |
|---|---|---|
| POST /api/kiosks/{kiosk}/maintenance | begins (day and time at the site), hours, why | until |
| POST /api/kiosks/{kiosk}/maintenance/end | - | - |

Which windows there are is in GET /api/kiosks.
"""

from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from msgspec import Meta, Struct
from sqlalchemy import Connection

from sync.station import maintenance
from sync.station.api.act_once import Nothing, act_once
from sync.station.api.session import AStation, holder_of, meant
from sync.station.people import Person
from sync.station.refusals import BadRequestError
from sync.station.rights import Right
from sync.station.site_time import SITE_TIME

router = APIRouter(prefix="/api/kiosks/{kiosk}/maintenance", dependencies=[Depends(meant)])

AKeeper = Annotated[Person, Depends(holder_of(Right.KEEP_KIOSKS))]


class Window(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is announced: as a browser's field gives it, 2026-05-01T14:00."""

    begins: Annotated[str, Meta(pattern=r"\A\d{4}-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d\Z")]
    hours: Annotated[float, Meta(ge=0, le=1000)]
    why: Annotated[str, Meta(max_length=200)]


@router.post("")
async def announce(request: Request, station: AStation, kiosk: str, who: AKeeper) -> Response:
    """Announce a window."""

    def act(conn: Connection, window: Window, now: datetime) -> dict[str, Any]:
        try:
            begins_at = datetime.fromisoformat(window.begins).replace(tzinfo=SITE_TIME)
        except ValueError:  # the thirty-first of February
            raise BadRequestError("malformed") from None
        length = timedelta(hours=window.hours)
        maintenance.announce(conn, kiosk, begins_at, length, window.why, who.login, now)
        return {"until": (begins_at + length).isoformat()}

    return await act_once(request, station, who, Window, act, status=201)


@router.post("/end")
async def end(request: Request, station: AStation, kiosk: str, who: AKeeper) -> Response:
    """End the kiosk's window now."""

    def act(conn: Connection, _given: Nothing, now: datetime) -> dict[str, Any]:
        maintenance.end(conn, kiosk, who.login, now)
        return {}

    return await act_once(request, station, who, Nothing, act, status=204)
