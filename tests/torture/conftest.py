"""What the torture shares with the quick tests of the same parts, and its report (``report.py``)."""

import sys
from collections.abc import Generator
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "integration" / "reader"), str(Path(__file__).parent)]

import report as torture_report  # noqa: E402  # after the path to it
from fixtures_pcsc import escape_reader, hand, killable_pcscd, pcsc_service, pcscd, plugged_in  # noqa: E402  # as above

__all__ = ["escape_reader", "hand", "killable_pcscd", "pcsc_service", "pcscd", "plugged_in"]


@pytest.fixture(scope="session")
def report() -> torture_report.Report:
    """Where a test says what it has tried."""
    return torture_report.Report()


def _is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")  # of pytest-xdist: the one that started them writes the report


def pytest_sessionstart(session: pytest.Session) -> None:
    if not _is_worker(session.config):
        torture_report.begin()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Note in whichever process it runs how a test of the torture ended."""
    made = yield
    if item.path.is_relative_to(Path(__file__).parent) and (made.when == "call" or made.outcome != "passed"):
        torture_report.ran(item.nodeid, made.outcome, made.duration)
    return made


def pytest_sessionfinish(session: pytest.Session) -> None:
    if not _is_worker(session.config):
        torture_report.write()
