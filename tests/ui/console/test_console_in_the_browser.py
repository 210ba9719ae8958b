"""What a dispatcher and an admin see and do, in a real browser against a real station."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from console_desk import by_password, open_as, picture, sign_in
from playwright.sync_api import Page, expect
from sqlalchemy import insert, update
from station_world import PASSWORD, World, alarm, beat, listed_entry, panic, proposal, running, upload

from hardware.simulators.scenario.authenticator import code_of
from sync.station import alarms, people
from sync.station.certificates import Kiosk
from sync.station.rights import Role
from sync.station.supervision import ESCALATED, THE_STATION
from sync.station.tables import kiosks
from sync.station.tables import silences as silences_table


def test_an_invited_person_sets_a_login_and_comes_in(shared_world: World, page: Page) -> None:
    world = shared_world
    with world.station.store.write() as conn:
        token = people.invite(conn, [Role.ADMIN], "station", datetime.now(UTC))
    page.goto(f"{world.url}/welcome/{token}")
    picture(page, "welcome")
    page.get_by_label("用户名").fill("gao")
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_label("再输入一次密码").fill(PASSWORD)
    page.get_by_role("button", name="显示动态码密钥").click()
    expect(page.get_by_role("img", name="动态码密钥的二维码")).to_be_visible()
    secret = page.locator(".code-offer output").inner_text().replace(" ", "")
    picture(page, "welcome-code")
    page.get_by_label("应用现在显示的动态码").fill(code_of(secret, time.time()))
    page.get_by_role("button", name="设置并登录").click()
    page.wait_for_url(f"{world.url}/")
    page.goto(f"{world.url}/welcome/{token}")
    expect(page.get_by_role("heading")).to_contain_text("链接已失效")
    picture(page, "gone")


def test_a_wrong_password_is_told_in_words_and_the_right_one_lets_in(shared_world: World, page: Page) -> None:
    with shared_world.person("lin", Role.DISPATCHER):
        page.goto(shared_world.url)
        page.get_by_label("用户名").fill("lin")
        page.get_by_label("密码").fill("not the password")
        page.get_by_label("动态码").fill("000000")
        page.get_by_role("button", name="登录", exact=True).click()
        expect(page.get_by_role("alert")).to_contain_text("用户名、密码或动态码不正确")
        picture(page, "login-wrong")
        by_password(page, shared_world, "lin")
        page.wait_for_url(f"{shared_world.url}/")


def test_an_alarm_appears_without_a_reload_and_acknowledging_shows_who(world: World, page: Page) -> None:
    entry = listed_entry(world, guidance="两人同行,核对证件原件后联系列控单位。")
    with world.person("lin", Role.DISPATCHER), world.kiosk("g1", "A") as kiosk:
        open_as(page, world, "lin")
        picture(page, "alarms-none")
        message = alarm(entry=entry)
        upload(kiosk, message)
        row = page.locator(f"#waiting #alarm-{message.id}")
        expect(row).to_contain_text("人证一致")
        expect(row).to_contain_text("a lead to check")
        expect(row).to_contain_text("通道 A")
        expect(row).to_contain_text("接报时仍在名单内")
        expect(row).to_contain_text("得分 0.620 · 阈值 0.360 · sface-yunet")
        expect(page).to_have_title("(1) 警情 · 红土门 · 警务站")
        row.get_by_role("button", name="接警").click()
        done = page.locator(f"#handled #alarm-{message.id}")
        expect(done).to_contain_text("lin 已接警")
        page.get_by_role("button", name="English").click()
        expect(done).to_contain_text("Acknowledged by lin")
        expect(done).to_contain_text("Still listed when the alarm came")


def test_what_was_not_measured_reads_not_available_and_what_was_withdrawn_says_so(world: World, page: Page) -> None:
    entry = listed_entry(world)
    with world.person("lin", Role.ADMIN) as lin, world.kiosk("g1", "A") as kiosk, world.kiosk("g2", "B") as other:
        kiosk.post("/v1/heartbeat", content=beat())
        open_as(page, world, "lin")
        handled = alarm(1, entry=entry)
        upload(kiosk, handled, alarm(2))
        lin.post(f"/api/alarms/{handled.id}/acknowledge")
        lin.post(f"/api/list/{entry}/withdraw", json={"why": "案件撤销"})
        no_face = {"band": None, "similarity": None, "face_reason": "face.none-seen", "list_age_s": 7_000.0}
        differs = alarm(1, entry=entry, kind="listed-document-holder-differs", band="reject", similarity=0.11)
        unsure = alarm(2, kind="listed-document-holder-not-established", document_expired=True, **no_face)
        help_call = msgspec.structs.replace(panic(3), created_at=datetime.now(UTC) - timedelta(minutes=7))
        upload(other, differs, unsure, help_call)
        expect(page.locator(f"#alarm-{differs.id} .listed")).to_contain_text("请勿据此处置")
        expect(page.locator(f"#alarm-{unsure.id} .listed")).to_contain_text("本站没有此条目")
        expect(page.locator(f"#alarm-{unsure.id} .facts")).to_contain_text("镜头前无人脸")
        expect(page.locator(f"#alarm-{unsure.id}")).to_contain_text("证件已过有效期")
        expect(page.locator(f"#alarm-{help_call.id}")).to_contain_text("送达延迟 7 分钟")
        expect(page.locator(f"#alarm-{help_call.id} .facts .tone-none")).to_have_count(4)
        expect(page.locator("#waiting article")).to_have_count(4)
        picture(page, "alarms")
        page.get_by_role("button", name="English").click()
        expect(page.locator(f"#alarm-{differs.id}")).to_contain_text("Withdrawn or expired since")
        picture(page, "alarms-english")


def test_two_desks_see_one_another(shared_world: World, page: Page) -> None:
    world, message = shared_world, alarm()
    with (
        world.person("lin", Role.DISPATCHER),
        world.person("zhou", Role.DISPATCHER) as zhou,
        world.kiosk("k1") as kiosk,
    ):
        open_as(page, world, "lin")
        upload(kiosk, message)
        row = page.locator(f"#alarm-{message.id}")
        expect(row).to_be_visible()
        zhou.post(f"/api/alarms/{message.id}/acknowledge")
        expect(row).to_contain_text("zhou 已接警")


def test_a_click_that_came_second_is_told_who_was_first(shared_world: World, page: Page) -> None:
    world, message = shared_world, alarm()
    with (
        world.person("lin", Role.DISPATCHER),
        world.person("zhou", Role.DISPATCHER) as zhou,
        world.kiosk("k2") as kiosk,
    ):
        open_as(page, world, "lin")
        upload(kiosk, message)
        button = page.locator(f"#alarm-{message.id}").get_by_role("button")
        expect(button).to_be_visible()

        def zhou_is_quicker(route: object) -> None:
            zhou.post(f"/api/alarms/{message.id}/acknowledge")
            route.continue_()  # type: ignore[attr-defined]  # a playwright Route

        page.route("**/acknowledge", zhou_is_quicker)
        button.click()
        expect(page.get_by_role("status")).to_contain_text("zhou")


def test_a_lost_station_is_told_loudly_and_what_was_missed_comes_when_it_is_back(page: Page, tmp_path: Path) -> None:
    folder = tmp_path / "other"
    with running(folder) as first, first.person("lin", Role.DISPATCHER), first.kiosk() as kiosk:
        port = int(first.url.rpartition(":")[2])
        known = alarm(1)
        upload(kiosk, known)
        open_as(page, first, "lin")
        expect(page.locator(f"#alarm-{known.id}")).to_be_visible()
    banner = page.locator("#lost")
    expect(banner).to_be_visible()
    expect(banner).to_contain_text("屏幕上的内容是旧的")
    picture(page, "disconnected")
    with running(folder, port) as again, again.kiosk() as kiosk:
        missed = alarm(2)
        upload(kiosk, missed)
        expect(page.locator(f"#alarm-{missed.id}")).to_be_visible()
        expect(banner).to_be_hidden()
        expect(page.locator("#waiting article")).to_have_count(2)


@pytest.mark.torture
def test_two_admins_put_somebody_on_the_list_and_one_takes_them_off(world: World, page: Page) -> None:
    with world.person("lin", Role.ADMIN) as lin, world.person("zhou", Role.APPROVER):
        entry = lin.post("/api/list", json=proposal(guidance="确认身份后联系列控单位。")).json()["entry"]
        open_as(page, world, "lin", "/list")
        row = page.locator(f"#entry-{entry}")
        expect(row).to_contain_text("须由他人批准")
        expect(row.get_by_role("button", name="批准")).to_have_count(0)
        page.get_by_text("提出新增").click()
        picture(page, "list-propose")
        page.context.clear_cookies()
        open_as(page, world, "zhou", "/list")
        row.get_by_role("button", name="显示完整号码").click()
        expect(row).to_contain_text("11010519491231002X")
        row.get_by_role("button", name="批准").click()
        expect(row).to_contain_text("生效中")
        picture(page, "list")
        row.get_by_label("撤控原因").fill("案件撤销")
        row.get_by_role("button", name="立即撤控").click()
        expect(row).to_contain_text("已撤控")
        picture(page, "list-withdrawn")


def test_the_kiosks_page_shows_faults_and_silence(world: World, page: Page) -> None:
    with (
        world.person("lin", Role.DISPATCHER),
        world.kiosk("g1", "A") as well,
        world.kiosk("g2", "B") as faulty,
        world.kiosk("g3", "C"),
        world.kiosk("g4", "D") as silent,
    ):
        for kiosk in (well, silent):
            kiosk.post("/v1/heartbeat", content=beat())
        with world.station.store.write() as conn:
            two_minutes_ago = datetime.now(UTC) - timedelta(minutes=2)
            conn.execute(update(kiosks).where(kiosks.c.id == "g4").values(heard_at=two_minutes_ago))
        open_as(page, world, "lin", "/kiosks")
        expect(page.locator("[data-kiosk=g1]")).to_contain_text("正常")
        faulty.post("/v1/heartbeat", content=beat(faults=("camera-stalled", "list-ageing"), list_age_s=5_000.0))
        expect(page.locator("[data-kiosk=g2]")).to_contain_text("摄像头画面停滞")
        expect(page.locator("[data-kiosk=g3]")).to_contain_text("从未上报")
        expect(page.locator("[data-kiosk=g4]")).to_contain_text("失联 2 分钟")
        expect(page.locator("#strip")).to_contain_text("2 台闸机失联")
        picture(page, "kiosks")


def test_the_kiosks_page_shows_what_each_machine_is_like_and_who_needs_somebody_first(world: World, page: Page) -> None:
    soon = datetime.now(UTC) + timedelta(days=5)
    sound = {"reader": "well", "camera": "well", "gate": "well", "pack": "sface-yunet", "pack_digest": "ab" * 32}
    sound |= {"disk_free": 41 * 2**30, "certificate_until": soon, "clock_ahead_s": 0.2, "ntp": "synchronised"}
    worse = {**sound, "reader": "reader-lost", "clock_ahead_s": -7.0, "ntp": "not-synchronised", "set_aside": 1}
    with (
        world.person("lin", Role.ADMIN),
        world.kiosk("g1", "A") as well,
        world.kiosk("g2", "B") as faulty,
        world.kiosk("g3", "C") as kept,
    ):
        well.post("/v1/heartbeat", content=beat(**sound))
        faulty.post("/v1/heartbeat", content=beat(**worse, faults=("reader-lost", "clock-not-synchronised")))
        kept.post("/v1/heartbeat", content=beat(**sound))
        open_as(page, world, "lin")
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(f"{world.url}/kiosks")
        expect(page.locator("[data-kiosk]").first).to_have_attribute("data-kiosk", "g2")
        expect(page.locator("[data-kiosk=g2]")).to_contain_text("-7.0 s")
        expect(page.locator("[data-kiosk=g1]")).to_contain_text("sface-yunet abababab")
        form = page.locator("#maintenance form.grid")
        form.get_by_label("闸机").select_option("g3")
        form.get_by_label("原因").fill("更换摄像头")
        form.get_by_role("button", name="登记维护").click()
        expect(page.locator("[data-kiosk=g3]")).to_contain_text("计划维护，至")
        expect(page.locator("#strip")).to_contain_text("1 台闸机维护中")
        form.get_by_label("闸机").select_option("g3")
        form.get_by_label("原因").fill("再来一次")
        form.get_by_role("button", name="登记维护").click()
        expect(form.get_by_role("alert")).to_contain_text("lin")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        picture(page, "kiosks-machines")
        page.get_by_role("button", name="English").click()
        expect(page.locator("[data-kiosk=g2]")).to_contain_text("not synchronised")
        picture(page, "kiosks-machines-english")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.locator("#maintenance").get_by_role("button", name="End now").click()
        expect(page.locator("[data-kiosk=g3]")).to_have_attribute("data-state", "well")


def test_who_may_not_keep_kiosks_sees_windows_and_no_forms(shared_world: World, page: Page) -> None:
    world = shared_world
    with world.person("lin", Role.DISPATCHER) as lin, world.kiosk("g1", "A"):
        open_as(page, world, "lin", "/kiosks")
        expect(page.locator("main form")).to_have_count(0)
        body = {"begins": "2026-05-01T14:00", "hours": 1, "why": "rest"}
        assert lin.post("/api/kiosks/g1/maintenance", json=body).status_code == 403


def test_a_token_for_a_new_kiosk_is_shown_on_the_page(shared_world: World, page: Page) -> None:
    world = shared_world
    with world.person("lin", Role.ADMIN):
        open_as(page, world, "lin")
        page.route("**/api/kiosks/enrol-token", lambda route: route.fulfill(status=201, json={"token": "7KMQ-2F4X"}))
        page.goto(f"{world.url}/kiosks")
        form = page.locator("#enrol form")
        form.get_by_label("闸机").fill("g9")
        form.get_by_label("通道").fill("North")
        form.get_by_role("button", name="生成令牌").click()
        expect(page.locator("#enrol output")).to_have_text("7KMQ-2F4X")


def test_a_silent_kiosks_alarm_says_since_when_how_often_and_whether_it_is_back(world: World, page: Page) -> None:
    now = datetime.now(UTC)
    silences: list[tuple[str, list[tuple[str, int, bool, bool]]]] = [
        ("kiosk-silent", [("g1", 1, False, True)]),
        ("kiosk-silent", [("g2", 3, True, False)]),
        ("kiosks-silent", [(f"k{n:02}", 1, n < 3, False) for n in range(17)]),
    ]
    with world.person("lin", Role.DISPATCHER), world.station.store.write() as conn:
        for name in {name for _, members in silences for name, *_ in members}:
            conn.execute(insert(kiosks).values(id=name, lane=name[-1].upper(), enrolled_at=now, upto_seq=0))
        for kind, members in silences:
            about = Kiosk(members[0][0], "A") if kind == "kiosk-silent" else THE_STATION
            alarm_id = alarms.raise_own(conn, about, kind, now)
            for name, times, back, escalated in members:
                row = {"alarm": alarm_id, "kiosk": name, "since": now - timedelta(minutes=4), "times": times}
                ends = {"returned_at": now if back else None, "escalated_at": now if escalated else None}
                conn.execute(insert(silences_table).values(**row, **ends))
    open_as(page, world, "lin")
    page.set_viewport_size({"width": 1280, "height": 900})
    rows = page.locator("#waiting article")
    expect(rows).to_have_count(3)
    expect(rows.filter(has_text="闸机 g1")).to_contain_text("失联已久")
    expect(rows.filter(has_text="闸机 g2")).to_contain_text("已恢复")
    expect(rows.filter(has_text="多台闸机同时失联")).to_contain_text("17 台中 14 台仍失联")
    picture(page, "alarms-silence")
    page.get_by_role("button", name="English").click()
    expect(rows.filter(has_text="14 of 17 still silent")).to_contain_text("and 2 more")
    picture(page, "alarms-silence-english")


def test_a_silence_that_escalates_sounds_once_more_though_somebody_has_taken_it(world: World, page: Page) -> None:
    now = datetime.now(UTC)
    with world.person("lin", Role.DISPATCHER), world.station.store.write() as conn:
        alarm_id = alarms.raise_own(conn, Kiosk("g1", "A"), "kiosk-silent", now)
        alarms.act(conn, alarm_id, alarms.Act.ACKNOWLEDGE, "zhou", now)
    page.add_init_script(
        "window.tones = 0; const Tone = OscillatorNode;"
        "window.OscillatorNode = class extends Tone { constructor(...how) { super(...how); window.tones += 1; } };"
    )
    sign_in(page, world, "lin")  # with a press, without which a browser lets nothing sound
    expect(page.locator("#handled article")).to_have_count(1)
    expect(page.locator("#sound")).to_have_attribute("aria-pressed", "true")
    for event, tones in (("returned", 0), ("silent-again", 0), (ESCALATED, 2)):
        with world.station.store.write() as conn:
            alarms.note(conn, alarm_id, event, now)
        with page.expect_event("console", lambda line: line.text == "told"):
            page.evaluate("document.addEventListener('pulse', () => console.log('told'), {once: true})")
            world.station.alarm_bell.ring()
        page.wait_for_timeout(100)
        assert page.evaluate("tones") == tones


def test_an_admin_invites_somebody_by_a_one_time_link_and_cancels_one_that_nobody_used(
    shared_world: World, page: Page
) -> None:
    world = shared_world
    with world.person("lin", Role.ADMIN):
        open_as(page, world, "lin", "/people")
        invite = page.locator("form[data-call='/api/invitations']")
        invite.get_by_label("值班员").check()
        invite.get_by_role("button", name="生成一次性链接").click()
        link = invite.locator("output")
        expect(link).to_contain_text("/welcome/")
        picture(page, "people")
        invited = link.inner_text()
        page.goto(invited)
        expect(page.get_by_role("heading")).to_contain_text("设置您的登录")
        page.goto(f"{world.url}/people")
        page.get_by_role("button", name="取消邀请").click()
        expect(page.get_by_role("button", name="取消邀请")).to_have_count(0)
        page.goto(invited)
        expect(page.get_by_role("heading")).to_contain_text("链接已失效")
