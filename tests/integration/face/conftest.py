"""The real models, and lanes that are closed after each test."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from face_lane import Lane

from face.install import install
from face.models import FaceModels, load_models
from face.packs import load_pack

_BUILD = Path(__file__).parents[3] / "build"


@pytest.fixture(scope="session")
def pack_dir() -> Path:
    """The installed pack; installed now if ``make set-up`` was not run."""
    pack = _BUILD / "models" / "sface-yunet"
    install(_BUILD / "wheels", pack)
    return pack


@pytest.fixture(scope="session")
def models(pack_dir: Path) -> FaceModels:
    return load_models(load_pack(pack_dir))


@pytest.fixture
def lane_with(tmp_path: Path) -> Iterator[Callable[[Path], Lane]]:
    """Make a lane with the pack in this folder."""
    lanes: list[Lane] = []

    def make(pack_dir: Path) -> Lane:
        lanes.append(Lane(tmp_path, pack_dir))
        return lanes[-1]

    yield make
    for lane in lanes:
        lane.face.stop()


@pytest.fixture
def lane(
    lane_with: Callable[[Path], Lane], pack_dir: Path, models: FaceModels, monkeypatch: pytest.MonkeyPatch
) -> Lane:
    """A lane with the installed pack, whose models are loaded once for all tests."""
    monkeypatch.setattr("face.models.load_models", lambda _pack: models)
    return lane_with(pack_dir)
