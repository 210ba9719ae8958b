"""kill -9 while a batch is being committed, or a full copy taken, leaves the old list or the new one."""

import random
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from kiosk_disk import KioskDisk
from list_author import NOON, entry, some_rows

from kiosk.domain.evidence import Listed, NotListed
from kiosk.ports import FeedPosition

_AGENT = """
import sys
from datetime import datetime
from pathlib import Path

sys.path[:0] = [sys.argv[3]]
from published_tree import FolderRoad
from watchlist import trust
from watchlist.device_key import KEY_FILE, FileDeviceKeys
from watchlist.replica import ListFollower

folder, now = Path(sys.argv[1]), datetime.fromisoformat(sys.argv[2])
keys = FileDeviceKeys.load(folder / KEY_FILE)
replica = ListFollower(folder, trust.load(folder / trust.TRUST_FILE, keys), keys)
print("ready", flush=True)
for name in sys.argv[4:]:
    if name.startswith("batch-"):
        replica.apply((folder / name).read_bytes(), now)
    else:
        replica.refresh(FolderRoad(Path(name)), now)
    print(name, flush=True)
"""
_HELPERS = str(Path(__file__).parents[2] / "unit" / "watchlist")
CHANCE = random.Random(1)


def killed(kiosk: KioskDisk, names: Sequence[str], longest_s: float) -> list[str]:
    """Run an agent, kill it at a random moment, and return what it said it had done."""
    command = [sys.executable, "-c", _AGENT, str(kiosk.folder), NOON.isoformat(), _HELPERS, *names]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as agent:
        assert agent.stdout is not None
        assert agent.stdout.readline() == "ready\n"
        try:
            agent.wait(timeout=CHANCE.uniform(0.0, longest_s))
        except subprocess.TimeoutExpired:
            agent.send_signal(signal.SIGKILL)
        return [line.strip() for line in agent.stdout]


def position(kiosk: KioskDisk) -> FeedPosition:
    with kiosk.agent() as agent:
        return agent.positions()[-1]


@pytest.mark.usefixtures("quick_hash")
def test_killed_in_mid_apply_the_copy_is_the_old_list_or_the_new_one(kiosk: KioskDisk) -> None:
    kiosk.pull()
    author = kiosk.station.author
    steps = range(0, 601, 100)
    for person in range(600):
        if person in steps:
            author.add(person)
        else:
            author.add_rows(person, some_rows())
    for step in steps[1:]:
        (kiosk.folder / f"batch-{step}").write_bytes(author.batch(step - 100, up_to=step))
    for _ in range(6):
        done = position(kiosk).seq
        names = [f"batch-{step}" for step in steps if step > done]
        told = killed(kiosk, names, 0.06)
        reached = position(kiosk)
        assert reached.seq in steps
        assert reached.seq >= max([done, *(int(name.removeprefix("batch-")) for name in told)])
        assert reached.head == author.heads[reached.seq]
        for step in steps[:-1]:
            assert isinstance(kiosk.present(step), Listed if step < reached.seq else NotListed)


@pytest.mark.usefixtures("quick_hash")
def test_killed_while_it_takes_a_full_copy_the_list_goes_on_and_the_next_try_ends_it(kiosk: KioskDisk) -> None:
    station = kiosk.station
    station.add(1)
    kiosk.pull()
    new = station.begin_epoch()
    (row,) = some_rows()
    for person in range(1000, 30_000):
        new.base[entry(person)] = (type(row)(person.to_bytes(32, "big"), row.ct),)
    station.take_copy(new)
    station.publish()
    for _ in range(8):
        told = killed(kiosk, [str(station.folder)], 1.0)
        assert isinstance(kiosk.present(1), Listed)
        assert isinstance(kiosk.present(2), NotListed)
        with kiosk.agent() as agent:
            epochs = [one.epoch for one in agent.positions()]
        assert epochs == [1, 2] if told else epochs in ([1], [1, 2])
        assert not list(kiosk.folder.glob("tmp*"))
    with kiosk.agent() as agent:
        agent.refresh(station.road(), NOON)
        assert agent.positions() == tuple(author.position() for author in station.epochs)
    assert isinstance(kiosk.present(1), Listed)
