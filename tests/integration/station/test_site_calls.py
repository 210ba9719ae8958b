"""Plan, places and settings over the network: who may, what is refused, and what a browser may do with the drawing."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select
from station_world import World

from sync.station.rights import Role
from sync.station.tables import audit as audit_rows

EXAMPLE = (Path(__file__).parents[3] / "docs" / "pictures" / "gutian-lanes.svg").read_text(encoding="utf-8")
BOX = '<rect width="9" height="9"/>'
SMALL = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{BOX}</svg>'


@pytest.fixture(scope="module")
def lin(shared_world: World) -> Iterator[httpx.Client]:
    with shared_world.person("lin", Role.ADMIN) as lin:
        yield lin


@pytest.fixture(scope="module")
def zhou(shared_world: World) -> Iterator[httpx.Client]:
    with shared_world.person("zhou", Role.ADMIN) as zhou:
        yield zhou


@pytest.fixture(scope="module")
def gate(shared_world: World) -> Iterator[str]:
    with shared_world.kiosk("g1", "A"):
        yield "g1"


def recorded(world: World, what: str) -> list[tuple[str, dict[str, Any]]]:
    """Who did this, and with which facts, the oldest first."""
    c = audit_rows.c
    with world.station.store.read() as conn:
        rows = conn.execute(select(c.who, c.facts).where(c.what == what).order_by(c.n)).all()
    return [(row.who, row.facts) for row in rows]


def test_before_there_is_a_plan_nobody_is_shown_one(lin: httpx.Client) -> None:
    assert lin.get("/plan.svg").json() == {"error": "no-plan"}
    assert lin.get("/api/plan").json()["plan"] is None


def test_a_drawing_may_do_nothing_in_a_browser_and_is_kept_by_nobody_but_it(
    shared_world: World, lin: httpx.Client
) -> None:
    assert lin.post("/api/plan", json={"svg": EXAMPLE}).json() == {"width": 1200.0, "height": 680.0}
    version = lin.get("/api/plan").json()["plan"]["version"]
    drawn = lin.get(f"/plan.svg?v={version}")
    assert drawn.headers["content-type"] == "image/svg+xml"
    assert drawn.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"
    assert drawn.headers["x-content-type-options"] == "nosniff"
    assert drawn.headers["cache-control"] == "private, max-age=31536000, immutable"
    asked = lin.get("/plan.svg", headers={"If-None-Match": drawn.headers["etag"]})
    assert (asked.status_code, asked.headers["cache-control"]) == (304, "private, no-cache")
    assert lin.get("/plan.svg?v=another").headers["cache-control"] == "private, no-cache"
    with shared_world.browser() as nobody:
        assert nobody.get(f"/plan.svg?v={version}").status_code == 401
    with shared_world.person("guard", Role.GUARD) as guard:
        assert guard.get("/plan.svg").status_code == 200


def test_every_other_answer_keeps_the_pages_own_policy(lin: httpx.Client) -> None:
    answer = lin.get("/api/plan")
    assert answer.headers["content-security-policy"].startswith("default-src 'self'")
    assert answer.headers["cache-control"] == "no-store"


def test_a_pages_own_files_are_sent_once_and_then_only_asked_for(lin: httpx.Client) -> None:
    first = lin.get("/static/page.js")
    again = lin.get("/static/page.js", headers={"If-None-Match": first.headers["etag"]})
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    assert {answer.headers["cache-control"] for answer in (first, again)} == {"no-cache"}


@pytest.mark.parametrize(
    "upload",
    [
        {"svg": SMALL, "name": "../../ca.pem"},
        {"svg": SMALL, "filename": "..\\..\\station.db"},
        {"svg": SMALL, "path": "/etc/passwd"},
    ],
)
def test_an_upload_that_brings_a_file_name_is_refused_and_nothing_is_written_anywhere(
    shared_world: World, lin: httpx.Client, upload: dict[str, str]
) -> None:
    before = {path: path.stat().st_mtime_ns for path in shared_world.folder.rglob("*.pem")}
    assert lin.post("/api/plan", json=upload).json() == {"error": "malformed"}
    multipart = lin.post("/api/plan", files={"svg": ("../../ca.pem", SMALL, "image/svg+xml")})
    assert multipart.json() == {"error": "malformed"}
    assert {path: path.stat().st_mtime_ns for path in shared_world.folder.rglob("*.pem")} == before


def test_what_is_refused_leaves_the_plan_that_was_there(lin: httpx.Client) -> None:
    lin.post("/api/plan", json={"svg": EXAMPLE})
    before = lin.get("/plan.svg").content
    bomb = '<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa">]>' + SMALL
    assert lin.post("/api/plan", json={"svg": bomb}).json() == {"error": "plan-dtd", "line": 1}
    large = SMALL.replace(BOX, BOX + " " * 1_000_000)
    assert (answer := lin.post("/api/plan", json={"svg": large})).status_code == 413
    assert answer.json() == {"error": "plan-too-large", "kilobytes": 1000}
    assert lin.post("/api/plan", content=b'{"svg": "' + b"x" * 2_100_000).status_code == 413
    assert lin.get("/plan.svg").content == before


def test_a_kiosk_keeps_its_place_when_the_drawing_is_replaced(
    shared_world: World, lin: httpx.Client, gate: str
) -> None:
    assert lin.post(f"/api/kiosks/{gate}/place", json={"x": 12.5, "y": 100}).status_code == 200
    lin.post("/api/plan", json={"svg": SMALL})
    assert lin.get("/api/plan").json()["kiosks"] == [{"kiosk": gate, "lane": "A", "place": {"x": 12.5, "y": 100.0}}]
    assert lin.get("/api/kiosks").json()["kiosks"][0]["place"] == {"x": 12.5, "y": 100.0}
    assert recorded(shared_world, "kiosk.placed")[-1] == ("lin", {"kiosk": gate, "x": "12.5", "y": "100"})
    assert lin.post(f"/api/kiosks/{gate}/place/remove").status_code == 204
    assert lin.post(f"/api/kiosks/{gate}/place/remove").json() == {"error": "not-placed", "kiosk": gate}


@pytest.mark.parametrize(
    "place", ['{"x":-0.1,"y":0}', '{"x":0,"y":100.1}', '{"x":NaN,"y":1}', '{"x":1e999,"y":1}', "{}"]
)
def test_no_kiosk_stands_beside_the_plan(lin: httpx.Client, gate: str, place: str) -> None:
    assert lin.post(f"/api/kiosks/{gate}/place", content=place).json() == {"error": "malformed"}


def test_a_kiosk_that_is_not_here_has_no_place(lin: httpx.Client) -> None:
    assert lin.post("/api/kiosks/g9/place", json={"x": 1, "y": 1}).json() == {"error": "no-such-kiosk", "kiosk": "g9"}


def setting(who: httpx.Client, name: str) -> dict[str, Any]:
    return next(one for one in who.get("/api/settings").json()["settings"] if one["name"] == name)


def test_of_two_who_change_a_setting_the_second_is_told_who_was_first_and_nothing_is_overwritten(
    shared_world: World, lin: httpx.Client, zhou: httpx.Client
) -> None:
    seen = setting(zhou, "gate-phone")["changed_at"]
    assert seen is None
    assert lin.post("/api/settings/gate-phone", json={"value": "0597-1", "seen": seen}).status_code == 200
    late = zhou.post("/api/settings/gate-phone", json={"value": "0597-2", "seen": seen})
    assert (late.status_code, late.json()["error"], late.json()["who"]) == (409, "changed-meanwhile", "lin")
    now = setting(zhou, "gate-phone")
    assert (now["value"], now["changed_by"]) == ("0597-1", "lin")
    assert zhou.post("/api/settings/gate-phone", json={"value": "0597-2", "seen": now["changed_at"]}).status_code == 200
    assert recorded(shared_world, "setting.changed") == [
        ("lin", {"name": "gate-phone", "before": "", "after": "0597-1"}),
        ("zhou", {"name": "gate-phone", "before": "0597-1", "after": "0597-2"}),
    ]


def test_who_sends_the_same_value_again_after_a_lost_answer_is_told_that_it_stands(lin: httpx.Client) -> None:
    body = {"value": 730, "seen": None}
    first, again = (lin.post("/api/settings/keep-counts", json=body) for _ in range(2))
    assert first.json() == again.json()
    assert datetime.fromisoformat(first.json()["changed_at"]) <= datetime.now(UTC)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("keep-alarms", 182),  # what an office has done can be brought to court for six months
        ("keep-alarms", 366),
        ("keep-alarms", "365"),
        ("keep-counts", 1096),
        ("gate-phone", "call lin"),
        ("gate-phone", 110),
        ("site-name-zh", "址" * 31),
        ("site-name-en", "two\nlines"),
    ],
)
def test_a_setting_takes_nothing_past_its_limits(lin: httpx.Client, name: str, value: str | int) -> None:
    before = setting(lin, name)
    assert lin.post(f"/api/settings/{name}", json={"value": value, "seen": before["changed_at"]}).status_code == 400
    assert setting(lin, name) == before


def test_there_is_no_setting_that_is_not_in_the_table(lin: httpx.Client) -> None:
    assert lin.post("/api/settings/keep-faces", json={"value": 900}).json() == {"error": "no-such-setting"}


def test_script_in_a_name_is_shown_as_text(lin: httpx.Client) -> None:
    seen = setting(lin, "site-name-zh")["changed_at"]
    lin.post("/api/settings/site-name-zh", json={"value": "<script>alert(1)</script>", "seen": seen})
    page = lin.get("/settings").text
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_an_auditor_sees_the_settings_and_changes_none(shared_world: World) -> None:
    with shared_world.person("ma", Role.AUDITOR) as ma:
        assert ma.get("/api/settings").status_code == 200
        assert ma.post("/api/settings/keep-counts", json={"value": 400}).json()["error"] == "right"
        assert ma.post("/api/plan", json={"svg": SMALL}).json()["error"] == "right"
