"""A station with two guards on duty, a dispatcher who sends them, and phones that show the guard's page."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from console_desk import PHONE, browser_page
from playwright.sync_api import Browser, Page
from station_world import COOKIE, World, alarm, upload

from sync.station import alarms
from sync.station.certificates import Kiosk
from sync.station.rights import Role
from sync.station.site_time import SITE_TIME

INSTRUCTION = "从东侧接近,先核对证件原件"
GUIDANCE = "两人同行,核对后联系列控单位。"
PLAN = Path(__file__).parents[3] / "docs" / "pictures" / "gutian-lanes.svg"


class GuardWorld:
    """Wei is on duty in team one, Bo in two, Jo in three, and Kim nowhere."""

    def __init__(self, world: World, ends: ExitStack) -> None:
        self.world, self.seq = world, 0
        self.cases: list[str] = []
        self.lin = ends.enter_context(world.person("lin", Role.DISPATCHER))
        self.boss = ends.enter_context(world.person("boss", Role.SUPERVISOR))
        self.guards = {
            login: ends.enter_context(world.person(login, Role.GUARD)) for login in ("wei", "bo", "jo", "kim")
        }
        self.admin = ends.enter_context(world.person("admin", Role.ADMIN))
        self.kiosk = ends.enter_context(world.kiosk("g1", "A"))
        self.ask(self.admin, "/api/plan", svg=PLAN.read_text(encoding="utf-8"))
        self.ask(self.admin, "/api/kiosks/g1/place", x=20.0, y=57.0)
        self.one, self.two, self.three = self.team("一班", "wei"), self.team("二班", "bo"), self.team("三班", "jo")

    def team(self, name: str, *logins: str, hours: float = 8, for_exercises: bool = False) -> str:
        """A team whose members are on duty for as many hours from now on."""
        made: str = self.ask(self.boss, "/api/teams", name=name, for_exercises=for_exercises)["id"]
        self.ask(self.boss, f"/api/teams/{made}/members", logins=logins)
        begins = f"{datetime.now(SITE_TIME):%Y-%m-%dT%H:%M}"
        for login in logins:
            self.ask(self.boss, "/api/duty", login=login, team=made, begins=begins, hours=hours)
        return made

    @staticmethod
    def ask(who: httpx.Client, path: str, **body: Any) -> dict[str, Any]:
        answer = who.post(path, json=body)
        assert answer.status_code < 300, answer.text
        told: dict[str, Any] = answer.json()
        return told

    def raised(self, entry: str | None = None) -> str:
        """An alarm at lane A; about this entry, or a forced gate."""
        if entry is None:
            with self.world.station.store.write() as conn:
                return alarms.raise_own(conn, Kiosk("g1", "A"), "gate-forced", datetime.now(UTC))
        self.seq += 1
        message = alarm(self.seq, entry=entry)
        upload(self.kiosk, message)
        return message.id

    def sent(self, team: str, alarm_id: str | None = None) -> tuple[str, str]:
        """A confirmed alarm, and the dispatch of this team to it."""
        which = alarm_id or self.raised()
        self.cases.append(which)
        self.ask(self.lin, f"/api/alarms/{which}/acknowledge")
        self.ask(self.lin, f"/api/alarms/{which}/confirm", facts_seen=self.shown(which)["facts_digest"])
        self.ask(self.lin, f"/api/alarms/{which}/dispatch", team=team, instruction=INSTRUCTION)
        return which, self.shown(which)["dispatches"][-1]["id"]

    def close_all(self) -> None:
        """Dismiss what a test has raised, so that nobody is on the way in the next one."""
        for alarm_id in self.cases:
            self.lin.post(f"/api/alarms/{alarm_id}/dismiss", json={"why": "a toy"})
        self.cases.clear()
        for guard in self.guards.values():
            for one in guard.get("/api/dispatches/open").json().get("dispatches", ()):
                guard.post(f"/api/dispatches/{one['id']}/stood-down", json={})

    def shown(self, alarm_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.lin.get(f"/api/alarms/{alarm_id}").json()
        return found

    def events(self, alarm_id: str) -> list[str]:
        """What the timeline has of guards."""
        mine = {"accepted", "arrived", "help-wanted", "result", "stand-down-seen"}
        return [event["event"] for event in self.shown(alarm_id)["history"] if event["event"] in mine]

    @contextmanager
    def phone(self, browser: Browser, login: str | None, *, keeps_shell: bool = False) -> Iterator[Page]:
        """A phone in the dark, on which this guard is signed in; it keeps the page's shell if it is to."""
        with browser_page(browser, **PHONE, service_workers="allow" if keeps_shell else "block") as page:
            if login is not None:
                session = {"name": COOKIE, "value": self.guards[login].cookies[COOKIE], "url": self.world.url}
                page.context.add_cookies([{**session, "secure": True}])  # type: ignore[list-item]  # a dict will do
            page.goto(f"{self.world.url}/guard")
            yield page


@contextmanager
def guard_world(world: World) -> Iterator[GuardWorld]:
    with ExitStack() as ends:
        yield GuardWorld(world, ends)
