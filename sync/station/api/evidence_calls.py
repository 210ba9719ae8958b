"""The face crop of an alarm, asked for and looked at (sync.station.evidence)."""

from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, Request, Response
from msgspec import Struct

from sync.station import evidence
from sync.station.api.edge import JsonAnswer, read_json
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
    given = await read_json(request, Ask)

    def committed() -> str:
        with station.store.write() as conn:
            return evidence.ask(conn, station.keyring, alarm, given.reason, who.login, station.now())

    return JsonAnswer({"request": await run_sync(committed)}, 202)


@router.get("")
def see(station: AStation, alarm: str, who: Looker) -> Response:
    """Return the face crop, which no cache may keep."""
    with station.store.write() as conn:  # the look is recorded before anything is shown
        face = evidence.see(conn, station.keyring, station.evidence_keys, alarm, who.login, station.now())
    return Response(face.jpeg, media_type="image/jpeg", headers={"cache-control": "no-store"})
