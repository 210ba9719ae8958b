"""How many visits ended how, by hour and kiosk, and how many took how long: numbers only, never whose visits they were.

Each number is kept twice, added in one transaction: by the hour, and by the month and the hour of the day at the site,
which is what a year is read from (sync.station.statistics).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, Insert, Table, func, select
from sqlalchemy.dialects import postgresql, sqlite

from sync.station.site_time import hour_at_site
from sync.station.tables import counts, counts_by_month
from sync.wire import STAGE


def _adding(dialect: str, table: Table) -> Insert:
    insert = postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
    return insert.on_conflict_do_update(
        index_elements=table.primary_key.columns, set_={"n": table.c.n + insert.excluded.n}
    )


_ADD: Final = {
    dialect: tuple(_adding(dialect, table) for table in (counts, counts_by_month))
    for dialect in ("postgresql", "sqlite")
}


def add(conn: Connection, hour: datetime, kiosk: str, numbers: Mapping[str, int]) -> None:
    """Add to the counts of this hour and kiosk, by their keys (sync.wire.CountsBody)."""
    if not numbers:
        return
    month, hour_of_day = hour_at_site(hour)
    by_hour, by_month = _ADD[conn.dialect.name]
    rows = [{"kiosk": kiosk, "key": key, "n": n} for key, n in sorted(numbers.items())]
    conn.execute(by_hour, [{**row, "hour": hour} for row in rows])
    conn.execute(by_month, [{**row, "month": month, "hour": hour_of_day} for row in rows])


def totals(conn: Connection) -> dict[str, int]:
    """Return how many visits of all hours and kiosks ended how: "admit", "refer/<reason>" or "alarm" to a number."""
    c = counts_by_month.c
    rows = conn.execute(select(c.key, func.sum(c.n)).where(~c.key.startswith(STAGE)).group_by(c.key).order_by(c.key))
    return {key: int(n) for key, n in rows}
