"""The gate's alarms, the station of the tests and its impostors are shared with the tests of both ends."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[2]
sys.path[:0] = [str(TESTS / at) for at in ("integration/sync_agent", "integration/station", "unit/watchlist")]

from station_world import World, running  # noqa: E402  # after the path to it


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One station for all of a file's gates."""
    with running(tmp_path_factory.mktemp("world") / "station") as world:
        yield world
