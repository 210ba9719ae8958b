"""The whole product, put up once: half a minute of the run, in which nothing else may use pcscd."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from hardware.simulators.camera import NOBODY
from hardware.simulators.scenario.day import Day, Outcome, play
from hardware.simulators.scenario.house import House
from kiosk.visit.screen import ScreenKind


@pytest.fixture(scope="package")
def standing_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    # A short path: a Unix socket's name may have 108 bytes.
    root: Path = tmp_path_factory.mktemp("h") / "h"
    with House(root, delay=False) as house:
        house.window.wait_until_shown(ScreenKind.ATTRACT, timeout_s=60)
        yield house


@pytest.fixture
def house(standing_house: House) -> Iterator[House]:
    """The house, before whose gate nobody is left when the test has ended."""
    yield standing_house
    standing_house.card.lift()
    standing_house.before_camera(NOBODY)
    standing_house.window.wait_until_shown(ScreenKind.ATTRACT, timeout_s=60)


@pytest.fixture(scope="package")
def alarms_before_day(standing_house: House) -> int:
    return len(standing_house.dispatcher.alarms())


@pytest.fixture(scope="package")
def day(standing_house: House, alarms_before_day: int) -> Mapping[str, Outcome]:
    """The whole day of the demo, played once in its order."""
    return {visitor.number: play(standing_house, visitor) for visitor in Day().visitors()}
