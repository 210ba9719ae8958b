"""The statistics for other programs and for spreadsheets: the sheets that the page shows.

| call | query | answer |
|---|---|---|
| GET /api/statistics | of: day, week, month or year; on: a day in it | first, end (not in it), sheets |
| GET /api/statistics/{sheet}.csv | the same | one sheet as CSV |
"""

import csv
import io
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from sync.station import statistics
from sync.station.api.edge import JsonAnswer
from sync.station.api.session import AStation, holder_of
from sync.station.csv_export import harmless
from sync.station.period import Length, Period, period_of
from sync.station.refusals import NotFoundError
from sync.station.rights import Right
from sync.station.site_time import site_day

router = APIRouter(prefix="/api/statistics", dependencies=[Depends(holder_of(Right.SEE_STATISTICS))])


def asked(
    station: AStation, of: Annotated[Length, Query()] = Length.WEEK, on: Annotated[date | None, Query()] = None
) -> Period:
    """Return the period that is asked for; this week where nothing is said."""
    return period_of(of, on or site_day(station.now()))


@router.get("")
def everything(station: AStation, period: Annotated[Period, Depends(asked)]) -> Response:
    """Return every sheet of a period."""
    with station.store.read() as conn:
        sheets = statistics.sheets(conn, period, station.now())
    shown = {name: {"columns": sheet.columns, "rows": sheet.rows} for name, sheet in sheets.items()}
    return JsonAnswer({"first": period.first, "end": period.end, "sheets": shown})


@router.get("/{sheet}.csv")
def as_csv(station: AStation, sheet: str, period: Annotated[Period, Depends(asked)]) -> Response:
    """Return one sheet for a spreadsheet."""
    if sheet not in statistics.SHEETS:
        raise NotFoundError("no-such-sheet")
    with station.store.read() as conn:
        found = statistics.sheets(conn, period, station.now())[sheet]
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(found.columns)
    writer.writerows([_text(cell) for cell in row] for row in found.rows)
    name = f"{sheet}-{period.length}-{period.first}.csv"
    # With a byte order mark: without one Excel takes a lane's Chinese name for something else.
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response("\ufeff" + text.getvalue(), media_type="text/csv", headers=headers)


def _text(cell: statistics.Cell) -> str:
    return "" if cell is None else harmless(str(cell))
