"""What a supervisor reads of the numbers, and an auditor of the record, in a real browser against a real station."""

from datetime import UTC, datetime
from pathlib import Path

import msgspec
from console_desk import open_as, picture
from playwright.sync_api import Page, expect
from station_world import World, alarm, listed_entry, upload

from sync import wire
from sync.station import audit, audit_verify, upkeep
from sync.station.rights import Role
from sync.wire import class_of_time


def counted(numbers: dict[str, int]) -> wire.Message:
    hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    return msgspec.structs.replace(alarm(9), body=wire.CountsBody(hour=hour, counts=numbers))


def test_a_supervisor_sees_the_numbers_of_a_period_and_never_a_person(world: World, page: Page) -> None:
    raised = alarm(1)
    ended = {"admit": 1234, "refer/face.differs": 60, "refer/document.expired": 2, "refer/document.under-age": 1}
    with world.person("qian", Role.SUPERVISOR) as qian, world.kiosk("g1", "东门") as kiosk:
        upload(kiosk, raised, counted({**ended, class_of_time("read", 1.4): 900, class_of_time("read", 6.0): 400}))
        qian.post(f"/api/alarms/{raised.id}/acknowledge")
        qian.post(f"/api/alarms/{raised.id}/dismiss", json={"why": "认错"})
        open_as(page, world, "qian")
        page.get_by_role("link", name="统计").click()
        expect(page.locator("#visits dd")).to_have_text("1,297")
        expect(page.locator("#verdicts tbody")).to_contain_text("放行")
        expect(page.locator("#reasons tbody tr")).to_have_count(1)  # three of two kinds: too few to stand alone
        expect(page.locator("#reasons tbody")).to_contain_text("其他（合计）63")
        expect(page.locator("#stages tbody")).to_contain_text("≤ 2 秒")
        expect(page.locator("#lanes tbody")).to_contain_text("东门")
        expect(page.locator("#alarms dd").nth(2)).to_have_text("100%")
        expect(page.locator("main")).not_to_contain_text("qian")
        page.get_by_role("link", name="年", exact=True).click()
        expect(page.locator("#visits dd")).to_have_text("1,297")
        page.locator("#days summary").click()
        expect(page.locator("#days table")).to_contain_text(f"{datetime.now(UTC):%Y}-")
        picture(page, "statistics")
        with page.expect_download() as got:
            page.get_by_role("link", name="CSV · 各通道人次").click()
        assert Path(got.value.path()).read_text(encoding="utf-8-sig").splitlines() == ["lane,visits", "东门,1297"]
        page.get_by_role("button", name="English").click()
        expect(page.get_by_role("heading", name="Why visits went to staff")).to_be_visible()
        expect(page.locator("main")).to_contain_text("fewer than 5 visits are shown together")
        upload(kiosk, alarm(10))
        expect(page.locator("#waiting-count")).to_have_text("1")  # whatever page is open, an alarm is heard of
        page.set_viewport_size({"width": 390, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        picture(page, "statistics-phone")


def test_an_auditor_reads_who_did_what_and_takes_the_log_home(world: World, page: Page, tmp_path: Path) -> None:
    entry = listed_entry(world)
    with world.person("qian", Role.ADMIN) as qian, world.person("gu", Role.AUDITOR):
        qian.post(f"/api/list/{entry}/numbers")
        qian.post(f"/api/list/{entry}/clear", json={"why": "认错，号码 11010519491231002X"})
        upkeep.sign_log(world.station)
        open_as(page, world, "gu")
        page.get_by_role("link", name="审计").click()
        expect(page.locator("#chain .state")).to_contain_text("其后各行相连无误")
        expect(page.locator("#look-ups tbody")).to_contain_text("qian")
        page.locator("select[name=who]").select_option("qian")
        page.locator("select[name=what]").select_option("entry.looked-up")
        page.get_by_role("button", name="查看", exact=True).click()
        expect(page.locator("#log tbody tr")).to_have_count(1)
        expect(page.locator("#log tbody")).to_contain_text(entry)
        page.get_by_role("button", name="核验整条链").click()
        expect(page.locator("#answer")).to_contain_text("行全部核验无误")
        page.get_by_text("如何在另一台电脑上核验导出文件").click()
        expect(page.locator("#chain code")).to_contain_text("python3 audit_verify.py")
        picture(page, "audit")
        with page.expect_download() as got:
            page.get_by_role("button", name="导出日志").click()
        file = tmp_path / "export.jsonl"
        got.value.save_as(file)
        assert audit_verify.main([str(file), "--key", audit.key_id(world.station.keyring.audit_key)]) == 0
        page.goto(f"{world.url}/audit")
        expect(page.locator("#log tbody tr").first).to_contain_text("导出日志")
        expect(page.locator("main")).not_to_contain_text("11010519491231002X")
