"""The way every SQLite file of the kiosk is opened."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pysqlite3 import dbapi2
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from kiosk.sqlite import SqliteTooOldError, open_sqlite, reading


@pytest.fixture
def engines(tmp_path: Path) -> Iterator[tuple[Engine, Engine]]:
    """One file, open twice as by two processes."""
    first, second = open_sqlite(tmp_path / "x.db"), open_sqlite(tmp_path / "x.db")
    with first.begin() as connection:
        connection.execute(text("CREATE TABLE t (v TEXT UNIQUE)"))
    yield first, second
    first.dispose()
    second.dispose()


@pytest.mark.parametrize(("pragma", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("secure_delete", 1)])
def test_a_commit_is_on_disk_and_what_is_deleted_is_overwritten(
    engines: tuple[Engine, Engine], pragma: str, value: object
) -> None:
    with engines[0].begin() as connection:
        assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar_one() == value


def test_an_sqlite_that_can_corrupt_its_files_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dbapi2, "sqlite_version_info", (3, 51, 2))
    monkeypatch.setattr(dbapi2, "sqlite_version", "3.51.2")
    with pytest.raises(SqliteTooOldError, match=r"SQLite 3\.51\.2 can corrupt its files; install pysqlite3"):
        open_sqlite(tmp_path / "x.db")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_must_exist_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        open_sqlite(tmp_path / "x.db", create=False)


def test_a_failed_statement_does_not_tell_its_values(engines: tuple[Engine, Engine]) -> None:
    secret = "a listed person"
    twice = text("INSERT INTO t VALUES (:v), (:v)")
    with engines[0].begin() as connection, pytest.raises(IntegrityError) as failed:
        connection.execute(twice, {"v": secret})
    assert secret not in str(failed.value)


def test_who_reads_and_then_writes_is_not_overtaken_by_another_writer(engines: tuple[Engine, Engine]) -> None:
    first, second = engines

    def write() -> None:
        with second.begin() as connection:
            connection.execute(text("INSERT INTO t VALUES ('second')"))

    other = threading.Thread(target=write)
    with first.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM t")).scalar_one() == 0
        other.start()
        other.join(0.2)  # it waits for us; had it not, our next line would fail
        connection.execute(text("INSERT INTO t VALUES ('first')"))
    other.join()
    with reading(first).begin() as connection:
        assert connection.execute(text("SELECT v FROM t ORDER BY rowid")).scalars().all() == ["first", "second"]


def test_who_reads_never_waits_for_a_writer(engines: tuple[Engine, Engine]) -> None:
    first, second = engines
    with first.begin() as writing:
        writing.execute(text("INSERT INTO t VALUES ('first')"))
        with reading(second).begin() as connection:
            assert connection.execute(text("SELECT count(*) FROM t")).scalar_one() == 0
