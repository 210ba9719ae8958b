"""Server-sent events: how the station talks to a stream (HTML standard, 9.2)."""

from collections.abc import AsyncIterator

from starlette.responses import StreamingResponse


class EventStream(StreamingResponse):
    """An endless answer of events."""

    media_type = "text/event-stream"

    def __init__(self, events: AsyncIterator[bytes]) -> None:
        super().__init__(events)


def event(data: bytes, *, name: str | None = None, number: int | None = None) -> bytes:
    """Return one event. ``data`` is one line; ``number`` is what the reader sends back as Last-Event-ID."""
    head = f"event: {name}\n" if name is not None else ""
    place = f"id: {number}\n" if number is not None else ""
    return f"{head}{place}data: ".encode() + data + b"\n\n"
