"""The desk's side of the console's tests: browsers that notice a fault, and people who are signed in at them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from playwright.sync_api import Browser, Locator, Page
from sqlalchemy import insert
from station_world import COOKIE, PASSWORD, PATIENCE_S, World

from sync.station.tables import shifts, team_members, teams

SCREENS: Final = Path(__file__).parents[3] / "build" / "screens"

BARE: Final = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage")
WHOLE_CHROMIUM: Final[dict[str, Any]] = {
    "executable_path": "/usr/bin/chromium",
    "args": [*BARE, "--ignore-certificate-errors"],
}
"""It takes a test station's certificate for good: with a wrong one, no browser keeps a service worker."""
CHROMIUM: Final = {**WHOLE_CHROMIUM, "executable_path": "/usr/bin/chromium-headless-shell"}
"""The same pages, scripts and protocols without a browser's own windows, which take as much time as the pages do."""
DESK: Final[dict[str, Any]] = {"color_scheme": "dark", "locale": "zh-CN", "viewport": {"width": 1366, "height": 900}}
PHONE: Final[dict[str, Any]] = {
    "color_scheme": "dark",
    "locale": "zh-CN",
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
}


_CALM: Final[dict[str, Any]] = {"reduced_motion": "reduce", "ignore_https_errors": True}
"""Nothing moves without a reason; and playwright's own requests take the certificate as the browser does."""


@contextmanager
def browser_page(browser: Browser, **how: Any) -> Iterator[Page]:
    """A browser of its own. A script error or a blocked resource on any of its pages fails the test.

    It keeps no guard's shell unless ``service_workers`` says so.
    """
    context = browser.new_context(**_CALM, **{"service_workers": "block", **how})
    page = context.new_page()
    page.set_default_timeout(PATIENCE_S * 1000)
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(f"{page.url}: {error}"))
    page.on("console", lambda line: wrong.append(line.text) if "Content Security Policy" in line.text else None)
    yield page
    context.close()
    assert wrong == [], wrong


def sign_in(page: Page, world: World, login: str) -> None:
    """Log in by the form, as somebody who has a login."""
    page.goto(f"{world.url}/login")
    by_password(page, world, login)
    page.wait_for_url(f"{world.url}/")


def by_password(form: Page | Locator, world: World, login: str) -> None:
    """Fill in password and code, and the login where it is asked for, and send them."""
    password = form.get_by_label("密码")
    password.wait_for()
    if form.get_by_label("用户名").is_editable():  # a dialog says whom it asks
        form.get_by_label("用户名").fill(login)
    password.fill(PASSWORD)
    form.get_by_label("动态码").fill(world.code(login))
    form.get_by_role("button", name="登录", exact=True).click()


def come_as(page: Page, world: World, login: str) -> None:
    """Give this browser a new session of somebody who has a login, as a log-in would."""
    token = world.session(login)
    cookie = {"name": COOKIE, "value": token, "url": world.url, "secure": True, "httpOnly": True, "sameSite": "Strict"}
    page.context.add_cookies([cookie])  # type: ignore[list-item]  # a dict is what playwright takes


def open_as(page: Page, world: World, login: str, path: str = "/") -> None:
    """Open a page as somebody who has a login."""
    come_as(page, world, login)
    page.goto(world.url + path)


def on_duty(world: World, name: str, guard: str, *, for_exercises: bool = False) -> str:
    """Put a guard on duty in a new team of this name; return its id."""
    team, now = str(uuid4()), datetime.now(UTC)
    shift = {"id": str(uuid4()), "login": guard, "team": team, "planned_by": "x"}
    hours = {"begins_at": now - timedelta(hours=1), "ends_at": now + timedelta(hours=7)}
    with world.station.store.write() as conn:
        conn.execute(insert(teams).values(id=team, name=name, for_exercises=for_exercises))
        conn.execute(insert(team_members).values(team=team, login=guard))
        conn.execute(insert(shifts).values(**shift, **hours))
    return team


def picture(page: Page, name: str) -> None:
    """With SCREENS=1, keep what the desk sees in mid-test as build/screens/NAME.png (pictures.py has every page)."""
    if "SCREENS" in os.environ:
        SCREENS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SCREENS / f"{name}.png", full_page=True)
