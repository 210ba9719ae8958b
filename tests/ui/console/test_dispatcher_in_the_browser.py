"""A dispatcher's night in a real browser: from the bell to the closed case, alone, with others, and on a bad line."""

import io
import re
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any, Final

import httpx
import pytest
from console_desk import by_password, come_as, on_duty
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from sqlalchemy import delete, select, update
from station_world import World, alarm, listed_entry, proposal, upload

from sync import wire
from sync.sealed_face import Face, seal
from sync.station import alarms, exercise
from sync.station.rights import Role
from sync.station.tables import alarms as alarms_table
from sync.station.tables import audit, evidence, sessions
from sync.wire import Released

SCRIPT: Final = "<img src=x onerror=alert(1)><script>alert(2)</script>"


class Night:
    """A running station, a kiosk at lane A, two dispatchers, a supervisor, and guards of a team on duty."""

    def __init__(self, world: World, ends: ExitStack) -> None:
        self.world = world
        self.entry = listed_entry(world, guidance="两人同行")
        self.kiosk = ends.enter_context(world.kiosk("g1", "A"))
        _, self.zhou = (ends.enter_context(world.person(who, Role.DISPATCHER)) for who in ("lin", "zhou"))
        self.chen = ends.enter_context(world.person("chen", Role.SUPERVISOR))
        self.wei = ends.enter_context(world.person("wei", Role.GUARD))
        self.team = on_duty(world, "南门一组", "wei")
        self.exercise_team = on_duty(world, "演习组", "wei", for_exercises=True)
        self.seq = 0

    def alarm(self, **facts: Any) -> str:
        """An alarm of a new presence."""
        self.seq += 1
        message = alarm(self.seq, **facts)
        upload(self.kiosk, message)
        return message.id

    def acknowledged(self, **facts: Any) -> str:
        alarm_id = self.alarm(**facts)
        self.act(alarm_id, "acknowledge")
        return alarm_id

    def confirmed(self, **facts: Any) -> str:
        alarm_id = self.acknowledged(**facts)
        self.act(alarm_id, "confirm", facts_seen=self.shown(alarm_id)["facts_digest"])
        return alarm_id

    def dispatched(self, **facts: Any) -> tuple[str, str]:
        alarm_id = self.confirmed(**facts)
        self.act(alarm_id, "dispatch", team=self.team, instruction="lane A")
        return alarm_id, self.shown(alarm_id)["dispatches"][0]["id"]

    def act(self, alarm_id: str, act: str, who: httpx.Client | None = None, **body: Any) -> None:
        answer = (who or self.zhou).post(f"/api/alarms/{alarm_id}/{act}", json=body)
        assert answer.status_code < 300, answer.text

    def answer(self, dispatch: str, what: str, **body: Any) -> None:
        assert self.wei.post(f"/api/dispatches/{dispatch}/{what}", json=body).status_code == 200

    def shown(self, alarm_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.chen.get(f"/api/alarms/{alarm_id}").json()
        return found

    def end_everything(self) -> None:
        """No alarm is left for the next test."""
        with self.world.station.store.write() as conn:
            conn.execute(update(alarms_table).values(state="dismissed"))


@pytest.fixture(scope="module")
def shared_night(shared_world: World) -> Iterator[Night]:
    with ExitStack() as ends:
        yield Night(shared_world, ends)


@pytest.fixture
def night(shared_night: Night) -> Iterator[Night]:
    yield shared_night
    shared_night.end_everything()


@pytest.fixture
def lin(page: Page, night: Night) -> Page:
    """Lin's browser, logged in."""
    come_as(page, night.world, "lin")
    return page


def open_alarm(page: Page, night: Night, alarm_id: str) -> None:
    page.goto(f"{night.world.url}/alarms/{alarm_id}")


def colleague(browser: Browser, night: Night, login: str) -> tuple[BrowserContext, Page]:
    context = browser.new_context(locale="zh-CN")
    page = context.new_page()
    come_as(page, night.world, login)
    return context, page


@pytest.mark.torture
def test_an_alarm_is_followed_in_the_browser_from_the_bell_to_the_closed_case(lin: Page, night: Night) -> None:
    lin.goto(night.world.url)
    alarm_id = night.alarm(entry=night.entry)
    row = lin.locator(f"#waiting #alarm-{alarm_id}")
    row.get_by_role("button", name="接警").click()
    lin.locator(f"#handled #alarm-{alarm_id}").get_by_role("link", name="人证一致").click()
    facts = lin.locator("#facts .facts > div")
    expect(facts).to_have_count(4)
    for fact, text in zip(facts.all(), ("在名单内", "与证件照片一致", "无数据 n/a", "42 秒"), strict=True):
        expect(fact).to_contain_text(text)
    lin.get_by_role("button", name="我已看过四项事实，确认").click()
    lin.get_by_label("小组").select_option(night.team)
    lin.get_by_role("button", name="派出").click()
    sent = lin.locator("#sent article")
    expect(sent).to_contain_text("已派出，待接受")
    dispatch = night.shown(alarm_id)["dispatches"][0]["id"]
    night.answer(dispatch, "accept")
    expect(sent).to_contain_text("wei 已接受")
    night.answer(dispatch, "arrived")
    expect(lin.locator("#timeline")).to_contain_text("到场时仍在名单内")
    night.answer(dispatch, "help", note="再来两人")
    expect(sent).to_contain_text("需要支援")
    night.answer(dispatch, "result", outcome="handed-over", note="平静")
    expect(sent).to_contain_text("移交民警核实身份")
    lin.get_by_label("电话或电台里说了什么").fill("入口秩序正常")
    lin.get_by_role("button", name="记录").click()
    expect(lin.locator("#timeline")).to_contain_text("入口秩序正常")
    lin.get_by_label("结果").select_option("handed-over")
    lin.locator("#resolve").get_by_role("button", name="结案").click()
    expect(lin.locator("#acts")).to_contain_text("此警情已结束")
    lines = [line.split()[2:4] for line in lin.locator("#timeline li").all_inner_texts()]
    assert lines[::-1] == [
        ["报警", "g1"],
        ["接警", "lin"],
        ["确认四项事实", "lin"],
        ["派员", "lin"],
        ["接受任务", "wei"],
        ["到场", "wei"],
        ["请求支援", "wei"],
        ["处置结果", "wei"],
        ["通话记录", "lin"],
        ["结案", "lin"],
    ]


def test_of_two_dispatchers_at_one_alarm_the_second_is_told_who_was_first(
    lin: Page, night: Night, browser: Browser
) -> None:
    alarm_id = night.acknowledged(entry=night.entry)
    context, zhou = colleague(browser, night, "zhou")
    open_alarm(lin, night, alarm_id)
    open_alarm(zhou, night, alarm_id)

    def zhou_is_quicker(route: Route) -> None:
        night.act(alarm_id, "confirm", facts_seen=night.shown(alarm_id)["facts_digest"])
        route.continue_()

    lin.route("**/confirm", zhou_is_quicker)
    refusal = []
    lin.on("response", lambda answer: refusal.append(answer.status) if answer.url.endswith("/confirm") else None)
    lin.get_by_role("button", name="我已看过四项事实，确认").click()
    expect(lin.locator("#note")).to_contain_text("zhou")
    expect(lin.locator("#timeline")).to_contain_text("确认四项事实 zhou")
    assert refusal == [409]
    expect(zhou.locator("#dispatch")).to_be_visible()  # her page follows by itself
    zhou.get_by_text("解除警情").click()
    zhou.get_by_label("解除原因").fill("已由入口核实")
    zhou.get_by_role("button", name="解除", exact=True).click()
    expect(lin.locator("#acts")).to_contain_text("此警情已结束")
    expect(lin.locator("#timeline")).to_contain_text("已由入口核实")
    context.close()


def test_facts_that_change_under_a_dispatchers_eyes_are_not_confirmed_by_a_press_meant_for_the_old_ones(
    lin: Page, night: Night
) -> None:
    alarm_id = night.acknowledged(entry=night.entry)
    open_alarm(lin, night, alarm_id)
    night.alarm(entry=night.entry, band="reject", similarity=0.1)
    expect(lin.locator("#confirm .changed")).to_contain_text("事实有变化")
    expect(lin.locator("#timeline")).to_contain_text("与证件照片不符")
    button = lin.get_by_role("button", name="我已看过四项事实，确认")
    button.click()
    expect(lin.locator("#confirm .form-error")).to_contain_text("请重新查看四项事实")
    assert night.shown(alarm_id)["state"] == "acknowledged"
    button.click()
    expect(lin.locator("#dispatch")).to_be_visible()


def test_guards_are_stood_down_and_the_alarm_shows_whether_they_know_it(lin: Page, night: Night) -> None:
    alarm_id, dispatch = night.dispatched()
    open_alarm(lin, night, alarm_id)
    lin.get_by_text("解除警情").click()
    lin.get_by_label("解除原因").fill("误报")
    lin.get_by_role("button", name="解除", exact=True).click()
    expect(lin.locator("#sent")).to_contain_text("已通知撤回，尚未知悉")
    expect(lin.locator("#sent")).to_contain_text("请用电台通知")
    night.answer(dispatch, "stood-down")
    expect(lin.locator("#sent")).to_contain_text("wei 已知悉撤回")


def test_after_somebody_who_was_withdrawn_nobody_can_be_sent(page: Page, night: Night) -> None:
    come_as(page, night.world, "lin")
    with night.world.person("fang", Role.APPROVER, Role.ADMIN) as fang:
        entry = listed_entry_of(night, fang)
        alarm_id = night.confirmed(entry=entry)
        open_alarm(page, night, alarm_id)
        expect(page.locator("#dispatch")).to_be_visible()
        fang.post(f"/api/list/{entry}/withdraw", json={"why": "案件撤销"})
        expect(page.locator("#facts .listed")).to_contain_text("请勿据此处置")
        expect(page.locator("#acts")).to_contain_text("不派任何人")
        expect(page.locator("#dispatch")).to_have_count(0)


def listed_entry_of(night: Night, approver: httpx.Client) -> str:
    with night.world.person("he", Role.ADMIN) as he:
        he.timeout = approver.timeout = 30  # sealing is slow on a busy machine
        entry: str = he.post("/api/list", json=proposal("110105194912310038")).json()["entry"]
    assert approver.post(f"/api/list/{entry}/approve").status_code == 200
    return entry


def test_an_emergency_override_asks_why_and_a_supervisor_reviews_it(lin: Page, night: Night, browser: Browser) -> None:
    alarm_id = night.acknowledged()
    open_alarm(lin, night, alarm_id)
    lin.get_by_text("紧急派员（未经确认）").click()
    form = lin.locator("#override")
    form.get_by_label("小组").select_option(night.team)
    form.get_by_role("button", name="立即派出").click()
    assert form.get_by_label("为什么不能等待确认").evaluate("field => field.validity.valueMissing")
    form.get_by_label("为什么不能等待确认").fill("入口有人受伤")
    form.get_by_role("button", name="立即派出").click()
    expect(lin.locator("#acts .override")).to_contain_text("等待值班长审查")
    context, chen = colleague(browser, night, "chen")
    chen.goto(night.world.url)
    chen.locator("#unreviewed").get_by_role("link").click()
    expect(chen.locator("#acts .override")).to_contain_text("入口有人受伤")
    chen.get_by_label("审查结论").select_option("yes")
    chen.get_by_role("button", name="提交审查").click()
    expect(lin.locator("#acts .override")).to_contain_text("chen 审查：恰当")
    context.close()


def test_an_answer_that_was_lost_on_the_way_is_told_and_the_act_is_not_done_twice(lin: Page, night: Night) -> None:
    alarm_id = night.acknowledged()
    open_alarm(lin, night, alarm_id)

    def done_but_not_heard(route: Route) -> None:
        route.fetch()
        route.abort()

    lin.route("**/note", done_but_not_heard, times=1)
    lin.get_by_label("电话或电台里说了什么").fill("第一次")
    lin.get_by_role("button", name="记录").click()
    expect(lin.locator("#note")).to_contain_text("刚才的操作已完成")
    expect(lin.locator("#timeline")).to_contain_text("第一次")
    lin.route("**/note", lambda route: route.abort(), times=1)
    lin.get_by_label("电话或电台里说了什么").fill("第二次")
    button = lin.get_by_role("button", name="记录")
    button.click()
    expect(button).to_be_disabled()
    expect(lin.locator("#note-form .form-error")).to_contain_text("请查看后再按一次")
    expect(lin.get_by_label("电话或电台里说了什么")).to_have_value("第二次")
    button.click()
    expect(lin.locator("#timeline")).to_contain_text("第二次")
    assert [note["text"] for note in night.shown(alarm_id)["notes"]] == ["第一次", "第二次"]


def test_what_is_stale_says_so_and_what_happened_meanwhile_comes_when_the_line_is_back(lin: Page, night: Night) -> None:
    alarm_id = night.acknowledged()
    open_alarm(lin, night, alarm_id)
    expect(lin.get_by_label("电话或电台里说了什么")).to_be_visible()
    lin.route("**/api/events*", lambda route: route.abort())
    night.world.station.alarm_bell.silence()  # every open stream ends, as when the line breaks
    banner = lin.locator("#lost")
    expect(banner).to_be_visible()
    expect(banner).to_contain_text("屏幕上的内容是旧的")
    expect(lin.locator("#lost-for")).to_have_text(re.compile(r"0:0[2-9]"))
    night.world.station.alarm_bell.silenced = False
    night.act(alarm_id, "note", text="断线时记录")
    assert "断线时记录" not in lin.locator("#timeline").inner_text()
    lin.unroute("**/api/events*")
    expect(banner).to_be_hidden()
    expect(lin.locator("#timeline")).to_contain_text("断线时记录")


def test_a_session_that_ends_in_mid_form_asks_for_a_log_in_and_keeps_what_was_written(lin: Page, night: Night) -> None:
    alarm_id = night.acknowledged()
    open_alarm(lin, night, alarm_id)
    lin.get_by_label("电话或电台里说了什么").fill("一段很长的记录")
    with night.world.station.store.write() as conn:
        conn.execute(delete(sessions).where(sessions.c.login == "lin"))
    lin.get_by_role("button", name="记录").click()
    dialog = lin.get_by_role("dialog", name="lin，请重新登录")
    dialog.get_by_text("使用密码和动态码").click()
    by_password(dialog, night.world, "lin")
    expect(lin.locator("#timeline")).to_contain_text("一段很长的记录")
    expect(dialog).to_be_hidden()
    expect(lin.locator("#lost")).to_be_hidden()
    assert len(night.shown(alarm_id)["notes"]) == 1


def test_news_do_not_take_a_field_from_under_somebody_who_writes(lin: Page, night: Night) -> None:
    alarm_id = night.acknowledged()
    open_alarm(lin, night, alarm_id)
    lin.get_by_text("解除警情").click()
    why = lin.get_by_label("解除原因")
    why.press_sequentially("误")
    why.evaluate("field => (field.ours = true)")
    night.act(alarm_id, "confirm", facts_seen=night.shown(alarm_id)["facts_digest"])
    expect(lin.locator("#timeline")).to_contain_text("确认四项事实")
    why.press_sequentially("报")
    assert why.evaluate("field => field.ours && field === document.activeElement")
    lin.get_by_label("电话或电台里说了什么").focus()
    expect(lin.locator("#dispatch")).to_be_visible()  # now the acts have followed
    expect(why).to_have_value("误报")


def test_script_in_every_text_field_is_shown_as_text(lin: Page, night: Night, browser: Browser) -> None:
    alarm_id = night.acknowledged(entry=night.entry)
    night.act(alarm_id, "override", team=night.team, instruction=SCRIPT, why=SCRIPT)
    night.act(alarm_id, "note", text=SCRIPT)
    dispatch = night.shown(alarm_id)["dispatches"][0]["id"]
    night.answer(dispatch, "accept")
    night.answer(dispatch, "arrived")
    night.answer(dispatch, "help", note=SCRIPT)
    night.answer(dispatch, "result", outcome="other", note=SCRIPT)
    night.chen.post(f"/api/alarms/{alarm_id}/review-override", json={"agrees": False, "note": SCRIPT})
    night.act(alarm_id, "resolve", outcome="other", note=SCRIPT)
    with night.world.station.store.write() as conn:
        exercise.begin(conn, SCRIPT, "wanted-person", "chen", datetime.now(UTC))
    asked: list[str] = []
    lin.on("dialog", lambda dialog: asked.append(dialog.message))
    open_alarm(lin, night, alarm_id)
    expect(lin.get_by_text(SCRIPT)).to_have_count(10)
    for path in ("/", "/wall"):
        lin.goto(night.world.url + path)
        expect(lin.get_by_text(SCRIPT).first).to_be_visible()
    assert lin.locator("img[src=x]").count() == 0
    assert asked == []


def test_the_face_is_shown_on_request_with_a_reason_and_is_gone_with_the_alarm(lin: Page, night: Night) -> None:
    alarm_id = night.acknowledged(entry=night.entry)
    open_alarm(lin, night, alarm_id)
    lin.get_by_label("查看原因").fill("核对持证人")
    lin.get_by_role("button", name="申请查看").click()
    expect(lin.locator(".face-state")).to_contain_text("已向闸机申请")
    release(night, alarm_id)
    face = lin.get_by_role("img", name="报警时闸机拍摄的人脸")
    expect(face).to_be_visible()
    night.act(alarm_id, "note", text="页面更新后图像仍在")
    expect(lin.locator("#timeline")).to_contain_text("页面更新后图像仍在")
    expect(face).to_be_visible()
    with night.world.station.store.read() as conn:
        looks = conn.execute(select(audit.c.who).where(audit.c.what == "evidence.seen")).scalars().all()
    assert looks == ["lin"]
    night.act(alarm_id, "dismiss", why="另一人")
    expect(lin.locator("#face")).to_contain_text("图像已删除")
    expect(face).to_have_count(0)


def release(night: Night, alarm_id: str) -> None:
    """What the kiosk answers to the request that waits for it."""
    picture = io.BytesIO()
    Image.new("RGB", (160, 200), (180, 140, 120)).save(picture, "JPEG")
    face = Face(alarm=alarm_id, taken_at=datetime.now(UTC), pack="p", pack_digest="ab" * 32, jpeg=picture.getvalue())
    key = night.world.station.keyring.evidence_key.public_key().public_bytes_raw()
    with night.world.station.store.read() as conn:
        request = conn.execute(select(evidence.c.id).where(evidence.c.alarm == alarm_id)).scalar_one()
    answer = Released(request=request, alarm=alarm_id, sealed=seal(face, key))
    assert night.kiosk.post("/v1/evidence", content=wire.encode(answer)).status_code < 300


def test_an_exercise_is_marked_on_every_screen_and_sends_no_real_team(page: Page, night: Night) -> None:
    come_as(page, night.world, "chen")
    page.goto(night.world.url)
    page.get_by_text("开始演习").first.click()
    page.get_by_label("通道").fill("C")
    page.locator("#begin-exercise").get_by_role("button", name="开始演习").click()
    page.wait_for_url("**/alarms/*")
    expect(page.locator("#head .drill-band")).to_contain_text("不是真实警情")
    page.locator("#acts").get_by_role("button", name="接警").click()
    page.get_by_role("button", name="我已看过四项事实，确认").click()
    expect(page.get_by_label("小组").locator("option")).to_have_text(["演习组 · 1 人"])
    page.get_by_role("button", name="派出").click()
    expect(page.locator("#sent")).to_contain_text("演习派出")
    for path in ("/", "/wall", "/kiosks", "/account"):
        page.goto(night.world.url + path)
        expect(page.get_by_text("演习进行中")).to_be_visible()
    page.goto(night.world.url)
    expect(page.locator("article[data-exercise][data-state=dispatched] .mark.drill")).to_have_text("演习 EXERCISE")
    night.end_everything()
    page.goto(night.world.url)
    expect(page.locator("#exercise")).to_be_hidden()


LISTEN: Final = """
window.tones = []; window.calls = [];
const Tone = OscillatorNode;
window.OscillatorNode = class extends Tone { constructor(at, how) { super(at, how); tones.push(how.frequency); } };
window.Notification = class extends EventTarget {
  static permission = "default";
  static asked = 0;
  static async requestPermission() { Notification.asked += 1; return (Notification.permission = "granted"); }
  constructor(title, { body }) { super(); calls.push(body); }
  close() {}
};
document.hasFocus = () => false;
"""


def test_an_alarm_sounds_until_it_is_taken_louder_when_others_are_called_and_calls_behind_other_windows(
    lin: Page, night: Night
) -> None:
    lin.add_init_script(LISTEN)
    lin.goto(night.world.url)
    assert lin.evaluate("Notification.asked") == 0
    lin.get_by_role("button", name="桌面提醒").click()
    expect(lin.get_by_role("button", name="桌面提醒")).to_be_hidden()
    lin.get_by_role("button", name="点击开启").click()
    expect(lin.get_by_role("button", name="声音已开")).to_be_visible()
    alarm_id = night.alarm()
    row = lin.locator(f"#alarm-{alarm_id}")
    expect(row).to_be_visible()
    assert lin.evaluate("tones.slice(0, 2)") == [587, 784]
    for step, marked, tones in (("second-person", "已呼叫第二人", 659), ("supervisor", "已呼叫值班长", 1175)):
        with night.world.station.store.write() as conn:
            conn.execute(update(alarms_table).where(alarms_table.c.id == alarm_id).values(escalated=step))
            alarms.note(conn, alarm_id, step, datetime.now(UTC))
        night.world.station.alarm_bell.ring()
        expect(row).to_contain_text(marked)
        lin.wait_for_function("hertz => tones.includes(hertz)", arg=tones)
    assert lin.evaluate("calls") == [
        "报警 · 通道 A",
        "30 秒未接警，呼叫第二人 · 通道 A",
        "90 秒未接警，呼叫值班长 · 通道 A",
    ]
    row.get_by_role("button", name="接警").click()
    expect(lin.locator(f"#handled #alarm-{alarm_id}")).to_be_visible()
    sounded = lin.evaluate("tones.length")
    lin.wait_for_timeout(2300)  # the supervisor's chime comes every 2 s
    assert lin.evaluate("tones.length") == sounded


def test_the_wall_says_what_waits_and_names_no_case_and_a_touch_takes_the_alarm(night: Night, browser: Browser) -> None:
    waiting = night.alarm(entry=night.entry)
    night.dispatched()
    context = browser.new_context(locale="zh-CN", has_touch=True, viewport={"width": 1920, "height": 1080})
    wall = context.new_page()
    come_as(wall, night.world, "lin")
    wall.goto(f"{night.world.url}/wall")
    call = wall.locator(f"[data-wall='{waiting}']")
    expect(call).to_contain_text("人证一致")
    expect(wall.locator("#wall-teams")).to_contain_text("通道 A · 已派出")
    expect(wall.locator("#wall-lanes")).to_contain_text("从未上报")
    said = wall.locator("body").inner_text()
    assert not [secret for secret in ("C-2026-001", "城南派出所", "010-0000", "两人同行", "测试甲") if secret in said]
    size = "id => parseFloat(getComputedStyle(document.querySelector(`[data-wall='${id}'] h3`)).fontSize)"
    assert wall.evaluate(size, waiting) >= 35
    assert wall.evaluate("document.documentElement.scrollWidth <= innerWidth")
    call.get_by_role("button", name="接警").tap()
    expect(call).to_have_count(0)
    expect(wall.locator("#wall-open")).to_contain_text("已接警")
    assert night.shown(waiting)["state"] == "acknowledged"
    context.close()


@pytest.mark.torture
def test_dark_and_light_follow_the_system_until_somebody_chooses_and_then_hold_on_every_page(
    page: Page, night: Night
) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    page.goto(f"{night.world.url}/login")
    dark = page.evaluate(ground)
    page.emulate_media(color_scheme="light")
    light = page.evaluate(ground)
    assert light != dark
    page.get_by_role("button", name="深色 / 浅色").click()
    assert page.evaluate(ground) == dark
    come_as(page, night.world, "lin")
    page.goto(night.world.url)
    assert page.evaluate(ground) == dark
    assert page.evaluate("document.querySelector('script[src$=\"theme.js\"]').matches('head > :not([defer], [async])')")
