"""The edge of the station: what comes in is limited, parsed and refused in one way.

- A body is counted while it is read and decoded into a msgspec type; anything else is 400 with a code.
- A refusal is JSON: ``{"error": code, …facts}``. An error of ours is 500 ``{"error": "internal"}``, a database that is
  away 503 ``{"error": "unavailable"}``; the log gets its type and place, never its text.
- No text has a NUL in it: PostgreSQL keeps none, and nobody means one.
- Every answer carries the headers that keep a browser from loading, framing or guessing anything.
"""

from typing import Final, TypeVar

import msgspec
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from sqlalchemy.exc import DataError, OperationalError
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sync.station import log as station_log
from sync.station.intake import NUL_IN_JSON
from sync.station.refusals import BadRequestError, RefusedError, TooLargeError, TooManyError
from sync.station.station import Station
from sync.wire import MAX_REQUEST_BYTES

log = structlog.get_logger()

T = TypeVar("T")

_HEADERS: Final = {
    "content-security-policy": "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "strict-transport-security": "max-age=31536000",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-store",
}


async def station_of(request: Request) -> Station:
    """Return the station that this request came to."""
    station: Station = request.app.state.station
    return station


async def read_body(request: Request, *, limit: int = MAX_REQUEST_BYTES) -> bytes:
    """Return the request's body.

    Raises:
        TooLargeError: it is longer than ``limit``; no more than that is ever held.
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise TooLargeError("too-large", limit=limit)
    return bytes(body)


async def read_json(request: Request, kind: type[T], *, limit: int = MAX_REQUEST_BYTES) -> T:
    """Return the request's body as ``kind``.

    Raises:
        BadRequestError: it is not JSON, or not of this kind.
        TooLargeError: see ``read_body``.
    """
    return decoded(await read_body(request, limit=limit), kind)


def decoded(body: bytes, kind: type[T]) -> T:
    """Return a body as ``kind``. Raises BadRequestError."""
    if NUL_IN_JSON in body:
        raise BadRequestError("malformed")
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.MsgspecError:
        raise BadRequestError("malformed") from None


class JsonAnswer(Response):
    """A msgspec or builtin value as JSON."""

    media_type = "application/json"

    def render(self, content: object) -> bytes:
        """Return the bytes."""
        return msgspec.json.encode(content)


def refuse_in_one_way(app: FastAPI) -> None:
    """Turn every refusal and every error of this app into its JSON answer."""
    app.add_exception_handler(RefusedError, _refused)
    app.add_exception_handler(HTTPException, _not_routed)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(DataError, _invalid)  # a NUL in a path or a query, or more than a column holds
    app.add_middleware(_Guard)


def _note(request: Request, status: int, code: str) -> None:
    """Make one event of one refusal."""
    log.info("request.refused", status=status, code=code)
    request.app.state.station.metrics.refused(status)


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, RefusedError)
    _note(request, error.status, error.code)
    headers = {}
    if isinstance(error, TooManyError):
        headers["retry-after"] = str(error.facts["retry_after_s"])
    if isinstance(error, TooLargeError):
        # Otherwise the server would read the rest of the body, however long, for the connection's next request.
        headers["connection"] = "close"
    return JSONResponse({"error": error.code, **error.facts}, error.status, headers)


def _not_routed(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    _note(request, error.status_code, "no-such-resource")
    return JSONResponse({"error": "no-such-resource"}, error.status_code, error.headers)


def _invalid(request: Request, _error: Exception) -> Response:
    # FastAPI's own answer repeats what was sent; ours repeats nothing.
    _note(request, 400, "malformed")
    return JSONResponse({"error": "malformed"}, 400)


class _Guard:
    """The outermost layer of ours: headers on every answer, and no error text into any log."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def send_guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)  # the plan's own policy is stricter
            await send(message)

        try:
            await self._app(scope, receive, send_guarded)
        except ClientDisconnect:
            return
        except Exception as error:
            log.error("request.failed", error=type(error).__name__, where=station_log.where(error))
            scope["app"].state.station.metrics.failed()
            if started:
                raise ConnectionAbortedError from None
            code, status = ("unavailable", 503) if isinstance(error, OperationalError) else ("internal", 500)
            await JSONResponse({"error": code}, status)(scope, receive, send_guarded)
