"""Pictures of the station's console, taken in a real browser by a signed-in dispatcher or admin."""

from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Page, sync_playwright

from hardware.simulators.scenario.dispatcher import Desk

CHROMIUM_PATH: Final = "/usr/bin/chromium"
CHROMIUM_ARGUMENTS: Final = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage")
_PAGES: Final = {"alarms": "/", "kiosks": "/kiosks", "list": "/list"}


def take_pictures(url: str, desk: Desk, folder: Path) -> tuple[Path, ...]:
    """Save the console's pages as ``console-*.png`` in ``folder`` and return the files."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM_PATH, args=list(CHROMIUM_ARGUMENTS))
        try:
            return _visit_pages(browser, url, desk, folder)
        finally:
            browser.close()


def _visit_pages(browser: Browser, url: str, desk: Desk, folder: Path) -> tuple[Path, ...]:
    # The rehearsal's CA is in no browser's store; a site brings its own.
    page = browser.new_page(ignore_https_errors=True, viewport={"width": 1440, "height": 900})
    sign_in(page, url, desk)
    taken = []
    for name, path in _PAGES.items():
        page.goto(url + path, wait_until="load")
        page.wait_for_timeout(600)  # the page fetches what it shows after it has loaded
        taken.append(folder / f"console-{name}.png")
        page.screenshot(path=taken[-1])
    return tuple(taken)


def sign_in(page: Page, url: str, desk: Desk) -> None:
    """Give the browser the desk's session: for a log-in of its own it would have to wait for the next code."""
    name, _, value = desk.session.partition("=")
    page.context.add_cookies([{"name": name, "value": value, "url": url, "secure": True, "sameSite": "Strict"}])
    page.goto(f"{url}/")
