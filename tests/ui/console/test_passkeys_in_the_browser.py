"""Passkeys as a person at the desk uses them: real ceremonies of a real browser with a virtual authenticator."""

import base64
import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from console_desk import BARE, CHROMIUM, DESK, picture
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from playwright.sync_api import BrowserContext, CDPSession, Page, Playwright, expect
from sqlalchemy import update
from station_world import World, running

from sync.station import people
from sync.station.rights import Role
from sync.station.tables import sessions


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with running(tmp_path_factory.mktemp("station")) as world:
        yield world


@pytest.fixture(scope="module")
def desk(world: World, playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserContext]:
    """A browser that trusts this station's certificate: with a certificate error, Chromium refuses every ceremony."""
    key = x509.load_pem_x509_certificate((world.folder / "server.pem").read_bytes()).public_key()
    spki = hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).digest()
    trust = f"--ignore-certificate-errors-spki-list={base64.b64encode(spki).decode()}"
    with playwright.chromium.launch_persistent_context(
        tmp_path_factory.mktemp("profile"), executable_path=CHROMIUM["executable_path"], args=[*BARE, trust], **DESK
    ) as context:
        context.set_default_timeout(15_000)
        yield context


@pytest.fixture
def page(desk: BrowserContext) -> Iterator[Page]:
    page = desk.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda line: wrong.append(line.text) if "Content Security Policy" in line.text else None)
    yield page
    page.close()
    assert wrong == []


def authenticator(page: Page, *, verifies_user: bool = True) -> tuple[CDPSession, str]:
    """A phone's authenticator, at hand and unlocked by its owner unless told otherwise."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": verifies_user,
        "automaticPresenceSimulation": True,
    }
    return session, session.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]


def test_from_the_invitation_to_a_new_colleague_without_typing_a_password(world: World, page: Page) -> None:
    origin = world.url.replace("127.0.0.1", "localhost")
    cdp, device = authenticator(page)
    with world.station.store.write() as conn:
        token = people.invite(conn, [Role.ADMIN], "station", datetime.now(UTC))

    page.goto(f"{origin}/welcome/{token}")
    picture(page, "welcome-passkey")
    page.get_by_label("用户名").fill("lin")
    page.get_by_label("密钥名称").fill("值班手机")
    page.get_by_role("button", name="创建通行密钥").click()
    page.wait_for_url(f"{origin}/")

    page.get_by_role("link", name="我的账号").click()
    expect(page.get_by_label("密钥名称", exact=True)).to_have_value("值班手机")
    picture(page, "account")
    page.get_by_role("button", name="移除").click()
    expect(page.get_by_role("alert").filter(visible=True)).to_contain_text("最后一种登录方式")

    page.get_by_role("button", name="退出登录").click()
    page.wait_for_url(f"{origin}/login")
    picture(page, "login-passkey")
    page.get_by_role("button", name="用通行密钥登录").click()
    page.wait_for_url(f"{origin}/")

    # Six minutes later she invites a colleague: the station asks first whether it is still her.
    with world.station.store.write() as conn:
        conn.execute(update(sessions).values(verified_at=datetime.now(UTC) - timedelta(minutes=6)))
    page.goto(f"{origin}/people")
    page.get_by_label("现场安保").check()
    page.get_by_role("button", name="生成一次性链接").click()
    dialog = page.get_by_role("dialog", name="请再次确认是您本人")
    expect(dialog).to_be_visible()
    picture(page, "verify")
    dialog.get_by_role("button", name="用通行密钥确认").click()
    expect(page.locator(".link output")).to_contain_text(f"{origin}/welcome/")

    # Somebody else takes her phone, and cannot unlock it.
    cdp.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    page.get_by_role("button", name="退出登录").click()
    page.wait_for_url(f"{origin}/login")
    page.get_by_role("button", name="用通行密钥登录").click()
    expect(page.get_by_role("alert").filter(visible=True)).to_contain_text("未完成通行密钥操作")
    expect(page).to_have_url(f"{origin}/login")
