"""What the console's pages may ask about who a kiosk is, as JSON. Every act may carry ``Idempotency-Key: UUID``.

| call | body | answer |
|---|---|---|
| POST /api/kiosks/enrol-token | kiosk, lane | token, expires_at, qr (SVG): shown once, kept nowhere |
| POST /api/kiosks/{kiosk}/revoke | why | kiosk, fingerprints: it is refused from the next request on, and cut off |
"""

from datetime import datetime
from typing import Annotated, Any, TypeAlias

import structlog
from fastapi import APIRouter, Depends, Request, Response
from msgspec import Struct
from sqlalchemy import Connection

from sync.station import certificates, kiosks, second_factor
from sync.station.api.act_once import act_once
from sync.station.api.session import AStation, holder_of, meant
from sync.station.people import Person
from sync.station.rights import Right

log = structlog.get_logger()
router = APIRouter(prefix="/api/kiosks", dependencies=[Depends(meant)])

Keeper: TypeAlias = Annotated[Person, Depends(holder_of(Right.KEEP_KIOSKS))]


class Invited(Struct, frozen=True, forbid_unknown_fields=True):
    """Which kiosk is to enrol, and on which lane it stands."""

    kiosk: str
    lane: str


class Revocation(Struct, frozen=True, forbid_unknown_fields=True):
    """Why a kiosk may speak no more."""

    why: str


@router.post("/enrol-token")
async def enrol_token(request: Request, station: AStation, who: Keeper) -> Response:
    """Make a token with which a kiosk may enrol once."""

    def act(conn: Connection, wish: Invited, now: datetime) -> dict[str, Any]:
        token = kiosks.new_enrol_token(conn, wish.kiosk, wish.lane, now, who.login)
        return {"token": token, "expires_at": now + kiosks.TOKEN_LIFE, "qr": second_factor.qr_svg(token)}

    return await act_once(request, station, who, Invited, act, status=201, shown_once=True)


@router.post("/{kiosk}/revoke")
async def revoke(request: Request, station: AStation, kiosk: str, who: Keeper) -> Response:
    """End every certificate of a kiosk, and its open connections."""

    def act(conn: Connection, given: Revocation, now: datetime) -> dict[str, Any]:
        return {"kiosk": kiosk, "fingerprints": certificates.revoke(conn, kiosk, given.why, who.login, now)}

    answer = await act_once(request, station, who, Revocation, act)
    station.connections.bell.ring()
    if answer.status_code == 200:
        log.warning("kiosk.revoked", kiosk=kiosk)
    return answer
