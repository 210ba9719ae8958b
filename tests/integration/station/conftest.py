"""A running station for each test, or for all tests of a file, and a kiosk of that one's."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from kiosk_with_station import Kiosk
from station_world import World, running


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with running(tmp_path / "station") as world:
        yield world


@pytest.fixture(scope="module")
def shared_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with running(tmp_path_factory.mktemp("station")) as world:
        yield world


@pytest.fixture
def kiosk(shared_world: World, tmp_path: Path) -> Kiosk:
    return Kiosk(shared_world, tmp_path / "kiosk")
