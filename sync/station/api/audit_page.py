"""The audit log as a page: its newest rows, who looked persons up, and how far it is signed."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from fastapi.responses import RedirectResponse

from sync.station import audit_reading
from sync.station.api.audit_calls import asked_of, query_of
from sync.station.api.pages import SomeVisitor, SomeWords, desk_page
from sync.station.api.session import AStation
from sync.station.audit_reading import Asked
from sync.station.period import Length, period_of
from sync.station.rights import Right
from sync.station.site_time import site_day

router = APIRouter()


@router.get("/audit")
def audit_page(
    station: AStation, who: SomeVisitor, words: SomeWords, asked: Annotated[Asked, Depends(asked_of)]
) -> Response:
    """Show the audit log's newest rows, who looked persons up, and how far the log is signed."""
    if who is None or not who.may(Right.SEE_AUDIT):
        return RedirectResponse("/login" if who is None else "/", 303)
    now = station.now()
    month = period_of(Length.MONTH, asked.day or site_day(now))
    with station.store.read() as conn:
        shown: dict[str, Any] = {"log": audit_reading.rows(conn, asked), "signed": audit_reading.signed(conn)}
        shown |= {"authors": audit_reading.authors(conn), "look_ups": audit_reading.look_ups(conn, month)}
        shown |= {"asked": asked, "query": query_of(asked), "month": month, "today": site_day(now)}
        return desk_page("audit.html", "/audit", conn, now, words, who, **shown)
