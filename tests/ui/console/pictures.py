"""Pictures of every page, in both languages, dark and light, as build/pictures/console/NAME-LANGUAGE-THEME.png.

A page is one line of ``PAGES``; a test brings the station into a state worth looking at and calls ``take_all``.
"""

from collections.abc import Mapping
from itertools import product
from pathlib import Path
from typing import Final

from playwright.sync_api import Page

PICTURES: Final = Path(__file__).parents[3] / "build" / "pictures" / "console"
DESK: Final = (1280, 800)
WALL: Final = (1920, 1080)
PHONE: Final = (390, 844)

PAGES: Final[dict[str, tuple[str, tuple[int, int]]]] = {
    "login": ("/login", DESK),
    "alarms": ("/", DESK),
    "alarms-phone": ("/", PHONE),
    "alarm": ("/alarms/{alarm}", DESK),
    "alarm-phone": ("/alarms/{alarm}", PHONE),
    "wall": ("/wall", WALL),
    "kiosks": ("/kiosks", DESK),
    "account": ("/account", DESK),
}
"""Name → path and window. ``{…}`` is filled in by whoever takes the picture."""


def take(page: Page, url: str, name: str, **ids: str) -> None:
    """Take one page as it is now, in both languages, dark and light."""
    path, (width, height) = PAGES[name]
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.set_viewport_size({"width": width, "height": height})
    for language, theme in product(("zh", "en"), ("dark", "light")):
        choose(page, url, language, theme)
        page.goto(url + path.format(**ids))
        page.wait_for_timeout(700)  # rows have come to rest
        page.screenshot(path=PICTURES / f"{name}-{language}-{theme}.png", full_page=True)


def take_all(page: Page, url: str, ids: Mapping[str, str], *names: str) -> None:
    """Take these pages, or every page whose ids are known."""
    for name in names or PAGES:
        take(page, url, name, **ids)


def choose(page: Page, url: str, language: str, theme: str) -> None:
    """Have this browser show its next page in a language, dark or light. It stands on a page of the station's."""
    page.context.add_cookies([{"name": "lang", "value": language, "url": url}])
    page.evaluate("theme => localStorage.setItem('theme', theme)", theme)
