"""The disk that a power cut leaves: what the tool takes away, what it leaves, and that it has seen everything."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

from cut_disk import SECTOR, WORD, Chance, CutDisk, contents
from disk_log import Event, Op, events
from life_log import notes
from lives import given_by

A, B, FOLDER = 11, 12, 13
OLD, NEW = b"o" * 2 * SECTOR, b"n" * 2 * SECTOR
SEEDS = range(200)


class Machine:
    """What is done to an empty folder, and what a cut then leaves of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.disk = CutDisk(folder)

    def do(self, op: Op, name: str = "", inode: int = A, *, other: str = "", at: int = 0, data: bytes = b"") -> None:
        whole = str(self.folder / other) if op in (Op.RENAME, Op.LINK) else other
        self.disk.play([Event(op, str(self.folder / name), whole, inode, at, data)])

    def sync_names(self) -> None:
        self.do(Op.SYNC, inode=self.folder.stat().st_ino)

    def left(self, seed: object, share: float | None = None) -> dict[str, bytes]:
        return contents(self.disk.leave(self.folder.parent / f"left-{seed}-{share}", Chance(seed, share)))


def with_a_file(tmp_path: Path) -> Machine:
    """``a`` is durable and OLD."""
    folder = tmp_path / "folder"
    folder.mkdir()
    machine = Machine(folder)
    machine.do(Op.OPEN, "a")
    machine.do(Op.WRITE, "a", data=OLD)
    machine.do(Op.SYNC, "a")
    machine.sync_names()
    return machine


def test_what_was_synced_is_there_whatever_comes(tmp_path: Path) -> None:
    machine = with_a_file(tmp_path)
    assert all(machine.left(seed) == {"a": OLD} for seed in SEEDS)


def test_a_sector_that_was_not_synced_is_old_new_or_torn_between_two_words(tmp_path: Path) -> None:
    machine = with_a_file(tmp_path)
    machine.do(Op.WRITE, "a", data=NEW)
    sectors = set()
    for seed in SEEDS:
        left = machine.left(seed)["a"]
        sectors |= {left[:SECTOR], left[SECTOR:]}
    assert {OLD[:SECTOR], NEW[:SECTOR]} < sectors
    for one in sectors:
        assert one[0:1] * WORD == one[:WORD]
        assert len([at for at in range(WORD, SECTOR) if one[at] != one[at - 1]]) <= 1
    assert machine.left("none", 0) == {"a": OLD}
    assert machine.left("all", 1) == {"a": NEW}


def test_a_file_that_grew_or_shrank_unsynced_has_either_length_and_any_bytes_where_none_were_written(
    tmp_path: Path,
) -> None:
    machine = with_a_file(tmp_path)
    machine.do(Op.TRUNCATE, "a", at=SECTOR)
    machine.do(Op.WRITE, "a", at=4 * SECTOR, data=NEW)
    left = [machine.left(seed)["a"] for seed in SEEDS]
    assert {SECTOR, 2 * SECTOR, 5 * SECTOR, 6 * SECTOR} <= {len(one) for one in left}
    assert all(one[:SECTOR] == OLD[:SECTOR] for one in left)
    assert len({one[2 * SECTOR : 4 * SECTOR] for one in left}) > 2


def test_a_synced_file_may_have_no_name_until_its_folder_is_synced(tmp_path: Path) -> None:
    machine = with_a_file(tmp_path)
    machine.do(Op.OPEN, "b", B)
    machine.do(Op.WRITE, "b", B, data=NEW)
    machine.do(Op.SYNC, "b", B)
    assert {len(machine.left(seed)) for seed in SEEDS} == {1, 2}
    machine.sync_names()
    assert all(machine.left(-1 - seed) == {"a": OLD, "b": NEW} for seed in SEEDS)


def test_a_file_that_took_anothers_place_is_one_or_the_other_and_never_none(tmp_path: Path) -> None:
    machine = with_a_file(tmp_path)
    machine.do(Op.OPEN, "b", B)
    machine.do(Op.WRITE, "b", B, data=NEW)
    machine.do(Op.SYNC, "b", B)
    machine.do(Op.RENAME, "b", B, other="a")
    assert {machine.left(seed)["a"] for seed in SEEDS} == {OLD, NEW}


def test_names_change_in_their_order(tmp_path: Path) -> None:
    machine = with_a_file(tmp_path)
    machine.do(Op.SYMLINK, "b", other="a")
    machine.do(Op.LINK, "a", other="c")
    machine.do(Op.UNLINK, "a")
    assert {tuple(machine.left(seed)) for seed in SEEDS} == {("a",), ("a", "b"), ("a", "b", "c"), ("b", "c")}


def test_a_file_in_a_folder_that_was_not_synced_goes_with_the_folder(tmp_path: Path) -> None:
    machine = with_a_file(tmp_path)
    machine.do(Op.MKDIR, "d", FOLDER)
    machine.do(Op.OPEN, "d/b", B)
    machine.do(Op.SYNC, "d/b", B)
    machine.do(Op.SYNC, "d", FOLDER)
    assert {tuple(machine.left(seed)) for seed in SEEDS} == {("a",), ("a", "d/b")}


def test_the_log_has_every_byte_that_many_processes_and_threads_write_at_once(in_memory: Callable[[], Path]) -> None:
    place = in_memory()
    folder, log = place / "folder", place / "log"
    folder.mkdir()
    disk = CutDisk(folder)
    with given_by(Path(__file__).with_name("many_hands.py")) as lives:
        assert lives.live(folder, log)
    happened = events(log)
    assert len(notes(happened)) == 120
    disk.play(happened)
    assert contents(disk.leave(place / "left", Chance(0, share=1))) == contents(folder)
    with sqlite3.connect(place / "left" / "shared.db") as database:
        assert database.execute("SELECT count(*) FROM t").fetchone() == (120,)
    database.close()
