"""Does a kiosk's list stand where it can stand? A disk that was set back to an older state says so by its heartbeat.

Rules
- A kiosk's list only grows: within an epoch by its number, and from epoch to epoch. One that stands behind what it had
  reported before is "list-rolled-back", until it has caught up. So, for one heartbeat, is one whose count of look-ups
  fell: its list had caught up before we heard of it.
- The head of its chain at a number is the feed's own; any other, or a number that the feed has not reached, is
  "list-differs": another list, or a station that was itself set back.
- A kiosk that was enrolled anew begins afresh (sync.station.kiosks). One that has no list yet stands at epoch 0.
"""

from typing import Final, TypeAlias

from sqlalchemy import Connection, select

from sync import wire
from sync.station.feeds import standing
from sync.station.tables import feed_changes
from watchlist.feed import GENESIS

ROLLED_BACK: Final = "list-rolled-back"
DIFFERS: Final = "list-differs"

Reached: TypeAlias = list[int]
"""The farthest epoch and number that a kiosk has reported, and its last count of look-ups."""


def judge(conn: Connection, beat: wire.Heartbeat, before: Reached | None) -> tuple[Reached, str | None]:
    """Return how far the kiosk has come, and what is wrong with where it says that it stands now, if anything."""
    now = [beat.list_epoch, beat.list_seq]
    known, look_ups = (before[:2], before[2]) if before is not None else ([0, 0], 0)
    behind, differs = now < known, _differs(conn, beat)
    # A place on another list is none that this one could fall back from.
    reached = [*(known if behind or differs else now), beat.look_ups]
    if behind or beat.look_ups < look_ups:
        return reached, ROLLED_BACK
    return reached, DIFFERS if differs else None


def _differs(conn: Connection, beat: wire.Heartbeat) -> bool:
    at = standing(conn, beat.list_epoch)
    if at is None:
        return False
    if beat.list_seq > at.seq:
        return True
    if beat.list_seq == at.seq:
        return beat.list_head != at.head
    if beat.list_seq == 0:
        return beat.list_head != GENESIS
    c = feed_changes.c
    here = select(c.head).where(c.epoch == beat.list_epoch, c.seq == beat.list_seq)
    head = conn.execute(here).scalar()
    return head is not None and head != beat.list_head
