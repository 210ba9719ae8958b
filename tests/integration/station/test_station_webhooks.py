"""Other systems are told of alarms: surely, in order, signed, and never at an alarm's cost."""

import asyncio
import base64
import hashlib
import hmac
import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select
from station_world import SITE, STANDARD_NUMBER, World, alarm, listed_entry, running, upload

from sync.http import HookSender, is_another_host
from sync.station import audit, webhooks
from sync.station.alarms import Act, act
from sync.station.cap import cap
from sync.station.metrics import exposition
from sync.station.rights import Role
from sync.station.tables import audit as audit_rows
from sync.station.tables import webhook_messages
from sync.station.tables import webhooks as webhook_rows
from sync.station.webhook_delivery import ADDRESSES
from tests.blank_station import lay_out_station


@dataclass
class Receiver:
    """Somebody else's system: an HTTPS server that keeps what it got, and answers as the test says."""

    url: str
    answers: Callable[[dict[str, Any]], int] = lambda _told: 204
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    taken: list[dict[str, Any]] = field(default_factory=list)

    def wait_for(self, n: int) -> list[dict[str, Any]]:
        until_s = time.monotonic() + 10
        while len(self.taken) < n and time.monotonic() < until_s:
            time.sleep(0.02)
        return self.taken


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A station's folder whose webhooks may reach this machine, where the tests' receivers are, with our CA."""
    folder = lay_out_station(tmp_path_factory.mktemp("station"), SITE)
    (folder / ADDRESSES).write_text("127.0.0.1\n")
    return folder


@pytest.fixture(scope="module")
def telling(folder: Path) -> Iterator[World]:
    with running(folder) as world:
        yield world


@pytest.fixture(scope="module")
def admin(telling: World) -> Iterator[httpx.Client]:
    with telling.person("admin", Role.ADMIN) as client:
        yield client


@pytest.fixture(scope="module")
def kiosk(telling: World) -> Iterator[httpx.Client]:
    with telling.kiosk() as client:
        yield client


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "FIRST_PAUSE_S", 0.01)
    monkeypatch.setattr(webhooks, "LONGEST_PAUSE_S", 0.05)


@pytest.fixture
def receiver(folder: Path) -> Iterator[Receiver]:
    with _Receiving(folder) as one:
        yield one


@pytest.fixture
def other_receiver(folder: Path) -> Iterator[Receiver]:
    with _Receiving(folder) as one:
        yield one


class _Receiving:
    def __init__(self, folder: Path) -> None:
        hears = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                hears.receiver.got.append((dict(self.headers), body))
                status = hears.receiver.answers(json.loads(body))
                if status < 300:
                    hears.receiver.taken.append(json.loads(body))
                self.send_response(status)
                if status == 307:
                    self.send_header("location", "/elsewhere")
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "server.pem", folder / "server.key")
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.receiver = Receiver(f"https://localhost:{self.server.server_address[1]}/alarms?from=gate")
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})

    def __enter__(self) -> Receiver:
        self.thread.start()
        return self.receiver

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def tell(admin: httpx.Client) -> Iterator[Callable[..., tuple[str, str]]]:
    """Have the station tell a receiver, until the test ends."""
    made: list[str] = []

    def told(to: Receiver | str, *events: str) -> tuple[str, str]:
        url = to if isinstance(to, str) else to.url
        answer = admin.post("/api/webhooks", json={"url": url, "events": events or ["*"]})
        assert answer.status_code == 201, answer.text
        made.append(answer.json()["id"])
        return answer.json()["id"], answer.json()["secret"]

    yield told
    for webhook in made:
        admin.post(f"/api/webhooks/{webhook}/end")


def standing(admin: httpx.Client, webhook: str, *, waiting: int) -> dict[str, Any]:
    """Return what an admin sees of it once so many wait: a receiver has a message before the station has noted that."""
    until_s = time.monotonic() + 10
    while (now := _standing(admin, webhook))["waiting"] != waiting and time.monotonic() < until_s:
        time.sleep(0.02)
    return now


def _standing(admin: httpx.Client, webhook: str) -> dict[str, Any]:
    return next(one for one in admin.get("/api/webhooks").json()["webhooks"] if one["id"] == webhook)


def acknowledged(world: World, alarm_id: str) -> None:
    with world.station.store.write() as conn:
        act(conn, alarm_id, Act.ACKNOWLEDGE, "lin", datetime.now(UTC))
    world.station.alarm_bell.ring()


def test_an_alarm_is_told_at_once_and_its_signature_is_the_secrets(
    telling: World, kiosk: httpx.Client, receiver: Receiver, tell: Callable[..., tuple[str, str]]
) -> None:
    _, secret = tell(receiver)
    one = alarm()
    upload(kiosk, one)
    (told,) = receiver.wait_for(1)
    assert told["type"] == "alarm.raised"
    assert (told["data"]["alarm"], told["data"]["lane"], told["data"]["exercise"]) == (one.id, "A", False)

    headers, body = receiver.got[0]
    sent_at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
    assert abs(datetime.now(UTC) - sent_at) < timedelta(seconds=30)
    key = base64.b64decode(secret.removeprefix("whsec_"))  # as the Standard Webhooks specification has it
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"


def test_nobody_is_in_what_other_systems_get(
    telling: World, kiosk: httpx.Client, receiver: Receiver, tell: Callable[..., tuple[str, str]]
) -> None:
    tell(receiver)
    one = alarm(2, entry=listed_entry(telling))
    upload(kiosk, one)
    acknowledged(telling, one.id)
    receiver.wait_for(2)
    with telling.station.store.read() as conn:
        message = cap(conn, one.id, SITE)
    text = b"".join([*(body for _, body in receiver.got), message, exposition(telling.station)]).decode()
    for secret in (
        STANDARD_NUMBER,
        "测试甲",
        "C-2026-001",
        "城南派出所",
        '"lin"',
        ">lin<",
        one.body.entry,
        one.body.visit,
    ):
        assert secret not in text


def test_a_receiver_that_comes_back_is_told_everything_in_order_and_another_never_waited_for_it(
    telling: World,
    kiosk: httpx.Client,
    receiver: Receiver,
    other_receiver: Receiver,
    tell: Callable[..., tuple[str, str]],
) -> None:
    down = True
    receiver.answers = lambda _told: 503 if down else 204
    tell(receiver)
    tell(other_receiver)
    one = alarm(3)
    upload(kiosk, one)
    acknowledged(telling, one.id)
    assert [told["data"]["event"] for told in other_receiver.wait_for(2)] == ["raised", "acknowledged"]
    assert not receiver.taken
    assert {json.loads(body)["data"]["event"] for _, body in receiver.got} <= {"raised"}

    down = False
    assert [told["data"]["event"] for told in receiver.wait_for(2)] == ["raised", "acknowledged"]
    tries = [headers["webhook-id"] for headers, body in receiver.got if json.loads(body)["data"]["event"] == "raised"]
    assert len(set(tries)) == 1  # by which the receiver knows it again
    assert len(tries) > 1


def test_a_message_that_is_never_taken_is_set_aside_and_an_admin_sends_it_again(
    telling: World,
    admin: httpx.Client,
    kiosk: httpx.Client,
    receiver: Receiver,
    tell: Callable[..., tuple[str, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(webhooks, "MOST_TRIES", 2)
    receiver.answers = lambda told: 400 if told["data"]["event"] == "raised" else 204
    webhook, _ = tell(receiver)
    one = alarm(4)
    upload(kiosk, one)
    acknowledged(telling, one.id)
    assert [told["data"]["event"] for told in receiver.wait_for(1)] == ["acknowledged"]
    stands = standing(admin, webhook, waiting=0)
    assert (stands["waiting"], stands["set_aside"]) == (0, 1)

    receiver.answers = lambda _told: 204
    assert admin.post(f"/api/webhooks/{webhook}/send-again").json() == {"messages": 1}
    assert [told["data"]["event"] for told in receiver.wait_for(2)] == ["acknowledged", "raised"]


def test_a_redirection_is_not_followed(
    kiosk: httpx.Client, receiver: Receiver, tell: Callable[..., tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "MOST_TRIES", 1)
    receiver.answers = lambda _told: 307  # which would send the body on
    tell(receiver, "alarm.raised")
    upload(kiosk, alarm(5))
    time.sleep(1.5)
    assert len(receiver.got) == 1


def test_only_what_was_asked_for_is_told(
    telling: World, kiosk: httpx.Client, receiver: Receiver, tell: Callable[..., tuple[str, str]]
) -> None:
    tell(receiver, "alarm.acknowledged")
    one = alarm(6)
    upload(kiosk, one)
    acknowledged(telling, one.id)
    assert [told["type"] for told in receiver.wait_for(1)] == ["alarm.acknowledged"]


def test_a_receiver_that_swallows_everything_holds_up_no_alarm(
    telling: World, kiosk: httpx.Client, receiver: Receiver, tell: Callable[..., tuple[str, str]]
) -> None:
    hold = threading.Event()
    receiver.answers = lambda _told: 204 + 0 * hold.wait(20)
    tell(receiver)
    began_s = time.monotonic()
    for seq in range(7, 12):
        assert len(upload(kiosk, alarm(seq)).taken) == 1
    assert time.monotonic() - began_s < 3
    hold.set()


def test_what_was_rolled_back_is_not_told(telling: World, kiosk: httpx.Client, admin: httpx.Client) -> None:
    made = admin.post("/api/webhooks", json={"url": "https://127.0.0.1:9/", "events": ["*"]}).json()["id"]
    one = alarm(12)
    upload(kiosk, one)
    with pytest.raises(RuntimeError), telling.station.store.write() as conn:  # noqa: PT012  # the act, then the fault
        act(conn, one.id, Act.ACKNOWLEDGE, "lin", datetime.now(UTC))
        raise RuntimeError
    with telling.station.store.read() as conn:
        mine = select(webhook_messages.c.body).where(webhook_messages.c.webhook == made)
        bodies = conn.execute(mine).scalars().all()
    assert [json.loads(body)["type"] for body in bodies] == ["alarm.raised"]
    admin.post(f"/api/webhooks/{made}/end")


def test_an_ended_webhook_leaves_no_secret_and_both_acts_are_in_the_record(
    telling: World, admin: httpx.Client, receiver: Receiver, tell: Callable[..., tuple[str, str]]
) -> None:
    webhook, secret = tell(receiver)
    assert secret not in admin.get("/api/webhooks").text
    assert admin.post(f"/api/webhooks/{webhook}/end").status_code == 204
    assert admin.post(f"/api/webhooks/{webhook}/end").status_code == 404
    with telling.station.store.read() as conn:
        assert conn.execute(select(webhook_rows.c.secret).where(webhook_rows.c.id == webhook)).scalar_one() == b""
        facts = conn.execute(select(audit_rows.c.what, audit_rows.c.facts)).all()
        assert audit.first_broken_row(conn) is None
    assert [row.what for row in facts if row.facts.get("webhook") == webhook] == ["webhook.made", "webhook.ended"]


@pytest.mark.parametrize(
    ("wish", "error"),
    [
        ({"url": "http://sms.example/", "events": ["*"]}, "url"),
        ({"url": "https://lin:password@sms.example/", "events": ["*"]}, "url"),
        ({"url": "https://", "events": ["*"]}, "url"),
        ({"url": "https://sms.example:99999/", "events": ["*"]}, "url"),
        ({"url": "https://sms.example/ x", "events": ["*"]}, "url"),
        ({"url": "file:///etc/passwd", "events": ["*"]}, "url"),
        ({"url": "https://sms.example/", "events": []}, "malformed"),
        ({"url": "https://sms.example/", "events": ["person.seen"]}, "malformed"),
        ({"url": "https://sms.example/", "events": ["*"], "secret": "short"}, "malformed"),
        ({"url": "https://sms.example/", "events": ["*"], "secret": "whsec_" + "A" * 33}, "secret"),
    ],
)
def test_an_address_that_cannot_be_right_is_refused(admin: httpx.Client, wish: dict[str, Any], error: str) -> None:
    answer = admin.post("/api/webhooks", json=wish)
    assert (answer.status_code, answer.json()["error"]) == (400, error)


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "127.9.9.9", "0.0.0.0", "::1", "::", "::ffff:127.0.0.1", "169.254.169.254", "fe80::1", "224.0.0.1"],  # noqa: S104  # none is listened on
)
def test_no_admin_can_send_the_station_to_itself_or_to_its_clouds_secrets(address: str) -> None:
    assert not is_another_host(address)


def test_the_sites_own_network_may_be_told() -> None:
    assert is_another_host("10.1.2.3")
    assert is_another_host("203.0.113.9")
    assert is_another_host("::ffff:10.1.2.3")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "[::ffff:7f00:1]", "2130706433", "0x7f.1"])
def test_this_machine_is_not_spoken_to_under_any_name(receiver: Receiver, host: str) -> None:
    async def sent() -> str | None:
        sender = HookSender(None)
        try:
            return await sender.post(receiver.url.replace("localhost", host), {}, b"{}")
        finally:
            await sender.close()

    assert asyncio.run(sent()) in ("address-refused", "no-such-host", "bad-url")
    assert not receiver.got


def test_every_event_of_an_alarm_goes_past_the_outbox() -> None:
    """Else nobody would be told of it: what is written past sync.station.alarm_log is not announced."""
    past = [
        file.name
        for file in Path("sync/station").rglob("*.py")
        if "insert(alarm_events)" in file.read_text() and file.name != "alarm_log.py"
    ]
    assert not past
