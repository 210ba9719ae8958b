"""What the console's pages may ask about who a kiosk is, as JSON.

| call | body | answer |
|---|---|---|
| POST /api/kiosks/enrol-token | kiosk, lane | token, expires_at, qr (SVG): shown once, kept nowhere |
| POST /api/kiosks/{kiosk}/revoke | why | kiosk, fingerprints: it is refused from the next request on, and cut off |
"""

from typing import Annotated, TypeAlias

import structlog
from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, Request, Response
from msgspec import Struct

from sync.station import certificates, kiosks, second_factor
from sync.station.api.edge import JsonAnswer, read_json
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
    wish, now = await read_json(request, Invited), station.now()

    def committed() -> str:
        with station.store.write() as conn:
            return kiosks.new_enrol_token(conn, wish.kiosk, wish.lane, now, who.login)

    token = await run_sync(committed)
    return JsonAnswer({"token": token, "expires_at": now + kiosks.TOKEN_LIFE, "qr": second_factor.qr_svg(token)}, 201)


@router.post("/{kiosk}/revoke")
async def revoke(request: Request, station: AStation, kiosk: str, who: Keeper) -> Response:
    """End every certificate of a kiosk, and its open connections."""
    why = (await read_json(request, Revocation)).why

    def committed() -> list[str]:
        with station.store.write() as conn:
            return certificates.revoke(conn, kiosk, why, who.login, station.now())

    fingerprints = await run_sync(committed)
    station.connections.bell.ring()
    log.warning("kiosk.revoked", kiosk=kiosk)
    return JsonAnswer({"kiosk": kiosk, "fingerprints": fingerprints})
