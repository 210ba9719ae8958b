"""The face crop of an alarm, asked for and looked at (sync.station.evidence)."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from msgspec import Struct
from sqlalchemy import Connection

from sync.station import evidence
from sync.station.api.act_once import act_once
from sync.station.api.session import AStation, holder_of, meant
from sync.station.people import Person
from sync.station.rights import Right
from sync.wire import ShortText

router = APIRouter(prefix="/api/alarms/{alarm}/evidence", dependencies=[Depends(meant)])

Looker = Annotated[Person, Depends(holder_of(Right.SEE_EVIDENCE))]


class Ask(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why somebody wants to see a face."""

    reason: ShortText


@router.post("")
async def ask(request: Request, station: AStation, alarm: str, who: Looker) -> Response:
    """Ask the kiosk for the face crop; it comes with one of the next heartbeats."""

    def act(conn: Connection, given: Ask, now: datetime) -> dict[str, Any]:
        return {"request": evidence.ask(conn, station.keyring, alarm, given.reason, who.login, now)}

    return await act_once(request, station, who, Ask, act, status=202)


@router.get("")
def see(station: AStation, alarm: str, who: Looker) -> Response:
    """Return the face crop, which no cache may keep."""
    with station.store.write() as conn:  # the look is recorded before anything is shown
        face = evidence.see(conn, station.keyring, station.evidence_keys, alarm, who.login, station.now())
    return Response(face.jpeg, media_type="image/jpeg", headers={"cache-control": "no-store"})
