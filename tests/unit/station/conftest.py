"""A list's desk for each test that asks for one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from list_desk import ListDesk

from sync.station.store import open_store


@pytest.fixture
def cheap_sealing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stretch in microseconds: what sealing costs is measured elsewhere, and what it protects is watchlist's test."""
    monkeypatch.setattr("watchlist.seal.ARGON2_MEMORY_KIB", 8)


@pytest.fixture
def desk(tmp_path: Path, cheap_sealing: None) -> Iterator[ListDesk]:
    store = open_store(tmp_path / "station.db")
    yield ListDesk(store, tmp_path)
    store.close()
