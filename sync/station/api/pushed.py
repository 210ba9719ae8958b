"""The answer that never ends: a stream of sync.station.streams over HTTP."""

import asyncio
from typing import Final

from fastapi.responses import Response
from starlette.types import Receive, Scope, Send

from sync.station.streams import Stream, Streams

_START: Final = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-type", b"text/event-stream")],
}


class Pushed(Response):
    """Each event as it comes. Starlette's streaming answer takes a task group more for each, which a thousand feel."""

    def __init__(self, streams: Streams) -> None:
        super().__init__()
        self._streams = streams

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send until the stream ends or its reader is gone."""
        with self._streams.open(scope.get("hang_up", lambda: None)) as stream:
            gone = asyncio.create_task(_end_when_gone(receive, stream))
            try:
                await send(_START)
                async for one in stream.events():
                    await send({"type": "http.response.body", "body": one, "more_body": True})
                await send({"type": "http.response.body", "body": b"", "more_body": False})
            finally:
                gone.cancel()


async def _end_when_gone(receive: Receive, stream: Stream) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    stream.end()
