"""A file of many people: read, checked, kept and listed in one go, without holding it in memory.

Two thousand here; a hundred thousand, and what they may cost, in `make torture`.
"""

import os
from collections import Counter
from collections.abc import Iterator

import pytest
from list_desk import LAST_DAY, ListDesk, number
from sqlalchemy import func, insert, select

from sync.station import import_loading
from sync.station.import_check import AT_ONCE, Fate, verdicts
from sync.station.import_file import ImportFile, format_of, inspect, records
from sync.station.import_rows import rows
from sync.station.site_time import site_day
from sync.station.tables import entries, sealed_rows
from watchlist.seal import SEALED_BYTES


@pytest.fixture
def people() -> int:
    return 2_000


@pytest.fixture
def file(desk: ListDesk, people: int) -> ImportFile:
    path = desk.folder / "people.csv"
    with path.open("w", encoding="gb18030", newline="") as out:
        out.write("numbers,name,unit,contact,case_number,legal_basis,expires_on\r\n")
        # One name for all of them: a list is matched by number and by nothing else.
        out.writelines(
            f"{number(n)},张伟,城南派出所,010-0000 0000,C-{n},wanted-notice,{LAST_DAY}\r\n" for n in range(people)
        )
    return inspect(path, format_of(path))


def checked(desk: ListDesk, file: ImportFile) -> Iterator[Fate]:
    with desk.store.read() as conn:
        for verdict in verdicts(conn, rows(records(file), site_day(desk.now))):
            yield verdict.fate


def seal_without_argon2(desk: ListDesk, import_id: str) -> None:
    """Rows of the right shape that no number opens."""
    with desk.store.write() as conn:
        ids = conn.execute(select(entries.c.id).where(entries.c.import_id == import_id)).scalars().all()
        row = {"epoch": 1, "expires_on": LAST_DAY}
        sealed = [{**row, "entry": entry, "idx": os.urandom(32), "ct": os.urandom(SEALED_BYTES)} for entry in ids]
        conn.execute(insert(sealed_rows), sealed)


def test_many_people_are_proposed_listed_and_taken_back_at_once(desk: ListDesk, file: ImportFile, people: int) -> None:
    told: list[int] = []
    proposed = import_loading.propose_import(desk.store, file, "lin", desk.now, lambda read, _of: told.append(read))
    assert (proposed.adds, told[-1], len(told)) == (people, people, people // AT_ONCE)
    assert Counter(checked(desk, file)) == {Fate.LEAVE: people}
    seal_without_argon2(desk, proposed.import_id)
    assert desk.approve_import(proposed.import_id) == (people, 0, people)
    assert len(desk.at_work()) == people
    desk.take_back(proposed.import_id)
    assert desk.at_work() == set()
    with desk.store.read() as conn:
        assert conn.execute(select(func.count()).select_from(sealed_rows)).scalar_one() == 0
