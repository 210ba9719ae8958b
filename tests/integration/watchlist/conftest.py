"""The list's author and the station's tree are shared with the unit tests."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "unit" / "watchlist"))

from kiosk_disk import KioskDisk
from published_tree import Station

import watchlist.seal


@pytest.fixture
def quick_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2id with as little memory as it takes, for tests that seal or look up by the hundred."""
    monkeypatch.setattr(watchlist.seal, "ARGON2_MEMORY_KIB", 8)


@pytest.fixture
def station(tmp_path: Path) -> Station:
    return Station(tmp_path / "published")


@pytest.fixture
def kiosk(tmp_path: Path, station: Station) -> Iterator[KioskDisk]:
    kiosk = KioskDisk(tmp_path / "kiosk", station)
    yield kiosk
    kiosk.list.close()
