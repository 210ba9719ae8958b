"""A station at which something of everything has happened, and every page there is to look at in that night."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic, sleep
from typing import Any, Final

import httpx
import msgspec
from console_desk import on_duty
from playwright.sync_api import Page
from sqlalchemy import update
from station_world import World, alarm, beat, listed_entry, panic, proposal, upload

from kiosk.domain.numbers import check_character
from sync import wire
from sync.station import exercise, upkeep
from sync.station.rights import Role
from sync.station.tables import kiosks
from sync.wire import class_of_time

PLAN: Final = Path(__file__).parents[3] / "docs" / "pictures" / "gutian-lanes.svg"
DESK: Final = (1280, 800)
WALL: Final = (1920, 1080)
PHONE: Final = (390, 844)
COLUMNS: Final = "action,numbers,name,unit,contact,case_number,legal_basis,expires_on"


@dataclass(frozen=True, slots=True)
class Shown:
    """A page: its path, where ``{…}`` is an id of the night; its window; who looks, nobody for None."""

    path: str
    window: tuple[int, int] = DESK
    who: str | None = "lin"


PAGES: Final = {
    "login": Shown("/login", who=None),
    "login-phone": Shown("/login", PHONE, who=None),
    "welcome": Shown("/welcome/{invitation}", who=None),
    "welcome-phone": Shown("/welcome/{invitation}", PHONE, who=None),
    "gone": Shown("/welcome/nobody", who=None),
    "alarms": Shown("/"),
    "alarms-phone": Shown("/", PHONE),
    "alarm": Shown("/alarms/{alarm}"),
    "alarm-phone": Shown("/alarms/{alarm}", PHONE),
    "alarm-undecided": Shown("/alarms/{undecided}"),
    "alarm-withdrawn": Shown("/alarms/{withdrawn}"),
    "alarm-nowhere": Shown("/alarms/nowhere"),
    "wall": Shown("/wall", WALL),
    "kiosks": Shown("/kiosks"),
    "kiosks-phone": Shown("/kiosks", PHONE),
    "kiosk": Shown("/kiosks/g3"),
    "plan": Shown("/plan"),
    "plan-phone": Shown("/plan", PHONE),
    "list": Shown("/list"),
    "list-phone": Shown("/list", PHONE),
    "entry": Shown("/list/{entry}"),
    "imports": Shown("/imports"),
    "import": Shown("/imports/{import_id}"),
    "try": Shown("/imports/tries/{refused}"),
    "duty": Shown("/duty"),
    "duty-phone": Shown("/duty", PHONE),
    "people": Shown("/people"),
    "people-phone": Shown("/people", PHONE),
    "audit": Shown("/audit"),
    "statistics": Shown("/statistics"),
    "statistics-phone": Shown("/statistics", PHONE),
    "settings": Shown("/settings"),
    "account": Shown("/account"),
    "account-phone": Shown("/account", PHONE),
    "guard-off-duty": Shown("/guard", PHONE, who="kim"),
    "guard-idle": Shown("/guard", PHONE, who="bo"),
    "guard-sent": Shown("/guard", PHONE, who="jo"),
    "guard-on-the-way": Shown("/guard", PHONE, who="wei"),
    "guard-stood-down": Shown("/guard", PHONE, who="he"),
}


def choose(page: Page, url: str, language: str, theme: str) -> None:
    """Have this browser show its next page in a language, dark or light. It stands on a page of the station's."""
    page.context.add_cookies([{"name": "lang", "value": language, "url": url}])
    page.evaluate("theme => localStorage.setItem('theme', theme)", theme)


@contextmanager
def a_busy_night(world: World) -> Iterator[dict[str, str]]:
    """Let it all happen; give the ids that ``PAGES`` asks for."""
    with ExitStack() as ends:
        lin = ends.enter_context(world.person("lin", *Role))
        guards = {who: ends.enter_context(world.person(who, Role.GUARD)) for who in ("wei", "bo", "jo", "he", "kim")}
        ends.enter_context(world.person("zhou", Role.DISPATCHER))
        gates = [ends.enter_context(world.kiosk(f"g{n}", lane)) for n, lane in enumerate("ABCD", 1)]
        ids = {"entry": listed_entry(world, guidance="两人同行，核对证件原件后联系列控单位。")}
        of_site(lin)
        of_list(lin, ids)
        of_gates(world, lin, gates)
        of_alarms(world, lin, guards, gates, ids)
        ids["invitation"] = told(lin, "/api/invitations", roles=["guard", "dispatcher"])["token"]
        upkeep.sign_log(world.station)
        yield ids


def of_site(lin: httpx.Client) -> None:
    told(lin, "/api/plan", svg=PLAN.read_text(encoding="utf-8"))
    for setting, value in (
        ("site-name-zh", "古田会议会址"),
        ("site-name-en", "Gutian"),
        ("gate-phone", "0597-1234567"),
    ):
        told(lin, f"/api/settings/{setting}", value=value)
    told(lin, "/api/webhooks", url="https://sms.example.org/hook", events=["*"])


def of_list(lin: httpx.Client, ids: dict[str, str]) -> None:
    """One entry waits for a second person, one file was refused, and one import waits."""
    told(lin, "/api/list", **proposal(number(2), name="测试乙"))
    right = f"add,{number(3)},测试丙,城南派出所,0597-0000000,C-3,wanted-notice,{proposal()['expires_on']}"
    for name, row in (("refused", right.replace("C-3,wanted-notice", ",because")), ("right", right)):
        content = f"{COLUMNS}\r\n{right}\r\n{row}\r\n" if name == "refused" else f"{COLUMNS}\r\n{row}\r\n"
        ids[name] = lin.post("/api/imports/tries?format=csv", content=content.encode()).json()["try"]
    until(lin, ids["refused"], lambda tried: tried["state"] == "read")
    until(lin, ids["right"], lambda tried: tried["state"] == "read")
    told(lin, f"/api/imports/tries/{ids['right']}/propose")
    ids["import_id"] = until(lin, ids["right"], lambda tried: tried["import_id"])["import_id"]


def of_gates(world: World, lin: httpx.Client, gates: list[httpx.Client]) -> None:
    """Two are well, one has a fault, and of one nobody has heard; a month of visits was counted."""
    sound = {"reader": "well", "camera": "well", "gate": "well", "pack": "sface-yunet", "pack_digest": "ab" * 32}
    sound |= {"disk_free": 41 * 2**30, "clock_ahead_s": 0.2, "ntp": "synchronised"}
    for n, gate in enumerate(gates[:3]):
        faulty = {"camera": "camera-stalled", "faults": ("camera-stalled",)} if n == 2 else {}
        gate.post("/v1/heartbeat", content=beat(**{**sound, **faulty}))
        told(lin, f"/api/kiosks/g{n + 1}/place", x=20.0 + 10 * n, y=57.0)
    with world.station.store.write() as conn:  # a night lasts as long as somebody looks at it
        heard = kiosks.c.id.in_(("g1", "g2", "g3"))
        conn.execute(update(kiosks).where(heard).values(heard_at=datetime.now(UTC) + timedelta(hours=1)))
    begins = (datetime.now(UTC) + timedelta(hours=9)).strftime("%Y-%m-%dT%H:%M")
    told(lin, "/api/kiosks/g2/maintenance", begins=begins, hours=2, why="更换摄像头")
    counts = {"admit": 1234, "refer/face.differs": 60, "refer/document.expired": 12}
    counts |= {class_of_time("read", 1.4): 900, class_of_time("read", 6.0): 400}
    hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    for n in range(12):
        body = wire.CountsBody(hour=hour - timedelta(hours=n), counts=counts)
        upload(gates[3], msgspec.structs.replace(alarm(n + 1), body=body))


def of_alarms(
    world: World, lin: httpx.Client, guards: dict[str, httpx.Client], gates: list[httpx.Client], ids: dict[str, str]
) -> None:
    """One on its way with all that can happen, one undecided, one withdrawn since, one new, and an exercise."""
    groups = {"wei": "南门一组", "bo": "巡逻组", "jo": "北门一组", "he": "机动组"}
    teams = {who: on_duty(world, group, who) for who, group in groups.items()}
    on_duty(world, "演习组", "lin", for_exercises=True)

    ids["alarm"] = raised(gates[0], alarm(1, entry=ids["entry"]))
    told(lin, f"/api/alarms/{ids['alarm']}/acknowledge")
    upload(gates[0], alarm(2, entry=ids["entry"], band="staff", similarity=0.31))
    sent = dispatched(lin, ids["alarm"], teams["wei"], "请到通道 A，核对证件原件与本人。")
    told(guards["wei"], f"/api/dispatches/{sent}/accept")
    told(guards["wei"], f"/api/dispatches/{sent}/help", note="再来两人")
    told(lin, f"/api/alarms/{ids['alarm']}/dispatch", team=teams["jo"], instruction="请支援通道 A。")
    told(lin, f"/api/alarms/{ids['alarm']}/note", text="已与入口通话，秩序正常。")

    differs = {"kind": "listed-document-holder-differs", "band": "reject", "similarity": 0.11}
    ids["undecided"] = raised(gates[1], alarm(1, entry=ids["entry"], **differs))
    told(lin, f"/api/alarms/{ids['undecided']}/acknowledge")

    other = listed_entry(world, number(4), name="测试丁", guidance="一人在外等候。")
    ids["withdrawn"] = raised(gates[2], alarm(1, entry=other))
    told(lin, f"/api/alarms/{ids['withdrawn']}/acknowledge")
    dispatched(lin, ids["withdrawn"], teams["he"], "请到通道 C。")
    told(lin, f"/api/list/{other}/withdraw", why="案件撤销")

    raised(gates[2], panic(2))
    with world.station.store.write() as conn:
        exercise.begin(conn, "D", "wanted-person", "lin", datetime.now(UTC) - timedelta(seconds=40))


def raised(gate: httpx.Client, message: wire.Message) -> str:
    upload(gate, message)
    return message.id


def dispatched(lin: httpx.Client, alarm_id: str, team: str, instruction: str) -> str:
    seen = lin.get(f"/api/alarms/{alarm_id}").json()["facts_digest"]
    told(lin, f"/api/alarms/{alarm_id}/confirm", facts_seen=seen)
    told(lin, f"/api/alarms/{alarm_id}/dispatch", team=team, instruction=instruction)
    sent: str = lin.get(f"/api/alarms/{alarm_id}").json()["dispatches"][-1]["id"]
    return sent


def told(who: httpx.Client, path: str, **body: Any) -> dict[str, Any]:
    """Have somebody do this, and return what they were answered."""
    answer = who.post(path, json=body)
    assert answer.status_code < 300, (path, answer.text)
    return answer.json() if answer.content else {}


def until(lin: httpx.Client, this: str, done: Any) -> dict[str, Any]:
    """Wait for a dry run."""
    ends = monotonic() + 30
    while not done(tried := lin.get(f"/api/imports/tries/{this}").json()):
        assert monotonic() < ends, tried
        sleep(0.05)
    found: dict[str, Any] = tried
    return found


def number(person: int) -> str:
    """A number that is nobody's: region 700000 was never given out."""
    first_17 = f"70000019500101{person:03d}"
    return first_17 + check_character(first_17)
