"""What consoles ask again and again takes no longer after a year: SQLite reaches it by an index that stays short.

How long it takes with a year's data is measured (tests.bench.many); here is why.
"""

from collections.abc import Callable
from typing import Any

import pytest
from list_desk import NOON, ListDesk
from sqlalchemy import Connection, event

from sync.station import alarms, desk, statistics
from sync.station.period import Length, period_of
from sync.station.site_time import site_day


def pulse(conn: Connection) -> None:
    alarms.changed_since(conn, alarms.newest_event(conn))
    desk.frame(conn)


def board(conn: Connection) -> None:
    alarms.board(conn)


def figures_of_a_day(conn: Connection) -> None:
    statistics.sheets(conn, period_of(Length.DAY, site_day(NOON)), NOON)


@pytest.mark.parametrize("ask", [pulse, board, figures_of_a_day])
def test_no_page_walks_through_every_alarm_there_ever_was(ask: Callable[[Connection], None], desk: ListDesk) -> None:
    asked: list[tuple[str, Any]] = []
    with desk.store.read() as conn:
        event.listen(conn, "before_cursor_execute", lambda _c, _cur, statement, how, *_: asked.append((statement, how)))
        ask(conn)
        plans = [conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", how) for statement, how in list(asked)]
        steps = [row.detail for plan in plans for row in plan]
    every_alarm = ("SCAN alarms", "SCAN alarm_events", "SEARCH alarms USING INDEX ix_alarms_repeats_of")
    walks = [step for step in steps if step.startswith(every_alarm)]
    newest_first = "SCAN alarms USING INDEX ix_alarms_received_at"  # and there is a limit
    assert steps
    assert set(walks) <= {newest_first}
