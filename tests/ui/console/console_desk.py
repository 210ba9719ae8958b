"""What somebody at the desk does in every test."""

from pathlib import Path

from playwright.sync_api import Page
from station_world import PASSWORD, World

SCREENS = Path(__file__).parents[3] / "build" / "screens"


def sign_in(page: Page, world: World, login: str) -> None:
    """Log in as somebody who has a login."""
    page.goto(f"{world.url}/login")
    page.get_by_label("用户名").fill(login)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_label("动态码").fill(world.code(login))
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url(f"{world.url}/")


def picture(page: Page, name: str) -> None:
    """Keep what the desk saw as build/screens/console-NAME.png."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENS / f"console-{name}.png", full_page=True)
