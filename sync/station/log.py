"""The station's log: JSON lines on standard error, every event and field declared here (RULES 15, STYLE 15).

No login, no address of a person, no number, no name, no request path with its query. An error is told by its type and
the place where it rose; its text may hold anything, so it is not written.
"""

import logging
import sys
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import Any, Final

import structlog

CATALOGUE: Final[Mapping[str, frozenset[str]]] = {
    "station.started": frozenset({"site", "port"}),
    "station.stopped": frozenset(),
    "kiosk.enrolled": frozenset({"kiosk", "lane"}),
    "messages.taken": frozenset({"kiosk", "taken", "refused"}),
    "message.refused": frozenset({"kiosk", "why"}),
    "list.changed": frozenset({"op", "seq"}),
    "request.refused": frozenset({"status", "code"}),
    "request.failed": frozenset({"error", "where"}),
    "library": frozenset({"logger", "text"}),
}


def configure() -> None:
    """Send our events, and warnings of the libraries, to standard error as JSON."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            keep_declared,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    logging.basicConfig(handlers=[_Library()], level=logging.WARNING, force=True)


def keep_declared(_logger: object, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """Drop every field that the catalogue does not declare for this event (a structlog processor).

    Raises:
        KeyError: the event itself is not declared: a bug of ours.
    """
    allowed = CATALOGUE[event["event"]] | {"event", "level", "at"}
    return {key: value for key, value in event.items() if key in allowed}


def where(error: BaseException) -> str:
    """Return ``file:line`` of the innermost frame in which the error rose."""
    frame = error.__traceback__
    if frame is None:
        return ""
    while frame.tb_next is not None:
        frame = frame.tb_next
    return f"{Path(frame.tb_frame.f_code.co_filename).name}:{frame.tb_lineno}"


class _Library(logging.Handler):
    """A library's warning: its unformatted message, which has no values in it."""

    def emit(self, record: logging.LogRecord) -> None:
        structlog.get_logger().warning("library", logger=record.name, text=str(record.msg))
