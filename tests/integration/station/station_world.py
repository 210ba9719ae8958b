"""A real station on loopback for tests: its own keys, TLS, SQLite file and uvicorn, and clients that speak to it.

People come with a session: how they get one has tests of its own (test_station_people, test_station_passkeys).
"""

import ssl
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import msgspec
import pytest
import structlog
from argon2 import PasswordHasher
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from recorded import every_act_recorded
from sqlalchemy import delete, insert, select, update

from hardware.simulators.scenario.authenticator import code_of
from sync import wire
from sync.station import kiosks, sessions
from sync.station.api.session import COOKIE
from sync.station.rights import Role
from sync.station.serve import StationServer
from sync.station.site_time import site_day
from sync.station.station import Station
from sync.station.store import URL_FILE
from sync.station.tables import people as people_table
from sync.station.tables import sessions as sessions_table
from tests.blank_station import lay_out_station

SITE = "shikumen"
PASSWORD = "red earth, white tile"
STANDARD_NUMBER = "11010519491231002X"
"""The example of GB 11643-1999."""
ON_BOTH = pytest.mark.parametrize("world", ["file", "postgres"], indirect=True)
"""The station's world stands on a file of its own, and on a PostgreSQL server."""
CONSOLE = {"X-Station": "console"}
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
"""Everybody's second factor here."""
PATIENCE_S = 60.0
"""For an answer of a station that has little of a busy machine. What is promised sooner has bounds of its own."""


@dataclass(frozen=True)
class World:
    """A running station and its address."""

    station: Station
    url: str
    folder: Path

    def browser(self) -> httpx.Client:
        """A console client that is nobody yet."""
        context = ssl.create_default_context(cafile=self.folder / "ca.pem")
        return httpx.Client(base_url=self.url, verify=context, trust_env=False, headers=CONSOLE, timeout=PATIENCE_S)

    @contextmanager
    def person(self, login: str, *roles: Role) -> Iterator[httpx.Client]:
        """A console client of somebody who has these roles and no others from now on."""
        with self.browser() as client:
            client.cookies.set(COOKIE, self.session(login, *roles), domain="127.0.0.1")
            yield client

    def session(self, login: str, *roles: Role) -> str:
        """A new session of this person, who is made, or is something else from now on, where roles are given."""
        now = datetime.now(UTC)
        with self.station.store.write() as conn:
            this = people_table.c.login == login
            if conn.execute(select(people_table.c.login).where(this)).first() is None:
                factor = self.station.keyring.accounts_key.lock("second factor", SECRET.encode(), login.encode())
                row = {"login": login, "roles": sorted(roles), "since": now}
                conn.execute(insert(people_table).values(**row, password_hash=password_hash(), totp_secret=factor))
            elif roles:
                conn.execute(update(people_table).where(this).values(roles=sorted(roles), locked_at=None))
                conn.execute(delete(sessions_table).where(sessions_table.c.login == login))
            return sessions.begin(conn, login, now)

    def code(self, login: str) -> str:
        """What this person's authenticator app shows; that they have used it just now is forgotten."""
        key = self.station.keyring.accounts_key
        with self.station.store.write() as conn:
            conn.execute(update(people_table).where(people_table.c.login == login).values(totp_used=None))
            query = select(people_table.c.totp_secret).where(people_table.c.login == login)
            locked = conn.execute(query).scalar_one()
        return code_of(key.unlock("second factor", locked, login.encode()).decode(), time.time())

    def enrol_token(self, kiosk: str = "g1", lane: str = "A") -> str:
        """A fresh one-time token."""
        with self.station.store.write() as conn:
            return kiosks.new_enrol_token(conn, kiosk, lane, datetime.now(UTC), "station")

    def kiosk(self, kiosk: str = "g1", lane: str = "A") -> httpx.Client:
        """A client that enrolled as this kiosk and holds its certificate."""
        key, csr = csr_of_new_key()
        with self.browser() as nobody:
            answer = nobody.post(
                "/v1/enrol", content=wire.encode(wire.EnrolRequest(token=self.enrol_token(kiosk, lane), csr_pem=csr))
            )
        assert answer.status_code == 200, answer.text
        enrolled = msgspec.json.decode(answer.content, type=wire.Enrolled)
        return self.client_with(enrolled.certificate_pem.encode(), key)

    def client_with(self, certificate_pem: bytes, key: ec.EllipticCurvePrivateKey) -> httpx.Client:
        """A client that shows this certificate."""
        pem = self.folder / f"client-{uuid4()}.pem"
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        pem.write_bytes(private + certificate_pem)
        context = ssl.create_default_context(cafile=self.folder / "ca.pem")
        context.load_cert_chain(pem)
        return httpx.Client(base_url=self.url, verify=context, trust_env=False, timeout=PATIENCE_S)


@cache
def password_hash() -> str:
    """Of everybody's ``PASSWORD``, which costs nothing to prove: what guessing costs is test_station_people's."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


def come_in(guest: httpx.Client, road: str, login: str, password: str = PASSWORD) -> httpx.Response:
    """Take up the invitation at ``road`` with a password and a code."""
    offer = guest.post(f"{road}/code/offer", json={"login": login})
    if offer.status_code != 200:
        return offer
    told = offer.json()
    asked = {"login": login, "password": password, "challenge": told["challenge"]}
    return guest.post(road, json={**asked, "code": code_of(told["secret"], time.time())})


@contextmanager
def running(folder: Path, port: int = 0, *, database: str | None = None) -> Iterator[World]:
    """A station made in ``folder``, on the database at this URL or a file of its own, and served from a thread."""
    if not (folder / "site.json").exists():
        lay_out_station(folder, SITE)
    if database is not None:
        (folder / URL_FILE).write_text(database)
    station = Station(folder)
    ready = threading.Event()
    bound_to: list[int] = []

    def on_ready(bound: int) -> None:
        bound_to.append(bound)
        ready.set()

    server = StationServer(station, "127.0.0.1", port, on_ready)
    thread = threading.Thread(target=server.run)
    log_before = structlog.get_config()
    # Not to what a command that is tried beside it has put into its place.
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stdout))
    thread.start()
    try:
        assert ready.wait(PATIENCE_S)
        with every_act_recorded(station.store):
            yield World(station, f"https://127.0.0.1:{bound_to[0]}", folder)
    finally:
        server.should_exit = True
        thread.join(PATIENCE_S)
        structlog.configure(**log_before)


def csr_of_new_key() -> tuple[ec.EllipticCurvePrivateKey, str]:
    """A kiosk's new key and its certificate request."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "whatever the kiosk says")])
    csr = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, hashes.SHA256())
    return key, csr.public_bytes(serialization.Encoding.PEM).decode()


def alarm(seq: int = 1, **facts: Any) -> wire.Message:
    """An alarm of a listed person whose face matched, unless ``facts`` say otherwise."""
    body = {
        "kind": "wanted-person",
        "visit": str(uuid4()),
        "entry": str(uuid4()),
        "similarity": 0.62,
        "band": "accept",
        "accept_threshold": 0.36,
        "pack": "sface-yunet",
        "pack_digest": "ab" * 32,
        "face_reason": None,
        "liveness": "liveness.not-measured",
        "list_age_s": 42.0,
        "document_expired": False,
    }
    body.update(facts)
    return wire.Message(id=str(uuid4()), seq=seq, created_at=datetime.now(UTC), body=wire.AlarmBody(**body))


def panic(seq: int = 1) -> wire.Message:
    """A call for help: nothing was measured."""
    face = ("similarity", "band", "accept_threshold", "pack", "pack_digest")
    nothing: dict[str, Any] = dict.fromkeys((*face, "entry", "list_age_s", "document_expired"))
    return alarm(seq, kind="staff-panic", liveness="n/a", **nothing)


def listed_entry(world: World, number: str = STANDARD_NUMBER, **facts: Any) -> str:
    """An entry that two people have put on the list."""
    with world.person("proposer", Role.ADMIN) as one, world.person("approver", Role.APPROVER) as other:
        entry: str = one.post("/api/list", json=proposal(number, **facts)).json()["entry"]
        assert other.post(f"/api/list/{entry}/approve").status_code == 200
    return entry


def upload(kiosk: httpx.Client, *messages: wire.Message) -> wire.Uploaded:
    """Send the messages as the agent does; return the station's answer."""
    answer = kiosk.post("/v1/messages", content=wire.encode(wire.Upload(messages=messages)))
    assert answer.status_code == 200, answer.text
    return msgspec.json.decode(answer.content, type=wire.Uploaded)


def beat(**facts: Any) -> bytes:
    """A heartbeat of a kiosk that is well, unless ``facts`` say otherwise."""
    well = {
        "at": datetime.now(UTC),
        "list_epoch": 1,
        "list_seq": 0,
        "list_head": "0" * 64,
        "list_age_s": 4.0,
        "next_epoch": None,
        "list_refused": None,
        "look_ups": 7,
        "device_key": "tpm",
        "outbox_depth": 0,
        "oldest_undelivered_s": None,
        "faults": (),
        "software": "0.1.0",
    }
    return wire.encode(wire.Heartbeat(**{**well, **facts}))


def proposal(number: str = STANDARD_NUMBER, **facts: Any) -> dict[str, Any]:
    """An entry as a person proposes it."""
    whole = {
        "numbers": [number],
        "name": "测试甲",
        "unit": "城南派出所",
        "contact": "010-0000 0000",
        "case_number": "C-2026-001",
        "legal_basis": "wanted-notice",
        "expires_on": (site_day(datetime.now(UTC)) + timedelta(days=30)).isoformat(),
        "guidance": "",
    }
    return {**whole, **facts}
