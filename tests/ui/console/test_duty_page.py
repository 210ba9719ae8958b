"""How a supervisor puts teams together and plans who is there, and what everybody else sees of it."""

from datetime import datetime, timedelta

import pytest
from axe import serious_faults
from console_desk import open_as, picture
from playwright.sync_api import Locator, Page, expect
from station_world import World

from sync.station.rights import Role
from sync.station.site_time import SITE_TIME


def plan(page: Page, login: str, team: str, begins: datetime, days: int = 1) -> Locator:
    """Fill in the form of a shift of eight hours, and return it."""
    form = page.locator("#plan-duty form")
    form.get_by_label("人员").select_option(login)
    form.get_by_label("班组").select_option(label=team)
    form.get_by_label("开始").fill(f"{begins:%Y-%m-%dT%H:%M}")
    form.get_by_label("连续几天").fill(str(days))
    form.get_by_role("button", name="排班").click()
    return form


def make_team(page: Page, name: str, *members: str, for_exercises: bool = False) -> Locator:
    make = page.locator("#make-team")
    make.get_by_label("名称").fill(name)
    if for_exercises:
        make.get_by_label("仅用于演练").check()
    make.get_by_role("button", name="新建").click()
    team = page.locator("details.team").filter(has_text=name)
    team.locator("summary").click()
    for login in members:
        team.get_by_label(login, exact=True).check()
    team.get_by_role("button", name="保存成员").click()
    expect(team.locator("summary")).to_contain_text(", ".join(members) or "无人")
    return team


def test_a_supervisor_makes_a_team_plans_its_week_and_sees_who_is_there(world: World, page: Page) -> None:
    with (
        world.person("lin", Role.SUPERVISOR),
        world.person("wei", Role.GUARD),
        world.person("bo", Role.GUARD),
        world.person("zhou", Role.DISPATCHER),
    ):
        open_as(page, world, "lin", "/duty")
        expect(page.locator("#now")).to_contain_text("无人可派")
        make_team(page, "一班", "bo", "wei")
        make_team(page, "演练班", "bo", for_exercises=True)
        hour = datetime.now(SITE_TIME).replace(minute=0, second=0, microsecond=0)
        plan(page, "wei", "一班", hour, days=3)
        expect(page.locator("#now")).to_contain_text("可派")
        expect(page.locator("#roster .shift").first).to_contain_text("在岗")
        plan(page, "zhou", "值班台", hour)
        expect(page.locator("#now li").last).to_contain_text("zhou")
        refused = plan(page, "wei", "一班", hour + timedelta(hours=2))
        expect(refused.get_by_role("alert")).to_contain_text("已排班（一班）")
        refused = plan(page, "wei", "演练班 (仅演练)", hour + timedelta(days=5))
        expect(refused.get_by_role("alert")).to_contain_text("不是 演练班 的成员")
        plan(page, "bo", "演练班 (仅演练)", hour)
        expect(page.locator("#now li").filter(has_text="演练班")).to_contain_text("仅演练")
        assert serious_faults(page) == []
        page.set_viewport_size({"width": 1280, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        picture(page, "duty")
        page.get_by_role("button", name="English").click()
        picture(page, "duty-english")
        page.set_viewport_size({"width": 390, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        picture(page, "duty-phone")
        page.get_by_role("button", name="中文").click()
        page.get_by_role("button", name="wei", exact=False).filter(has_text="现在下岗").click()
        expect(page.locator("#now li").filter(has_text="一班")).to_have_count(0)


@pytest.mark.parametrize("role", [Role.DISPATCHER, Role.GUARD])
def test_who_may_not_plan_sees_the_roster_and_no_forms(shared_world: World, page: Page, role: Role) -> None:
    with shared_world.person("lin", role) as lin:
        open_as(page, shared_world, "lin", "/duty")
        expect(page.locator("#roster")).to_contain_text("值班台")
        expect(page.locator("main form")).to_have_count(0)
        if role is Role.GUARD:  # and nothing of alarms
            page.wait_for_timeout(500)
            expect(page.locator("#lost, #strip, #sound")).to_have_count(0)
        assert lin.post("/api/teams", json={"name": "x"}).status_code == 403
