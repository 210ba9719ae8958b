"""The alarm's life is what the table says, and nothing else."""

from pathlib import Path

from sync.station.alarm_diagram import insert
from sync.station.alarm_life import ERRAND, LIFE, OPEN, Act, Answer, Sent, State
from sync.station.rights import RIGHTS, Right, Role


def test_every_state_but_the_first_is_reached_by_some_act() -> None:
    assert set(LIFE.values()) == set(State) - {State.RAISED}
    assert set(ERRAND.values()) == set(Sent) - {Sent.SENT, Sent.EXERCISE}


def test_no_act_leads_back() -> None:
    for table, order in ((LIFE, list(State)), (ERRAND, list(Sent))):
        assert all(order.index(before) <= order.index(after) for (before, _), after in table.items())


def test_every_act_leads_somewhere() -> None:
    assert {act for _, act in LIFE} == set(Act)
    assert {answer for _, answer in ERRAND} == set(Answer)


def test_only_a_confirmation_or_an_override_leads_to_a_dispatch() -> None:
    waiting = {State.RAISED, State.ACKNOWLEDGED}
    out = {(act, after) for (before, act), after in LIFE.items() if before in waiting and after not in waiting}
    assert out == {
        (Act.CONFIRM, State.CONFIRMED),
        (Act.OVERRIDE, State.DISPATCHED),
        (Act.DISMISS, State.DISMISSED),
    }


def test_an_end_is_an_end() -> None:
    assert {before for before, _ in LIFE} == OPEN


def test_every_right_is_somebodys_and_only_an_approver_approves() -> None:
    assert set(RIGHTS) == set(Right)
    assert all(RIGHTS.values())
    assert RIGHTS[Right.APPROVE] == {Role.APPROVER}


def test_the_dispatchers_page_shows_the_life_as_it_is() -> None:
    page = (Path(__file__).parents[3] / "docs" / "dispatcher.md").read_text(encoding="utf-8")
    assert insert(page) == page
