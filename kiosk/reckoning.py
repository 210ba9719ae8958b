"""What time it is, from a clock that anybody may have set and from what the station has vouched for. Pure.

- The *anchor* is the station's own time in its last answer to a heartbeat, over mutual TLS and with a known round trip,
  on the clock that only grows. While there is one of this start of the machine, nothing else is asked: the wall clock
  counts while it agrees, the anchor where it does not.
- The *floor* is the newest signed moment that the kiosk holds (the list's checkpoint). Time is never before it, nor
  before it and what the growing clock has counted since it was first looked at. A checkpoint may have been held back
  on its way, so it says no more than that: it never tells how late it is (and an old list never looks young by it).
- Without an anchor a wall clock before the floor is wrong, and so is one that is ``PLAUSIBLE`` beyond it. NTP cannot
  vouch for the latter: whoever holds the network could then end every entry of the list with one packet. It costs
  nothing, for a list that old calls staff for everybody anyway.
- Where the clock is wrong, time goes on from the anchor or the floor: entries and certificates end by that, alarms
  carry it, and ``is_wrong`` says that nobody knows how old the list is.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

CLOCK_TOLERANCE: Final = timedelta(minutes=5)
"""How far two clocks may differ; hosts keep within 5 s a day (GB 50396-2007), the rest is time between corrections."""

PLAUSIBLE: Final = timedelta(days=7)
"""Further than this no kiosk is taken to have been without its station by a bare clock. Longer than three days offline
with a restart among them, which must not look like a fault of the clock; and by so many days at the most can a clock
that was set forward end an entry early, in a kiosk that has not heard its station since it was switched on."""


@dataclass(frozen=True, slots=True)
class Moment:
    """That it was ``at`` when the growing clock stood at ``since_boot_s``."""

    at: datetime
    since_boot_s: float

    def later(self, since_boot_s: float) -> datetime:
        """Return what time it is when the growing clock stands at ``since_boot_s``."""
        return self.at + timedelta(seconds=since_boot_s - self.since_boot_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reckoned:
    """The time to go by; ``proven`` is the latest moment that has certainly passed."""

    now: datetime
    proven: datetime
    is_wrong: bool
    """The wall clock is wrong: ``now`` is not by it."""


def reckon(wall: datetime, since_boot_s: float, *, anchor: Moment | None, floor: Moment | None) -> Reckoned:
    """Return the time, by the rules above. Anchor and floor are of this start of the machine."""
    if anchor is not None:
        known = anchor.later(since_boot_s)
        is_wrong = abs(wall - known) > CLOCK_TOLERANCE
        return Reckoned(now=known if is_wrong else wall, proven=known, is_wrong=is_wrong)
    if floor is not None:
        known = floor.later(since_boot_s)
        is_wrong = not known - CLOCK_TOLERANCE <= wall <= known + PLAUSIBLE
        return Reckoned(now=known if is_wrong else max(wall, known), proven=known, is_wrong=is_wrong)
    return Reckoned(now=wall, proven=wall, is_wrong=False)
