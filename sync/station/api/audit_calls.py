"""The audit log over the API.

| call | query | answer |
|---|---|---|
| GET /api/audit | who, what, day, before | rows, the newest first; before, for the next page; signed |
| GET /api/audit/look-ups | month: a day in it | look_ups: who looked persons up, by day |
| GET /api/audit/check | - | rows, broken: the first row that does not hold, or null |
| POST /api/audit/export | - | the whole log, as `station audit export` writes it |
"""

from collections.abc import Mapping
from contextlib import ExitStack
from datetime import date
from functools import partial
from tempfile import TemporaryFile
from typing import IO, Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from sync.station import audit, audit_reading
from sync.station.api.edge import JsonAnswer
from sync.station.api.session import AStation, holder_of, meant
from sync.station.audit_reading import Asked
from sync.station.people import Person
from sync.station.period import Length, period_of
from sync.station.refusals import BadRequestError
from sync.station.rights import Right
from sync.station.site_time import site_day

_PIECE: Final = 64 * 1024

router = APIRouter(prefix="/api/audit", dependencies=[Depends(meant)])
_reader = [Depends(holder_of(Right.SEE_AUDIT))]


def asked_of(
    who: Annotated[str, Query(max_length=200)] = "",
    what: Annotated[str, Query(max_length=60)] = "",
    day: str = "",
    before: Annotated[int | None, Query(ge=1, lt=2**53)] = None,
) -> Asked:
    """Return which rows are asked for. A form sends what was left open as nothing."""
    return Asked(who or None, what or None, _day(day), before)


def query_of(asked: Asked) -> str:
    """Return what asks for the same again, from the newest row on."""
    fields = {"who": asked.who, "what": asked.what, "day": asked.day}
    return urlencode({name: value for name, value in fields.items() if value is not None})


@router.get("", dependencies=_reader)
def log(station: AStation, asked: Annotated[Asked, Depends(asked_of)]) -> Response:
    """Return the newest rows."""
    with station.store.read() as conn:
        page, signed = audit_reading.rows(conn, asked), audit_reading.signed(conn)
    return JsonAnswer({"rows": page.rows, "before": page.before, "signed": signed})


@router.get("/look-ups", dependencies=_reader)
def look_ups(station: AStation, month: str = "") -> Response:
    """Return who looked persons up in a month, by day."""
    period = period_of(Length.MONTH, _day(month) or site_day(station.now()))
    with station.store.read() as conn:
        return JsonAnswer({"look_ups": audit_reading.look_ups(conn, period)})


@router.get("/check", dependencies=_reader)
def check(station: AStation) -> Response:
    """Compute the whole chain anew."""
    with station.store.read() as conn:
        return JsonAnswer({"rows": audit_reading.signed(conn).newest, "broken": audit.first_broken_row(conn)})


@router.post("/export")
def export(station: AStation, who: Annotated[Person, Depends(holder_of(Right.EXPORT_AUDIT))]) -> Response:
    """Return the whole log, signed to its end; that it was exported is its last row."""
    now, keyring = station.now(), station.keyring
    with ExitStack() as closing:
        file = closing.enter_context(TemporaryFile())
        audit.export_to(file, station.store, keyring.audit_key, keyring.site, who.login, now)
        file.seek(0)
        closing.pop_all()
    headers = {"content-disposition": f'attachment; filename="audit-{site_day(now)}.jsonl"'}
    return ReadOnce(file, headers)


class ReadOnce(StreamingResponse):
    """An export out of a file without a name: when the answer ends nothing of it stays, also if nobody has read it."""

    media_type = "application/x-ndjson"

    def __init__(self, file: IO[bytes], headers: Mapping[str, str]) -> None:
        super().__init__(iter(partial(file.read, _PIECE), b""), headers=headers)
        self._file = file

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, as Starlette says."""
        with self._file:
            await super().__call__(scope, receive, send)


def _day(text: str) -> date | None:
    """Return a day of a form; nothing is no day."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadRequestError("day") from None
