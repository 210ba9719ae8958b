"""What a kiosk's agent may ask (sync.wire). All but the enrolment needs the kiosk's client certificate."""

from collections.abc import Sequence
from typing import Annotated

import msgspec
import structlog
from anyio.to_thread import run_sync
from cryptography import x509
from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import FileResponse
from sqlalchemy import Connection

from sync import wire
from sync.station import attempts, certificates, evidence, heartbeats, intake, kiosks, pki
from sync.station.api.edge import JsonAnswer, read_body, read_json, station_of
from sync.station.api.pushed import Pushed
from sync.station.certificates import Kiosk
from sync.station.refusals import NotFoundError, NotSignedInError
from sync.station.station import Station

log = structlog.get_logger()
router = APIRouter(prefix="/v1")


def kiosk_of(request: Request, station: Annotated[Station, Depends(station_of)]) -> Kiosk:
    """Return the kiosk that holds the key of this connection's certificate. No header can say so."""
    return certificates.identify_reader(station.store, certificate_of(request), station.now())


def certificate_of(request: Request) -> bytes:
    """Return the certificate (DER) that this connection has proved.

    Raises:
        NotSignedInError: it has none.
    """
    certificate: bytes | None = request.scope.get("peer_certificate")
    if certificate is None:
        raise NotSignedInError("client-certificate")
    return certificate


AStation = Annotated[Station, Depends(station_of)]
AKiosk = Annotated[Kiosk, Depends(kiosk_of)]


@router.post("/enrol")
async def enrol(request: Request, station: AStation) -> Response:
    """Give a kiosk its certificate for its one-time token."""
    wish = await read_json(request, wire.EnrolRequest)
    here = attempts.of_address(request.client.host if request.client is not None else "", "enrolment")

    def committed() -> wire.Enrolled:
        with station.attempts.counted(station.now(), here), station.store.write() as conn:
            return kiosks.enrol(conn, wish, station.keyring, station.tree.newest_root(), station.now())

    enrolled = await run_sync(committed)
    log.info("kiosk.enrolled", kiosk=enrolled.kiosk, lane=enrolled.lane)
    return JsonAnswer(enrolled)


@router.post("/renew")
async def renew(request: Request, station: AStation, kiosk: AKiosk) -> Response:
    """Give a kiosk its next certificate, over its present one."""
    csr_pem = (await read_json(request, wire.RenewRequest)).csr_pem

    def committed() -> x509.Certificate:
        with station.store.write() as conn:
            return certificates.renew(conn, kiosk, csr_pem, station.keyring, station.now())

    certificate = await run_sync(committed)
    log.info("kiosk.renewed", kiosk=kiosk.id)
    return JsonAnswer(wire.Renewed(certificate_pem=pki.certificate_pem(certificate).decode()))


async def messages(request: Request) -> Response:
    """Take alarms and counts; the answer leaves after the commit."""
    station: Station = request.app.state.station
    certificate = certificate_of(request)
    upload, refused = intake.parse(await read_body(request))
    brought = (station, certificate, upload)
    kiosk, uploaded = await station.commits.do_with_others(_take, brought, size=len(upload.messages), urgent=True)
    station.alarm_bell.ring()
    uploaded = msgspec.structs.replace(uploaded, refused=(*refused, *uploaded.refused))
    for why in {message.why for message in uploaded.refused}:
        log.warning("message.refused", kiosk=kiosk.id, why=why)
    station.metrics.messages(taken=len(uploaded.taken), refused=len(uploaded.refused))
    log.info("messages.taken", kiosk=kiosk.id, taken=len(uploaded.taken), refused=len(uploaded.refused))
    return JsonAnswer(uploaded)


def _take(conn: Connection, brought: Sequence[tuple[Station, bytes, wire.Upload]]) -> list[tuple[Kiosk, wire.Uploaded]]:
    """Return whose each upload is and what came of it; they are all of one station."""
    now = brought[0][0].now()
    kiosks_of = certificates.identify_all(conn, [certificate for _, certificate, _ in brought], now)
    uploads = [(kiosk, upload) for kiosk, (_, _, upload) in zip(kiosks_of, brought, strict=True)]
    return list(zip(kiosks_of, intake.take_all(conn, uploads, now), strict=True))


async def heartbeat(request: Request) -> Response:
    """Keep the heartbeat and tell the kiosk our time."""
    station, certificate = request.app.state.station, certificate_of(request)

    def take(conn: Connection) -> tuple[Kiosk, wire.HeartbeatSeen, str | None]:
        now = station.now()
        kiosk = certificates.identify(conn, certificate, now)
        return kiosk, *heartbeats.take_heartbeat(conn, kiosk, beat, now)

    with station.hearing.arriving(certificate):  # it counts from here, and not if it is refused
        beat = await read_json(request, wire.Heartbeat)
        kiosk, seen, fault = await station.commits.do(take)
    if fault is not None:
        log.warning("kiosk.list-fault", kiosk=kiosk.id, fault=fault)
    return JsonAnswer(seen)


@router.post("/evidence")
async def released(request: Request, station: AStation, kiosk: AKiosk) -> Response:
    """Take the face crop of an alarm, or why there is none; the answer leaves after the commit."""
    answer = await read_json(request, wire.Released)

    def committed() -> None:
        with station.store.write() as conn:
            evidence.take(conn, station.keyring, station.evidence_keys, kiosk, answer, station.now())

    await run_sync(committed)
    return Response(status_code=204)


# What a thousand kiosks ask all day goes past FastAPI's dependencies, which take as long as the rest of the request.
router.add_route("/v1/messages", messages, methods=["POST"])
router.add_route("/v1/heartbeat", heartbeat, methods=["POST"])


@router.get("/list/events")
async def list_events(station: AStation, _kiosk: AKiosk) -> Response:
    """Push the list's feed, a signed batch an event."""
    return Pushed(station.streams)


@router.get("/list/wait")
async def list_wait(
    station: AStation,
    _kiosk: AKiosk,
    epoch: Annotated[int, Query(ge=1, lt=2**53)],
    seq: Annotated[int, Query(ge=0, lt=2**53)],
) -> Response:
    """Return an epoch's head as soon as it stands after ``seq``."""
    head = await station.streams.wait(epoch, seq)
    if head is None:
        raise NotFoundError("not-published")
    return Response(head, media_type="application/json")


@router.get("/list/{path:path}")
def list_file(request: Request, station: AStation, _kiosk: AKiosk, path: str) -> Response:
    """Return a file of the published tree. A path has one spelling: there is nothing in it to be escaped."""
    found = station.publisher.file(path) if b"%" not in request.scope["raw_path"] else None
    match found:
        case None:
            # No refusal to log: every look of a kiosk ends at the next root, which is not there yet.
            return JsonAnswer({"error": "not-published"}, 404)
        case bytes():
            return Response(found, media_type="application/json")
        case _:
            return FileResponse(found, media_type="application/octet-stream")
