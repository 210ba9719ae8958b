"""Who works here: invited, changed, signed out and let go by an admin who has just shown to be there."""

from datetime import UTC, datetime, timedelta

from axe import serious_faults
from console_desk import open_as, picture
from playwright.sync_api import Page, expect
from sqlalchemy import update
from station_world import PASSWORD, World

from sync.station.rights import Role
from sync.station.tables import sessions

PHONE = {"width": 390, "height": 844}


def test_an_admin_sees_who_is_here_changes_roles_with_fresh_proof_and_ends_an_account(world: World, page: Page) -> None:
    with world.person("lin", Role.ADMIN), world.person("zhou", Role.DISPATCHER) as zhou, world.person("wu", Role.GUARD):
        open_as(page, world, "lin", "/people")
        mine, hers = page.locator("#person-lin"), page.locator("#person-zhou")
        expect(mine).to_contain_text("须由另一名管理员更改")
        expect(mine.get_by_role("button")).to_have_count(0)
        expect(hers).to_contain_text("密码和动态码")
        expect(hers).to_contain_text("自")
        picture(page, "people-rights")
        assert serious_faults(page) == []
        with world.station.store.write() as conn:
            conn.execute(update(sessions).values(verified_at=datetime.now(UTC) - timedelta(minutes=6)))
        hers.get_by_text("更改…").click()
        hers.get_by_label("值班长").check()
        hers.get_by_role("button", name="保存角色").click()
        dialog = page.get_by_role("dialog", name="请再次确认是您本人")
        expect(dialog).to_be_visible()
        if not dialog.get_by_label("密码").is_visible():
            dialog.get_by_text("使用密码和动态码").click()
        dialog.get_by_label("密码").fill(PASSWORD)
        dialog.get_by_label("动态码").fill(world.code("lin"))
        dialog.get_by_role("button", name="确认", exact=True).click()
        expect(hers.locator("dd").first).to_have_text("值班员, 值班长")
        expect(hers).to_contain_text("未登录")
        assert zhou.get("/api/me").status_code == 401
        hers.get_by_text("更改…").click()
        hers.get_by_role("button", name="新的邀请").click()
        expect(hers.locator("output")).to_contain_text("/welcome/")
        picture(page, "people-change")
        assert serious_faults(page) == []
        page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # a TypedDict of playwright's own
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        picture(page, "people-phone")
        hers.get_by_role("button", name="已离开").click()
        expect(hers).to_contain_text("已离开 · ")
        page.get_by_role("button", name="English").click()
        expect(page.get_by_role("row", name="Approve what somebody else has proposed")).to_contain_text("yes")


def test_the_pages_that_let_people_in_hold_at_a_phone_s_width(shared_world: World, page: Page) -> None:
    world = shared_world
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # a TypedDict of playwright's own
    with world.person("lin", Role.ADMIN) as lin:
        token = lin.post("/api/invitations", json={"roles": ["guard"]}).json()["token"]
        for name, path in (("login", "/login"), ("welcome", f"/welcome/{token}")):
            page.goto(world.url + path)
            picture(page, f"{name}-phone")
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            assert serious_faults(page) == []
        open_as(page, world, "lin", "/account")
        picture(page, "account-phone")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert serious_faults(page) == []
