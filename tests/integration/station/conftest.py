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
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    on_postgres = getattr(request, "param", "file") == "postgres"  # see ON_BOTH
    database = request.getfixturevalue("postgres").new_station_database() if on_postgres else None
    with running(tmp_path / "station", database=database) as world:
        yield world


@pytest.fixture(scope="module")
def shared_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with running(tmp_path_factory.mktemp("station")) as world:
        yield world


@pytest.fixture
def kiosk(shared_world: World, tmp_path: Path) -> Kiosk:
    return Kiosk(shared_world, tmp_path / "kiosk")
