"""Kills at every boundary: a program is killed right after each single change that it makes to its disk in one round.

A round is one alarm and one visit counted, from the app's call to the agent's clearing up. A change is a write, a sync,
a new length or a name (power_cuts/disk_log.py); between two of them a kill can make no difference that anybody sees.
"""

from typing import Final

from gates import STATION, Gates
from nursery import Disk, Life, wait_until

QUIET_S: Final = 0.1
QUIET_AFTER_START_S: Final = 1.0


def kill_app_at_every_change(gates: Gates, kiosk: str) -> int:
    """Kill the app after its first change since its start, the next one after its second, and so on to its end.

    Returns:
        How often it was killed.
    """
    killed = 0
    while _start(gates, f"app {kiosk}", killed + 1).wait() != 0:
        killed += 1
    del gates.running[f"app {kiosk}"]
    return killed


def kill_at_every_change(gates: Gates, name: str, kiosk: str, *, from_start: bool = False) -> int:
    """Do the same with the agent or the station, while the other works.

    Args:
        gates: where.
        name: whom to kill.
        kiosk: whose app raises the alarm.
        from_start: count the changes from its start on, not from when an upload comes or has been acknowledged.

    Returns:
        How often it was killed.
    """
    for other in (STATION, f"agent {kiosk}"):
        if other != name:
            gates.start(other)
    killed = 0
    while True:
        gates.raise_one(kiosk)
        life = _start(gates, name, killed + 1, at_work=not from_start)
        with gates.outbox(kiosk) as outbox:
            wait_until(lambda life=life, outbox=outbox: life.has_ended() or gates.has_delivered(kiosk, outbox))
        survived = not life.has_ended(QUIET_AFTER_START_S if from_start else QUIET_S)
        gates.end(name)
        if survived:
            return killed
        killed += 1


def _start(gates: Gates, name: str, killed_after: int, *, at_work: bool = False) -> Life:
    whose = STATION if name == STATION else name.partition(" ")[2]
    log = gates.folder / f"{name}-{killed_after}.disk"
    return gates.start(name, Disk(gates.data(whose), log, killed_after, at_work), rounds=1)
