"""The one way to append to an alarm's life: the event, and what the station has to tell others about it, in one
transaction. A test finds whoever writes to ``alarm_events`` past it.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, insert

from sync.station import webhooks
from sync.station.tables import alarm_events

_APPEND: Final = insert(alarm_events)


def append(conn: Connection, events: Sequence[Mapping[str, Any]]) -> None:
    """Append these rows of ``alarm_events`` in this order: alarm, event, who, at, and facts where there are some."""
    conn.execute(_APPEND, events)
    webhooks.announce(conn, events)
