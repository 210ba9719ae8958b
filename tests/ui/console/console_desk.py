"""What somebody at the desk does in every test."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from playwright.sync_api import Page
from sqlalchemy import insert
from station_world import PASSWORD, World

from sync.station import sessions
from sync.station.tables import shifts, team_members, teams

COOKIE = "__Host-session"

SCREENS = Path(__file__).parents[3] / "build" / "screens"


def sign_in(page: Page, world: World, login: str) -> None:
    """Log in as somebody who has a login."""
    page.goto(f"{world.url}/login")
    page.get_by_label("用户名").fill(login)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_label("动态码").fill(world.code(login))
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url(f"{world.url}/")


def come_as(page: Page, world: World, login: str) -> None:
    """Give this browser a new session of somebody who has a login, as a log-in would."""
    with world.station.store.write() as conn:
        token = sessions.begin(conn, login, datetime.now(UTC))
    cookie = {"name": COOKIE, "value": token, "url": world.url, "secure": True, "httpOnly": True, "sameSite": "Strict"}
    page.context.add_cookies([cookie])  # type: ignore[list-item]  # a dict is what playwright takes


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
    """Keep what the desk saw as build/screens/console-NAME.png."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENS / f"console-{name}.png", full_page=True)
