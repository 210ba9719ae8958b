"""The log catalogue: every event that the kiosk may log, with its fields. There is no free text.

RULES 15: a log holds no key, number, name, image, embedding or APDU payload. A processor drops whatever is not
declared here, so a careless call cannot leak; ``tests/spec`` greps a day of logs to show it.
"""

import logging
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, Final, TextIO

import structlog

CATALOGUE: Final[Mapping[str, frozenset[str]]] = {
    "kiosk.started": frozenset({"kiosk", "lane", "software"}),
    "kiosk.stopped": frozenset(),
    "visit.began": frozenset({"visit"}),
    "visit.decided": frozenset({"visit", "verdict", "reasons", "read_s", "face_s", "list_s", "total_s"}),
    "gate.opened": frozenset({"visit"}),
    "staff.called": frozenset({"visit", "reason_class"}),
    "alarm.committed": frozenset({"visit"}),
    "alarm.not-committed": frozenset({"visit", "error"}),
    "fault.raised": frozenset({"fault"}),
    "fault.cleared": frozenset({"fault"}),
    "effect.failed": frozenset({"effect", "error"}),
}


class UnknownEventError(KeyError):
    """A call logged an event that the catalogue does not declare: a bug of ours."""


def keep_declared(_logger: object, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """Drop every field that the event's catalogue entry does not declare (a structlog processor).

    Raises:
        UnknownEventError: when the event itself is not declared.
    """
    name = event["event"]
    if name not in CATALOGUE:
        raise UnknownEventError(name)
    allowed = CATALOGUE[name] | {"event", "level", "at"}
    return {key: value for key, value in event.items() if key in allowed}


def configure(stream: TextIO | None = None) -> None:
    """Send the log as JSON lines to ``stream`` (standard error)."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            keep_declared,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(stream or sys.stderr),
        cache_logger_on_first_use=False,
    )
