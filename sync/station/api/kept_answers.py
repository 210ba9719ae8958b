"""Acts whose answer is kept for a day under their ``Idempotency-Key``, so that a page that was cut off can ask for it.

For acts that are several transactions, since they seal (sync.station.acts): that none of them is done twice is what the
entry's or the import's state sees to. Of the answer only the status is kept: it may hold what is shown once.
"""

from collections.abc import Callable, Coroutine
from typing import Any
from uuid import UUID

from anyio.to_thread import run_sync
from fastapi import Request, Response
from fastapi.routing import APIRoute

from sync.station import acts_done, sessions
from sync.station.api.session import COOKIE
from sync.station.station import Station


class KeptAnswers(APIRoute):
    """A road that keeps what it answered, unless its act has done so (act_once). A refusal is not kept."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return what answers a request."""
        handle = super().get_route_handler()

        async def answered(request: Request) -> Response:
            response = await handle(request)
            key = request.headers.get("idempotency-key")
            if key is not None and request.method == "POST" and not hasattr(request.state, "keeps_answer"):
                await run_sync(_keep, request, key, response.status_code)
            return response

        return answered


def _keep(request: Request, key: str, status: int) -> None:
    station: Station = request.app.state.station
    now = station.now()
    who = sessions.person_of(station.store, request.cookies.get(COOKIE), now)
    try:
        act = str(UUID(key))
    except ValueError:
        return
    if who is not None:
        with station.store.write() as conn:
            acts_done.keep(conn, act, who.login, request.url.path, now, status)
