"""The alarm's life is what the table says, and nothing else."""

from sync.station.alarms import LIFE, Act, State
from sync.station.rights import RIGHTS, Right, Role


def test_every_state_but_the_first_is_reached_by_some_act() -> None:
    assert set(LIFE.values()) == set(State) - {State.RAISED}


def test_no_act_leads_back() -> None:
    order = list(State)
    assert all(order.index(before) < order.index(after) for (before, _), after in LIFE.items())


def test_every_act_leads_somewhere() -> None:
    assert {act for _, act in LIFE} == set(Act)


def test_every_right_is_somebodys_and_only_an_approver_approves() -> None:
    assert set(RIGHTS) == set(Right)
    assert all(RIGHTS.values())
    assert RIGHTS[Right.APPROVE] == {Role.APPROVER}
