"""How many visits ended how, by hour and kiosk: numbers only, never whose visits they were."""

from datetime import datetime

from sqlalchemy import Connection, func, select, update

from sync.station.store import insert_new
from sync.station.tables import counts


def add(conn: Connection, hour: datetime, kiosk: str, key: str, n: int) -> None:
    """Add ``n`` visits to the count of this hour, kiosk and ending."""
    row = {"hour": hour, "kiosk": kiosk, "key": key}
    if not insert_new(conn, counts, {**row, "n": n}):
        same = (counts.c.hour == hour) & (counts.c.kiosk == kiosk) & (counts.c.key == key)
        conn.execute(update(counts).where(same).values(n=counts.c.n + n))


def totals(conn: Connection) -> dict[str, int]:
    """Return the counts of all hours and kiosks: "admit", "refer/<reason>" or "alarm" to a number."""
    rows = conn.execute(select(counts.c.key, func.sum(counts.c.n)).group_by(counts.c.key).order_by(counts.c.key))
    return {key: int(n) for key, n in rows}
