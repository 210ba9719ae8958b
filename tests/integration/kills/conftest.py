"""The disk's log and the alarms are shared with the tests of the list and of the agent."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

INTEGRATION = Path(__file__).parents[1]
sys.path[:0] = [str(INTEGRATION / "power_cuts"), str(INTEGRATION / "sync_agent")]

from gates import OpenGates, gates_of  # noqa: E402  # after the path to its helpers


@pytest.fixture(scope="session")
def open_gates() -> Iterator[OpenGates]:
    with gates_of("k0", "k1") as open_gates:
        yield open_gates
