"""A kiosk's software is updated with alarms waiting in its outbox: none is lost on the way."""

import os
import signal
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import forked
import pytest
from pysqlite3 import dbapi2
from raised import NOON, admitted, panic
from sqlalchemy import event, inspect

from kiosk.domain.faults import Fault
from kiosk.ports import OutboxError
from kiosk.sqlite import open_sqlite
from sync.kiosk_end import outbox_schema
from sync.kiosk_end.outbox import OutboxFile
from sync.kiosk_end.outbox_schema import METADATA, VERSION, migrate
from sync.wire import AlarmBody, CountsBody

FIRST_RELEASE = """
CREATE TABLE message (
    seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, id VARCHAR NOT NULL, kind VARCHAR NOT NULL,
    created_at VARCHAR NOT NULL, body BLOB NOT NULL, set_aside VARCHAR, UNIQUE (id)
);
CREATE TABLE count (hour VARCHAR NOT NULL, label VARCHAR NOT NULL, visits INTEGER NOT NULL, PRIMARY KEY (hour, label));
CREATE TABLE note (name VARCHAR NOT NULL, faults BLOB NOT NULL, at VARCHAR NOT NULL, PRIMARY KEY (name));
INSERT INTO message VALUES
    (5, '00000000-0000-0000-0000-000000000005', 'alarm', '2026-05-01T12:34:56+00:00', CAST(:panic AS BLOB), 'invalid'),
    (6, '00000000-0000-0000-0000-000000000006', 'alarm', '2026-05-01T12:34:56+00:00', CAST(:panic AS BLOB), NULL),
    (7, '00000000-0000-0000-0000-000000000007', 'counts', '2026-05-01T11:00:00+00:00',
     CAST('{"type":"counts","hour":"2026-05-01T11:00:00Z","counts":{"admit":3}}' AS BLOB), NULL);
INSERT INTO count VALUES ('2026-05-01T12:00:00+00:00', 'admit', 2);
INSERT INTO note VALUES ('lane', CAST('["camera-lost"]' AS BLOB), '2026-05-01T12:34:56+00:00');
UPDATE sqlite_sequence SET seq = 9;
"""
PANIC = """
{"type":"alarm","kind":"staff-panic","visit":"v","entry":null,"similarity":null,"band":null,"accept_threshold":null,
"pack":null,"pack_digest":null,"face_reason":null,"liveness":"n/a","list_age_s":null,"document_expired":null}
"""
"""As it was written by the first release, when numbers 1 to 4, 8 and 9 had been delivered."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "outbox.db"
    with closing(dbapi2.connect(str(path))) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.executescript(FIRST_RELEASE.replace(":panic", f"'{PANIC}'"))
        database.commit()
    return path


def holds_everything(path: Path) -> bool:
    with closing(OutboxFile(path)) as outbox:
        alarm, counts = outbox.pending(10)
        (aside,) = outbox.all_set_aside()
        assert (aside.id, aside.why) == (panic(5).id, "invalid")
        assert (alarm.seq, alarm.id, alarm.created_at, alarm.created_s) == (6, panic(6).id, NOON, None)
        assert isinstance(alarm.body, AlarmBody)
        assert (counts.seq, counts.body) == (
            7,
            CountsBody(hour=datetime(2026, 5, 1, 11, tzinfo=UTC), counts={"admit": 3}),
        )
        assert outbox.read_faults(NOON) == {Fault.CAMERA_LOST}
    return True


def test_what_waited_in_a_file_of_the_first_release_waits_after_the_update(path: Path) -> None:
    assert holds_everything(path)
    with closing(OutboxFile(path)) as outbox:
        outbox.count(admitted())
        outbox.close_counts(NOON)
        outbox.raise_alarm(panic(10))
        *_, counts, alarm = outbox.pending(10)
        assert counts.body == CountsBody(hour=datetime(2026, 5, 1, 12, tzinfo=UTC), counts={"admit": 3})
        assert (counts.seq, alarm.seq) == (10, 11)  # no number is given out twice


def test_an_updated_file_is_like_a_new_one(path: Path, tmp_path: Path) -> None:
    def look(file: Path) -> dict[str, list[tuple[str, str]]]:
        OutboxFile(file).close()
        engine = open_sqlite(file)
        tables = {
            name: [(column["name"], str(column["type"])) for column in inspect(engine).get_columns(name)]
            for name in inspect(engine).get_table_names()
        }
        engine.dispose()
        return tables

    tables = look(path)
    assert tables == look(tmp_path / "new.db")
    declared = {table.name: [column.name for column in table.columns] for table in METADATA.sorted_tables}
    assert {name: [column for column, _ in columns] for name, columns in tables.items()} == declared


def test_a_file_of_a_later_version_is_left_alone(path: Path) -> None:
    OutboxFile(path).close()
    with closing(dbapi2.connect(str(path))) as database:
        database.execute(f"PRAGMA user_version={VERSION + 1}")
    before = path.read_bytes()
    with pytest.raises(OutboxError, match="later version"):
        OutboxFile(path)
    assert path.read_bytes() == before


STATEMENTS = [
    (step, place) for step, statements in enumerate(outbox_schema._STEPS) for place in range(len(statements) + 1)
]


def update_and_die(path: Path, step: int, place: int) -> None:
    """Be killed before the statement at this place; after the last one of all, when only the commit is left."""
    steps = [list(statements) for statements in outbox_schema._STEPS]
    steps[step].insert(place, "SELECT die()")
    outbox_schema._STEPS = tuple(map(tuple, steps))  # type: ignore[misc]  # the fault that is planted
    engine = open_sqlite(path)
    event.listen(
        engine,
        "connect",
        lambda connection, _: connection.create_function("die", 0, lambda: os.kill(os.getpid(), signal.SIGKILL)),
    )
    migrate(engine)


@pytest.mark.parametrize(("step", "place"), STATEMENTS)
def test_a_kill_in_the_middle_of_an_update_leaves_the_file_as_it_was(path: Path, step: int, place: int) -> None:
    assert forked.run(update_and_die, path, step, place) == -signal.SIGKILL
    with closing(dbapi2.connect(str(path))) as database:
        assert database.execute("PRAGMA user_version").fetchone() == (0,)
    assert holds_everything(path)


@pytest.mark.parametrize("is_new", [False, True])
def test_app_and_agent_may_start_at_once_after_an_update(path: Path, is_new: bool) -> None:
    if is_new:
        path = path.with_name("new.db")
    processes = [forked.start(lambda: OutboxFile(path).close()) for _ in range(6)]
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0] * 6
    assert is_new or holds_everything(path)
