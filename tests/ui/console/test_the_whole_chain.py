"""From a kiosk's outbox to the closed case, on every screen that takes part: nothing in between is a stand-in.

The kiosk's agent is the real one, in a process of its own, over mutual TLS; its outbox is written as the
kiosk app does it.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from time import monotonic
from uuid import uuid4

import httpx
import pytest
from console_desk import DESK, PHONE, browser_page, on_duty, open_as, picture
from playwright.sync_api import Browser, Page, expect
from station_world import World, listed_entry

from kiosk import doorbell
from kiosk.domain.alarm import Alarm
from kiosk.domain.evidence import Band, FaceScore, Listed, Unavailable
from kiosk.domain.ids import AlarmId, EntryId, VisitId
from kiosk.domain.reasons import Reason
from kiosk.domain.verdict import AlarmKind, Hit
from sync.kiosk_end.outbox import OUTBOX_FILE, OutboxFile
from sync.station import audit, audit_verify
from sync.station.rights import Role

SCORE = FaceScore(similarity=0.61, band=Band.ACCEPT, accept_threshold=0.36, pack="sface-yunet", pack_digest="ab" * 32)
GUIDANCE = "两人同行，核对证件原件"
STANDS_DOWN_WITHIN_S = 5


class Gate:
    """An enrolled kiosk at lane A: its outbox, and its agent at work."""

    def __init__(self, world: World, data: Path) -> None:
        run = [sys.executable, "-m", "sync.kiosk_end"]
        trust = ["--ca", str(world.folder / "ca.pem"), "--token", world.enrol_token("g1", "A")]
        subprocess.run([*run, "enrol", "--station", world.url, *trust, "--data", str(data)], check=True)
        self.outbox = OutboxFile(data / OUTBOX_FILE, partial(doorbell.ring, data / doorbell.DOORBELL_FILE))
        self.agent = subprocess.Popen(
            [*run, "run", "--station", world.url, "--data", str(data)], stderr=subprocess.DEVNULL
        )

    def sees(self, entry: str) -> str:
        """Somebody with this entry's number is at the gate; return the alarm that the kiosk raises."""
        hit = Hit(
            listed=Listed(EntryId(entry), timedelta(seconds=42)),
            face=SCORE,
            liveness=Unavailable(Reason.LIVENESS_NOT_MEASURED),
            document_expired=False,
        )
        alarm, visit = AlarmId(str(uuid4())), VisitId(str(uuid4()))
        kind, now = AlarmKind.WANTED_PERSON, datetime.now(UTC)
        self.outbox.raise_alarm(Alarm(id=alarm, kind=kind, visit=visit, raised_at=now, hit=hit))
        return alarm

    def close(self) -> None:
        self.agent.terminate()
        self.agent.wait(20)
        self.outbox.close()


class Chain:
    """The gate; Lin's and Zhou's desks; Wei's phone; and Fang, who may take an entry off the list."""

    def __init__(self, world: World, browser: Browser, data: Path, ends: ExitStack) -> None:
        self.world = world
        self.entry = listed_entry(world, guidance=GUIDANCE)
        for login, *roles in (
            ("lin", Role.DISPATCHER),
            ("zhou", Role.DISPATCHER),
            ("wei", Role.GUARD),
            ("chen", Role.SUPERVISOR, Role.AUDITOR),
        ):
            ends.enter_context(world.person(login, *roles))
        self.fang: httpx.Client = ends.enter_context(world.person("fang", Role.APPROVER))
        self.team = on_duty(world, "南门一组", "wei")
        self.gate = Gate(world, data)
        ends.callback(self.gate.close)
        self.lin, self.zhou = (ends.enter_context(browser_page(browser, **DESK)) for _ in "lz")
        self.phone = ends.enter_context(browser_page(browser, **PHONE))
        open_as(self.lin, world, "lin")
        open_as(self.zhou, world, "zhou")
        open_as(self.phone, world, "wei", "/guard")
        # The gate's agent is another process: what is measured begins when it is heard.
        expect(self.lin.get_by_role("link", name="闸机状态")).not_to_contain_text("失联", timeout=60_000)

    def taken_and_sent(self) -> str:
        """An alarm at the gate is on both desks; Lin takes it, confirms it, and sends the team."""
        alarm = self.gate.sees(self.entry)
        for desk in (self.lin, self.zhou):
            expect(desk.locator(f"#waiting #alarm-{alarm}")).to_contain_text("人证一致")
        self.lin.locator(f"#alarm-{alarm}").get_by_role("button", name="接警").click()
        expect(self.zhou.locator(f"#handled #alarm-{alarm}")).to_contain_text("lin 已接警")
        self.lin.locator(f"#handled #alarm-{alarm}").get_by_role("link", name="人证一致").click()
        self.lin.get_by_role("button", name="我已看过四项事实，确认").click()
        self.lin.get_by_label("小组").select_option(self.team)
        self.lin.get_by_role("button", name="派出").click()
        expect(self.phone.locator("#errand")).to_contain_text("通道 A")
        expect(self.phone.locator("#errand")).to_contain_text(GUIDANCE)
        return alarm

    def presses(self, name: str) -> None:
        """Wei does."""
        self.phone.get_by_role("button", name=name, exact=True).tap()


@pytest.fixture(scope="module")
def chain(shared_world: World, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    with ExitStack() as ends:
        yield Chain(shared_world, browser, tmp_path_factory.mktemp("gate") / "kiosk", ends)


def acts(desk: Page) -> list[list[str]]:
    """The timeline of the alarm's page, the first line first: what, and who."""
    return [line.split()[2:4] for line in reversed(desk.locator("#timeline li").all_inner_texts())]


def test_from_the_kiosks_alarm_to_the_closed_case(
    chain: Chain, shared_world: World, browser: Browser, tmp_path: Path
) -> None:
    lin, phone = chain.lin, chain.phone
    chain.taken_and_sent()
    chain.presses("我去")
    expect(lin.locator("#sent article")).to_contain_text("wei 已接受")
    chain.presses("我已到场")
    expect(lin.locator("#timeline")).to_contain_text("到场时仍在名单内")
    chain.presses("报告结果")
    phone.get_by_label("已移交民警").check()
    chain.presses("发送结果")
    expect(phone.locator("#idle")).to_be_visible()
    expect(lin.locator("#sent article")).to_contain_text("移交民警核实身份")
    lin.get_by_label("结果").select_option("handed-over")
    lin.locator("#resolve").get_by_role("button", name="结案").click()
    expect(lin.locator("#acts")).to_contain_text("此警情已结束")
    assert acts(lin) == [
        ["报警", "g1"],
        ["接警", "lin"],
        ["确认四项事实", "lin"],
        ["派员", "lin"],
        ["接受任务", "wei"],
        ["到场", "wei"],
        ["处置结果", "wei"],
        ["结案", "lin"],
    ]
    picture(lin, "chain-closed")
    with browser_page(browser, **DESK) as chen:
        open_as(chen, shared_world, "chen", "/statistics")
        expect(chen.locator("#alarms dd").first).to_have_text("1")
        expect(chen.locator("#outcomes tbody")).to_contain_text("移交核查")
        open_as(chen, shared_world, "chen", "/audit")
        chen.get_by_role("button", name="核验整条链").click()
        expect(chen.locator("#answer")).to_contain_text("行全部核验无误")
        with chen.expect_download() as got:
            chen.get_by_role("button", name="导出日志").click()
        got.value.save_as(tmp_path / "log.jsonl")
    key = audit.key_id(shared_world.station.keyring.audit_key)
    assert audit_verify.main([str(tmp_path / "log.jsonl"), "--key", key]) == 0
    assert chain.gate.outbox.depth() == 0


def test_a_withdrawal_stands_the_guard_down_within_five_seconds_and_the_desk_sees_that_he_knows(chain: Chain) -> None:
    lin, phone = chain.lin, chain.phone
    lin.goto(chain.world.url)
    chain.taken_and_sent()
    chain.presses("我去")
    expect(lin.locator("#sent article")).to_contain_text("wei 已接受")
    began = monotonic()
    answer = chain.fang.post(f"/api/list/{chain.entry}/withdraw", json={"why": "案件撤销"})
    assert answer.status_code == 200
    expect(phone.locator("#errand")).to_contain_text("停止前往", timeout=STANDS_DOWN_WITHIN_S * 1000)
    assert monotonic() - began < STANDS_DOWN_WITHIN_S
    expect(phone.locator("#errand")).to_contain_text("请勿接近或询问任何人")
    expect(lin.locator("#sent")).to_contain_text("已通知撤回，尚未知悉")
    expect(lin.locator("#acts")).to_contain_text("不派任何人")
    chain.presses("知道了，已停止")
    expect(phone.locator("#idle")).to_be_visible()
    expect(lin.locator("#sent")).to_contain_text("wei 已知悉撤回")
