"""What the console's pages may ask of kiosks and visits, as JSON. The demo and the bench use the same calls.

The list's own calls are in sync.station.api.list_calls, those of an alarm's life in alarm_calls, those of accounts in
account_calls.

| call | body | answer |
|---|---|---|
| GET /api/kiosks | - | kiosks |
| GET /api/counts | - | counts: how visits ended, never whose |
"""

from fastapi import APIRouter, Depends, Response

from sync.station import fleet, visit_counts
from sync.station.api.edge import JsonAnswer
from sync.station.api.session import AStation, holder_of, meant
from sync.station.rights import Right

router = APIRouter(prefix="/api", dependencies=[Depends(meant)])


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
