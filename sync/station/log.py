"""The station's log catalogue, and how the libraries under it are let into the same log (kiosk.logbook).

No login, no address of a person, no number, no name, no request path with its query. An error is told by its type and
the place where it rose; its text may hold anything, so it is not written.
"""

import logging
from pathlib import Path
from typing import Final

import structlog

from kiosk import logbook

CATALOGUE: Final[logbook.Catalogue] = {
    "station.started": frozenset({"site", "port"}),
    "station.stopped": frozenset(),
    "kiosk.enrolled": frozenset({"kiosk", "lane"}),
    "kiosk.renewed": frozenset({"kiosk"}),
    "kiosk.revoked": frozenset({"kiosk"}),
    "connections.trouble": frozenset({"error", "where"}),
    "messages.taken": frozenset({"kiosk", "taken", "refused"}),
    "message.refused": frozenset({"kiosk", "why"}),
    "list.changed": frozenset({"op", "seq"}),
    "import.failed": frozenset({"error", "where"}),
    "list.copied": frozenset({"epoch", "seq"}),
    "kiosk.list-fault": frozenset({"kiosk", "fault"}),
    "kiosks.silence": frozenset({"act", "n"}),
    "alarms.escalated": frozenset({"n", "unreviewed"}),
    "escalation.failed": frozenset({"error", "where"}),
    "supervision.failed": frozenset({"error", "where"}),
    "trust.signed-anew": frozenset({"role"}),
    "root-keys.still-here": frozenset({"n"}),
    "root.ends-soon": frozenset({"days"}),
    "stream.too-slow": frozenset(),
    "streams.trouble": frozenset({"error", "where"}),
    "hints.trouble": frozenset({"error", "where"}),
    "webhook.failed": frozenset({"webhook", "why", "set_aside"}),
    "webhooks.trouble": frozenset({"error", "where"}),
    "station.not-ready": frozenset({"why"}),
    "upkeep.failed": frozenset({"error", "where"}),
    "request.refused": frozenset({"status", "code"}),
    "request.failed": frozenset({"error", "where"}),
    "library": frozenset({"logger", "text"}),
}


def configure() -> None:
    """Send our events, and warnings of the libraries, to standard error as JSON."""
    logbook.configure(CATALOGUE)
    logging.basicConfig(handlers=[_Library()], level=logging.WARNING, force=True)


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
