"""The statistics of a period as a page: counts by hour, stage, lane and reason; never a person."""

from datetime import date

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from sync.station import statistics, statistics_wording
from sync.station.api.pages import SomeVisitor, SomeWords, desk_page
from sync.station.api.session import AStation
from sync.station.period import Length, period_of
from sync.station.rights import Right
from sync.station.site_time import site_day

router = APIRouter()


@router.get("/statistics")
def statistics_page(
    station: AStation, who: SomeVisitor, words: SomeWords, of: Length = Length.WEEK, on: date | None = None
) -> Response:
    """Show the statistics of a period; this week's where nothing is said."""
    if who is None or not who.may(Right.SEE_STATISTICS):
        return RedirectResponse("/login" if who is None else "/", 303)
    now = station.now()
    period = period_of(of, on or site_day(now))
    with station.store.read() as conn:
        sheets = statistics_wording.in_words(statistics.sheets(conn, period, now), words)
        shown = {"period": period, "lengths": list(Length), "today": site_day(now), "sheets": sheets}
        return desk_page("statistics.html", "/statistics", conn, now, words, who, **shown)
