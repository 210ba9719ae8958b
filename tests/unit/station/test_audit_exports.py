"""An auditor with one file and Python finds whatever was done to an export of the audit log."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryFile

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import delete
from starlette.requests import ClientDisconnect
from starlette.types import Message

from sync.station import audit, audit_verify
from sync.station.api.audit_calls import ReadOnce
from sync.station.audit_verify import FlawError, ed25519_holds
from sync.station.store import Store
from tests.blank_station import new_store

NOON = datetime(2026, 3, 1, 4, tzinfo=UTC)
VERIFIER = Path(audit_verify.__file__)


@dataclass
class Log:
    """A station's audit log that is signed every other row."""

    store: Store
    folder: Path
    key: Ed25519PrivateKey
    now: datetime = NOON

    def acts(self, n: int) -> None:
        for number in range(n):
            self.now += timedelta(hours=1)
            with self.store.write() as conn:
                audit.record(conn, self.now, "lin", "entry.withdrawn", why="案件已结", seq=number)
                if number % 2:
                    audit.checkpoint(conn, self.key, "gutian", self.now)

    def export(self, name: str) -> Path:
        file = self.folder / name
        audit.export(self.store, self.key, "gutian", "station", self.now, file)
        return file


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    store = new_store(tmp_path)
    log = Log(store, tmp_path, Ed25519PrivateKey.generate())
    log.acts(5)
    yield log
    store.close()


def verified(lines: list[bytes]) -> audit_verify.Verified:
    return audit_verify.verify(lines)


def lines_of(file: Path) -> list[bytes]:
    return file.read_bytes().splitlines(keepends=True)


def run_alone(folder: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    """As on a machine that has nothing but Python: no environment, no installed package, the one file copied there."""
    alone = folder / "verify.py"
    alone.write_bytes(VERIFIER.read_bytes())
    argv = [sys.executable, "-I", "-S", str(alone), *map(str, words)]
    return subprocess.run(argv, capture_output=True, text=True, env={}, cwd=folder, check=False)


def test_a_whole_export_holds_on_a_machine_that_has_nothing_but_python(log: Log, tmp_path: Path) -> None:
    told = run_alone(tmp_path, log.export("a"), "--key", audit.key_id(log.key))
    assert told.returncode == 0, told.stdout + told.stderr
    assert "HOLDS: site gutian, 6 rows, 3 checkpoints" in told.stdout
    assert "cut right after a checkpoint" in told.stdout


def test_a_change_of_any_one_byte_is_found(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = log.export("a").read_bytes()
    checked: dict[tuple[bytes, ...], bool] = {}

    def once(*given: bytes) -> bool:
        # Most changes leave the signatures before them as they are; each is still checked, but once.
        if given not in checked:
            checked[given] = ed25519_holds(*given)
        return checked[given]

    monkeypatch.setattr(audit_verify, "ed25519_holds", once)
    for place in range(len(whole)):
        changed = bytearray(whole)
        changed[place] ^= 0x20 if place % 2 else 1  # another case, another digit
        with pytest.raises(FlawError):
            verified(bytes(changed).splitlines(keepends=True))


def test_a_line_that_is_taken_out_doubled_or_moved_is_found(log: Log) -> None:
    lines = lines_of(log.export("a"))
    for place in range(len(lines)):
        without = lines[:place] + lines[place + 1 :]
        with pytest.raises(FlawError):
            verified(without)
        with pytest.raises(FlawError):
            verified([*lines[:place], lines[place], *lines[place:]])
        for other in range(len(without) + 1):
            if other != place:
                with pytest.raises(FlawError):
                    verified([*without[:other], lines[place], *without[other:]])


def test_an_export_that_is_cut_short_is_found_but_for_one_cut_right_after_a_checkpoint(log: Log) -> None:
    lines = lines_of(log.export("a"))
    for length in range(len(lines)):
        if length and b'"checkpoint"' in lines[length - 1]:
            assert verified(lines[:length]).rows < 6
        else:
            with pytest.raises(FlawError):
                verified(lines[:length])


def test_with_an_older_export_a_cut_right_after_a_checkpoint_is_found_too(log: Log, tmp_path: Path) -> None:
    older = log.export("older")
    cut = tmp_path / "cut"
    cut.write_bytes(b"".join(lines_of(older)[:4]))
    assert run_alone(tmp_path, cut).returncode == 0
    told = run_alone(tmp_path, cut, "--since", older)
    assert (told.returncode, "rows are missing at the end" in told.stdout) == (1, True)
    log.acts(2)
    told = run_alone(tmp_path, log.export("newer"), "--since", older)
    assert (told.returncode, "It continues the older export, which ended at row 6" in told.stdout) == (0, True)


def test_a_log_that_was_written_anew_is_found_by_the_key_or_by_an_older_export(log: Log, tmp_path: Path) -> None:
    older = log.export("older")
    forged = Log(new_store(tmp_path / "forged-station"), tmp_path, Ed25519PrivateKey.generate())
    forged.acts(9)
    by_another_key = forged.export("forged")
    forged.store.close()
    assert run_alone(tmp_path, by_another_key).returncode == 0
    assert run_alone(tmp_path, by_another_key, "--key", audit.key_id(log.key)).returncode == 1
    assert run_alone(tmp_path, by_another_key, "--since", older).returncode == 1
    again = Log(new_store(tmp_path / "again-station"), tmp_path, log.key, NOON + timedelta(minutes=1))
    again.acts(9)
    by_the_same_key = again.export("again")
    again.store.close()
    told = run_alone(tmp_path, by_the_same_key, "--since", older)
    assert (told.returncode, "row 1 is another than in the older export" in told.stdout) == (1, True)


def test_rows_cut_off_the_stations_own_log_are_found_in_its_next_export(log: Log) -> None:
    with log.store.write() as conn:
        conn.execute(delete(audit.audit).where(audit.audit.c.n >= 2))
    with pytest.raises(FlawError):
        verified(lines_of(log.export("a")))


def test_an_export_overwrites_nothing_and_is_for_its_owner_alone(log: Log) -> None:
    file = log.export("a")
    assert file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        log.export("a")


def test_an_export_that_nobody_waits_for_stays_nowhere() -> None:
    async def hang_up(_: Message) -> None:
        raise OSError

    async def never() -> Message:
        raise AssertionError

    with TemporaryFile() as file:
        answer = ReadOnce(file, {})({"type": "http", "asgi": {"spec_version": "2.4"}}, never, hang_up)
        with pytest.raises(ClientDisconnect):
            asyncio.run(answer)
        assert file.closed


@pytest.mark.parametrize(
    "hostile", [b"", b"\n", b"[]\n", b"{}\n", b"[" * 100_000, b"\xff\n", b'{"n":1e999}\n', b"null\n"]
)
def test_what_is_no_export_is_refused_with_a_sentence(hostile: bytes) -> None:
    with pytest.raises(FlawError):
        verified([hostile])


# RFC 8032, section 7.1: secret key (not needed), public key, message, signature; TEST 1, 2, 3 and SHA(abc).
RFC_8032 = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24"
        "655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aee"
        "b00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28d"
        "c027beceea1ec40a",
    ),
    (
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e"
        "2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17a"
        "d9bef1177331a704",
    ),
]


@pytest.mark.parametrize(("public", "message", "signature"), RFC_8032)
def test_the_vectors_of_rfc_8032_hold_and_no_neighbour_of_one_does(public: str, message: str, signature: str) -> None:
    key, text, signed = map(bytes.fromhex, (public, message, signature))
    assert ed25519_holds(key, text, signed)
    assert not ed25519_holds(key, text + b"\0", signed)
    assert not ed25519_holds(key, text, signed[:63] + bytes([signed[63] ^ 1]))
    # Section 5.1.7: an S beyond the order is refused, or every signature had a second form.
    beyond = int.from_bytes(signed[32:], "little") + audit_verify._L
    assert not ed25519_holds(key, text, signed[:32] + beyond.to_bytes(32, "little"))


def test_what_the_station_signs_and_this_verifies_is_the_same_signature() -> None:
    key = Ed25519PrivateKey.generate()
    for length in range(20):
        message = json.dumps(["x" * length]).encode()
        assert ed25519_holds(key.public_key().public_bytes_raw(), message, key.sign(message))
