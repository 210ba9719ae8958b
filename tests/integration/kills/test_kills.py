"""Nothing is lost, doubled, invented or reordered, whichever process is killed, and whenever.

The agent and the station each by itself, after each change of a round: `make torture`.
"""

from random import Random

import pytest
from boundaries import kill_app_at_every_change
from cuts import kill_after_each_change
from gates import STATION, OpenGates
from ledger import Finding


def test_kills_at_random_times_lose_double_invent_and_reorder_nothing(open_gates: OpenGates) -> None:
    gates = open_gates(count=2)
    gates.live_and_die(40, Random(6))
    assert gates.settle() == Finding()
    assert gates.raised() > 100


def test_an_app_that_is_killed_between_any_two_changes_of_its_outbox_keeps_its_promises(open_gates: OpenGates) -> None:
    gates = open_gates()
    assert kill_app_at_every_change(gates, "k0") > 10
    assert gates.settle() == Finding()


@pytest.mark.parametrize("machine", ["k0", STATION])
def test_a_kill_between_any_two_changes_leaves_everything_that_was_promised(
    open_gates: OpenGates, machine: str
) -> None:
    gates = open_gates()
    for name in gates.programs_beside(machine):
        gates.start(name)
    assert kill_after_each_change(gates, machine) == []
