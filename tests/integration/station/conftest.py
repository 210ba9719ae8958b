"""A running station for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from station_world import World, running


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with running(tmp_path / "station") as world:
        yield world
