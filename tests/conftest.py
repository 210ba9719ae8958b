"""The suite in four workers on two cores (`make test`), since many tests wait for something.

What must not run side by side stays with one worker, and no test's log is another's.
"""

import gc
import os
from collections import Counter
from collections.abc import Iterator
from typing import Final

import pytest
import structlog
from xdist.scheduler import LoadScopeScheduling

_WITH_PCSCD: Final = ("tests/contract/reader/", "tests/integration/reader/", "tests/spec/")
"""There is one pcscd a machine, and whoever works with it waits for the others (hardware.simulators.pcscd)."""

_LONG: Final = (
    *(f"tests/integration/{name}/" for name in ("kills", "link", "services", "power_cuts", "device_key", "face")),
    *("tests/integration/evidence/", "tests/ui/shell/", "tests/ui/console/", "tests/integration/station/"),
)
"""Few tests that take long: begun last, one of them would keep a worker at it when the others have ended."""

_SELDOM: Final = 50_000
"""New objects until the next look for garbage: with Python's 700 it takes every fourteenth second of the suite."""

_STEP_BACK: Final = 10
"""Of ``nice``. With pcscd the whole product works in real time, where a camera that stands still is a fault."""


class _BySharedParts(LoadScopeScheduling):
    """A file's tests stay together, for what its fixtures put up once; so do all that need pcscd.

    Of our own, since --dist loadgroup no longer sees its groups under pytest 9.2 (pytest-xdist #1386).
    """

    def _split_scope(self, nodeid: str) -> str:
        return "pcscd" if nodeid.startswith(_WITH_PCSCD) else nodeid.partition("::")[0]


def pytest_configure(config: pytest.Config) -> None:
    """Collect no garbage while the tests are collected: there is none, and looking takes a sixth of the time."""
    gc.disable()


def pytest_collection_finish(session: pytest.Session) -> None:
    """Leave what was collected, which stays to the end, out of every later look for garbage."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_SELDOM)
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if (call := getattr(item, "operation_label", None)) is not None:
            # pytest 9.2 names schemathesis' tests, one of each call, by their function alone.
            item._id = item.id.with_params(call)
    if twice := [name for name, times in Counter(item.nodeid for item in items).items() if times > 1]:
        raise pytest.UsageError(f"several tests have one name, and pytest-xdist would run one of them: {twice[:5]}")
    items.sort(key=lambda item: (not item.nodeid.startswith(_WITH_PCSCD), not item.nodeid.startswith(_LONG)))


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> _BySharedParts:
    config.option.loadscopereorder = False  # which would begin with the files that have the most tests
    return _BySharedParts(config, log)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Let the other workers leave the cores to the one that works with pcscd, which is given that work first."""
    if "PYTEST_XDIST_WORKER" in os.environ and not item.nodeid.startswith(_WITH_PCSCD) and os.nice(0) == 0:
        os.nice(_STEP_BACK)


@pytest.fixture(autouse=True)
def _log_as_before() -> Iterator[None]:
    """Each program has its own catalogue of events (kiosk.logbook); a test may have started any of them."""
    before = structlog.get_config()
    yield
    structlog.configure(**before)
