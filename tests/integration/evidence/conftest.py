"""One station for a file's tests, with one dispatcher; a new gate for each test."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "station"))
sys.path.insert(0, str(Path(__file__).parents[1] / "sync_agent"))

import httpx
import pytest
from evidence_gate import Gate
from station_world import World, running

from sync.station.rights import Role


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with running(tmp_path_factory.mktemp("station")) as world:
        yield world


@pytest.fixture(scope="module")
def dispatcher(world: World) -> Iterator[httpx.Client]:
    with world.person("wang", Role.DISPATCHER) as client:
        yield client


@pytest.fixture
def make_gate(world: World, tmp_path: Path) -> Iterator[Callable[[], Gate]]:
    gates: list[Gate] = []

    def make() -> Gate:
        gates.append(Gate(world, tmp_path / f"gate-{len(gates)}"))
        return gates[-1]

    yield make
    for gate in gates:
        gate.close()


@pytest.fixture
def gate(make_gate: Callable[[], Gate]) -> Gate:
    return make_gate()
