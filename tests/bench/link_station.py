"""The station, with one road more that does nothing: the most that its server could do.

``python -m tests.bench.link_station FOLDER PORT``. The road comes first in the table of roads, so that no other one
costs it anything.
"""

import sys
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sync.station import log
from sync.station.api.edge import JsonAnswer, read_body
from sync.station.serve import StationServer
from sync.station.station import Station

NULL: str = "/v1/null"


async def null(request: Request) -> Response:
    """Read what was sent, and answer."""
    await read_body(request)
    return JsonAnswer({"taken": [], "refused": []})


def main() -> None:
    log.configure()
    ready = lambda port: print(f"station ready https://127.0.0.1:{port}", flush=True)  # noqa: E731 (one line)
    server = StationServer(Station(Path(sys.argv[1])), "127.0.0.1", int(sys.argv[2]), ready)
    # It is our FastAPI app, which uvicorn calls any ASGI application or the name of one.
    server.config.app.router.routes.insert(0, Route(NULL, null, methods=["POST"]))  # type: ignore[union-attr]  # as above
    server.run()


if __name__ == "__main__":
    main()
