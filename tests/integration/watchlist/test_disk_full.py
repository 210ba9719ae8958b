"""A full disk in mid-apply or in mid-copy: refused by name, nothing half done, and the list goes on."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from shutil import disk_usage

import pytest
from kiosk_disk import KioskDisk
from list_author import NOON, entry, some_rows
from published_tree import Station

import watchlist.updates
from kiosk.domain.evidence import Listed, NotListed
from kiosk.ports import FeedRefusedError

pytestmark = [
    pytest.mark.usefixtures("quick_hash"),
    pytest.mark.skipif(os.geteuid() != 0, reason="mounts a small disk, which only root may"),
]


@pytest.fixture
def small(tmp_path: Path, station: Station, quick_hash: None) -> Iterator[KioskDisk]:
    """A kiosk whose disk has 1.5 MB; person 1 is listed."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1536k", "tmpfs", disk], capture_output=True)
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


def large_copy(station: Station) -> None:
    new = station.begin_epoch()
    for person in range(1000, 4500):
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
    large_copy(small.station)
    with small.agent() as agent:
        before = agent.positions()
        with pytest.raises(FeedRefusedError, match="not-written"):
            agent.refresh(small.station.road(), NOON)
        assert agent.positions() == before
        assert isinstance(small.present(1), Listed)
        assert isinstance(small.present(2), NotListed)


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
