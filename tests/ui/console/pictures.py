"""Pictures of every page, in both languages, dark and light: build/pictures/console/NAME-LANGUAGE-THEME.png.

They are there to be looked at (``make screenshots``): ``.venv/bin/python -m tests.ui.console.pictures [NAME …]``.
"""

import sys
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

sys.path.insert(0, str(Path(__file__).parents[2] / "integration" / "station"))
sys.path.insert(0, str(Path(__file__).parent))

from busy_night import PAGES, a_busy_night, choose  # found by the lines above
from console_desk import WHOLE_CHROMIUM, browser_page, come_as
from playwright.sync_api import Page, sync_playwright
from station_world import World, running

PICTURES: Final = Path(__file__).parents[3] / "build" / "pictures" / "console"


def take(page: Page, world: World, name: str, ids: dict[str, str]) -> None:
    """Take one page as it is now, in both languages, dark and light."""
    shown = PAGES[name]
    width, height = shown.window
    page.context.clear_cookies()
    if shown.who is not None:
        come_as(page, world, shown.who)
    page.set_viewport_size({"width": width, "height": height})
    for language, theme in product(("zh", "en"), ("dark", "light")):
        choose(page, world.url, language, theme)
        page.goto(world.url + shown.path.format(**ids))
        page.wait_for_timeout(500)  # the stream has said what it had to say
        page.screenshot(path=PICTURES / f"{name}-{language}-{theme}.png", full_page=True)


def main() -> None:
    """Take the pages that are named, or all."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with (
        TemporaryDirectory() as folder,
        sync_playwright() as playwright,
        running(Path(folder) / "station") as world,
        a_busy_night(world) as ids,
        browser_page(playwright.chromium.launch(**WHOLE_CHROMIUM)) as page,
    ):
        page.goto(f"{world.url}/login")
        for name in sys.argv[1:] or PAGES:
            take(page, world, name, ids)


if __name__ == "__main__":
    main()
