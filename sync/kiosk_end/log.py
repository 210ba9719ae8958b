"""The agent's log: JSON lines on standard error, every event and field declared here (RULES 15, STYLE 15).

No body of a message, no address with a query, no key; what is not declared is dropped.
"""

import logging
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, Final

import structlog

CATALOGUE: Final[Mapping[str, frozenset[str]]] = {
    "agent.started": frozenset({"kiosk", "site", "software"}),
    "agent.stopped": frozenset(),
    "device-key.in-file": frozenset(),
    "messages.taken": frozenset({"taken"}),
    "message.set-aside": frozenset({"message", "why"}),
    "upload.trouble": frozenset({"why"}),
    "feed.applied": frozenset({"epoch", "seq"}),
    "feed.refused": frozenset({"why"}),
    "feed.trouble": frozenset({"why"}),
    "heartbeat.trouble": frozenset({"why"}),
    "link.faults": frozenset({"faults"}),
    "clock.differs": frozenset({"seconds"}),
    "outbox.trouble": frozenset(),
}


def configure() -> None:
    """Send the log to standard error."""
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


def keep_declared(_logger: object, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """Drop every field that the catalogue does not declare for this event (a structlog processor).

    Raises:
        KeyError: the event itself is not declared: a bug of ours.
    """
    allowed = CATALOGUE[event["event"]] | {"event", "level", "at"}
    return {key: value for key, value in event.items() if key in allowed}
