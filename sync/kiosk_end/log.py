"""The agent's log catalogue: no body of a message, no address with a query, no key (kiosk.logbook)."""

from typing import Final

from kiosk.logbook import Catalogue

CATALOGUE: Final[Catalogue] = {
    "agent.started": frozenset({"kiosk", "site", "software"}),
    "agent.stopped": frozenset(),
    "device-key.in-file": frozenset(),
    "memory.may-be-swapped": frozenset(),
    "messages.taken": frozenset({"taken"}),
    "message.set-aside": frozenset({"message", "why"}),
    "message.sent-again": frozenset({"message"}),
    "message.forgotten": frozenset({"message", "kind", "why"}),
    "station.restored": frozenset({"messages"}),
    "upload.trouble": frozenset({"why"}),
    "feed.applied": frozenset({"epoch", "seq"}),
    "feed.refused": frozenset({"why", "road"}),
    "feed.trouble": frozenset({"why", "road"}),
    "heartbeat.trouble": frozenset({"why"}),
    "link.faults": frozenset({"faults"}),
    "clock.differs": frozenset({"seconds"}),
    "outbox.trouble": frozenset(),
}
