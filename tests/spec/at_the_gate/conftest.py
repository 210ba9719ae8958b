"""The whole product, put up once for a module."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.simulators.scenario.house import House
from kiosk.visit.screen import ScreenKind


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    # A short path: a Unix socket's name may have 108 bytes.
    root: Path = tmp_path_factory.mktemp("h") / "h"
    with House(root, delay=False) as house:
        house.window.wait_until_shown(ScreenKind.ATTRACT, timeout_s=60)
        yield house
