"""A running station for each test, or for all tests of a file, and a kiosk of that one's."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from kiosk_with_station import Kiosk
from station_world import World, running

from tests.postgres import Cluster, cluster


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """An empty PostgreSQL server, in a folder that its own user may enter."""
    with TemporaryDirectory(prefix="station-postgres-") as folder:
        Path(folder).chmod(0o755)
        with cluster(Path(folder) / "one", "fsync=off") as one:
            yield one


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with running(tmp_path / "station") as world:
        yield world


@pytest.fixture(scope="module", params=["file", "postgres"])
def shared_world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """What a file's tests share is played on both databases."""
    database = request.getfixturevalue("postgres").new_database() if request.param == "postgres" else None
    with running(tmp_path_factory.mktemp("station"), database=database) as world:
        yield world


@pytest.fixture
def kiosk(shared_world: World, tmp_path: Path) -> Kiosk:
    return Kiosk(shared_world, tmp_path / "kiosk")
