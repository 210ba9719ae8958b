"""Each planted fault, and the part of the torture that must find it."""

from collections.abc import Callable
from random import Random
from typing import Final, TypeAlias

import plants
from boundaries import kill_at_every_change
from cuts import cut_power
from gates import STATION, Gates

Torture: TypeAlias = Callable[[Gates], str]
"""Returns what was found, "" for nothing."""


def kills_at_random(wrong: str) -> Torture:
    """Kill everything at random times; expect this to be wrong at the station."""

    def torture(gates: Gates) -> str:
        gates.live_and_die(15, Random(1))
        finding = gates.settle()
        return str(finding) if getattr(finding, wrong) else ""

    return torture


def kills_of_station(gates: Gates) -> str:
    """Kill the station during its commit; expect alarms to be lost."""
    kill_at_every_change(gates, STATION, "k0", step=4)
    finding = gates.settle()
    return str(finding) if finding.lost else ""


def cuts_of(machine: str) -> Torture:
    """Cut a machine's power; expect something that was promised not to be there."""

    def torture(gates: Gates) -> str:
        for name in gates.programs_beside(machine):
            gates.start(name)
        found = cut_power(gates, machine, Random(1), rounds=1, cuts=20)
        return "; ".join([one for one in found if "lost" in one][:3])

    return torture


PLANTED: Final[dict[str, tuple[str, Torture]]] = {
    "synchronous=NORMAL in the outbox": (plants.NORMAL, cuts_of("k0")),
    "synchronous=NORMAL at the station": (plants.NORMAL, cuts_of(STATION)),
    "acknowledged before the commit": (plants.ACK_FIRST, kills_of_station),
    "no idempotency key": (plants.NO_KEY, kills_at_random("doubled")),
    "deleted before the acknowledgement": (plants.DELETE_FIRST, kills_at_random("lost")),
    "screen before the commit": (plants.SCREEN_FIRST, kills_at_random("lost")),
    "newest first": (plants.NEWEST_FIRST, kills_at_random("reordered")),
}
