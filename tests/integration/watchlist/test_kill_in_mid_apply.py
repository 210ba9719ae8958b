"""kill -9 while a batch is being committed, or a full copy taken, leaves the old list or the new one."""

import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

import msgspec
import pytest
from kiosk_disk import KioskDisk
from list_author import NOON, ListAuthor, entry, some_rows

sys.path.insert(0, str(Path(__file__).parents[1] / "power_cuts"))

from disk_log import Event, Op, events  # after the path to them
from lives import Lives, given_by
from steps import Step

from kiosk.domain.evidence import Listed, NotListed
from kiosk.ports import FeedPosition
from kiosk.sqlite import open_sqlite, quick_reading
from watchlist.rows import PREFIX, table_names
from watchlist.store import LIST_FILE

SEED = 1
BATCHES = 3
BATCH = 40
"""Changes; the first of each batch is a person whom a card can be laid down for."""
COPIED = 350


@pytest.fixture(scope="module")
def agent() -> Iterator[Lives]:
    with given_by(Path(__file__).parents[1] / "power_cuts" / "agent_at_work.py") as lives:
        yield lives


class Killings:
    """The same steps from the same disk, again and again, each time killed after another event."""

    def __init__(self, agent: Lives, kiosk: KioskDisk, *steps: Step) -> None:
        self._agent = agent
        self._first = kiosk
        self._place = kiosk.folder.parent
        self._steps = self._place / "steps.json"
        self._steps.write_bytes(msgspec.json.encode(steps))
        whole, self._whole = self._life(0)
        whole.list.close()

    def points(self, others: int) -> list[int]:
        """Every commit's boundaries, which are right before and right after it is synced, and some other points."""
        syncs = {at + side for at, event in enumerate(self._whole) if event.op is Op.SYNC for side in (0, 1)}
        return sorted(syncs | set(Random(SEED).sample(range(1, len(self._whole)), others)))

    def at(self, points: Sequence[int]) -> Iterator[tuple[KioskDisk, int]]:
        """Yield the kiosk after each killing, and how many steps were done."""
        for point in points:
            kiosk, happened = self._life(point)
            assert len(happened) == point
            yield kiosk, sum(event.data.startswith(b"done") for event in happened)
            kiosk.list.close()

    def _life(self, killed_after: int) -> tuple[KioskDisk, list[Event]]:
        folder, log = self._place / f"killed-{killed_after}", self._place / f"log-{killed_after}"
        shutil.copytree(self._first.folder, folder)
        kiosk = KioskDisk(folder, self._first.station)
        assert isinstance(kiosk.present(0), NotListed)  # the app has the list open when the agent dies
        assert self._agent.live(folder, log, str(self._steps), 0, killed_after=killed_after) is not bool(killed_after)
        return kiosk, events(log)


def position(kiosk: KioskDisk) -> FeedPosition:
    with kiosk.agent() as agent:
        return agent.positions()[-1]


def answers(kiosk: KioskDisk) -> list[bool]:
    """Who is found at the gate."""
    found = [kiosk.present(batch + 1) for batch in range(BATCHES)]
    assert all(isinstance(one, Listed | NotListed) for one in found)
    return [isinstance(one, Listed) for one in found]


def rows(kiosk: KioskDisk) -> dict[int, int]:
    """How many rows each epoch has. No other rows may be there."""
    engine = open_sqlite(kiosk.folder / LIST_FILE)
    with quick_reading(engine) as cursor:
        tables = dict(cursor.execute("SELECT epoch, rows FROM epoch"))
        names = {name for (name,) in cursor.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
        assert table_names(names) == set(tables.values())
        count = "SELECT count(*) FROM {}{}".format
        counts = {epoch: cursor.execute(count(PREFIX, table)).fetchone()[0] for epoch, table in tables.items()}
    engine.dispose()
    return counts


def add_a_batch(author: ListAuthor, batch: int) -> None:
    author.add(batch + 1)
    for person in range(BATCH - 1):
        author.add_rows(1000 * batch + 100 + person, some_rows())


@pytest.mark.usefixtures("quick_hash")
def test_killed_at_any_commit_boundary_the_copy_is_the_old_list_or_the_new_one(agent: Lives, kiosk: KioskDisk) -> None:
    kiosk.pull()
    author = kiosk.station.author
    steps = []
    for batch in range(BATCHES):
        add_a_batch(author, batch)
        file = kiosk.folder.parent / f"batch-{batch}"
        file.write_bytes(author.batch(batch * BATCH))
        steps.append(Step(does="apply", what=str(file), at=NOON))
    killings = Killings(agent, kiosk, *steps)
    for killed, done in killings.at(killings.points(others=12)):
        seen = answers(killed)
        batches, rest = divmod(position(killed).seq, BATCH)
        assert rest == 0
        assert done <= batches <= done + 1
        assert position(killed).head == author.heads[batches * BATCH]
        assert seen == answers(killed) == [batch < batches for batch in range(BATCHES)]


@pytest.mark.usefixtures("quick_hash")
def test_killed_while_it_takes_a_full_copy_the_list_goes_on_and_the_next_try_ends_it(
    agent: Lives, kiosk: KioskDisk
) -> None:
    station = kiosk.station
    station.add(1)
    kiosk.pull()
    new = station.begin_epoch()
    for person in range(1000, 1000 + COPIED):
        new.base[entry(person)] = some_rows()
    station.take_copy(new)
    station.publish()
    killings = Killings(agent, kiosk, Step(does="refresh", what=str(station.folder), at=NOON))
    for killed, done in killings.at(killings.points(others=6)):
        assert answers(killed) == [True, False, False]
        with killed.agent() as follower:
            epochs = [one.epoch for one in follower.positions()]
            assert epochs == [1, 2] if done else epochs in ([1], [1, 2])
            assert rows(killed) == {epoch: {1: 1, 2: 1 + COPIED}[epoch] for epoch in epochs}
            follower.refresh(station.road(), NOON)
            assert follower.positions() == tuple(author.position() for author in station.epochs)
        assert answers(killed) == [True, False, False]
        assert not [*killed.folder.rglob("tmp*"), *killed.folder.rglob("*.new")]
