"""What stands before the contract: the simulator, or with ``--device PROFILE`` a real reader and a tester's hand.

    pytest tests/contract/reader --device hardware/wiring/readers/<model>.toml

The tester is asked, at the terminal, to lay and to lift any readable card.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))  # for the fixtures that two folders of tests share

from fixtures_pcsc import (
    ESCAPE_PROFILE,
    PROFILES,
    REFERENCE_PROFILE,
    Ear,
    escape_reader,
    pcsc_service,
    pcscd,
    plugged_in,
)
from hands import Hand, SimulatedHand, TestersHand

from hardware.simulators.card import VirtualCard
from kiosk.ports import Reader
from reader.process import ReaderProcess

__all__ = ["escape_reader", "pcsc_service", "pcscd", "plugged_in"]

SIMULATED = (
    REFERENCE_PROFILE,
    ESCAPE_PROFILE,
    PROFILES / "reference-test-polled.toml",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--device", type=Path, help="profile of a real card reader to put through the contract")


@pytest.fixture
def device(request: pytest.FixtureRequest) -> Path | None:
    """The real reader's profile. The option exists only where this folder was named on the command line."""
    profile: Path | None = request.config.getoption("--device", default=None)
    return profile


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Put each simulated reader through the contract, or the one real reader."""
    if "profile" in metafunc.fixturenames:
        device: Path | None = metafunc.config.getoption("--device", default=None)
        profiles = (device,) if device else SIMULATED
        metafunc.parametrize("profile", profiles, ids=lambda path: path.stem)


@pytest.fixture
def hand(profile: Path, device: Path | None, request: pytest.FixtureRequest) -> Iterator[Hand]:
    if device is not None:
        yield TestersHand()
    elif "Virtual PCD" in profile.read_text("utf-8"):
        request.getfixturevalue("pcscd")
        with VirtualCard(delay=False) as card:
            yield SimulatedHand(card)
    else:
        yield SimulatedHand(request.getfixturevalue("plugged_in"))


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
def reader(profile: Path, hand: Hand, ear: Ear) -> Iterator[Reader]:
    reader = ReaderProcess(profile)
    reader.start(ear.post)
    yield reader
    reader.stop()
