"""How every kiosk is, as the console shows it.

EN 50136 asks that a lost path be declared within 3 minutes at its highest grade; here a kiosk that has been silent for
30 s is shown as silent (facts/sync, Alarm path).
"""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, func, select

from sync.station import maintenance
from sync.station.heartbeats import LIST_FAULT
from sync.station.silence import SILENT_AFTER
from sync.station.site_plan import place_of
from sync.station.tables import kiosk_certificates, kiosk_places, kiosks

_KEY_IN_FILE: Final = "device-key-in-file"
"""No fault here, though the kiosk reports it: it stands as long as the machine has no TPM, and a kiosk that is faulty
for ever is one whose next fault nobody sees. The page names it beside the kiosk's state (``device_key``)."""

_AS_SAID: Final = (
    "list_epoch",
    "next_epoch",
    "list_seq",
    "list_age_s",
    "list_refused",
    "look_ups",
    "device_key",
    "outbox_depth",
    "oldest_undelivered_s",
    "software",
    "reader",
    "camera",
    "gate",
    "pack",
    "pack_digest",
    "disk_free",
    "clock_ahead_s",
    "ntp",
    "set_aside",
    "evidence_held",
)
"""What is shown as the heartbeat has it."""


def health(conn: Connection, now: datetime) -> list[dict[str, Any]]:
    """Return how each kiosk is, as the console shows it: JSON values, null where it was never heard."""
    c = kiosk_certificates.c
    until = select(func.max(c.until)).where(c.kiosk == kiosks.c.id, c.ended_at.is_(None)).scalar_subquery()
    every = select(kiosks, until.label("certificate_until"), kiosk_places.c.x, kiosk_places.c.y)
    every = every.outerjoin(kiosk_places, kiosk_places.c.kiosk == kiosks.c.id).order_by(kiosks.c.id)
    windows = {window.kiosk: window for window in maintenance.windows(conn, now)}
    return [_health(row, windows.get(row.id), now) for row in conn.execute(every)]


def _health(row: Row[Any], window: Row[Any] | None, now: datetime) -> dict[str, Any]:
    beat: dict[str, Any] = row.heartbeat or {}
    silent = row.heard_at is None or now - row.heard_at > SILENT_AFTER
    faults = _faults(beat)
    state = "never-heard" if row.heard_at is None else "silent" if silent else "faulty" if faults else "well"
    if window is not None and window.begins_at <= now:
        state = "maintenance"
    ends_at = row.certificate_until
    return {
        "kiosk": row.id,
        "lane": row.lane,
        "place": place_of(row),
        "state": state,
        "heard_at": row.heard_at.isoformat() if row.heard_at else None,
        "silent_s": round((now - row.heard_at).total_seconds()) if row.heard_at else None,
        "maintenance": None
        if window is None
        else {
            "begins_at": window.begins_at.isoformat(),
            "ends_at": window.ends_at.isoformat(),
            "announced_by": window.announced_by,
            "why": window.why,
        },
        "certificate_until": ends_at.isoformat() if ends_at else None,
        "certificate_days": (ends_at - now).days if ends_at else None,
        "faults": faults,
        **{fact: beat.get(fact) for fact in _AS_SAID},
    }


def _faults(beat: dict[str, Any]) -> list[str]:
    """Return what somebody must see to: what a kiosk reports, and what only the station can see of its list."""
    elsewhere = {_KEY_IN_FILE, "list-refused" if beat.get("list_refused") else None}
    faults = [fault for fault in beat.get("faults", ()) if fault not in elsewhere]
    if beat.get("list_refused"):
        faults.append("list-refused")
    if beat.get(LIST_FAULT):
        faults.append(beat[LIST_FAULT])
    return faults
