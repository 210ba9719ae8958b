"""What was promised outlives a power cut, of a kiosk or of the station, and the chain goes on from what is left."""

from random import Random

import pytest
from cuts import cut_power
from gates import STATION, OpenGates
from ledger import Finding


@pytest.mark.parametrize("machine", ["k0", STATION])
def test_a_power_cut_loses_nothing_that_was_promised_and_the_chain_delivers_everything_once(
    open_gates: OpenGates, machine: str
) -> None:
    gates = open_gates()
    for name in gates.programs_beside(machine):
        gates.start(name)
    assert cut_power(gates, machine, Random(7), rounds=3, cuts=10) == []
    assert gates.settle() == Finding()
