"""The disk's log and the alarms are shared with the tests of the list and of the agent."""

import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

INTEGRATION = Path(__file__).parents[1]
sys.path[:0] = [str(INTEGRATION / "power_cuts"), str(INTEGRATION / "sync_agent")]

from gates import Gates  # noqa: E402  # after the path to its helpers
from nursery import Nursery, nursery  # noqa: E402  # as above


@pytest.fixture(scope="module")
def programs() -> Iterator[Nursery]:
    with nursery() as programs:
        yield programs


@pytest.fixture
def open_gates(programs: Nursery) -> Iterator[Callable[..., Gates]]:
    """Gates in memory: no process and no file of theirs outlives the test."""
    opened: list[Gates] = []

    def open_gates(**facts: object) -> Gates:
        folder = Path(tempfile.mkdtemp(dir="/dev/shm", prefix="gates-"))
        opened.append(Gates(folder, programs, **facts))
        return opened[-1]

    yield open_gates
    for gates in opened:
        gates.close()
