"""A full disk in mid-apply or in mid-copy: refused by name, nothing half done, and the list goes on."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from shutil import disk_usage

import pytest
from kiosk_disk import KioskDisk
from list_author import NOON, entry, some_rows
from published_tree import Station

import watchlist.rows
import watchlist.store
import watchlist.updates
from kiosk.domain.evidence import Listed, NotListed
from kiosk.ports import FeedRefusedError
from kiosk.sqlite import open_sqlite, quick_reading
from watchlist.store import LIST_FILE

pytestmark = [
    pytest.mark.usefixtures("quick_hash"),
    pytest.mark.skipif(os.geteuid() != 0, reason="mounts a small disk, which only root may"),
]


@contextmanager
def kiosk_with_disk_of(size: str, folder: Path, station: Station) -> Iterator[KioskDisk]:
    disk = folder / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", disk], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("this machine lets nobody mount a disk")
    kiosk = KioskDisk(disk / "kiosk", station)
    try:
        station.add(1)
        kiosk.pull()
        assert isinstance(kiosk.present(1), Listed)
        yield kiosk
    finally:
        kiosk.list.close()
        subprocess.run(["umount", disk], check=True)


@pytest.fixture
def small(tmp_path: Path, station: Station, quick_hash: None) -> Iterator[KioskDisk]:
    """A kiosk whose disk has 1.5 MB; person 1 is listed."""
    with kiosk_with_disk_of("1536k", tmp_path, station) as kiosk:
        yield kiosk


def fill(kiosk: KioskDisk) -> Path:
    """Leave no block free."""
    ballast = kiosk.folder / "ballast"
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))
    return ballast


def test_a_batch_that_finds_the_disk_full_changes_nothing_and_is_taken_when_there_is_room(small: KioskDisk) -> None:
    author = small.station.author
    for person in range(10, 900):
        author.add_rows(person, some_rows())
    author.withdraw(1)
    author.add(2)
    with small.agent() as agent:
        before = agent.positions(), agent.checked_at()
        ballast = fill(small)
        with pytest.raises(FeedRefusedError, match="not-written"):
            agent.apply(author.batch(), NOON)
        assert (agent.positions(), agent.checked_at()) == before
        assert isinstance(small.present(1), Listed)
        assert isinstance(small.present(2), NotListed)
        assert agent.refused == "not-written"
        ballast.unlink()
        agent.apply(author.batch(), NOON)
    assert isinstance(small.present(1), NotListed)
    assert isinstance(small.present(2), Listed)


def large_copy(station: Station, rows: int = 9_000) -> None:
    """A copy of 2 MB, which is 3 MB as a table."""
    new = station.begin_epoch()
    for person in range(1000, 1000 + rows):
        new.base[entry(person)] = some_rows()
    station.take_copy(new)
    station.publish()


def test_a_full_copy_for_which_there_is_no_room_is_not_begun(small: KioskDisk) -> None:
    large_copy(small.station)
    with small.agent() as agent:
        before = agent.positions(), disk_usage(small.folder).free
        with pytest.raises(FeedRefusedError, match="no-room"):
            agent.refresh(small.station.road(), NOON)
        assert agent.positions() == before[0]
        assert before[1] - disk_usage(small.folder).free < 50_000
    assert isinstance(small.present(1), Listed)


def test_a_full_copy_that_fills_the_disk_changes_nothing(small: KioskDisk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watchlist.updates, "ROOM", 0)
    monkeypatch.setattr(watchlist.store, "RESERVE", 0)
    large_copy(small.station)
    with small.agent() as agent:
        before = agent.positions()
        with pytest.raises(FeedRefusedError, match="not-written"):
            agent.refresh(small.station.road(), NOON)
        assert agent.positions() == before
        assert isinstance(small.present(1), Listed)
        assert isinstance(small.present(2), NotListed)


def tables_of_rows(kiosk: KioskDisk) -> set[int]:
    engine = open_sqlite(kiosk.folder / LIST_FILE)
    try:
        with quick_reading(engine) as cursor:
            return watchlist.store._numbers(cursor)
    finally:
        engine.dispose()


def test_a_full_copy_that_nearly_fills_the_disk_is_taken_away_again_and_changes_go_on(
    tmp_path: Path, station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watchlist.updates, "ROOM", 0)  # there was room when the copy was begun
    monkeypatch.setattr(watchlist.store, "RESERVE", 6_000_000)
    monkeypatch.setattr(watchlist.rows, "CHUNK", 1000)
    with kiosk_with_disk_of("20m", tmp_path, station) as kiosk, kiosk.agent() as agent:
        large_copy(station, 60_000)
        with pytest.raises(FeedRefusedError, match="no-room"):
            agent.refresh(station.road(), NOON)
        assert tables_of_rows(kiosk) == {1}
        station.withdraw(1)
        fill(kiosk)
        agent.apply(station.epochs[0].batch(), NOON)
        assert isinstance(kiosk.present(1), NotListed)


def test_an_agent_that_starts_on_a_full_disk_has_the_old_list(small: KioskDisk) -> None:
    with small.agent() as agent:
        before = agent.positions()
    fill(small)
    with small.agent() as agent:
        assert agent.positions() == before
    assert isinstance(small.present(1), Listed)


def test_trust_that_finds_no_room_is_taken_when_there_is(small: KioskDisk) -> None:
    small.station.rotate_feed_key()
    small.station.publish()
    with small.agent() as agent:
        ballast = fill(small)
        with pytest.raises(FeedRefusedError, match="not-written"):
            agent.refresh(small.station.road(), NOON)
        assert isinstance(small.present(1), Listed)
        ballast.unlink()
        agent.refresh(small.station.road(), NOON)
        assert agent.refused is None
