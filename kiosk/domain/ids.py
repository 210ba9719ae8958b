"""Names of things: two strings that must not mix are two types."""

from dataclasses import dataclass
from typing import NewType

VisitId = NewType("VisitId", str)
"""Random, made anew for each visit; the only name of a visit that a log may hold."""

SlipCode = NewType("SlipCode", str)
"""Random, made for each visitor who is sent to staff. Slip and staff panel alone have it: no log, count or alarm."""

KioskId = NewType("KioskId", str)
LaneId = NewType("LaneId", str)

EntryId = NewType("EntryId", str)
"""A UUID that names an entry of the list. It says nothing about the person without the station's records."""

AlarmId = NewType("AlarmId", str)
"""A UUID, also the idempotency key under which the station takes the alarm once."""


@dataclass(frozen=True, slots=True)
class Presence:
    """One laying-down of one card: the reader's name and the PC/SC event counter at that moment.

    ``worker`` tells apart the counters of two reader worker processes, so that a restarted worker can never
    reuse the presence of a card that its predecessor saw.
    """

    reader: str
    counter: int
    worker: int = 0
