"""The station's web application: its parts put together."""

from pathlib import Path
from typing import Final

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from sync.station.api import (
    account_calls,
    alarm_calls,
    console,
    evidence_calls,
    kiosk_calls,
    list_calls,
    maintenance_calls,
    pages,
    v1,
)
from sync.station.api.edge import refuse_in_one_way
from sync.station.station import Station
from sync.station.wording import FOLDER

_CALLS: Final = (
    v1,
    account_calls,
    console,
    alarm_calls,
    evidence_calls,
    kiosk_calls,
    list_calls,
    maintenance_calls,
    pages,
)


def create_app(station: Station) -> FastAPI:
    """Return the application of this station. It publishes no description of itself."""
    app = FastAPI(title="Hongtu Gate station", openapi_url=None, docs_url=None, redoc_url=None)
    app.state.station = station
    refuse_in_one_way(app)
    for calls in _CALLS:
        app.include_router(calls.router)
    app.mount("/static", StaticFiles(directory=Path(str(FOLDER)) / "static"))
    return app
