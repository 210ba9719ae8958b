"""What holds for every page there is: axe-core finds nothing serious, dark or light, and nothing is cut off."""

from collections.abc import Iterator

import pytest
from axe import serious_faults
from busy_night import PAGES, PHONE, WALL, a_busy_night, choose
from console_desk import browser_page, come_as
from playwright.sync_api import Browser, Page
from station_world import COOKIE, World


@pytest.fixture(scope="module")
def night(shared_world: World) -> Iterator[dict[str, str]]:
    with a_busy_night(shared_world) as ids:
        yield ids


@pytest.fixture(scope="module")
def one_browser(browser: Browser, shared_world: World) -> Iterator[Page]:
    """One browser for all pages, which notices a script's error or a refused resource on any."""
    with browser_page(browser, locale="zh-CN") as page:
        page.goto(f"{shared_world.url}/login")
        choose(page, shared_world.url, "en", "dark")  # whose words are the longer ones
        yield page


@pytest.mark.parametrize("name", [name for name in PAGES if not name.endswith("-phone")])
def test_axe_finds_nothing_serious_on_any_page_and_none_is_wider_than_its_window(
    one_browser: Page, shared_world: World, night: dict[str, str], name: str
) -> None:
    page, shown = one_browser, PAGES[name]
    page.goto("about:blank")  # a page that is open when its session ends asks who is there
    page.context.clear_cookies(name=COOKIE)
    if shown.who is not None:
        come_as(page, shared_world, shown.who)
    width, height = shown.window
    page.set_viewport_size({"width": width, "height": height})
    page.goto(shared_world.url + shown.path.format(**night))
    page.evaluate("document.querySelectorAll('main details').forEach((part) => (part.open = true))")
    for narrow in (PHONE[0], width) if shown.window != WALL else (width,):
        page.set_viewport_size({"width": narrow, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth") <= narrow
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    found = {"dark": serious_faults(page)}
    page.evaluate("document.documentElement.dataset.theme = 'light'")
    found["light"] = serious_faults(page, colours_alone=True)
    assert found == {"dark": [], "light": []}
