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
from sync.station.api.edge import decoded, read_body
from sync.station.people import Person
from sync.station.refusals import BadRequestError
from sync.station.station import Station
from sync.wire import MAX_REQUEST_BYTES

log = structlog.get_logger()


class Nothing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body of an act that says it all by its path."""


B = TypeVar("B", bound=Struct)
C = TypeVar("C")


def _as_it_is(given: Any) -> Any:
    return given


async def act_once(
    request: Request,
    station: Station,
    who: Person,
    kind: type[B],
    act: Callable[[Connection, C, datetime], Mapping[str, Any]],
    *,
    status: int = 200,
    shown_once: bool = False,
    limit: int = MAX_REQUEST_BYTES,
    first: Callable[[B], C] = _as_it_is,
) -> Response:
    """Read the body, do the act in one transaction, once for its key, and wake the consoles.

    ``first`` is what takes long: it makes of the body what the act needs, before the writers' turn.
    """
    body = await read_body(request, limit=limit) or b"{}"
    key = _key(request)
    request.state.keeps_answer = True  # in the act's own transaction, so KeptAnswers needs no second one

    def committed() -> Response:
        given = first(decoded(body, kind))
        with station.store.write() as conn:
            now = station.now()
            if key is None:
                return _answer(status, msgspec.json.encode(act(conn, given, now)))
            what = f"{request.url.path} {hashlib.sha256(body).hexdigest()}"
            answered = acts_done.once(
                conn, key, who.login, what, now, lambda: (status, act(conn, given, now)), shown_once=shown_once
            )
        if answered.status >= 400:
            log.info("request.refused", status=answered.status, code=msgspec.json.decode(answered.body)["error"])
        return _answer(answered.status, answered.body)

    response = await run_sync(committed)
    station.alarm_bell.ring()
    return response


def _answer(status: int, body: bytes) -> Response:
    return Response(status_code=204) if status == 204 else Response(body, status, media_type="application/json")


def _key(request: Request) -> str | None:
    given = request.headers.get("idempotency-key")
    try:
        return None if given is None else str(UUID(given))
    except ValueError:
        raise BadRequestError("idempotency-key") from None
