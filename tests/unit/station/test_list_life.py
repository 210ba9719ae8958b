"""An entry's life: two people to add, one to withdraw, a third look afterwards; and what is told of it."""

from datetime import date, timedelta
from typing import Any

import pytest
from list_desk import LAST_DAY, TODAY, ListDesk, facts_of, number
from sqlalchemy import delete, event, func, select

from kiosk.domain.numbers import DocumentNumber, check_digit_731
from sync.station import history, live_list, look_ups, sealing
from sync.station.feeds import EpochState
from sync.station.history import Difference
from sync.station.refusals import BadRequestError, ConflictError, NotAllowedError, NotFoundError, RefusedError
from sync.station.sealing import NotSealedError
from sync.station.tables import entries, sealed_rows
from watchlist.seal import Pepper, SealError, open_record, stretch

TRAVEL_PERMIT = "H00000123"


def is_listed(desk: ListDesk, entry: str) -> bool | None:
    with desk.store.read() as conn:
        return live_list.is_listed(conn, entry, desk.now)


def sealed(desk: ListDesk) -> int:
    with desk.store.read() as conn:
        return conn.execute(select(func.count()).select_from(sealed_rows)).scalar_one()


def refusal(code: str) -> Any:
    return pytest.raises(RefusedError, match=f"^{code}$")


def a_2017_number() -> str:
    first_14 = "UTO70012507230"
    return first_14 + check_digit_731(first_14)


def test_an_approved_entry_is_at_work_under_each_of_its_numbers_and_opens_with_it_alone(desk: ListDesk) -> None:
    numbers = [number(1), a_2017_number(), TRAVEL_PERMIT]
    entry = desk.propose(numbers=numbers)
    assert desk.feed() == []
    desk.approve(entry)
    (change,) = desk.feed()
    assert (change.op, change.entry, len(change.rows)) == ("add", entry, 3)
    opened = set()
    for text in numbers:
        secret = stretch(DocumentNumber(text), desk.peppers[1])
        for row in change.rows:
            try:
                opened.add(open_record(secret, row).expires_on)
            except SealError:
                continue
    assert opened == {LAST_DAY}


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"numbers": ["000000195001010000"]}, "number"),
        ({"numbers": ["12345"]}, "number"),
        ({"name": "   "}, "empty"),
        ({"case_number": " "}, "empty"),
        ({"expires_on": TODAY.isoformat()}, "expires-on"),
        ({"expires_on": "2031-03-02"}, "too-long"),
        ({"listed_on": "2026-03-02"}, "listed-on"),
    ],
)
def test_a_proposal_that_breaks_a_rule_is_refused_with_the_rule(
    desk: ListDesk, facts: dict[str, Any], code: str
) -> None:
    with refusal(code) as refused:
        desk.propose(**facts)
    assert "0000001950" not in str(refused.value.facts)
    assert desk.audited() == []


def test_an_entry_is_listed_on_the_site_s_day_unless_it_says_an_earlier_one(desk: ListDesk) -> None:
    desk.now = desk.now.replace(hour=17)  # past midnight at the site
    entries_on = {desk.propose(1): date(2026, 3, 2), desk.propose(2, listed_on="2025-06-01"): date(2025, 6, 1)}
    with desk.store.read() as conn:
        assert {row.id: row.listed_on for row in conn.execute(select(entries))} == entries_on


def test_who_proposed_does_not_approve(desk: ListDesk) -> None:
    entry = desk.propose(by="lin")
    with refusal("own-proposal"):
        desk.approve(entry, by="lin")
    assert desk.feed() == []


def test_a_number_stands_in_one_live_entry_at_most(desk: ListDesk) -> None:
    entry = desk.propose(numbers=[number(1), number(2)])
    with refusal("already-proposed"):
        desk.propose(2)
    desk.approve(entry)
    with refusal("already-listed") as refused:
        desk.propose(2)
    assert refused.value.facts == {"entry": entry}
    desk.withdraw(entry)
    desk.propose(2)


def test_one_person_withdraws_at_once_and_nothing_sealed_is_left(desk: ListDesk) -> None:
    entry = desk.listed()
    assert (is_listed(desk, entry), sealed(desk)) == (True, 1)
    assert desk.withdraw(entry) == 2
    assert (is_listed(desk, entry), sealed(desk), desk.at_work()) == (False, 0, set())


def test_a_proposal_is_withdrawn_without_a_word_to_the_gates(desk: ListDesk) -> None:
    entry = desk.propose()
    assert desk.withdraw(entry) is None
    assert (desk.feed(), sealed(desk)) == ([], 0)
    with refusal("already"):
        desk.approve(entry)


def test_a_withdrawal_is_final(desk: ListDesk) -> None:
    entry = desk.listed()
    desk.withdraw(entry)
    for again in (desk.withdraw, desk.approve):
        with refusal("already") as refused:
            again(entry)
        assert refused.value.facts["who"] == "lin"


def test_a_withdrawal_waits_until_somebody_else_has_read_it(desk: ListDesk) -> None:
    entry = desk.listed()
    desk.withdraw(entry, by="lin")
    with desk.store.read() as conn:
        assert [one["to_review"] for one in look_ups.shown(conn, desk.now)] == [True]
    with refusal("own-withdrawal"):
        desk.review(entry, by="lin")
    desk.review(entry, by="zhou")
    with desk.store.read() as conn:
        assert [one["to_review"] for one in look_ups.shown(conn, desk.now)] == [False]
    with refusal("already"):
        desk.review(entry, by="chen")


def test_what_was_never_at_work_needs_no_review(desk: ListDesk) -> None:
    entry = desk.propose()
    desk.withdraw(entry)
    with refusal("nothing-to-review"):
        desk.review(entry, by="zhou")


def test_an_entry_ends_after_its_last_day_at_the_site(desk: ListDesk) -> None:
    entry = desk.listed(expires_on="2026-03-05")
    desk.now = desk.now.replace(day=5, hour=15, minute=59)
    assert is_listed(desk, entry)
    desk.pass_time(minutes=1)
    assert not is_listed(desk, entry)
    assert len(desk.feed()) == 1


def test_a_proposal_whose_last_day_came_is_not_approved(desk: ListDesk) -> None:
    entry = desk.propose(expires_on="2026-03-05")
    desk.pass_time(days=4)
    with refusal("expires-on"):
        desk.approve(entry)


def test_every_change_goes_into_the_feed_of_each_open_epoch(desk: ListDesk) -> None:
    desk.listed(1)
    desk.begin_epoch(2, EpochState.BUILDING)
    second = desk.propose(2)
    assert sealed(desk) == 3  # the first under epoch 1, the second under both
    desk.approve(second)
    assert (len(desk.feed(1)), desk.feed(2)) == (2, [])
    desk.open_epoch(2)
    third = desk.propose(3)
    assert desk.approve(third) == 1, "the seq of the newest open epoch"
    assert desk.withdraw(second) == 2
    assert [change.op for change in desk.feed(1)] == ["add", "add", "add", "withdraw"]
    assert [change.op for change in desk.feed(2)] == ["add", "withdraw"]
    assert desk.feed(1)[2].rows != desk.feed(2)[0].rows


def test_an_approval_seals_what_an_epoch_that_began_meanwhile_lacks(desk: ListDesk) -> None:
    entry = desk.propose()
    desk.begin_epoch(2, EpochState.OPEN)
    assert sealed(desk) == 1
    desk.approve(entry)
    assert (len(desk.feed(1)[0].rows), len(desk.feed(2)[0].rows)) == (1, 1)


def test_without_an_open_epoch_s_pepper_nothing_is_approved_in_part(desk: ListDesk) -> None:
    entry = desk.propose()
    desk.begin_epoch(2, EpochState.OPEN)
    del desk.peppers[2]
    with pytest.raises(NotSealedError):
        desk.approve(entry)
    assert (desk.feed(1), is_listed(desk, entry)) == ([], False)


def test_an_interrupted_sealing_is_caught_up_by_the_approval(desk: ListDesk) -> None:
    entry = desk.propose()
    with desk.store.write() as conn:
        conn.execute(delete(sealed_rows))
    desk.approve(entry)
    assert len(desk.feed()[0].rows) == 1


def test_rows_that_were_sealed_for_an_entry_that_changed_meanwhile_are_not_kept(desk: ListDesk) -> None:
    entry = desk.propose()
    with desk.store.read() as conn:
        unsealed = sealing.seal_renewed(conn, entry, LAST_DAY)
    late = sealing.seal_entry(unsealed, Pepper(1, bytes(32)))
    desk.withdraw(entry)
    with desk.store.write() as conn:
        assert sealing.keep(conn, [late]) == 0
    assert sealed(desk) == 0


def test_the_history_of_an_entry_says_who_did_what_and_when_in_order(desk: ListDesk) -> None:
    other = desk.propose(7)
    entry = desk.listed()
    desk.pass_time(hours=1)
    desk.renewed(entry, date(2027, 1, 31))
    with desk.store.write() as conn:
        look_ups.look_up(conn, entry, "chen", desk.now)
    desk.withdraw(entry)
    desk.review(entry, by="zhou")
    with desk.store.read() as conn:
        events = history.history(conn, entry)
    assert [(event.who, event.what) for event in events] == [
        ("lin", "entry.proposed"),
        ("zhou", "entry.approved"),
        ("lin", "renew.asked"),
        ("zhou", "entry.renewed"),
        ("chen", "entry.looked-up"),
        ("lin", "entry.withdrawn"),
        ("zhou", "entry.reviewed"),
    ]
    assert [event.at for event in events] == sorted(event.at for event in events)
    assert other not in str(events)
    with desk.store.read() as conn, pytest.raises(NotFoundError):
        history.history(conn, "nobody")


def test_what_happened_to_an_entry_is_found_without_reading_the_whole_log(desk: ListDesk) -> None:
    entry = desk.listed()
    asked: list[tuple[str, Any]] = []
    with desk.store.read() as conn:
        event.listen(conn, "before_cursor_execute", lambda _c, _cur, statement, how, *_: asked.append((statement, how)))
        history.history(conn, entry)
        statement, how = asked[-1]
        plan = conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", how)
        steps = [row.detail for row in plan]
    assert not [step for step in steps if step.startswith("SCAN audit")], steps
    assert any("ix_audit_entry" in step for step in steps)


def test_two_days_differ_by_who_came_who_went_and_whose_last_day_moved(desk: ListDesk) -> None:
    stays, ends, moves, goes, comes = (
        desk.listed(1),
        desk.listed(2, expires_on="2026-03-03"),
        desk.listed(3, expires_on="2026-03-10"),
        desk.listed(4),
        None,
    )
    desk.pass_time(days=2)  # 3 March
    desk.renewed(moves, date(2026, 6, 1))
    desk.withdraw(goes)
    comes = desk.listed(5)
    desk.pass_time(days=1)  # 4 March
    desk.renewed(moves, date(2026, 7, 1))
    desk.renewed(ends, date(2026, 8, 1))  # it was over by then
    with desk.store.read() as conn:
        change = {one.entry: (one.before, one.after) for one in history.difference(conn, TODAY, date(2026, 3, 3))}
        back = {one.entry: (one.before, one.after) for one in history.difference(conn, date(2026, 3, 3), TODAY)}
        over_night = {
            one.entry: (one.before, one.after) for one in history.difference(conn, date(2026, 3, 3), date(2026, 3, 4))
        }
    assert change == {moves: (date(2026, 3, 10), date(2026, 6, 1)), goes: (LAST_DAY, None), comes: (None, LAST_DAY)}
    assert back == {entry: (after, before) for entry, (before, after) in change.items()}
    assert over_night == {
        moves: (date(2026, 6, 1), date(2026, 7, 1)),
        ends: (date(2026, 3, 3), date(2026, 8, 1)),
    }
    assert stays not in {**change, **over_night}


def test_an_entry_that_nobody_renewed_is_gone_on_the_day_after(desk: ListDesk) -> None:
    entry = desk.listed(expires_on="2026-03-03")
    with desk.store.read() as conn:
        assert list(history.difference(conn, date(2026, 3, 3), date(2026, 3, 4))) == [
            Difference(entry, "C-1", date(2026, 3, 3), None)
        ]


def test_every_search_is_recorded_by_user_and_without_what_was_typed(desk: ListDesk) -> None:
    entry = desk.listed(case_number="C-77")
    with desk.store.write() as conn:
        found, cleared = look_ups.search_number(conn, DocumentNumber(number(1)), "chen", desk.now)
        assert ([one["entry"] for one in found], cleared) == ([entry], None)
        assert look_ups.search_number(conn, DocumentNumber(number(9)), "chen", desk.now) == ([], None)
        assert [one["entry"] for one in look_ups.search_case(conn, "C-77", "chen", desk.now)] == [entry]
    looked_up = ("chen", "entry.looked-up", {"entry": entry})
    assert [row for row in desk.audited() if row[0] == "chen"] == [
        ("chen", "list.searched", {"by": "number", "found": 1}),
        looked_up,
        ("chen", "list.searched", {"by": "number", "found": 0}),
        ("chen", "list.searched", {"by": "case", "found": 1}),
        looked_up,
    ]


def test_whoever_is_cleared_is_found_by_number(desk: ListDesk) -> None:
    clearance, _ = desk.clear_number(number(1))
    with desk.store.write() as conn:
        _, cleared = look_ups.search_number(conn, DocumentNumber(number(1)), "chen", desk.now)
    assert cleared is not None
    assert (cleared["clearance"], cleared["cleared_by"]) == (clearance, "lin")


def test_what_waits_for_somebody_is_shown_first(desk: ListDesk) -> None:
    desk.listed(1)
    gone = desk.listed(2)
    desk.withdraw(gone)
    desk.pass_time(minutes=-30)  # older than the others
    desk.propose(3)
    with desk.store.read() as conn:
        shown = [(one["state"], one["to_review"]) for one in look_ups.shown(conn, desk.now)]
    assert shown == [("proposed", False), ("withdrawn", True), ("listed", False)]


def test_no_number_and_no_name_is_in_the_audit_log(desk: ListDesk) -> None:
    entry = desk.listed()
    desk.renewed(entry, date(2027, 2, 1))
    with desk.store.write() as conn:
        look_ups.reveal_numbers(conn, entry, "lin", desk.now)
        look_ups.search_number(conn, DocumentNumber(number(1)), "lin", desk.now)
    clearance, _ = desk.clear(entry)
    desk.grant(desk.ask_to_lift(clearance))
    desk.imported(desk.json_lines(facts_of(2)))
    told = str(desk.audited())
    assert "entry.proposed" in told
    assert number(1)[6:14] not in told
    assert "测试" not in told


def test_whoever_is_not_there_is_not_found(desk: ListDesk) -> None:
    for act in (desk.approve, desk.withdraw, desk.clear):
        with pytest.raises(NotFoundError):
            act("nobody")


def test_an_entry_lasts_five_years_at_most_to_the_day(desk: ListDesk) -> None:
    five_years = TODAY + timedelta(days=365 * 5 + 1)
    assert five_years == date(2031, 3, 1)
    desk.propose(expires_on=five_years.isoformat())
    with pytest.raises(BadRequestError):
        desk.propose(2, expires_on="2031-03-02")


def test_a_refusal_of_two_people_s_rule_is_no_conflict(desk: ListDesk) -> None:
    entry = desk.propose()
    with pytest.raises(NotAllowedError):
        desk.approve(entry, by="lin")
    desk.approve(entry)
    with pytest.raises(ConflictError):
        desk.approve(entry)
