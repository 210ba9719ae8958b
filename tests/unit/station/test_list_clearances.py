"""Whoever is cleared stays cleared, through every road back, until two people say otherwise."""

import pytest
from list_desk import ListDesk, facts_of, number
from sqlalchemy import select

from sync.station.refusals import RefusedError
from sync.station.requests import decline
from sync.station.tables import cleared_numbers, entries


def states(desk: ListDesk) -> dict[str, str]:
    with desk.store.read() as conn:
        return {row.id: row.state for row in conn.execute(select(entries))}


def test_one_person_clears_somebody_and_every_entry_of_theirs_ends_at_once(desk: ListDesk) -> None:
    listed = desk.listed(numbers=[number(1), number(2)])
    other = desk.listed(9)
    clearance, ended = desk.clear_number(number(2))
    assert ended == (listed,)
    assert states(desk) == {listed: "withdrawn", other: "listed"}
    assert desk.at_work() == {other}
    with desk.store.read() as conn:
        kept = {row.number: row.clearance for row in conn.execute(select(cleared_numbers))}
    assert kept == {number(1): clearance, number(2): clearance}, "nobody comes back under their other number"


def test_a_proposal_of_theirs_ends_too(desk: ListDesk) -> None:
    proposed = desk.propose()
    assert desk.clear(proposed)[1] == (proposed,)
    assert (states(desk), desk.feed()) == ({proposed: "withdrawn"}, [])


def test_whoever_was_withdrawn_long_ago_is_cleared_as_well(desk: ListDesk) -> None:
    entry = desk.listed()
    desk.withdraw(entry)
    assert desk.clear(entry)[1] == ()
    with pytest.raises(RefusedError, match="cleared"):
        desk.propose()


def test_a_cleared_number_is_refused_with_who_and_when_and_never_the_number(desk: ListDesk) -> None:
    clearance, _ = desk.clear_number(number(1), by="chen")
    with pytest.raises(RefusedError, match="cleared") as refused:
        desk.propose(numbers=[number(5), number(1)])
    assert refused.value.facts == {"clearance": clearance, "who": "chen", "at": desk.now.isoformat()}


def test_a_cleared_person_is_in_no_later_import(desk: ListDesk) -> None:
    file = desk.json_lines(facts_of(1), facts_of(2))
    import_id = desk.imported(file)
    desk.clear_number(number(1))
    for _ in range(2):
        codes = [verdict.refusal.code for verdict in desk.tried(file) if verdict.refusal is not None]
        assert codes == ["cleared"]
        with pytest.raises(RefusedError, match="import-refused"):
            desk.propose_import(file)
    desk.take_back(import_id)
    with pytest.raises(RefusedError, match="cleared"):
        desk.propose(1)


def test_an_import_that_waits_loses_whoever_is_cleared_meanwhile(desk: ListDesk) -> None:
    import_id = desk.propose_import(desk.json_lines(facts_of(1), facts_of(2))).import_id
    desk.clear_number(number(1))
    assert desk.approve_import(import_id)[:2] == (1, 0)
    assert len(desk.at_work()) == 1


def test_lifting_takes_two_people_and_two_reasons_and_lists_nobody(desk: ListDesk) -> None:
    clearance, _ = desk.clear(desk.listed())
    request = desk.ask_to_lift(clearance, by="lin")
    with pytest.raises(RefusedError, match="own-request"):
        desk.grant(request, by="lin")
    with pytest.raises(RefusedError, match="why"):
        desk.grant(request, by="zhou", why="  ")
    with pytest.raises(RefusedError, match="cleared"):
        desk.propose()
    assert desk.grant(request, by="zhou", why="seen the new warrant") is None
    assert desk.at_work() == set()
    desk.propose()
    ((who, _, facts),) = desk.audited("clearance.lifted")
    assert (who, facts["asked_by"], facts["asked_why"], facts["why"]) == (
        "zhou", "lin", "a new warrant", "seen the new warrant",
    )  # fmt: skip


def test_a_request_is_granted_once(desk: ListDesk) -> None:
    clearance, _ = desk.clear_number(number(1))
    request = desk.ask_to_lift(clearance)
    desk.grant(request)
    with pytest.raises(RefusedError, match="already"):
        desk.grant(request, by="chen")


def test_a_declined_request_leaves_the_clearance_and_may_be_asked_again(desk: ListDesk) -> None:
    clearance, _ = desk.clear_number(number(1))
    request = desk.ask_to_lift(clearance)
    with pytest.raises(RefusedError, match="already-asked"):
        desk.ask_to_lift(clearance, by="chen")
    with desk.store.write() as conn:
        decline(conn, request, "zhou", desk.now)
    with pytest.raises(RefusedError, match="already"):
        desk.grant(request)
    with pytest.raises(RefusedError, match="cleared"):
        desk.propose()
    desk.ask_to_lift(clearance, by="chen")


def test_clearing_again_says_who_was_first(desk: ListDesk) -> None:
    desk.clear_number(number(1), by="chen")
    with pytest.raises(RefusedError, match="cleared") as refused:
        desk.clear_number(number(1), by="lin")
    assert refused.value.facts["who"] == "chen"


def test_what_clearing_has_withdrawn_waits_for_somebody_else_to_read_it(desk: ListDesk) -> None:
    entry = desk.listed()
    desk.clear(entry, by="lin")
    with pytest.raises(RefusedError, match="own-withdrawal"):
        desk.review(entry, by="lin")
    desk.review(entry, by="zhou")
