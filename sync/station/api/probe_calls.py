"""What machines ask about the station itself.

| call | who | answer |
|---|---|---|
| GET /healthz | anybody | alive: the process answers |
| GET /readyz | anybody | ready: it can do its work; 503 where it cannot, and the log says why |
| GET /metrics | who has the token of `station metrics-token` | figures (sync.station.metrics) |
"""

import hmac
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from sync.station import metrics
from sync.station.api.edge import JsonAnswer
from sync.station.api.session import AStation
from sync.station.refusals import NotSignedInError
from sync.station.tokens import token_hash

router = APIRouter()


def scraper(request: Request, station: AStation) -> None:
    """Let through who has the token.

    Raises:
        NotSignedInError: the token is missing or wrong, or none was made.
    """
    file = station.folder / metrics.METRICS_TOKEN
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    expected = file.read_text().strip() if file.exists() else ""
    if scheme.lower() != "bearer" or not hmac.compare_digest(token_hash(token), expected):
        raise NotSignedInError("metrics-token")


@router.get("/healthz")
async def healthz() -> Response:
    """Tell that this process answers."""
    return JsonAnswer({"alive": True})


@router.get("/readyz")
def readyz(station: AStation) -> Response:
    """Tell whether this instance can do its work."""
    ready = station.readiness.is_ready(station)
    return JsonAnswer({"ready": ready}, 200 if ready else 503)


@router.get("/metrics")
def figures(station: AStation, _who: Annotated[None, Depends(scraper)]) -> Response:
    """Return the figures as Prometheus reads them."""
    return Response(metrics.exposition(station), media_type=metrics.CONTENT_TYPE)
