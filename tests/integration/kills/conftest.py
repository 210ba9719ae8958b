"""The disk's log and the alarms are shared with the tests of the list and of the agent."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

INTEGRATION = Path(__file__).parents[1]
sys.path[:0] = [str(INTEGRATION / "power_cuts"), str(INTEGRATION / "sync_agent")]

from gates import OpenGates, Site, site_of  # noqa: E402  # after the path to its helpers


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """One that is set up, of which copies are opened."""
    with site_of("k0", "k1") as site:
        yield site


@pytest.fixture
def open_gates(site: Site) -> Iterator[OpenGates]:
    """Gates whose programs end with the test."""
    with site() as open_gates:
        yield open_gates
