"""How every process of the product logs: JSON lines of events that its catalogue declares, and nothing else.

RULES 15: a log holds no key, number, name, image, embedding or APDU payload. There is no free text: what a catalogue
does not declare is dropped, so a careless call cannot leak.
"""

import logging
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, TextIO, TypeAlias

import structlog
from structlog.typing import Processor

Catalogue: TypeAlias = Mapping[str, frozenset[str]]
"""The events that a process may log, each with its fields."""

_ALWAYS = frozenset({"event", "level", "at"})


class UnknownEventError(KeyError):
    """A call logged an event that the catalogue does not declare: a bug of ours."""


def keep_declared(catalogue: Catalogue) -> Processor:
    """Return a structlog processor that drops every field that the event's catalogue entry does not declare.

    The processor raises UnknownEventError when the event itself is not declared.
    """

    def kept(_logger: object, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
        name = event["event"]
        if name not in catalogue:
            raise UnknownEventError(name)
        allowed = catalogue[name] | _ALWAYS
        return {key: value for key, value in event.items() if key in allowed}

    return kept


def configure(catalogue: Catalogue, stream: TextIO | None = None) -> None:
    """Send this process's log as JSON lines to ``stream`` (standard error)."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            keep_declared(catalogue),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(stream or sys.stderr),
    )
