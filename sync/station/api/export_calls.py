"""What other systems read of the station, on behalf of somebody who is signed in.

| call | answer |
|---|---|
| GET /api/alarms/{alarm}/cap | the alarm's newest message, CAP 1.2 |
| GET /api/openapi.json | the description of every call |
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from sync.station.api.edge import JsonAnswer
from sync.station.api.session import AStation, holder_of, person
from sync.station.cap import cap
from sync.station.rights import Right

router = APIRouter(prefix="/api")


@router.get("/alarms/{alarm}/cap", dependencies=[Depends(holder_of(Right.SEE_ALARMS))])
def as_cap(station: AStation, alarm: str) -> Response:
    """Return the alarm as a message of the Common Alerting Protocol."""
    with station.store.read() as conn:
        message = cap(conn, alarm, station.keyring.site)
    return Response(message, media_type="application/cap+xml")


@router.get("/openapi.json")
def description(request: Request, _who: Annotated[object, Depends(person)]) -> Response:
    """Return the description of every call."""
    described: dict[str, object] = request.app.state.described()
    return JsonAnswer(described)
