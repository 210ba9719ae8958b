"""A kiosk's life with its list: what is published, the steps of its agent, and the judge of what a power cut left."""

import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Final, Literal

import msgspec
from cut_disk import Chance, CutDisk
from disk_log import events
from life_log import LifeLog, last, notes
from list_author import NOON, ListAuthor, entry, some_rows
from lives import Lives
from published_tree import ONLINE, FolderRoad, Station
from securesystemslib.signer import CryptoSigner
from steps import Step

from kiosk.ports import FeedRefusedError
from kiosk.sqlite import open_sqlite, quick_reading
from watchlist import trust
from watchlist.device_key import KEY_FILE, FileDeviceKeys
from watchlist.replica import ListFollower
from watchlist.rows import RowKeys, table_names
from watchlist.store import LIST_FILE

OLDER: Final = {"trust-rolled-back", "bad-trust-signature"}
"""What an agent says to a tree that is older than one it has seen; the second where a key was withdrawn since."""
BEFORE: Final = Step(does="restart", at=NOON)
"""Where an enrolled kiosk stands."""


class ListLife:
    """An enrolled kiosk, a station that it follows, and steps that touch everything that the agent keeps."""

    def __init__(self, folder: Path, chance: Random) -> None:
        """Make up a life in ``folder``."""
        self._folder = folder
        self._chance = chance
        self.station = Station(folder / "published")
        self.steps: list[Step] = []
        self._now = NOON
        self._trees = 0
        self._look_ups = 0
        self._known = 0
        self._held: dict[int, int] = {}
        self._keys: tuple[bytes, ...] = ()
        self.kiosk = folder / "kiosk"
        self.kiosk.mkdir()
        self.keys = FileDeviceKeys.load_or_make(self.kiosk / KEY_FILE)
        self.trusted = self.station.trust()
        trust.save(self.trusted, self.kiosk / trust.TRUST_FILE, self.keys)
        self._row_keys = RowKeys(self.keys)
        self.new_root = 0
        """The number of the step that brings other keys of the station's."""
        self._lives = 0
        self.noted: list[str] = []
        """By the agent, in the life that lies behind."""
        self._seen: dict[tuple[int, int], dict[tuple[bytes, bytes], bytes]] = {}
        self._make_up()
        self.script = folder / "steps.json"
        self.script.write_bytes(msgspec.json.encode(self.steps))

    def tree(self, number: int) -> FolderRoad:
        """Return the road to what was published the so-manieth time."""
        return FolderRoad(self._folder / f"tree-{number}")

    @property
    def newest(self) -> FolderRoad:
        """The road to what was published last."""
        return self.tree(self._trees - 1)

    def author(self, epoch: int) -> ListAuthor:
        """Return the epoch's author."""
        return self.station.epochs[epoch - 1]

    # ---- the steps

    def _make_up(self) -> None:
        station = self.station
        self._refresh()
        self._batches(3)
        self._change(60)  # more than head.json has
        self._refresh()
        self._count()
        self._add_step("restart")
        station.rotate_feed_key()
        self._refresh()
        self._batches(2)
        self._count()
        new = station.begin_epoch(self._now)
        for person in range(1000, 1000 + self._chance.randint(250, 450)):
            new.base[entry(person)] = some_rows()
        station.take_copy(new, self._now)
        self._refresh()
        self._batches(3)
        station.online = {role: CryptoSigner.generate_ed25519() for role in ONLINE}
        station.publish_root(self._now)
        self.new_root = len(self.steps)
        self._refresh()
        self._count()
        self._batches(1)
        station.end_epoch()
        self._refresh()
        self._change(60)  # a full copy is nearer
        station.take_copy(new, self._now)
        self._refresh()
        self._add_step("restart")
        self._batches(2)
        self._refresh()

    def _batches(self, count: int) -> None:
        for _ in range(count):
            self._change(self._chance.randint(1, 30))
            for author in self.station.in_force:
                self._now += timedelta(minutes=1)
                file = self._folder / f"batch-{len(self.steps)}"
                file.write_bytes(author.batch(self._held[author.epoch], at=self._now))
                self._held = self._held | {author.epoch: author.seq}
                self._add_step("apply", file)

    def _change(self, count: int) -> None:
        for _ in range(count):
            if self._known and self._chance.random() < 0.3:
                self.station.withdraw(self._chance.randint(1, self._known), self._now)
                continue
            self._known += 1
            rows = some_rows(self._chance.randint(1, 3))
            for author in self.station.in_force:
                author.add_rows(self._known, rows, self._now)

    def _refresh(self) -> None:
        self._now += timedelta(minutes=1)
        self.station.publish(self._now)
        tree = self._folder / f"tree-{self._trees}"
        shutil.copytree(self.station.folder, tree)
        self._trees += 1
        self._held = {author.epoch: author.seq for author in self.station.in_force}
        self._keys = tuple(self.station.trusted_keys)
        self._add_step("refresh", tree)

    def _count(self) -> None:
        self._look_ups += self._chance.randint(1, 300)
        self._add_step("count", self._look_ups)

    def _add_step(self, does: Literal["apply", "refresh", "count", "restart"], what: object = "") -> None:
        step = Step(
            does=does,
            what=str(what),
            at=self._now,
            seqs=self._held,
            keys=self._keys,
            tree=self._trees - 1,
            look_ups=self._look_ups,
        )
        self.steps.append(step)

    # ---- the life, and its end

    def live(self, agent: Lives, *, fault: str = "", kills: Sequence[int] = (), until: int | None = None) -> "LifeLog":
        """Carry out the steps that are left.

        Args:
            agent: who does it.
            fault: one of ``agent_at_work``'s, planted.
            kills: the agent is killed as often, each time after so many events.
            until: the step that is not done any more; None: to the end.
        """
        disk, log = CutDisk(self.kiosk), self._folder / f"disk-{self._lives}.log"
        self._lives += 1
        before = self.noted
        for killed_after in (*kills, 0):
            first = 1 + last("done", self.noted)
            agent.live(self.kiosk, log, str(self.script), first, until, fault, killed_after=killed_after)
            self.noted = [*before, *notes(events(log))]
        return LifeLog(disk, events(log), before)

    def go_on_from(self, folder: Path, noted: Sequence[str]) -> None:
        """Have the next life begin with another folder, of a kiosk that had noted so much."""
        shutil.rmtree(self.kiosk)
        shutil.copytree(folder, self.kiosk, symlinks=True)
        self.noted = list(noted)

    def go_on_after(self, log: "LifeLog", point: int, chance: Chance) -> None:
        """Have the next life begin with what a power cut leaves."""
        ((_, left, noted),) = log.cuts({point: chance}, self._folder)
        self.go_on_from(left, noted)
        shutil.rmtree(left)

    # ---- the judge

    def after_cuts(self, log: "LifeLog", seed: int, points: Iterable[int], share: float | None = None) -> Iterator[str]:
        """Cut the power at each of these points, and say what is not as promised then."""
        chances = {point: Chance((seed, point), share) for point in points}
        for point, left, noted in log.cuts(chances, self._folder):
            yield from (f"cut after event {point}, {noted[-1:]}: {one}" for one in self.complaints(left, noted))
            shutil.rmtree(left)

    def complaints(self, left: Path, noted: Sequence[str]) -> list[str]:
        """Say what is not as was promised in a folder that a power cut left, when so much had been noted.

        The folder is used as the agent would: it is another one afterwards.
        """
        promised, begun = (self._step(last(word, noted)) for word in ("done", "begun"))
        found = []
        if any((left / name).read_bytes() != (self.kiosk / name).read_bytes() for name in (KEY_FILE, trust.TRUST_FILE)):
            found.append("device key or trust file changed")
        with closing(ListFollower(left, self.trusted, self.keys)) as agent:
            found += self._about_list(left, promised, begun)
            if not promised.at <= (agent.checked_at() or NOON) <= begun.at:
                found.append(f"vouched for at {agent.checked_at()}")
            if not promised.look_ups <= agent.look_ups() <= begun.look_ups:
                found.append(f"look-ups {agent.look_ups()}, not {promised.look_ups}")
            if promised.tree > 0:
                found += self._about_older_tree(agent, promised)
            agent.refresh(self.newest, self._now)
            found += [f"after a refresh: {one}" for one in self._about_list(left, self.steps[-1], self.steps[-1])]
        return found

    def _step(self, number: int) -> Step:
        return BEFORE if number < 0 else self.steps[number]

    def _about_older_tree(self, agent: ListFollower, promised: Step) -> list[str]:
        try:
            agent.refresh(self.tree(promised.tree - 1), self._now)
        except FeedRefusedError as error:
            return [] if error.why in OLDER else [f"an older trust was refused as {error.why}"]
        return ["an older trust was taken"]

    def _about_list(self, left: Path, promised: Step, begun: Step) -> list[str]:
        found = []
        engine = open_sqlite(left / LIST_FILE)
        with quick_reading(engine) as cursor:
            ((sound,),) = cursor.execute("PRAGMA integrity_check").fetchall()
            if sound != "ok":
                found.append(f"damaged: {sound}")
            ((keys,),) = cursor.execute("SELECT keys FROM state").fetchall()
            if msgspec.json.decode(keys, type=tuple[bytes, ...]) not in (promised.keys, begun.keys):
                found.append("other feed keys")
            held = cursor.execute("SELECT epoch, seq, head, rows FROM epoch").fetchall()
            tables = table_names(
                name for (name,) in cursor.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
            )
            if tables != {rows for *_, rows in held}:
                found.append("rows of no epoch")
            epochs, was, will = {epoch for epoch, *_ in held}, set(promised.seqs), set(begun.seqs)
            if not was & will <= epochs <= was | will:
                found.append(f"epochs {epochs}")
            for epoch, seq, head, rows in held:
                author = self.author(epoch)
                first, last = promised.seqs.get(epoch, 0), begun.seqs.get(epoch, author.seq)
                if not first <= seq <= last:
                    found.append(f"epoch {epoch} at {seq}, not {first} to {last}")
                if head != author.heads[seq]:
                    found.append("another head")
                query = f"SELECT row_key, entry_tag, locked FROM rows_{rows:d}"  # noqa: S608  # a number
                stored = cursor.execute(query).fetchall()
                if {(key, tag): self.keys.unlock(locked, key) for key, tag, locked in stored} != self._rows(
                    author, seq
                ):
                    found.append(f"epoch {epoch} is not the list as of {seq}")
        engine.dispose()
        return found

    def _rows(self, author: ListAuthor, seq: int) -> dict[tuple[bytes, bytes], bytes]:
        """What the rows of the list as of ``seq`` look like on this kiosk."""
        if (author.epoch, seq) not in self._seen:
            self._seen[author.epoch, seq] = {
                (self._row_keys.key(row.idx), self._row_keys.tag(name)): row.ct for name, row in author.rows_at(seq)
            }
        return self._seen[author.epoch, seq]
