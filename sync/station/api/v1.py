"""What a kiosk's agent may ask (sync.wire). All but the enrolment needs the kiosk's client certificate."""

from collections.abc import AsyncIterator
from typing import Annotated

import msgspec
import structlog
from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, Query, Request, Response

from sync import wire
from sync.station import intake, kiosks
from sync.station.api.edge import JsonAnswer, read_body, read_json, station_of
from sync.station.api.sse import EventStream, event
from sync.station.kiosks import Kiosk
from sync.station.station import Station

log = structlog.get_logger()
router = APIRouter(prefix="/v1")


def kiosk_of(request: Request, station: Annotated[Station, Depends(station_of)]) -> Kiosk:
    """Return the kiosk that holds the key of this connection's certificate. No header can say so."""
    with station.store.read() as conn:
        return kiosks.identify(conn, request.scope.get("peer_certificate"), station.now())


AStation = Annotated[Station, Depends(station_of)]
AKiosk = Annotated[Kiosk, Depends(kiosk_of)]


@router.post("/enrol")
async def enrol(request: Request, station: AStation) -> Response:
    """Give a kiosk its certificate for its one-time token."""
    wish = await read_json(request, wire.EnrolRequest)

    def committed() -> wire.Enrolled:
        with station.store.write() as conn:
            return kiosks.enrol(conn, wish, station.keyring, station.now())

    enrolled = await run_sync(committed)
    log.info("kiosk.enrolled", kiosk=enrolled.kiosk, lane=enrolled.lane)
    return JsonAnswer(enrolled)


@router.post("/messages")
async def messages(request: Request, station: AStation, kiosk: AKiosk) -> Response:
    """Take alarms and counts; the answer leaves after the commit."""
    sound, refused = intake.parse(await read_body(request))

    def committed() -> wire.Uploaded:
        with station.store.write() as conn:
            return intake.take(conn, kiosk, sound, station.now())

    uploaded = await run_sync(committed)
    station.alarm_bell.ring()
    uploaded = msgspec.structs.replace(uploaded, refused=(*refused, *uploaded.refused))
    for why in {message.why for message in uploaded.refused}:
        log.warning("message.refused", kiosk=kiosk.id, why=why)
    log.info("messages.taken", kiosk=kiosk.id, taken=len(uploaded.taken), refused=len(uploaded.refused))
    return JsonAnswer(uploaded)


@router.post("/heartbeat")
async def heartbeat(request: Request, station: AStation, kiosk: AKiosk) -> Response:
    """Keep the heartbeat and tell the kiosk our time."""
    beat = await read_json(request, wire.Heartbeat)
    now = station.now()

    def committed() -> None:
        with station.store.write() as conn:
            kiosks.take_heartbeat(conn, kiosk, beat, now)

    await run_sync(committed)
    return JsonAnswer(wire.HeartbeatSeen(now=now))


def position(station: AStation, epoch: int, since: Annotated[int, Query(ge=0, lt=2**53)]) -> int:
    """Return where to go on: a kiosk of another epoch begins at the beginning of ours."""
    return since if epoch == station.keyring.pepper.epoch else 0


Since = Annotated[int, Depends(position)]


@router.get("/feed")
def feed(station: AStation, _kiosk: AKiosk, since: Since) -> Response:
    """Return the next batch of the list's feed."""
    return Response(station.publisher.batch(since).signed, media_type="application/json")


@router.get("/feed/events")
async def feed_events(station: AStation, _kiosk: AKiosk, since: Since) -> Response:
    """Stream the list's feed, a batch an event."""

    async def events() -> AsyncIterator[bytes]:
        async for signed in station.publisher.stream(since):
            yield event(signed)

    return EventStream(events())
