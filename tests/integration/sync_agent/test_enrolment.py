"""A kiosk becomes itself: its key is made on it and stays there."""

import asyncio
import fcntl
import json
import os
import stat
import subprocess
import sys
from base64 import b64decode
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from raised import panic
from station_double import Pki, Reply, station_double

from sync.enrol_token import new_token
from sync.kiosk_end.agent import LOCK_FILE, AgentRunningError, enrol_kiosk
from sync.kiosk_end.enrol import EnrolError
from sync.kiosk_end.identity import Identity
from sync.kiosk_end.outbox import OUTBOX_FILE, OutboxFile
from sync.wire import Enrolled, EnrolRequest, encode
from watchlist import trust
from watchlist.device_key import KEY_FILE, open_device_keys

GROUP_KEY = os.urandom(32)


def enrolled(pki: Pki, csr_pem: str) -> Reply:
    return 200, encode(
        Enrolled(
            kiosk="k1",
            lane="lane-1",
            site="west-gate",
            certificate_pem=pki.issue(csr_pem).decode(),
            ca_pem=pki.ca.read_text(),
            group="gates",
            root=b"root of trust",
            group_key=GROUP_KEY,
        )
    )


class Desk:
    """Grants one token once; ``swap`` answers with the certificate of somebody else's key."""

    token = "once"

    def __init__(self, pki: Pki, *, swap: bool = False) -> None:
        self.pki = pki
        self.swap = swap
        self.bodies: list[bytes] = []

    def enrol(self, body: bytes) -> Reply:
        self.bodies.append(body)
        request = msgspec.json.decode(body, type=EnrolRequest)
        if request.token != Desk.token or len(self.bodies) > 1:
            return 403, b""
        status, answer = enrolled(self.pki, request.csr_pem)
        if self.swap:
            other = self.pki.kiosk().certificate_pem.decode()
            answer = encode(msgspec.structs.replace(msgspec.json.decode(answer, type=Enrolled), certificate_pem=other))
        return status, answer


def enrol(pki: Pki, desk: Desk, data: Path, *, ca: Path | None = None) -> trust.Trust:
    async def play() -> trust.Trust:
        async with station_double(pki, client_certificates=False) as station:
            station.replies["POST /v1/enrol"] = desk.enrol
            return await enrol_kiosk(station.url, ca or pki.ca, desk.token, data)

    return asyncio.run(play())


def test_an_enrolled_kiosk_holds_its_identity_and_its_trust(pki: Pki, tmp_path: Path) -> None:
    data = tmp_path / "data"
    granted = enrol(pki, Desk(pki), data)
    assert trust.load(data / trust.TRUST_FILE, open_device_keys(data)) == granted
    assert (granted.kiosk, granted.lane, granted.site, granted.group) == ("k1", "lane-1", "west-gate", "gates")
    assert (granted.root, granted.group_key) == (b"root of trust", GROUP_KEY)
    assert sorted(file.name for file in (data / "identity").iterdir()) == ["ca.crt", "kiosk.pem"]


def test_the_key_is_for_its_owner_alone_locked_for_this_device_and_never_leaves(pki: Pki, tmp_path: Path) -> None:
    desk, data = Desk(pki), tmp_path / "data"
    enrol(pki, desk, data)
    file = data / "identity" / "kiosk.pem"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    key_pem = Identity(file.parent, open_device_keys(data)).own.key_pem
    secret = load_pem_private_key(key_pem, None).private_numbers().private_value.to_bytes(32)
    der = b64decode(b"".join(key_pem.splitlines()[1:-1]))
    assert secret in der
    (sent,) = desk.bodies
    for place in (sent, *(kept.read_bytes() for kept in data.rglob("*") if kept.is_file())):
        assert b"PRIVATE" not in place
        assert key_pem.splitlines()[1] not in place
        assert secret not in place


def test_a_refused_token_leaves_no_identity(pki: Pki, tmp_path: Path) -> None:
    desk = Desk(pki)
    desk.token = "wrong"
    with pytest.raises(EnrolError, match="http-403"):
        enrol(pki, desk, tmp_path / "data")
    assert {file.name for file in (tmp_path / "data").iterdir()} == {KEY_FILE, LOCK_FILE}


def test_a_certificate_for_another_key_is_refused(pki: Pki, tmp_path: Path) -> None:
    with pytest.raises(EnrolError, match="certificate-of-another-key"):
        enrol(pki, Desk(pki, swap=True), tmp_path / "data")
    assert {file.name for file in (tmp_path / "data").iterdir()} == {KEY_FILE, LOCK_FILE}


def test_a_station_that_our_ca_did_not_sign_never_sees_the_token(pki: Pki, tmp_path: Path) -> None:
    desk = Desk(pki)
    with pytest.raises(EnrolError, match="station-not-trusted"):
        enrol(pki, desk, tmp_path / "data", ca=Pki(tmp_path / "other").ca)
    assert desk.bodies == []


def test_a_kiosk_whose_agent_works_is_not_enrolled_beneath_it_and_the_token_stays_good(
    pki: Pki, tmp_path: Path
) -> None:
    data, desk = tmp_path / "data", Desk(pki)
    data.mkdir()
    with (data / LOCK_FILE).open("w") as working:
        fcntl.flock(working, fcntl.LOCK_EX)
        with pytest.raises(AgentRunningError):
            enrol(pki, desk, data)
        assert {file.name for file in data.iterdir()} == {LOCK_FILE}
        assert desk.bodies == []
    assert enrol(pki, desk, data).kiosk == "k1"


def test_a_kiosk_that_an_earlier_version_enrolled_is_told_to_enrol_again_and_keeps_its_outbox(
    pki: Pki, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    enrol(pki, Desk(pki), data)
    before = {"kiosk": "k1", "lane": "lane-1", "site": "west-gate", "feed_key": "", "pepper": {"epoch": 1, "salt": ""}}
    (data / trust.TRUST_FILE).write_text(json.dumps(before, separators=(",", ":")))
    outbox = OutboxFile(data / OUTBOX_FILE)
    outbox.raise_alarm(panic(1))
    argv = [sys.executable, "-m", "sync.kiosk_end", "run", "--station", "https://127.0.0.1:1", "--data", str(data)]
    ended = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    (line,) = ended.stderr.splitlines()
    assert "enrolled by an earlier version" in line
    assert "run kiosk-sync enrol again" in line
    enrol(pki, Desk(pki), data)
    assert trust.load(data / trust.TRUST_FILE, open_device_keys(data)).group == "gates"
    assert outbox.depth() == 1
    outbox.close()


def asked_for_a_token(typed: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """``kiosk-sync enrol`` at a station that is not there."""
    argv = [sys.executable, "-m", "sync.kiosk_end", "enrol", "--station", "https://127.0.0.1:1", *arguments]
    return subprocess.run(argv, input=typed, capture_output=True, text=True, check=False)


def test_the_token_is_asked_for_and_a_slip_of_the_finger_is_told_before_it_is_sent(pki: Pki, tmp_path: Path) -> None:
    token, folder = new_token(), ("--ca", str(pki.ca), "--data", str(tmp_path / "data"))
    slipped = token.replace(token[0], "3" if token[0] != "3" else "4", 1)
    done = asked_for_a_token(f"{slipped}\n{token.lower()}\n", *folder)
    assert done.stdout.count("Token:") == 2
    assert "that is no token: a character is wrong" in done.stdout
    assert done.stderr.splitlines() == ["the station did not enrol this kiosk: it cannot be reached (ConnectError)"]
    given = asked_for_a_token("", *folder, "--token", slipped)
    assert (given.returncode, given.stderr.splitlines()) == (
        1,
        ["that is no token: a character is wrong, missing or in another's place"],
    )
