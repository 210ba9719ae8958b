"""What an admin does with plan, kiosks and settings, and what others see of it, in a real browser."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from axe import serious_faults
from console_desk import come_as, open_as, picture
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import insert
from station_world import World, alarm, beat, upload

from sync.station.rights import Role
from sync.station.tables import kiosks

EXAMPLE = Path(__file__).parents[3] / "docs" / "pictures" / "gutian-lanes.svg"
LANES = {"g1": ("A", 20, 60), "g2": ("B", 30, 60), "g3": ("C", 40, 60), "g4": ("D", 50, 60)}
HOUR_AGO = timedelta(hours=1)


def kiosk_rows(how_many: int) -> list[dict[str, Any]]:
    """Kiosks as their heartbeats left them: one in fifty faulty, one in a hundred silent."""
    now = datetime.now(UTC)
    well = msgspec.json.decode(beat(reader="well", camera="well", gate="well", disk_free=41 * 2**30))
    faulty = {**well, "reader": "reader-lost", "faults": ["reader-lost"]}
    return [
        {
            "id": f"gate-{n:04}",
            "lane": f"L{n % 40:02}",
            "enrolled_at": now,
            "heard_at": now - HOUR_AGO if n % 100 == 7 else now + timedelta(minutes=5),
            "heartbeat": faulty if n % 50 == 3 else well,
        }
        for n in range(how_many)
    ]


@pytest.fixture
def gates(world: World) -> World:
    """A station whose four kiosks are at work; g3 is faulty and nobody has heard from g4."""
    rows = kiosk_rows(4)
    for row, (name, (lane, _, _)) in zip(rows, LANES.items(), strict=True):
        row.update(id=name, lane=lane)
    rows[3].update(heartbeat=None, heard_at=None)
    rows[2]["heartbeat"] = {**rows[0]["heartbeat"], "camera": "camera-stalled", "faults": ["camera-stalled"]}
    with world.station.store.write() as conn:
        conn.execute(insert(kiosks), rows)
    return world


def with_plan(world: World, login: str = "keeper") -> World:
    """The same station with the example's plan, and its kiosks on it."""
    with world.person(login, Role.ADMIN) as keeper:
        assert keeper.post("/api/plan", json={"svg": EXAMPLE.read_text(encoding="utf-8")}).status_code == 201
        for kiosk, (_, x, y) in LANES.items():
            assert keeper.post(f"/api/kiosks/{kiosk}/place", json={"x": x, "y": y}).status_code == 200
    return world


def spot(page: Page, kiosk: str) -> Locator:
    return page.locator(f"#spots [data-kiosk={kiosk}]")


def at(page: Page, x: float, y: float) -> tuple[float, float]:
    """Where on the screen these hundredths of the plan are."""
    while (box := page.locator("#spots").bounding_box()) is None:  # just being put in place anew
        page.wait_for_timeout(20)
    return box["x"] + box["width"] * x / 100, box["y"] + box["height"] * y / 100


def press(page: Page, name: str) -> None:
    """Press a button that ends in the page being read again."""
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def test_an_admin_uploads_the_plan_and_places_kiosks_by_mouse_and_by_keyboard(gates: World, page: Page) -> None:
    with gates.person("lin", Role.ADMIN):
        open_as(page, gates, "lin", "/plan")
        expect(page.locator("#lane-plan")).to_contain_text("通道 A")
        page.get_by_label("SVG 文件").set_input_files(EXAMPLE)
        press(page, "上传")
        expect(page.get_by_role("img", name="通道平面图")).to_be_visible()
        expect(page.locator("#drawing")).to_contain_text("lin 上传")
        form = page.locator("#placing form")

        form.get_by_label("闸机").select_option("g2")
        page.mouse.click(*at(page, 30, 40))
        expect(spot(page, "g2")).to_be_visible()
        press(page, "保存位置")
        expect(page.locator("#spots [data-kiosk]")).to_have_count(1)
        spot(page, "g2").locator(".sign").hover()
        page.mouse.down()
        page.mouse.move(*at(page, 30, 60), steps=4)
        page.mouse.up()
        press(page, "保存位置")
        expect(form.locator("option[value=g2]")).to_have_attribute("data-y", "60.0")

        form.get_by_label("闸机").select_option("g1")
        form.get_by_label("距左边").fill("19")
        form.get_by_label("距上边").fill("60.5")
        spot(page, "g1").focus()
        for key in ("ArrowRight", "ArrowRight", "ArrowUp"):
            page.keyboard.press(key)
        press(page, "保存位置")
        expect(spot(page, "g1")).to_have_attribute("x", "20.0%")
        expect(spot(page, "g1")).to_have_attribute("y", "60.0%")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert serious_faults(page) == []
        picture(page, "plan-placing")
        press(page, "从图上移除")
        expect(spot(page, "g1")).to_have_count(0)


def test_a_hostile_plan_is_refused_in_words_and_the_old_one_stays(gates: World, page: Page, tmp_path: Path) -> None:
    with_plan(gates)
    hostile = tmp_path / "plan.svg"
    hostile.write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">\n<rect onclick="alert(1)"/></svg>')
    with gates.person("lin", Role.ADMIN):
        open_as(page, gates, "lin", "/plan")
        page.get_by_label("SVG 文件").set_input_files(hostile)
        page.get_by_role("button", name="上传").click()
        expect(page.locator("#drawing").get_by_role("alert")).to_have_text("第 2 行有脚本（onclick），不接受。")
        page.reload()
        expect(page.locator("#drawing")).to_contain_text("keeper 上传")


def test_a_dispatcher_finds_the_lane_of_an_alarm_on_the_plan(gates: World, page: Page) -> None:
    with_plan(gates)
    message = alarm(kind="staff-panic")
    with gates.person("lin", Role.DISPATCHER), gates.kiosk("g2", "B") as kiosk:
        come_as(page, gates, "lin")
        upload(kiosk, message)
        page.goto(f"{gates.url}/alarms/{message.id}")
        expect(spot(page, "g2")).to_contain_text("此处")
        expect(spot(page, "g3")).to_contain_text("有故障")
        assert page.locator("#placing").count() == 0
        picture(page, "alarm-with-plan")
        page.set_viewport_size({"width": 1920, "height": 1080})
        page.goto(f"{gates.url}/wall")
        expect(spot(page, "g2")).to_contain_text("此处")
        picture(page, "wall-with-plan")
        with gates.person("keeper2", Role.ADMIN) as keeper:
            keeper.post("/api/settings/wall-lanes", json={"value": "list"})
        page.reload()
        expect(page.locator("#wall-lanes .lanes li")).to_have_count(4)
        page.set_viewport_size({"width": 390, "height": 844})
        page.goto(f"{gates.url}/plan?kiosk=g2")
        expect(spot(page, "g2")).to_contain_text("此处")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        picture(page, "plan-phone")
        page.emulate_media(color_scheme="light")
        page.set_viewport_size({"width": 1280, "height": 800})
        page.reload()
        assert serious_faults(page) == []
        picture(page, "plan-light")


def test_among_a_thousand_kiosks_those_that_need_somebody_come_first_and_one_is_found(world: World, page: Page) -> None:
    with world.station.store.write() as conn:
        conn.execute(insert(kiosks), kiosk_rows(1000))
    with world.person("lin", Role.ADMIN) as lin:
        assert len(lin.get("/kiosks").content) < 150_000  # fifty of them a page, however many there are
        open_as(page, world, "lin", "/kiosks")
        rows = page.locator("#kiosks [data-kiosk]")
        expect(rows).to_have_count(50)
        expect(rows.first).to_have_attribute("data-state", "silent")
        expect(page.locator("#states")).to_contain_text("全部 1000")
        expect(page.locator("#states")).to_contain_text("需要处理 30")
        picture(page, "kiosks-thousand")
        expect(page.locator("[data-state=well]").first).not_to_contain_text("读卡器")  # brief where there are many
        page.get_by_role("link", name="下一页").click()
        expect(page.locator("#kiosks")).to_contain_text("第 2 / 20 页")
        page.get_by_role("link", name="需要处理").click()
        expect(rows).to_have_count(30)
        page.get_by_role("searchbox").fill("gate-0903")
        page.get_by_role("button", name="查找").click()
        expect(rows).to_have_count(1)
        page.get_by_role("link", name="gate-0903").click()
        expect(page.locator("#health")).to_contain_text("读卡器失联")


def test_a_kiosks_page_has_its_token_as_a_qr_code_and_revokes_it(world: World, page: Page) -> None:
    with world.person("lin", Role.ADMIN), world.kiosk("g1", "A") as kiosk:
        kiosk.post("/v1/heartbeat", content=beat())
        open_as(page, world, "lin", "/kiosks/g1")
        expect(page.locator("#identity")).to_contain_text("使用中")
        page.get_by_role("button", name="生成重新登记令牌").click()
        expect(page.get_by_role("img", name="登记令牌的二维码")).to_be_visible()
        expect(page.locator("#again output")).to_have_text(re.compile(r"([0-9A-Z]{5}-){4}[0-9A-Z]{5}"))
        assert serious_faults(page) == []
        picture(page, "kiosk")
        page.locator("#revoke summary").click()
        page.locator("#revoke").get_by_label("原因").fill("失窃")
        page.get_by_role("button", name="吊销 g1").click()
        expect(page.locator("#identity")).to_contain_text("已吊销：失窃")
        assert kiosk.post("/v1/heartbeat", content=beat()).status_code == 403


def test_settings_say_who_changed_them_and_the_second_of_two_people_is_told_who_was_first(
    world: World, page: Page
) -> None:
    with world.person("lin", Role.ADMIN), world.person("zhou", Role.ADMIN) as zhou:
        open_as(page, world, "lin", "/settings")
        page.get_by_role("textbox", name="景区名称（中文）").fill("古田会议会址")
        press(page, "保存: 景区名称（中文）")
        expect(page.locator(".brand")).to_contain_text("古田会议会址")
        expect(page.locator("[data-setting=site-name-zh]")).to_contain_text("lin ·")
        body = {"value": "0597-1234567", "seen": None}
        assert zhou.post("/api/settings/gate-phone", json=body).status_code == 200
        page.get_by_role("textbox", name="入口工作人员电话").fill("0597-7654321")
        page.get_by_role("button", name="保存: 入口工作人员电话").click()
        expect(page.locator("[data-setting=gate-phone]").get_by_role("alert")).to_contain_text("zhou 已于")
        page.reload()
        expect(page.get_by_role("textbox", name="入口工作人员电话")).to_have_value("0597-1234567")
        days = page.get_by_role("spinbutton", name="警情保留天数")
        assert days.get_attribute("min") == "183"
        assert serious_faults(page) == []
        picture(page, "settings")


def test_a_system_that_is_told_of_alarms_is_added_with_a_secret_that_is_shown_once(world: World, page: Page) -> None:
    with world.person("lin", Role.ADMIN), world.person("ma", Role.AUDITOR):
        open_as(page, world, "lin", "/settings")
        page.get_by_label("接收地址").fill("https://sms.example.org/hook")
        page.get_by_role("button", name="添加并生成密钥").click()
        expect(page.locator("#new-hook output")).to_contain_text("whsec_")  # shown, and
        page.reload()
        expect(page.locator(".hook")).to_contain_text("https://sms.example.org/hook")
        assert "whsec_" not in page.content()
        picture(page, "settings-hooks")
        page.get_by_role("button", name="退出登录").click()
        page.wait_for_url(f"{world.url}/login")
        open_as(page, world, "ma", "/settings")
        expect(page.locator(".hook")).to_be_visible()
        expect(page.locator("main form button")).to_have_count(0)
        expect(page.get_by_role("spinbutton", name="警情保留天数")).to_be_disabled()
