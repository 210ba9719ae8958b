"""The station's web application: its parts put together."""

import sys
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec
from fastapi import FastAPI
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from sync.station.api import (
    account_calls,
    alarm_calls,
    alarm_page,
    audit_calls,
    audit_page,
    console,
    duty_calls,
    duty_page,
    evidence_calls,
    export_calls,
    guard_page,
    import_calls,
    import_page,
    kiosk_calls,
    list_calls,
    list_page,
    live_news,
    look_up_calls,
    maintenance_calls,
    pages,
    probe_calls,
    site_calls,
    site_pages,
    statistics_calls,
    statistics_page,
    v1,
    wall_page,
    webhook_calls,
)
from sync.station.api.edge import refuse_in_one_way
from sync.station.api.openapi import describe
from sync.station.station import Station
from sync.station.wording import FOLDER

ROUTERS: Final = tuple(
    calls.router
    for calls in (
        v1,
        account_calls,
        console,
        alarm_calls,
        duty_calls,
        duty_page,
        alarm_page,
        audit_calls,
        audit_page,
        evidence_calls,
        export_calls,
        guard_page,
        import_calls,
        import_page,
        kiosk_calls,
        list_calls,
        list_page,
        live_news,
        look_up_calls,
        maintenance_calls,
        pages,
        probe_calls,
        site_calls,
        site_pages,
        wall_page,
        statistics_calls,
        statistics_page,
        webhook_calls,
    )
)


@cache
def described() -> dict[str, Any]:
    """Return the OpenAPI description of every call."""
    return describe(ROUTERS)


class OwnFiles(StaticFiles):
    """The pages' own files: a browser keeps them, and asks with each page whether they are still the same."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return the file, or that it is the same."""
        response = await super().get_response(path, scope)
        response.headers["cache-control"] = "no-cache"
        return response


def create_app(station: Station) -> FastAPI:
    """Return the application of this station. It describes itself to who is signed in, and to nobody else."""
    # Not by include_router, which makes every route anew for each app when it is first asked for: 5 ms each, 142 times.
    routes = [route for router in ROUTERS for route in router.routes]
    app = FastAPI(title="Hongtu Gate station", routes=routes, openapi_url=None, docs_url=None, redoc_url=None)
    app.state.station = station
    app.state.described = described
    refuse_in_one_way(app)
    app.mount("/static", OwnFiles(directory=Path(str(FOLDER)) / "static"))
    return app


def write_description(path: Path) -> None:
    """Write the description to a file (``make docs``)."""
    path.write_bytes(msgspec.json.format(msgspec.json.encode(described()), indent=1) + b"\n")


if __name__ == "__main__":
    write_description(Path(sys.argv[1]))
