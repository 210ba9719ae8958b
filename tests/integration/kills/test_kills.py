"""Nothing is lost, doubled, invented or reordered, whichever process is killed, and whenever."""

from collections.abc import Callable
from random import Random

from gates import Gates
from ledger import Finding


def test_kills_at_random_times_lose_double_invent_and_reorder_nothing(open_gates: Callable[..., Gates]) -> None:
    gates = open_gates(kiosks=2)
    gates.live_and_die(40, Random(6))
    assert gates.settle() == Finding()
    assert gates.raised() > 300
