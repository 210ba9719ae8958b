"""Pictures of every page, in both languages, dark and light, as build/pictures/console/NAME-LANGUAGE-THEME.png.

A page is one line of ``PAGES``; what it shows is brought about in ``a_busy_night``. Too many for the suite, so:
``.venv/bin/python tests/ui/console/pictures.py [NAME …]``.
"""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

sys.path.insert(0, str(Path(__file__).parents[2] / "integration" / "station"))
sys.path.insert(0, str(Path(__file__).parents[3]))

from console_desk import come_as, on_duty  # found by the line above
from playwright.sync_api import Page, sync_playwright
from station_world import World, alarm, beat, listed_entry, panic, running, upload

from sync.station import exercise
from sync.station.rights import Role

PICTURES: Final = Path(__file__).parents[3] / "build" / "pictures" / "console"
DESK: Final = (1280, 800)
WALL: Final = (1920, 1080)
PHONE: Final = (390, 844)

PAGES: Final[dict[str, tuple[str, tuple[int, int]]]] = {
    "login": ("/login", DESK),
    "alarms": ("/", DESK),
    "alarms-phone": ("/", PHONE),
    "alarm": ("/alarms/{alarm}", DESK),
    "alarm-undecided": ("/alarms/{undecided}", DESK),
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


def choose(page: Page, url: str, language: str, theme: str) -> None:
    """Have this browser show its next page in a language, dark or light. It stands on a page of the station's."""
    page.context.add_cookies([{"name": "lang", "value": language, "url": url}])
    page.evaluate("theme => localStorage.setItem('theme', theme)", theme)


@contextmanager
def a_busy_night(world: World) -> Iterator[dict[str, str]]:
    """A station at which something of everything has happened; gives the ids that ``PAGES`` asks for."""
    with ExitStack() as ends:
        entry = listed_entry(world, guidance="两人同行，核对证件原件后联系列控单位。")
        lin = ends.enter_context(world.person("lin", *Role))
        wei = ends.enter_context(world.person("wei", Role.GUARD))
        team, _ = on_duty(world, "南门一组", "wei"), on_duty(world, "演习组", "lin", for_exercises=True)
        on_duty(world, "巡逻组", "lin")
        gates = [ends.enter_context(world.kiosk(f"g{n}", lane)) for n, lane in enumerate("ABCD", 1)]
        for n, gate in enumerate(gates[:3]):
            gate.post("/v1/heartbeat", content=beat(faults=("camera-stalled",) if n == 2 else ()))
        first = alarm(1, entry=entry)
        upload(gates[0], first)
        about = f"/api/alarms/{first.id}"
        lin.post(f"{about}/acknowledge")
        upload(gates[0], alarm(2, entry=entry, band="staff", similarity=0.31))
        lin.post(f"{about}/confirm", json={"facts_seen": lin.get(about).json()["facts_digest"]})
        lin.post(f"{about}/dispatch", json={"team": team, "instruction": "请到通道 A，核对证件原件与本人。"})
        sent = lin.get(about).json()["dispatches"][0]["id"]
        wei.post(f"/api/dispatches/{sent}/accept")
        wei.post(f"/api/dispatches/{sent}/help", json={"note": "再来两人"})
        lin.post(f"{about}/note", json={"text": "已与入口通话，秩序正常。"})
        second = alarm(1, entry=entry, kind="listed-document-holder-differs", band="reject", similarity=0.11)
        upload(gates[1], second)
        lin.post(f"/api/alarms/{second.id}/acknowledge")
        late = panic(1)
        upload(gates[2], late)
        with world.station.store.write() as conn:
            exercise.begin(conn, "D", "wanted-person", "lin", datetime.now(UTC) - timedelta(seconds=40))
        yield {"alarm": first.id, "undecided": second.id}


def main() -> None:
    """Take the pages that are named, or all."""
    with (
        TemporaryDirectory() as folder,
        running(Path(folder) / "station") as world,
        a_busy_night(world) as ids,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        page = browser.new_context(ignore_https_errors=True).new_page()
        page.goto(f"{world.url}/login")
        for name in sys.argv[1:] or PAGES:
            if name == "login":
                page.context.clear_cookies()
            else:
                come_as(page, world, "lin")
            take(page, world.url, name, **ids)
        browser.close()


if __name__ == "__main__":
    main()
