"""What the console's pages may ask, as JSON. The demo and the bench use the same calls.

The list's own calls are in sync.station.api.list_calls, those of accounts in account_calls.

| call | body | answer |
|---|---|---|
| GET /api/alarms?since=N | - | upto, alarms |
| POST /api/alarms/{id}/acknowledge | - | id, state |
| GET /api/kiosks | - | kiosks |
| GET /api/counts | - | counts: how visits ended, never whose |
"""

from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, Query, Request, Response
from msgspec import Struct

from sync.station import alarms, evidence, fleet, visit_counts
from sync.station.api.edge import JsonAnswer, read_json
from sync.station.api.session import AStation, holder_of, meant
from sync.station.people import Person
from sync.station.refusals import BadRequestError
from sync.station.rights import Right
from sync.wire import ShortText

router = APIRouter(prefix="/api", dependencies=[Depends(meant)])


class Dismissal(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why nothing comes of an alarm."""

    why: ShortText


@router.get("/alarms", dependencies=[Depends(holder_of(Right.SEE_ALARMS))])
def alarms_since(station: AStation, since: Annotated[int, Query(ge=0, lt=2**53)] = 0) -> Response:
    """Return the alarms that changed after event number ``since``."""
    with station.store.read() as conn:
        upto, changed = alarms.changed_since(conn, since)
    return JsonAnswer({"upto": upto, "alarms": changed})


@router.post("/alarms/{alarm}/acknowledge")
def acknowledge(
    station: AStation, alarm: str, who: Annotated[Person, Depends(holder_of(Right.ACKNOWLEDGE))]
) -> Response:
    """Say that somebody is on it; 409 names who was first."""
    with station.store.write() as conn:
        state = alarms.act(conn, alarm, alarms.Act.ACKNOWLEDGE, who.login, station.now())
    station.alarm_bell.ring()
    return JsonAnswer({"id": alarm, "state": state})


@router.post("/alarms/{alarm}/dismiss")
async def dismiss(
    request: Request, station: AStation, alarm: str, who: Annotated[Person, Depends(holder_of(Right.ACKNOWLEDGE))]
) -> Response:
    """Say that nothing comes of it, and why; the alarm's face crop is erased."""
    why = (await read_json(request, Dismissal)).why.strip()
    if not why:
        raise BadRequestError("why")

    def committed() -> alarms.State:
        with station.store.write() as conn:
            now = station.now()
            state = alarms.act(conn, alarm, alarms.Act.DISMISS, who.login, now, why=why)
            evidence.end(conn, station.evidence_keys, alarm, now)
            return state

    state = await run_sync(committed)
    station.alarm_bell.ring()
    return JsonAnswer({"id": alarm, "state": state})


@router.get("/kiosks", dependencies=[Depends(holder_of(Right.SEE_ALARMS))])
def kiosks_health(station: AStation) -> Response:
    """Return how every kiosk is."""
    with station.store.read() as conn:
        return JsonAnswer({"kiosks": fleet.health(conn, station.now())})


@router.get("/counts", dependencies=[Depends(holder_of(Right.SEE_ALARMS))])
def counts(station: AStation) -> Response:
    """Return how many visits ended in each way."""
    with station.store.read() as conn:
        return JsonAnswer({"counts": visit_counts.totals(conn)})
