"""Can this instance do its work? For whoever spreads requests over several, or starts one again.

The answer is yes or no; why not is for the log. It is looked up at most every ``FRESH_S``, since anybody may ask.
"""

import os
import shutil
from datetime import datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING, Final

import structlog
from sqlalchemy import Connection, insert, select

from sync.station import log as station_log
from sync.station.tables import audit, settings

if TYPE_CHECKING:
    from sync.station.station import Station

FRESH_S: Final = 2.0
LEAST_FREE_BYTES: Final = 200 * 1024 * 1024
CLOCK_SLACK: Final = timedelta(minutes=1)
_KEYS: Final = ("ca.key", "server.key", "server.pem", "group.key", "evidence.key", "evidence-requests.key")

log = structlog.get_logger()


class Readiness:
    """Of one station. Callable from any thread."""

    def __init__(self) -> None:
        self._turn = Lock()
        self._looked_s: float | None = None
        self._ready = False

    def is_ready(self, station: "Station") -> bool:
        """Tell whether nothing stands in the way."""
        with self._turn:
            now_s = station.monotonic()
            if self._looked_s is None or now_s - self._looked_s >= FRESH_S:
                why = trouble(station)
                if why is not None:
                    log.warning("station.not-ready", why=why)
                self._ready, self._looked_s = why is None, now_s
            return self._ready


def trouble(station: "Station") -> str | None:
    """Return what stands in the way, as a code: keys, disk, clock, database; None where nothing does."""
    folder = station.folder
    if not all(os.access(folder / key, os.R_OK) for key in _KEYS):
        return "keys"
    if not os.access(folder, os.W_OK) or shutil.disk_usage(folder).free < LEAST_FREE_BYTES:
        return "disk"
    try:
        with station.store.write() as conn:
            if _is_behind(conn, station.now()):
                return "clock"
            with conn.begin_nested() as nothing_kept:
                row = {"name": "readiness", "value": 1, "changed_by": "station", "changed_at": station.now()}
                conn.execute(insert(settings).values(**row))
                nothing_kept.rollback()
    except Exception as error:
        log.error("request.failed", error=type(error).__name__, where=station_log.where(error))
        return "database"
    return None


def _is_behind(conn: Connection, now: datetime) -> bool:
    """Tell whether the clock stands before what has been recorded: it was set back, or the machine lost its time."""
    at = conn.execute(select(audit.c.at).order_by(audit.c.n.desc()).limit(1)).scalar()
    return at is not None and at > now + CLOCK_SLACK
