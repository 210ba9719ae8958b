"""Whom the station tells of its alarms (sync.station.webhooks). Every act may carry ``Idempotency-Key: UUID``.

| call | body | answer |
|---|---|---|
| GET /api/webhooks | - | webhooks, and how many messages wait or were set aside |
| POST /api/webhooks | url, events, secret (optional) | id, secret: shown once |
| POST /api/webhooks/{webhook}/end | - | - |
| POST /api/webhooks/{webhook}/send-again | - | messages: how many of those set aside are tried once more |
"""

from datetime import datetime
from typing import Annotated, Any, TypeAlias

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy import Connection

from sync.station import webhooks
from sync.station.api.act_once import Nothing, act_once
from sync.station.api.edge import JsonAnswer
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

    def act(conn: Connection, wish: webhooks.NewWebhook, now: datetime) -> dict[str, Any]:
        webhook, secret = webhooks.add(conn, wish, who.login, now)
        return {"id": webhook, "secret": secret}

    return await act_once(request, station, who, webhooks.NewWebhook, act, status=201, shown_once=True)


@router.post("/{webhook}/end")
async def end(request: Request, station: AStation, webhook: str, who: Keeper) -> Response:
    """Tell it nothing more."""

    def act(conn: Connection, _given: Nothing, now: datetime) -> dict[str, Any]:
        webhooks.end(conn, webhook, who.login, now)
        return {}

    return await act_once(request, station, who, Nothing, act, status=204)


@router.post("/{webhook}/send-again")
async def send_again(request: Request, station: AStation, webhook: str, who: Keeper) -> Response:
    """Try once more what was set aside."""

    def act(conn: Connection, _given: Nothing, now: datetime) -> dict[str, Any]:
        return {"messages": webhooks.send_again(conn, webhook, who.login, now)}

    return await act_once(request, station, who, Nothing, act)
