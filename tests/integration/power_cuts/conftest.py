"""The list's author and the station's tree are shared with the unit tests."""

import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "unit" / "watchlist"))

from lives import Lives, given_by  # after the path to its helpers


@pytest.fixture(scope="module")
def in_memory() -> Iterator[Callable[[], Path]]:
    """Folders that need not be on a disk: a power cut is in the log that is played, not in the file system."""
    with tempfile.TemporaryDirectory(dir="/dev/shm", prefix="power-cuts-") as folder:
        yield lambda: Path(tempfile.mkdtemp(dir=folder))


@pytest.fixture(scope="module")
def agent() -> Iterator[Lives]:
    """The lives of the agent's side of the list."""
    with given_by(Path(__file__).with_name("agent_at_work.py")) as lives:
        yield lives
