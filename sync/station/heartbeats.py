"""What each kiosk last said of itself."""

from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import Connection, bindparam, func, select, update

from sync import wire
from sync.station import audit, evidence, maintenance, positions
from sync.station.certificates import Kiosk
from sync.station.tables import kiosks

_REACHED: Final = "reached"
LIST_FAULT: Final = "list_fault"
"""What the station notes beside a heartbeat; no heartbeat has such fields."""

# Made once: to put a statement together takes longer than to run it.
_BEFORE: Final = select(kiosks.c.heartbeat, kiosks.c.upto_seq).where(kiosks.c.id == bindparam("kiosk"))
_KEEP: Final = update(kiosks).where(kiosks.c.id == bindparam("kiosk"))
_KEEP_BY_ITS_CLOCK: Final = _KEEP.values(heard_at=func.clock_timestamp())
"""Several instances tell silence by one clock, the database's (sync.station.supervision)."""


def take_heartbeat(
    conn: Connection, kiosk: Kiosk, beat: wire.Heartbeat, now: datetime
) -> tuple[wire.HeartbeatSeen, str | None]:
    """Keep the kiosk's newest heartbeat; return the answer, and its list's fault where one begins (positions)."""
    row = conn.execute(_BEFORE, {"kiosk": kiosk.id}).one()
    before = row.heartbeat or {}
    reached, fault = positions.judge(conn, beat, before.get(_REACHED))
    facts = {**msgspec.to_builtins(beat), _REACHED: reached, LIST_FAULT: fault}
    if conn.dialect.name == "postgresql":
        conn.execute(_KEEP_BY_ITS_CLOCK, {"kiosk": kiosk.id, "heartbeat": facts})
    else:
        conn.execute(_KEEP, {"kiosk": kiosk.id, "heard_at": now, "heartbeat": facts})
    if fault is not None and fault != before.get(LIST_FAULT):
        audit.record(conn, now, kiosk.id, f"kiosk.{fault}", epoch=beat.list_epoch, seq=beat.list_seq)
    else:
        fault = None
    seen = wire.HeartbeatSeen(
        now=now,
        upto_seq=row.upto_seq,
        maintenance_until=maintenance.until(conn, kiosk.id, now),
        evidence_wanted=evidence.wanted(conn, kiosk.id, now),
        evidence_ended=evidence.ended(conn, kiosk.id),
    )
    return seen, fault


def without_epoch(conn: Connection, epoch: int, since: datetime) -> list[str]:
    """Return the kiosks that were heard after ``since`` and did not say then that they hold this epoch."""
    heard = conn.execute(select(kiosks.c.id, kiosks.c.heartbeat).where(kiosks.c.heard_at > since).order_by(kiosks.c.id))
    return [row.id for row in heard if epoch not in (row.heartbeat["list_epoch"], row.heartbeat.get("next_epoch"))]


def furthest(conn: Connection) -> int:
    """Return the highest number at which a kiosk says that its list stands; 0 where none was ever heard."""
    beats = conn.execute(select(kiosks.c.heartbeat).where(kiosks.c.heard_at.is_not(None))).scalars()
    return max((int(beat["list_seq"]) for beat in beats), default=0)
