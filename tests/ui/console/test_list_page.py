"""The list's pages: who adds, who approves, who takes somebody off, how somebody is looked up, how a file comes in."""

import os
from datetime import UTC, datetime, timedelta

import pytest
from axe import serious_faults
from console_desk import come_as, open_as, picture
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import delete, select
from station_world import PASSWORD, STANDARD_NUMBER, World, listed_entry

from kiosk.domain.numbers import check_character
from sync.station import import_tries
from sync.station.rights import Role
from sync.station.site_time import site_day
from sync.station.tables import audit, feed_changes, sessions

HOSTILE = '<img src=x onerror="document.title=1"><script>document.title=1</script>'
LAST_DAY = (site_day(datetime.now(UTC)) + timedelta(days=90)).isoformat()
PHONE = {"width": 390, "height": 844}


def number(person: int) -> str:
    """A number that is nobody's: region 700000 was never given out."""
    first_17 = f"70000019500101{person:03d}"
    return first_17 + check_character(first_17)


def fill_in(page: Page, numbers: str = STANDARD_NUMBER, **facts: str) -> Locator:
    """Write a proposal into the form, and return the form."""
    form = page.locator("#propose")
    if not form.is_visible():
        page.get_by_text("提出新增").click()
    whole = {"证件号码（每行一个）": numbers, "姓名": "测试甲", "列控单位": "城南派出所", "案件编号": "C-2026-17"}
    whole |= {"单位联系方式": "0597-0000000", "有效至（含当日）": LAST_DAY, **facts}
    for label, text in whole.items():
        form.get_by_label(label, exact=True).fill(text)
    form.get_by_label("法律依据").select_option("wanted-notice")
    return form


def at_phone_width(page: Page, name: str) -> None:
    """The page as a phone shows it: nothing is cut off."""
    size = page.viewport_size
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # a TypedDict of playwright's own
    picture(page, f"{name}-phone")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert size is not None
    page.set_viewport_size(size)


def changes(world: World) -> list[str]:
    """What the feed says, in order."""
    with world.station.store.read() as conn:
        rows = conn.execute(select(feed_changes.c.change).order_by(feed_changes.c.seq)).scalars().all()
    return ["withdraw" if b'"withdraw"' in row else "add" for row in rows]


def audited(world: World, what: str) -> list[tuple[str, dict[str, object]]]:
    with world.station.store.read() as conn:
        rows = conn.execute(select(audit).where(audit.c.what == what).order_by(audit.c.n)).all()
    return [(row.who, row.facts) for row in rows]


def test_an_admin_adds_an_approver_approves_and_one_of_them_takes_the_person_off_at_once(
    world: World, page: Page
) -> None:
    with world.person("lin", Role.ADMIN), world.person("zhou", Role.APPROVER):
        open_as(page, world, "lin", "/list")
        page.get_by_text("提出新增").click()
        numbers = page.get_by_label("证件号码（每行一个）")
        numbers.fill(STANDARD_NUMBER[:-1] + "1")
        expect(page.locator("#numbers-checked")).to_contain_text("校验位不符")
        numbers.fill(f"{STANDARD_NUMBER}\nH12345678")
        expect(page.locator("#numbers-checked li")).to_have_text(
            ["18 位号码，校验位正确", "通行证号码（无校验位，请仔细核对）"]
        )
        form = fill_in(page, **{"给民警的提示（可空）": HOSTILE})
        picture(page, "list-propose")
        assert serious_faults(page) == []
        form.get_by_role("button", name="提出", exact=True).click()
        row = page.locator("article.entry", has_text="测试甲")
        expect(row).to_contain_text("须由他人批准")
        expect(row.get_by_role("button", name="批准")).to_have_count(0)
        come_as(page, world, "zhou")
        page.goto(f"{world.url}/list")
        expect(row).to_contain_text(HOSTILE)
        picture(page, "list-waiting")
        row.get_by_role("button", name="批准").click()
        expect(row).to_contain_text("生效中")
        picture(page, "list-listed")
        assert serious_faults(page) == []
        at_phone_width(page, "list")
        row.get_by_role("link", name="测试甲").click()
        expect(page.locator(".timeline li")).to_have_count(2)
        picture(page, "list-entry")
        assert serious_faults(page) == []
        at_phone_width(page, "list-entry")
        page.get_by_label("撤控原因").fill("案件撤销")
        page.get_by_role("button", name="立即撤控").click()
        expect(page.locator("article.entry")).to_contain_text("您撤控的，须由他人复核")
        assert changes(world) == ["add", "withdraw"]
        come_as(page, world, "lin")
        page.goto(f"{world.url}/list")
        row.get_by_role("button", name="已阅").click()
        expect(row).to_have_count(0)
        page.get_by_role("link", name="已撤控").last.click()
        expect(row).to_contain_text("lin 复核")


def test_a_look_up_is_recorded_by_name_and_its_number_stands_in_no_address_log_or_file(
    world: World, page: Page, capfd: pytest.CaptureFixture[str]
) -> None:
    listed_entry(world, number(1), case_number="C-1")
    unknown, asked = number(2), []
    page.on("request", lambda request: asked.append(request))
    with world.person("lin", Role.ADMIN), world.person("zhou", Role.APPROVER):
        open_as(page, world, "lin", "/list")
        search = page.locator("#search")
        search.get_by_label("要查找的号码或案件编号").fill(unknown)
        search.get_by_role("button", name="查找").click()
        expect(page.locator("#found")).to_contain_text("没有找到")
        search.get_by_label("要查找的号码或案件编号").fill(unknown[:-1])
        search.get_by_role("button", name="查找").click()
        expect(search.get_by_role("alert")).to_contain_text("证件号码不正确")
        search.get_by_label("案件编号", exact=True).check()
        search.get_by_label("要查找的号码或案件编号").fill("C-1")
        search.get_by_role("button", name="查找").click()
        expect(page.locator("#found a")).to_have_text("测试甲 · C-1")
        picture(page, "list-found")
        assert serious_faults(page) == []
    whole = "".join(request.url for request in asked) + "".join(capfd.readouterr())
    files = b"".join(file.read_bytes() for file in world.folder.rglob("*") if file.is_file())
    assert unknown[:-1] not in whole
    assert unknown[:-1].encode() not in files
    assert audited(world, "list.searched") == [
        ("lin", {"by": "number", "found": 0}),
        ("lin", {"by": "case", "found": 1}),
    ]
    assert [who for who, _ in audited(world, "entry.looked-up")] == ["lin"]


def test_of_two_who_act_on_one_entry_the_second_is_told_who_was_first(world: World, page: Page) -> None:
    entry = listed_entry(world)
    with world.person("lin", Role.ADMIN), world.person("zhou", Role.APPROVER) as zhou:
        open_as(page, world, "lin", "/list")
        row = page.locator(f"#entry-{entry}")
        zhou.post(f"/api/list/{entry}/withdraw", json={"why": "quicker"})
        row.get_by_label("撤控原因").fill("案件撤销")
        row.get_by_role("button", name="立即撤控").click()
        expect(row.get_by_role("alert")).to_contain_text("zhou")
        expect(row.get_by_label("撤控原因")).to_have_value("案件撤销")
    assert changes(world) == ["add", "withdraw"]


def test_a_session_that_ends_in_mid_form_loses_nothing_that_was_written(world: World, page: Page) -> None:
    with world.person("lin", Role.ADMIN):
        open_as(page, world, "lin", "/list")
        form = fill_in(page, number(3))
        with world.station.store.write() as conn:
            conn.execute(delete(sessions))
        again = page.get_by_role("dialog", name="请重新登录")
        expect(again).to_be_visible(timeout=20_000)  # the stream has ended with the session
        if not again.get_by_label("密码").is_visible():
            again.get_by_text("使用密码和动态码").click()
        again.get_by_label("密码").fill(PASSWORD)
        again.get_by_label("动态码").fill(world.code("lin"))
        again.get_by_role("button", name="登录", exact=True).click()
        expect(again).to_be_hidden()
        form.get_by_role("button", name="提出", exact=True).click()
        expect(page.locator("article.entry")).to_contain_text("须由他人批准")


def send_file(page: Page, world: World, name: str, content: bytes) -> None:
    """Choose a file at the page of imports, and have it tried."""
    page.goto(f"{world.url}/imports")
    page.get_by_label("文件").set_input_files({"name": name, "mimeType": "text/csv", "buffer": content})
    page.get_by_role("button", name="试运行").click()


def csv(*rows: str) -> str:
    """A file of entries, with every column in use."""
    head = "action,numbers,name,unit,contact,case_number,legal_basis,expires_on"
    return "\r\n".join([head, *rows, ""])


def add(person: int, name: str = "测试乙") -> str:
    return f"add,{number(person)},{name},城南派出所,0597-0000000,C-{person},wanted-notice,{LAST_DAY}"


def test_a_file_is_tried_proposed_by_one_approved_by_another_and_taken_back(world: World, page: Page) -> None:
    off = listed_entry(world, number(1), name="测试丙")
    with world.person("lin", Role.ADMIN), world.person("zhou", Role.APPROVER):
        come_as(page, world, "lin")
        wrong = csv(add(2), add(2), add(3).replace(LAST_DAY, "tomorrow"), f"withdraw,{number(1)},,,,,,")
        send_file(page, world, "../../etc/人员.csv", wrong.encode("gb18030"))
        expect(page.get_by_role("status").first).to_contain_text("名单未改动")
        expect(page.locator("main")).to_contain_text("GB 18030")
        expect(page.locator("tbody tr")).to_have_count(4)
        expect(page.locator("tbody tr").nth(1)).to_contain_text("在文件第 2 行已出现")
        expect(page.get_by_role("button", name="提出整个文件")).to_have_count(0)
        picture(page, "import-refused")
        assert serious_faults(page) == []
        at_phone_width(page, "import-refused")
        page.get_by_role("link", name="只看被拒的行").click()
        expect(page.locator("tbody tr")).to_have_count(2)
        page.get_by_role("button", name="放弃并删除文件").click()
        page.wait_for_url(f"{world.url}/imports")

        hostile = HOSTILE.replace('"', '""')
        send_file(
            page, world, "right.csv", csv(add(2), add(3, f'"=1+1 {hostile}"'), f"withdraw,{number(1)},,,,,,").encode()
        )
        expect(page.locator("tbody tr").nth(1)).to_contain_text(HOSTILE, timeout=20_000)
        expect(page.locator(".tallies dd")).to_have_text(["+ 2", "− 1", "= 0", "✕ 0"])
        assert changes(world) == ["add"]
        page.get_by_role("button", name="提出整个文件").click()
        expect(page.locator("main")).to_contain_text("您提出的，须由他人批准", timeout=20_000)
        assert not [
            file for file in (world.folder / "imports").rglob("*") if file.suffix == ".jsonl" or file.name == "file"
        ]
        this = page.url
        come_as(page, world, "zhou")
        page.goto(this)
        picture(page, "import-waiting")
        assert serious_faults(page) == []
        page.get_by_role("button", name="批准整批").click()
        expect(page.locator("main")).to_contain_text("已生效")
        assert changes(world) == ["add", "withdraw", "add", "add"]
        page.get_by_label("收回原因").fill("文件有误")
        page.get_by_role("button", name="立即收回整批").click()
        expect(page.locator("main")).to_contain_text("zhou 收回")
        assert changes(world)[4:] == ["withdraw", "withdraw"]
        picture(page, "import-taken-back")
        page.goto(f"{world.url}/imports")
        expect(page.locator("article.entry", has_text="待批准")).to_contain_text("zhou 提出")
        picture(page, "imports")
        assert serious_faults(page) == []
        page.goto(f"{world.url}/list/{off}")
        expect(page.locator(".timeline")).to_contain_text("批量导入获批准")


@pytest.mark.torture
@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("people.csv", "numbers,name\r\n".encode("utf-16"), "空字节"),
        ("people.csv", b"", "第一行须是列名"),
        ("people.csv", b"numbers,numbers\n", "两列同名"),
        ("people.exe", b"MZ", ".csv"),
        ("people.csv", b'numbers,name\n"never closed', "1 行被拒"),
    ],
)
def test_a_file_that_is_no_list_is_refused_in_words(
    shared_world: World, page: Page, name: str, content: bytes, said: str
) -> None:
    with shared_world.person("lin", Role.ADMIN):
        come_as(page, shared_world, "lin")
        send_file(page, shared_world, name, content)
        expect(page.locator("main")).to_contain_text(said)


def test_a_file_that_is_too_long_is_refused_and_nothing_of_it_stays(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.station.api.import_calls.MAX_FILE_BYTES", 1000)
    with world.person("lin", Role.ADMIN) as lin:
        answer = lin.post("/api/imports/tries?format=csv", content=b"x" * 1001)
        assert (answer.status_code, answer.json()["error"]) == (413, "too-large")
        assert lin.post("/api/imports/tries?format=exe", content=b"x").status_code == 400
    assert [file for file in (world.folder / "imports").rglob("*") if file.is_file()] == []


@pytest.mark.torture
def test_a_dry_run_that_the_station_s_end_cut_short_says_so_and_can_begin_again(world: World, page: Page) -> None:
    with world.person("lin", Role.ADMIN):
        tries = world.station.import_work.tries
        this, descriptor = tries.new("lin", import_tries.ImportFormat.CSV, datetime.now(UTC))
        with os.fdopen(descriptor, "wb") as file:  # as a station leaves it that is killed here
            file.write(csv(add(2)).encode())
        open_as(page, world, "lin", f"/imports/tries/{this}")
        expect(page.get_by_role("status").first).to_contain_text("曾被中断")
        page.get_by_role("button", name="重新开始").click()
        expect(page.locator("tbody tr")).to_have_count(1)
        assert [facts["add"] for _, facts in audited(world, "import.tried")] == [1]
        tries.forget_old(datetime.now(UTC) + timedelta(days=2))
        assert list(tries.all()) == []
