"""The suite on two cores (`make test`, pytest-xdist): what must not run side by side stays with one worker."""

from pathlib import Path

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep a file's tests together, for what its fixtures put up once; and all that need the machine's one pcscd."""
    for item in items:
        one_place = "pcscd" if item.get_closest_marker("pcsc") else str(item.path.relative_to(Path(__file__).parent))
        item.add_marker(pytest.mark.xdist_group(one_place))
