"""Whom the station tells of its alarms (sync.station.webhooks).

| call | body | answer |
|---|---|---|
| GET /api/webhooks | - | webhooks, and how many messages wait or were set aside |
| POST /api/webhooks | url, events, secret (optional) | id, secret: shown once |
| POST /api/webhooks/{webhook}/end | - | - |
| POST /api/webhooks/{webhook}/send-again | - | messages: how many of those set aside are tried once more |
"""

from typing import Annotated, TypeAlias

from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, Request, Response

from sync.station import webhooks
from sync.station.api.edge import JsonAnswer, read_json
from sync.station.api.session import AStation, holder_of, meant
from sync.station.people import Person
from sync.station.rights import Right

router = APIRouter(prefix="/api/webhooks", dependencies=[Depends(meant)])

Keeper: TypeAlias = Annotated[Person, Depends(holder_of(Right.KEEP_SITE))]


@router.get("", dependencies=[Depends(holder_of(Right.SEE_SITE))])
def every(station: AStation) -> Response:
    """Return every webhook in use."""
    with station.store.read() as conn:
        return JsonAnswer({"webhooks": webhooks.every(conn)})


@router.post("")
async def add(request: Request, station: AStation, who: Keeper) -> Response:
    """Tell another system from now on; its secret is shown once."""
    wish = await read_json(request, webhooks.NewWebhook)

    def committed() -> tuple[str, str]:
        with station.store.write() as conn:
            return webhooks.add(conn, wish, who.login, station.now())

    webhook, secret = await run_sync(committed)
    return JsonAnswer({"id": webhook, "secret": secret}, 201)


@router.post("/{webhook}/end")
def end(station: AStation, webhook: str, who: Keeper) -> Response:
    """Tell it nothing more."""
    with station.store.write() as conn:
        webhooks.end(conn, webhook, who.login, station.now())
    return Response(status_code=204)


@router.post("/{webhook}/send-again")
def send_again(station: AStation, webhook: str, who: Keeper) -> Response:
    """Try once more what was set aside."""
    with station.store.write() as conn:
        messages = webhooks.send_again(conn, webhook, who.login, station.now())
    station.alarm_bell.ring()
    return JsonAnswer({"messages": messages})
