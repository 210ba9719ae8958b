"""Power cuts of one machine of the chain: a kiosk with its outbox, or the station, while the others stay up.

Its programs work and are killed. What a power cut would have left at many points of their work is judged by itself;
with what one at the end leaves, the machine comes up again and the whole chain goes on.
"""

import shutil
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Final, TypeAlias

from cut_disk import Chance, CutDisk
from disk_log import Op, events
from gates import STATION, Gates
from ledger import Ledger
from life_log import LifeLog
from nursery import Disk, wait_until
from raised import wanted

from kiosk.domain.ids import AlarmId
from kiosk.doorbell import DOORBELL_FILE
from kiosk.sqlite import open_sqlite, quick_reading
from sync.kiosk_end.outbox import OUTBOX_FILE, OutboxFile
from sync.station.store import DATABASE, open_store

EVERYTHING: Final = 10**6
AFTERWARDS: Final = replace(wanted(0), id=AlarmId("00000000-0000-0000-0000-00000000ffff"))
Judge: TypeAlias = Callable[[Path, Sequence[str]], list[str]]


def cut_power(gates: Gates, machine: str, chance: Random, *, rounds: int, cuts: int) -> list[str]:
    """Cut the power of a machine that works, so many times in each of so many rounds.

    Returns:
        What is wrong with what was left.
    """
    found, noted = list[str](), list[str]()
    for number in range(rounds):
        life = _work(gates, machine, chance.uniform(0.3, 1.0), noted)
        chances = {point: Chance((number, point)) for point in _points(life, chance, cuts - 1)}
        found += _after_cuts(gates, machine, life, chances)
        ((_, left, noted),) = life.cuts({len(life.events): Chance((number, "end"))}, gates.folder)
        copy = shutil.copytree(left, gates.folder / "copy", symlinks=True)
        found += _JUDGES[machine == STATION](copy, noted)
        shutil.rmtree(copy)
        shutil.rmtree(gates.data(machine))
        left.rename(gates.data(machine))
    return found


def kill_after_each_change(gates: Gates, machine: str) -> list[str]:
    """Return what is wrong with what a kill would have left, after each single change of some work of a machine.

    A kill takes nothing back that was written, synced or not; so no process is needed to see what it leaves.
    """
    life = _work(gates, machine, 0.2, [])
    return _after_cuts(gates, machine, life, {point: Chance(0, share=1) for point in range(len(life.events) + 1)})


def _work(gates: Gates, machine: str, seconds: float, noted: Sequence[str]) -> LifeLog:
    """Have a machine's programs work and be killed."""
    folder, log = gates.data(machine), gates.folder / f"{machine}.disk"
    (folder / DOORBELL_FILE).unlink(missing_ok=True)  # a socket: no disk keeps it
    log.unlink(missing_ok=True)
    disk = CutDisk(folder)
    programs = (STATION,) if machine == STATION else (f"agent {machine}", f"app {machine}")
    for name in programs:
        gates.start(name, Disk(folder, log))
    promised = b"answered " if machine == STATION else b"raised "
    wait_until(lambda: log.exists() and promised in log.read_bytes())
    time.sleep(seconds)
    for name in programs:
        gates.end(name)
    return LifeLog(disk, events(log), noted)


def _after_cuts(gates: Gates, machine: str, life: LifeLog, chances: Mapping[int, Chance]) -> list[str]:
    found = []
    for point, left, said in life.cuts(chances, gates.folder):
        found += [f"cut at {point}: {one}" for one in _JUDGES[machine == STATION](left, said)]
        shutil.rmtree(left)
    return found


def about_outbox(left: Path, said: Sequence[str]) -> list[str]:
    """Return what is wrong with a kiosk's folder: what was raised is there, or was let go once the station had it."""
    promised = Ledger.of(said)
    taken = {line.partition(" ")[2] for line in said if line.startswith("taken ")}
    with closing(OutboxFile(left / OUTBOX_FILE)) as outbox:
        found = _about_file(left / OUTBOX_FILE)
        waiting = [
            message.id for message in outbox.pending(EVERYTHING) if message.body.__class__.__name__ == "AlarmBody"
        ]
        found += [f"{len(lost)} alarms lost" for lost in [promised.raised - taken - set(waiting)] if lost]
        place = {ref: at for at, ref in enumerate(promised.begun)}
        if not set(waiting) <= place.keys():
            found.append("an alarm that nobody raised")
        elif waiting != sorted(waiting, key=place.__getitem__):
            found.append("alarms in another order")
        outbox.raise_alarm(AFTERWARDS)
        if outbox.pending(EVERYTHING)[-1].id != AFTERWARDS.id:
            found.append("does not go on")
    return found


def about_station(left: Path, said: Sequence[str]) -> list[str]:
    """Return what is wrong with a station's folder: what was acknowledged is there, once, with its event."""
    answered = {line.partition(" ")[2] for line in said if line.startswith("answered ")}
    open_store(left / DATABASE).close()  # as a station that starts does
    found = _about_file(left / DATABASE)
    with closing(sqlite3.connect(left / DATABASE)) as station:
        taken = {ref for (ref,) in station.execute("SELECT id FROM taken_messages")}
        alarms = [ref for (ref,) in station.execute("SELECT id FROM alarms ORDER BY id")]
        events = [ref for (ref,) in station.execute("SELECT alarm FROM alarm_events WHERE event = 'raised' ORDER BY 1")]
    if not answered <= taken:
        found.append(f"{len(answered - taken)} messages lost")
    if alarms != events or not set(alarms) <= taken:
        found.append("half an alarm")
    return found


def _about_file(file: Path) -> list[str]:
    engine = open_sqlite(file)
    with quick_reading(engine) as cursor:
        ((sound,),) = cursor.execute("PRAGMA integrity_check").fetchall()
    engine.dispose()
    return [] if sound == "ok" else [f"damaged: {sound}"]


_JUDGES: Final[dict[bool, Judge]] = {False: about_outbox, True: about_station}


def _points(life: LifeLog, chance: Random, count: int) -> list[int]:
    """Return points right after promises, right before and after syncs, and anywhere."""
    happened = life.events
    promises = [
        at + 1
        for at, event in enumerate(happened)
        if event.op is Op.NOTE and event.data.startswith((b"raised ", b"answered "))
    ]
    kinds = [kind for kind in (promises, life.syncs(), list(range(len(happened)))) if kind]
    return [chance.choice(chance.choice(kinds)) for _ in range(count)]
