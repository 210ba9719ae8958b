"""Each planted fault, and the part of the torture that must find it."""

from collections.abc import Callable
from random import Random
from typing import Final, TypeAlias

import plants
from boundaries import kill_app_at_every_change, kill_at_every_change
from cuts import cut_power
from gates import STATION, Gates

Torture: TypeAlias = Callable[[Gates], str]
"""Returns what was found, "" for nothing."""


def kills_of(name: str, wrong: str) -> Torture:
    """Kill a program at every boundary; expect this to be wrong at the station."""

    def torture(gates: Gates) -> str:
        if name == "app k0":
            kill_app_at_every_change(gates, "k0")
        else:
            kill_at_every_change(gates, name, "k0")
        finding = gates.settle()
        return str(finding) if getattr(finding, wrong) else ""

    return torture


def alarms_while_nobody_sends(gates: Gates) -> str:
    """Have alarms wait; expect them to arrive in another order."""
    for _ in range(5):
        gates.raise_one("k0")
    finding = gates.settle()
    return str(finding) if finding.reordered else ""


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
    "acknowledged before the commit": (plants.ACK_FIRST, kills_of(STATION, "lost")),
    "no idempotency key": (plants.NO_KEY, kills_of(STATION, "doubled")),
    "deleted before the acknowledgement": (plants.DELETE_FIRST, kills_of("agent k0", "lost")),
    "screen before the commit": (plants.SCREEN_FIRST, kills_of("app k0", "lost")),
    "newest first": (plants.NEWEST_FIRST, alarms_while_nobody_sends),
}
