"""The station, with one road more that does nothing: the most that its server could do. And a page that is nothing but
large: the least that a page of that size takes.

``python -m tests.bench.link_station FOLDER PORT``. The road comes first in the table of roads, so that no other one
costs them anything.
"""

import sys
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from sync.station import log
from sync.station.api.edge import JsonAnswer, read_body
from sync.station.serve import StationServer
from sync.station.station import Station

NULL: str = "/v1/null"
BARE: str = "/bare"


async def null(request: Request) -> Response:
    """Read what was sent, and answer."""
    await read_body(request)
    return JsonAnswer({"taken": [], "refused": []})


async def bare(request: Request) -> Response:
    """Return a page with one paragraph of so many bytes."""
    return HTMLResponse(f"<!doctype html><title>bare</title><p>{'x' * int(request.query_params['bytes'])}")


def main() -> None:
    log.configure()
    ready = lambda port: print(f"station ready https://127.0.0.1:{port}", flush=True)  # noqa: E731 (one line)
    server = StationServer(Station(Path(sys.argv[1])), "127.0.0.1", int(sys.argv[2]), ready)
    # It is our FastAPI app, which uvicorn calls any ASGI application or the name of one.
    roads = [Route(NULL, null, methods=["POST"]), Route(BARE, bare)]
    server.config.app.router.routes[:0] = roads  # type: ignore[union-attr]  # as above
    server.run()


if __name__ == "__main__":
    main()
