"""An act of somebody at the console: one body, one transaction, once for its ``Idempotency-Key: UUID``."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import msgspec
import structlog
from anyio.to_thread import run_sync
from fastapi import Request, Response
from msgspec import Struct
from sqlalchemy import Connection

from sync.station import acts_done
from sync.station.api.edge import JsonAnswer, decoded, read_body
from sync.station.people import Person
from sync.station.refusals import BadRequestError
from sync.station.station import Station

log = structlog.get_logger()

B = TypeVar("B", bound=Struct)


async def act_once(
    request: Request,
    station: Station,
    who: Person,
    kind: type[B],
    act: Callable[[Connection, B, datetime], Mapping[str, Any]],
    *,
    status: int = 200,
) -> Response:
    """Read the body, do the act in one transaction, once for its key, and wake the consoles."""
    body = await read_body(request) or b"{}"
    given, key = decoded(body, kind), _key(request)

    def committed() -> Response:
        with station.store.write() as conn:
            now = station.now()
            if key is None:
                return JsonAnswer(act(conn, given, now), status)
            what = f"{request.url.path} {hashlib.sha256(body).hexdigest()}"
            answered = acts_done.once(conn, key, who.login, what, now, lambda: (status, act(conn, given, now)))
        if answered.status >= 400:
            log.info("request.refused", status=answered.status, code=msgspec.json.decode(answered.body)["error"])
        return Response(answered.body, answered.status, media_type="application/json")

    response = await run_sync(committed)
    station.alarm_bell.ring()
    return response


def _key(request: Request) -> str | None:
    given = request.headers.get("idempotency-key")
    try:
        return None if given is None else str(UUID(given))
    except ValueError:
        raise BadRequestError("idempotency-key") from None
