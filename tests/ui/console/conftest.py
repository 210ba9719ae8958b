"""A browser beside a running station."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

# The station for these tests is the one of the station's own tests.
sys.path.insert(0, str(Path(__file__).parents[2] / "integration" / "station"))

from console_desk import CHROMIUM, DESK, browser_page  # finds the line above
from station_world import PATIENCE_S, World, running


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with running(tmp_path / "station") as world:
        yield world


@pytest.fixture(scope="module")
def shared_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with running(tmp_path_factory.mktemp("shared") / "station") as world:
        yield world


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """What starts browsers, for one file's tests: as long as it is there, an event loop runs in this thread."""
    expect.set_options(timeout=PATIENCE_S * 1000)
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """A browser for one file's tests."""
    with playwright.chromium.launch(**CHROMIUM) as browser:
        yield browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A desk's browser."""
    with browser_page(browser, **DESK) as page:
        yield page
