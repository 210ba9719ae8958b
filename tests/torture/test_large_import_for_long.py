"""An import of a hundred thousand people, which takes three minutes."""

import sys
import tracemalloc
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import func, select

sys.path.insert(0, str(Path(__file__).parents[1] / "unit" / "station"))

from list_desk import LAST_DAY, ListDesk, cheap_sealing, desk, number  # after the path to them
from test_large_import import checked, file, test_many_people_are_proposed_listed_and_taken_back_at_once

from sync.station import import_loading
from sync.station.import_check import Fate
from sync.station.import_file import ImportFile, inspect
from sync.station.refusals import BadRequestError
from sync.station.tables import entries, entry_numbers

__all__ = [
    "cheap_sealing",
    "desk",
    "file",
    "test_many_people_are_proposed_listed_and_taken_back_at_once",
]
pytestmark = pytest.mark.timeout(1200)


@pytest.fixture
def people() -> int:
    return 100_000


def test_trying_a_long_file_holds_little_of_it(desk: ListDesk, file: ImportFile, people: int) -> None:
    tracemalloc.start()
    try:
        assert Counter(checked(desk, file)) == {Fate.ADD: people}
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < file.path.stat().st_size, "and its rows as objects have ten times that"


def test_the_last_of_many_rows_refuses_all_of_them(desk: ListDesk, file: ImportFile) -> None:
    with file.path.open("a", encoding="gb18030", newline="") as out:
        out.write(f"{number(0)},张伟,u,c,C,wanted-notice,{LAST_DAY}\r\n")
    with pytest.raises(BadRequestError, match="import-refused"):
        import_loading.propose_import(desk.store, inspect(file.path, file.format), "lin", desk.now)
    with desk.store.read() as conn:
        for table in (entries, entry_numbers):
            assert conn.execute(select(func.count()).select_from(table)).scalar_one() == 0
