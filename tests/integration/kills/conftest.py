"""The disk's log and the alarms are shared with the tests of the list and of the agent."""

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TypeAlias

import pytest

INTEGRATION = Path(__file__).parents[1]
sys.path[:0] = [str(INTEGRATION / "power_cuts"), str(INTEGRATION / "sync_agent")]

from gates import Gates  # noqa: E402  # after the path to its helpers
from nursery import Nursery, nursery  # noqa: E402  # as above

OpenGates: TypeAlias = Callable[..., Gates]
KIOSKS = ("k0", "k1")


@pytest.fixture(scope="module")
def in_memory() -> Iterator[Callable[[], Path]]:
    """Folders of which nothing is left. A power cut is in the log that is played, so that they need no disk."""
    with tempfile.TemporaryDirectory(dir="/dev/shm", prefix="gates-") as folder:
        yield lambda: Path(tempfile.mkdtemp(dir=folder))


@pytest.fixture(scope="module")
def programs() -> Iterator[Nursery]:
    with nursery() as programs:
        yield programs


@pytest.fixture(scope="module")
def site(programs: Nursery, in_memory: Callable[[], Path]) -> Path:
    """A station with two enrolled kiosks, to be copied."""
    folder = in_memory()
    Gates.set_up(folder, programs, KIOSKS)
    return folder


@pytest.fixture
def open_gates(programs: Nursery, site: Path, in_memory: Callable[[], Path]) -> Iterator[OpenGates]:
    """Gates with some of the kiosks and, it may be, a planted fault."""
    with ExitStack() as opened:

        def open_gates(kiosks: int = 1, plant: str = "") -> Gates:
            folder = shutil.copytree(site, in_memory(), dirs_exist_ok=True)
            gates = Gates(folder, programs, kiosks=KIOSKS[:kiosks], plant=plant)
            opened.callback(gates.close)
            return gates

        yield open_gates
