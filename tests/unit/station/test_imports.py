"""An import is tried, proposed by one, approved by another, and can be taken back: all of it or nothing."""

from pathlib import Path
from typing import Any

import pytest
from list_desk import ListDesk, facts_of, number
from sqlalchemy import event, func, select, update
from sqlalchemy.exc import OperationalError

from sync.station import audit, history, import_loading, importing, taking_back
from sync.station.feeds import EpochState
from sync.station.import_check import Fate
from sync.station.import_file import format_of, inspect
from sync.station.refusals import RefusedError
from sync.station.store import Store, open_store
from sync.station.tables import entries, entry_numbers, import_withdrawals, imports, sealed_rows


@pytest.fixture
def hundreds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each transaction loads a hundred rows, so that a file of some more is several of them."""
    monkeypatch.setattr("sync.station.import_loading.AT_ONCE", 100)


def fates(desk: ListDesk, *people: dict[str, Any]) -> list[tuple[str, str | None]]:
    found = desk.tried(desk.json_lines(*people))
    return [(verdict.fate, verdict.refusal.code if verdict.refusal else None) for verdict in found]


def withdrawing(person: int) -> dict[str, Any]:
    return {"action": "withdraw", "numbers": [number(person)]}


def count(desk: ListDesk, table: Any = entries) -> int:
    with desk.store.read() as conn:
        return conn.execute(select(func.count()).select_from(table)).scalar_one()


def kept(desk: ListDesk) -> dict[str, int]:
    tables = (entries, entry_numbers, imports, import_withdrawals, sealed_rows, audit.audit)
    return {table.name: count(desk, table) for table in tables}


def test_a_dry_run_says_of_each_row_what_would_become_of_it_and_changes_nothing(desk: ListDesk) -> None:
    desk.listed(1)
    desk.listed(2)
    desk.listed(3)
    desk.clear_number(number(8))
    before = kept(desk)
    assert fates(
        desk,
        facts_of(1),
        withdrawing(2),
        facts_of(3, name="somebody else"),
        facts_of(4),
        facts_of(4),
        withdrawing(5),
        facts_of(8),
        facts_of(9, legal_basis=""),
    ) == [
        (Fate.LEAVE, None),
        (Fate.WITHDRAW, None),
        (Fate.REFUSE, "other-facts"),
        (Fate.ADD, None),
        (Fate.REFUSE, "twice-in-file"),
        (Fate.LEAVE, None),
        (Fate.REFUSE, "cleared"),
        (Fate.REFUSE, "missing"),
    ]
    assert kept(desk) == before


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "x"},
        {"unit": "x"},
        {"contact": "x"},
        {"case_number": "x"},
        {"legal_basis": "court-order"},
        {"expires_on": "2026-11-30"},
        {"guidance": "x"},
        {"listed_on": "2026-01-01"},
        {"numbers": [number(1), number(2)]},
    ],
)
def test_whoever_is_listed_with_any_other_fact_is_refused(desk: ListDesk, changes: dict[str, Any]) -> None:
    desk.listed(1)
    assert fates(desk, facts_of(1, **changes)) == [(Fate.REFUSE, "other-facts")]


def test_a_number_stands_once_in_a_file_also_under_another_person(desk: ListDesk) -> None:
    file = desk.json_lines(facts_of(1), facts_of(2, numbers=[number(2), number(1)]), withdrawing(2))
    refused = [(verdict.line, verdict.refusal.facts) for verdict in desk.tried(file) if verdict.refusal]
    assert refused == [(2, {"line": 1}), (3, {"line": 2})]


@pytest.mark.usefixtures("hundreds")
def test_one_refused_row_refuses_all_of_the_file(desk: ListDesk) -> None:
    before = kept(desk)
    with pytest.raises(RefusedError, match="import-refused") as refused:
        desk.propose_import(desk.json_lines(*(facts_of(n) for n in range(250)), facts_of(0)))
    assert refused.value.facts == {"n": 1}
    assert kept(desk) == before


def test_an_import_takes_two_people_and_is_then_at_work_as_a_whole(desk: ListDesk) -> None:
    gone = desk.listed(1)
    proposed = desk.propose_import(desk.json_lines(facts_of(2), withdrawing(1), facts_of(3)), by="lin")
    assert (proposed.adds, proposed.withdraws) == (2, 1)
    assert desk.at_work() == {gone}
    with pytest.raises(RefusedError, match="own-import"):
        desk.approve_import(proposed.import_id, by="lin")
    assert desk.approve_import(proposed.import_id, by="zhou") == (2, 1, 4)
    assert [change.op for change in desk.feed()] == ["add", "withdraw", "add", "add"], "withdrawals go first"
    assert len(desk.at_work()) == 2
    with pytest.raises(RefusedError, match="already"):
        desk.approve_import(proposed.import_id, by="chen")


def test_the_same_file_again_changes_nothing(desk: ListDesk) -> None:
    file = desk.json_lines(facts_of(1), facts_of(2))
    desk.imported(file)
    assert [verdict.fate for verdict in desk.tried(file)] == [Fate.LEAVE] * 2
    with pytest.raises(RefusedError, match="import-empty"):
        desk.propose_import(file)


def test_a_file_that_waits_is_not_proposed_twice_and_its_sealing_goes_on(desk: ListDesk) -> None:
    file = desk.json_lines(*(facts_of(n) for n in range(5)))
    proposed = import_loading.propose_import(desk.store, inspect(file, format_of(file)), "lin", desk.now)
    assert count(desk, sealed_rows) == 0, "interrupted before it was sealed"
    again = desk.propose_import(file, by="chen")
    assert (again.import_id, again.resumed, again.adds) == (proposed.import_id, True, 5)
    assert count(desk, sealed_rows) == 5
    assert importing.seal_import(desk.store, desk.peppers, proposed.import_id) == 0


def test_an_entry_of_an_import_is_not_approved_by_itself(desk: ListDesk) -> None:
    import_id = desk.propose_import(desk.json_lines(facts_of(1))).import_id
    with desk.store.read() as conn:
        entry = conn.execute(select(entries.c.id)).scalar_one()
    with pytest.raises(RefusedError, match="part-of-import") as refused:
        desk.approve(entry)
    assert refused.value.facts == {"import_id": import_id}


def test_an_import_that_is_not_sealed_under_every_open_epoch_is_not_approved(desk: ListDesk) -> None:
    import_id = desk.propose_import(desk.json_lines(facts_of(1), facts_of(2))).import_id
    desk.begin_epoch(2, EpochState.OPEN)
    with pytest.raises(RefusedError, match="not-sealed"):
        desk.approve_import(import_id)
    assert (desk.feed(1), desk.feed(2)) == ([], [])
    importing.seal_import(desk.store, desk.peppers, import_id)
    desk.approve_import(import_id)
    assert len(desk.feed(1)) == len(desk.feed(2)) == 2


def test_an_import_whose_rows_are_over_by_now_is_not_approved_in_part(desk: ListDesk) -> None:
    file = desk.json_lines(facts_of(1), facts_of(2, expires_on="2026-03-03"))
    import_id = desk.propose_import(file).import_id
    desk.pass_time(days=5)
    with pytest.raises(RefusedError, match="import-over") as refused:
        desk.approve_import(import_id)
    assert (refused.value.facts, desk.feed()) == ({"n": 1}, [])


def test_an_import_that_waits_is_taken_back_without_a_word_to_the_gates(desk: ListDesk) -> None:
    import_id = desk.propose_import(desk.json_lines(facts_of(1), facts_of(2))).import_id
    done = desk.take_back(import_id, by="lin")
    assert (done.withdrawn, done.seq, done.restores) == (2, None, None)
    assert (desk.feed(), count(desk, sealed_rows)) == ([], 0)
    for act in (desk.take_back, desk.approve_import):
        with pytest.raises(RefusedError, match="already"):
            act(import_id)


def test_taking_an_approved_import_back_withdraws_at_once_and_proposes_anew_what_it_withdrew(desk: ListDesk) -> None:
    old = [desk.listed(n) for n in (1, 2, 3, 4)]
    file = desk.json_lines(*(withdrawing(n) for n in (1, 2, 3, 4)), facts_of(5), facts_of(6))
    import_id = desk.imported(file)
    alone = desk.listed(3, name="listed otherwise meanwhile")
    desk.clear_number(number(4))
    done = desk.take_back(import_id, by="lin")
    assert (done.withdrawn, done.restored, done.lost) == (2, 2, 2)
    assert desk.at_work() == {alone}
    assert done.restores is not None
    importing.seal_import(desk.store, desk.peppers, done.restores)
    with pytest.raises(RefusedError, match="own-import"):
        desk.approve_import(done.restores, by="lin")
    desk.approve_import(done.restores, by="zhou")
    with desk.store.read() as conn:
        back = conn.execute(select(entries).where(entries.c.import_id == done.restores)).all()
    assert sorted(row.case_number for row in back) == ["C-1", "C-2"]
    assert not {row.id for row in back} & set(old), "a withdrawal is final"
    assert len(desk.at_work()) == 3


def test_one_withdrawn_by_hand_before_the_approval_is_not_brought_back(desk: ListDesk) -> None:
    entry = desk.listed(1)
    import_id = desk.propose_import(desk.json_lines(withdrawing(1), facts_of(2))).import_id
    desk.withdraw(entry)
    desk.pass_time(seconds=1)
    assert desk.approve_import(import_id)[:2] == (1, 0)
    assert desk.take_back(import_id).restores is None


def test_what_an_import_withdrew_is_read_by_somebody_else_in_one_go(desk: ListDesk) -> None:
    desk.listed(1)
    import_id = desk.imported(desk.json_lines(withdrawing(1), facts_of(2), facts_of(3)))
    desk.take_back(import_id, by="lin")
    with desk.store.write() as conn:
        assert taking_back.review_import(conn, import_id, "lin", desk.now) == 1, "her own two wait for another"
        assert taking_back.review_import(conn, import_id, "zhou", desk.now) == 2
        with pytest.raises(RefusedError, match="nothing-to-review"):
            taking_back.review_import(conn, import_id, "chen", desk.now)


def test_an_entry_s_history_tells_of_its_imports(desk: ListDesk) -> None:
    desk.listed(1)
    import_id = desk.imported(desk.json_lines(withdrawing(1), facts_of(2)))
    desk.take_back(import_id)
    with desk.store.read() as conn:
        ids = dict(
            conn.execute(select(entries.c.case_number, entries.c.id).where(entries.c.import_id == import_id)).all()
        )
        old = conn.execute(select(entries.c.id).where(entries.c.case_number == "C-1", entries.c.import_id.is_(None)))
        acts = [one.what for one in history.history(conn, ids["C-2"])]
        acts_of_old = [one.what for one in history.history(conn, old.scalar_one())]
    assert acts == ["import.proposed", "import.approved", "import.taken-back"]
    assert acts_of_old == ["entry.proposed", "entry.approved", *acts]


@pytest.mark.usefixtures("hundreds")
@pytest.mark.parametrize("statement", ["INSERT INTO entry_numbers", "INSERT INTO audit", "UPDATE imports"])
def test_a_full_disk_in_mid_import_leaves_nothing_of_it(desk: ListDesk, statement: str) -> None:
    file = desk.json_lines(*(facts_of(n) for n in range(250)))
    before = kept(desk)
    with failing(desk.store, statement, at=2 if "numbers" in statement else 1), pytest.raises(OperationalError) as full:
        desk.propose_import(file)
    assert number(3) not in str(full.value)
    assert kept(desk) == before
    desk.imported(file)
    assert len(desk.at_work()) == 250


@pytest.mark.usefixtures("hundreds")
def test_when_the_disk_is_really_full_sqlite_s_own_rollback_leaves_nothing(desk: ListDesk) -> None:
    file = desk.json_lines(*(facts_of(n) for n in range(250)))
    before = kept(desk)
    with desk.store.read() as conn:
        pages = conn.exec_driver_sql("PRAGMA page_count").scalar_one()
        conn.exec_driver_sql(f"PRAGMA max_page_count = {pages + 10}")
    with pytest.raises(OperationalError, match="full"):
        desk.propose_import(file)
    with desk.store.read() as conn:
        conn.exec_driver_sql("PRAGMA max_page_count = 1000000")
    assert kept(desk) == before


@pytest.mark.parametrize("statement", ["INSERT INTO feed_changes", "UPDATE entries", "INSERT INTO audit"])
def test_a_full_disk_in_mid_approval_lists_and_withdraws_nobody(desk: ListDesk, statement: str) -> None:
    old = desk.listed(9999)
    import_id = desk.propose_import(desk.json_lines(withdrawing(9999), *(facts_of(n) for n in range(150)))).import_id
    with failing(desk.store, statement, at=2 if "audit" not in statement else 1), pytest.raises(OperationalError):
        desk.approve_import(import_id)
    assert desk.at_work() == {old}
    desk.approve_import(import_id)
    assert len(desk.at_work()) == 150


class failing:
    """Lets the ``at``-th statement that begins so fail as SQLite does on a full disk."""

    def __init__(self, store: Store, statement: str, *, at: int) -> None:
        self._engine, self._statement, self._left = store._engine, statement, at

    def __enter__(self) -> None:
        event.listen(self._engine, "before_cursor_execute", self._fail)

    def __exit__(self, *_: object) -> None:
        event.remove(self._engine, "before_cursor_execute", self._fail)

    def _fail(self, _conn: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        if statement.startswith(self._statement):
            self._left -= 1
            if self._left == 0:
                raise OperationalError(statement, None, Exception("database or disk is full"))


@pytest.mark.usefixtures("hundreds")
def test_while_an_import_loads_an_alarm_is_written_between_its_rows(desk: ListDesk) -> None:
    """Nobody holds the database for longer than a hundred rows take."""
    written: list[int] = []
    other = open_store(desk.folder / "station.db")

    def alarm_comes(read: int, _of: int) -> None:
        with other.write() as conn:
            audit.record(conn, desk.now, "g1", "alarm.raised")
        written.append(read)

    file = desk.json_lines(*(facts_of(n) for n in range(240)))
    import_loading.propose_import(desk.store, inspect(file, format_of(file)), "lin", desk.now, alarm_comes)
    other.close()
    assert written == [100, 200, 240]


def interrupted(desk: ListDesk, path: Path) -> str:
    """An import whose power went after some rows."""
    import_loading.propose_import(desk.store, inspect(path, format_of(path)), "lin", desk.now)
    with desk.store.write() as conn:
        conn.execute(update(imports).values(state="loading"))
        return conn.execute(select(imports.c.id)).scalar_one()


def test_an_import_that_is_still_loading_can_be_neither_approved_nor_half_taken_back(desk: ListDesk) -> None:
    import_id = interrupted(desk, desk.json_lines(facts_of(1)))
    for act in (desk.approve_import, desk.take_back):
        with pytest.raises(RefusedError, match="import-loading"):
            act(import_id)
    with desk.store.read() as conn:
        entry = conn.execute(select(entries.c.id)).scalar_one()
    with pytest.raises(RefusedError, match="part-of-import"):
        desk.approve(entry)


def test_what_an_interruption_left_is_forgotten_when_the_file_comes_again(desk: ListDesk) -> None:
    desk.listed(9)
    file = desk.json_lines(facts_of(1), facts_of(2), withdrawing(9))
    old = interrupted(desk, file)
    new = desk.propose_import(file).import_id
    assert new != old
    assert (count(desk, imports), count(desk, import_withdrawals), count(desk)) == (1, 1, 3)
    desk.approve_import(new)
    assert len(desk.at_work()) == 2


def test_only_an_import_that_was_never_proposed_is_forgotten(desk: ListDesk) -> None:
    import_id = desk.propose_import(desk.json_lines(facts_of(1))).import_id
    with pytest.raises(RefusedError, match="import-not-loading"):
        import_loading.forget_import(desk.store, import_id)
    before = interrupted(desk, desk.json_lines(facts_of(1)))
    import_loading.forget_import(desk.store, before)
    assert (count(desk), count(desk, entry_numbers), count(desk, sealed_rows), count(desk, imports)) == (0, 0, 0, 0)
