"""What a guard sees and does on a phone, in a real browser against a real station."""

from collections.abc import Iterator

import pytest
from axe import serious_faults
from console_desk import PHONE, WHOLE_CHROMIUM, by_password, picture
from guard_world import GUIDANCE, INSTRUCTION, GuardWorld, guard_world
from playwright.sync_api import Browser, Locator, Page, Playwright, Route, expect
from sqlalchemy import delete
from station_world import World, listed_entry

from sync.station.tables import sessions

LONG_AGO = """key => localStorage.setItem(key, localStorage.getItem(key).replace(/"at":[0-9]+/, '"at":1'))"""
"""Moves what waits on a phone into the past."""


@pytest.fixture(scope="module")
def site(shared_world: World) -> Iterator[GuardWorld]:
    with guard_world(shared_world) as site:
        yield site


@pytest.fixture(autouse=True)
def _nobody_is_on_the_way_afterwards(site: GuardWorld) -> Iterator[None]:
    yield
    site.close_all()


@pytest.fixture
def wei(site: GuardWorld, browser: Browser) -> Iterator[Page]:
    with site.phone(browser, "wei") as page:
        yield page


@pytest.fixture
def weis_own(site: GuardWorld, browser: Browser) -> Iterator[Page]:
    """Wei's phone, which keeps the shell of the page."""
    with site.phone(browser, "wei", keeps_shell=True) as page:
        yield page


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).tap()


def errand(page: Page) -> Locator:
    return page.locator("#errand")


def kept(page: Page) -> None:
    """Return once the phone has kept the shell."""
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")


def all_sent(page: Page) -> None:
    """Return once nothing that was pressed on this phone waits any more."""
    page.wait_for_function("() => !Object.keys(localStorage).some((key) => key.startsWith('guard-acts:'))")


def test_a_guard_who_signs_in_comes_to_his_page_and_off_duty_is_told_so(site: GuardWorld, browser: Browser) -> None:
    with site.phone(browser, None) as page:
        by_password(page, site.world, "kim")
        page.wait_for_url(f"{site.world.url}/guard")
        expect(page.get_by_role("heading", name="您现在不在岗")).to_be_visible()
        expect(page.locator(".only-a-view")).to_contain_text("不是报警通道")
        picture(page, "guard-off-duty")
        assert serious_faults(page) == []


def test_a_dispatch_is_answered_step_by_step_and_the_desk_sees_each(site: GuardWorld, wei: Page) -> None:
    expect(wei.locator("#idle")).to_be_visible()
    picture(wei, "guard-idle")
    alarm, _ = site.sent(site.one)
    expect(errand(wei)).to_contain_text("通道 A")
    expect(errand(wei)).to_contain_text(INSTRUCTION)
    expect(wei.get_by_role("img", name="通道平面图，圆圈处为通道 A")).to_be_visible()
    assert wei.locator("#plan").evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    picture(wei, "guard-sent")
    assert serious_faults(wei) == []
    press(wei, "我去")
    expect(errand(wei)).to_contain_text("wei 前往中")
    picture(wei, "guard-accepted")
    press(wei, "我已到场")
    press(wei, "需要支援")
    wei.get_by_label("需要什么").fill("再来两人")
    picture(wei, "guard-help")
    press(wei, "立即请求支援")
    expect(errand(wei)).to_contain_text("请求支援")
    press(wei, "报告结果")
    wei.get_by_label("不是同一人").check()
    picture(wei, "guard-result")
    assert serious_faults(wei) == []
    press(wei, "发送结果")
    expect(wei.locator("#idle")).to_be_visible()
    all_sent(wei)
    assert site.events(alarm) == ["accepted", "arrived", "help-wanted", "result"]
    assert "再来两人" in str(site.shown(alarm))


def test_without_a_network_acts_wait_and_are_sent_once_when_it_is_back(site: GuardWorld, weis_own: Page) -> None:
    alarm, _ = site.sent(site.one)
    expect(errand(weis_own)).to_contain_text(INSTRUCTION)
    kept(weis_own)
    weis_own.context.set_offline(True)
    expect(weis_own.locator("#link")).to_contain_text("离线")
    press(weis_own, "我去")
    press(weis_own, "我已到场")
    expect(weis_own.locator("#waiting")).to_contain_text("通道 A 我去 · 自")
    expect(weis_own.locator("#waiting li")).to_have_count(2)
    expect(weis_own.locator("#stale")).to_contain_text("可能已过时")
    picture(weis_own, "guard-offline")
    weis_own.reload()  # the phone has thrown the page away meanwhile
    expect(weis_own.locator("#unknown")).to_be_visible()
    expect(weis_own.locator("#waiting li")).to_have_count(2)
    assert INSTRUCTION not in weis_own.content()
    picture(weis_own, "guard-offline-opened-anew")
    assert site.events(alarm) == []
    weis_own.context.set_offline(False)
    all_sent(weis_own)
    expect(weis_own.get_by_role("button", name="报告结果")).to_be_visible()
    assert site.events(alarm) == ["accepted", "arrived"]


@pytest.mark.torture
def test_a_second_tap_of_a_cold_hand_is_no_second_answer(site: GuardWorld, wei: Page) -> None:
    alarm, _ = site.sent(site.one)
    expect(wei.get_by_role("button", name="我去")).to_be_enabled()
    wei.evaluate("() => { const next = document.getElementById('next'); next.click(); next.click(); }")
    expect(errand(wei)).to_contain_text("wei 前往中")
    expect(wei.locator("#next")).to_be_enabled()
    all_sent(wei)
    assert site.events(alarm) == ["accepted"]


@pytest.mark.torture
def test_what_the_station_has_taken_stays_answered_though_its_news_come_late(site: GuardWorld, wei: Page) -> None:
    site.sent(site.one)
    expect(wei.get_by_role("button", name="我去")).to_be_visible()
    for news in ("events", "open"):
        wei.route(f"**/api/dispatches/{news}", lambda route: route.abort())
    wei.evaluate("dispatchEvent(new Event('offline'))")
    with wei.expect_response("**/accept"):
        press(wei, "我去")
    wei.wait_for_timeout(300)
    expect(wei.locator("#next")).to_have_text("我已到场", timeout=1)


def test_an_act_whose_answer_was_lost_is_done_once(site: GuardWorld, wei: Page) -> None:
    alarm, _ = site.sent(site.one)
    press(wei, "我去")
    expect(errand(wei)).to_contain_text("wei 前往中")
    keys: list[str] = []

    def done_but_unanswered(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) < 3:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    wei.route("**/help", done_but_unanswered)
    press(wei, "需要支援")
    press(wei, "立即请求支援")
    all_sent(wei)
    assert len(keys) == 3
    assert len(set(keys)) == 1
    assert site.events(alarm) == ["accepted", "help-wanted"]


def test_a_withdrawal_is_at_the_phone_within_five_seconds_and_waits_for_the_guard(
    site: GuardWorld, browser: Browser, wei: Page
) -> None:
    entry = listed_entry(site.world, guidance=GUIDANCE, name="测试乙")
    alarm, _ = site.sent(site.one, site.raised(entry))
    expect(errand(wei)).to_contain_text(GUIDANCE)
    for secret in ("测试乙", "11010519491231002X", "C-2026-001", "010-0000 0000"):
        assert secret not in wei.content()
    picture(wei, "guard-guidance")
    press(wei, "我去")
    all_sent(wei)
    site.ask(site.admin, f"/api/list/{entry}/withdraw", why="案件撤销")
    expect(errand(wei)).to_contain_text("停止前往", timeout=5000)
    expect(errand(wei)).to_contain_text("请勿接近或询问任何人")
    expect(errand(wei)).not_to_contain_text(INSTRUCTION)
    expect(wei.get_by_role("button", name="需要支援")).to_be_hidden()
    picture(wei, "guard-stood-down")
    assert serious_faults(wei) == []
    all_sent(wei)
    assert site.events(alarm) == ["accepted"]
    press(wei, "知道了，已停止")
    expect(wei.locator("#idle")).to_be_visible()
    all_sent(wei)
    assert site.events(alarm) == ["accepted", "stand-down-seen"]


def test_where_no_stream_holds_the_page_asks_by_itself(site: GuardWorld, wei: Page) -> None:
    wei.route("**/api/dispatches/events", lambda route: route.abort())
    wei.reload()
    expect(wei.locator("#idle")).to_be_visible()
    alarm, _ = site.sent(site.one)
    expect(errand(wei)).to_contain_text(INSTRUCTION, timeout=5000)
    site.lin.post(f"/api/alarms/{alarm}/dismiss", json={"why": "a toy"})
    expect(errand(wei)).to_contain_text("停止前往", timeout=5000)


@pytest.mark.torture
def test_what_was_overtaken_without_a_network_is_told_plainly(site: GuardWorld, wei: Page) -> None:
    alarm, _ = site.sent(site.one)
    expect(errand(wei)).to_be_visible()
    wei.context.set_offline(True)
    press(wei, "我去")
    site.lin.post(f"/api/alarms/{alarm}/dismiss", json={"why": "a toy"})
    wei.context.set_offline(False)
    expect(wei.locator("#refused")).to_contain_text("其间已撤回，请停止前往")
    expect(errand(wei)).to_contain_text("停止前往")
    picture(wei, "guard-refused")
    wei.locator("#seen").tap()
    expect(wei.locator("#refused")).to_be_hidden()
    assert site.events(alarm) == []


@pytest.mark.torture
def test_a_call_for_help_that_waited_half_an_hour_calls_nobody(site: GuardWorld, wei: Page) -> None:
    alarm, _ = site.sent(site.one)
    press(wei, "我去")
    expect(errand(wei)).to_contain_text("wei 前往中")
    wei.context.set_offline(True)
    press(wei, "需要支援")
    press(wei, "立即请求支援")
    wei.evaluate(
        """key => localStorage.setItem(key, localStorage.getItem(key).replace(/"at":[0-9]+/, '"at":1'))""",
        "guard-acts:wei",
    )
    wei.context.set_offline(False)
    expect(wei.locator("#refused")).to_contain_text("超过 30 分钟")
    assert site.events(alarm) == ["accepted"]


def test_a_session_that_ended_keeps_what_waits_until_the_guard_is_back(site: GuardWorld, browser: Browser) -> None:
    with site.phone(browser, "jo") as page:
        alarm, _ = site.sent(site.three)
        expect(errand(page)).to_be_visible()
        with site.world.station.store.write() as conn:
            conn.execute(delete(sessions).where(sessions.c.login == "jo"))
        press(page, "我去")
        expect(page.locator("#signed-out")).to_be_visible()
        expect(page.locator("#waiting")).to_be_visible()
        picture(page, "guard-signed-out")
        page.get_by_role("link", name="登录").tap()
        by_password(page, site.world, "jo")
        expect(errand(page)).to_contain_text("jo 前往中")
        all_sent(page)
        assert site.events(alarm) == ["accepted"]


def test_what_was_sent_to_another_team_is_never_on_this_phone(site: GuardWorld, browser: Browser, wei: Page) -> None:
    _, dispatch = site.sent(site.two)
    with site.phone(browser, "bo") as bo:
        expect(errand(bo)).to_contain_text(INSTRUCTION)
        expect(wei.locator("#idle")).to_be_visible()
        assert INSTRUCTION not in wei.content()
    for login in ("wei", "kim"):
        guard = site.guards[login]
        assert guard.get("/api/dispatches/open").json()["dispatches"] == []
        assert dispatch not in guard.get("/api/dispatches").text
        for answer in ("accept", "arrived", "help", "stood-down"):
            assert guard.post(f"/api/dispatches/{dispatch}/{answer}", json={}).status_code == 404
    assert site.lin.get("/api/dispatches/open").status_code == 403


def test_an_exercise_is_marked_above_and_below(site: GuardWorld, browser: Browser) -> None:
    team = site.team("演练班", "kim", for_exercises=True)
    alarm = site.ask(site.boss, "/api/exercises", lane="B", kind="wanted-person")["id"]
    site.sent(team, alarm)
    with site.phone(browser, "kim") as kim:
        expect(errand(kim)).to_contain_text("通道 B")
        for mark in kim.locator(".drill").all():
            expect(mark).to_contain_text("演练 EXERCISE")
            expect(mark).to_be_visible()
        picture(kim, "guard-exercise")
        kim.get_by_label("菜单").tap()
        press(kim, "English")
        expect(errand(kim)).to_contain_text("Lane B")
        picture(kim, "guard-exercise-english")
        assert serious_faults(kim) == []


def test_a_phone_can_install_it(site: GuardWorld, playwright: Playwright) -> None:
    """A headless shell finds fault with no page, since it installs none."""
    with playwright.chromium.launch(**WHOLE_CHROMIUM) as browser, site.phone(browser, "wei") as wei:
        expect(wei.locator("#idle")).to_be_visible()
        devtools = wei.context.new_cdp_session(wei)
        assert devtools.send("Page.getAppManifest")["errors"] == []
        assert devtools.send("Page.getInstallabilityErrors")["installabilityErrors"] == [
            {"errorId": "in-incognito", "errorArguments": []}  # as every page of a test is
        ]


def test_a_phone_keeps_the_shell_and_nothing_else(site: GuardWorld, weis_own: Page) -> None:
    site.sent(site.one)
    expect(errand(weis_own)).to_be_visible()
    kept(weis_own)
    weis_own.reload()
    press(weis_own, "我去")
    expect(errand(weis_own)).to_contain_text("wei 前往中")
    paths = weis_own.evaluate(
        """async () => {
          const kept = await Promise.all((await caches.keys()).map(async (name) => (await caches.open(name)).keys()));
          return kept.flat().map(({ url }) => new URL(url).pathname);
        }"""
    )
    assert "/guard" in paths
    assert [path for path in paths if path != "/guard" and not path.startswith("/static/")] == []


@pytest.mark.torture
def test_everything_to_press_is_large_enough_for_a_glove(site: GuardWorld, wei: Page) -> None:
    site.sent(site.one)
    press(wei, "我去")
    wei.get_by_label("菜单").tap()
    small = [
        (target.inner_text(), box["height"])
        for target in wei.locator("button:visible, a:visible, summary:visible").all()
        if (box := target.bounding_box()) and box["height"] < 64
    ]
    assert small == []
    assert wei.evaluate("document.documentElement.scrollWidth") <= PHONE["viewport"]["width"]
