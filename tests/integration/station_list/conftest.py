"""A station's list for each test."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from list_world import Site

TESTS = Path(__file__).parents[2]
sys.path[:0] = [str(TESTS / "integration" / "station"), str(TESTS / "unit" / "watchlist")]

from station_world import World, running  # noqa: E402  # found by the line above


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path / "station")
    try:
        yield site
    finally:
        site.close()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with running(tmp_path / "station") as world:
        yield world
