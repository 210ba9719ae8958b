"""On PostgreSQL an upload costs no more for what was taken before it, also where the plans are of empty tables.

``tests/unit/station/test_flat_reads.py`` has SQLite's plans.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, insert, text
from station_world import alarm

from sync import wire
from sync.station import intake
from sync.station.certificates import Kiosk
from sync.station.postgres import parse_url
from sync.station.store import Store, open_store
from sync.station.tables import kiosks
from tests.postgres import Cluster

BEFORE, AT_ONCE, UPLOADS = 20_000, 16, 20
GATE = Kiosk(id="g1", lane="A")
_FILL = (
    """INSERT INTO taken_messages (id, kiosk, seq, received_at)
       SELECT gen_random_uuid(), 'g1', -n, now() FROM generate_series(1, :many) AS n""",
    """INSERT INTO alarms (id, kiosk, lane, seq, kind, visit, entry, listed, facts, raised_at, received_at, state)
       SELECT id, kiosk, 'A', seq, 'wanted-person', id, id, 'still', '{}', received_at, received_at, 'resolved'
       FROM taken_messages WHERE seq < 0""",
)
_WALKED = "SELECT sum(seq_tup_read) FROM pg_stat_user_tables WHERE relname IN ('taken_messages', 'alarms')"


@pytest.fixture
def store(postgres: Cluster) -> Iterator[Store]:
    store = open_store(parse_url(postgres.new_station_database()))
    with store.write() as conn:
        conn.execute(insert(kiosks).values(id=GATE.id, lane=GATE.lane, enrolled_at=datetime.now(UTC)))
    yield store
    store.close()


def take(store: Store, uploads: range) -> None:
    for number in uploads:
        messages = tuple(alarm(number * AT_ONCE + each) for each in range(AT_ONCE))
        with store.write() as conn:
            intake.take(conn, GATE, wire.Upload(messages=messages), datetime.now(UTC))


def rows_walked_through(conn: Connection) -> int:
    """Rows of both tables that the server has read one after another."""
    conn.execute(text("SELECT pg_stat_force_next_flush()"))
    return int(conn.execute(text(_WALKED)).scalar_one())


def test_an_upload_walks_through_nothing_that_was_taken_before(store: Store) -> None:
    take(store, range(UPLOADS))  # the server keeps a plan from the sixth time on
    with store.write() as conn:
        for filled in _FILL:
            conn.execute(text(filled), {"many": BEFORE})
    with store.write() as conn:
        before = rows_walked_through(conn)
    take(store, range(UPLOADS, 2 * UPLOADS))
    with store.write() as conn:
        rows_walked_through(conn)  # a transaction's own reads are told with the next
    with store.write() as conn:
        walked = rows_walked_through(conn) - before
    assert walked < UPLOADS * BEFORE / 4
