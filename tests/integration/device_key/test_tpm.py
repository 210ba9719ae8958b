"""A secret sealed to one TPM opens there, and nowhere else."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from bus import Bus
from software_tpm import TPM_VARIABLE, SoftwareTpm
from tpm2_pytss import ESAPI, TPM2_CAP, TPM2_HT

from watchlist import tpm
from watchlist.device_errors import OtherTpmError, SealedKeyDamagedError, TpmError, TpmMissingError

SECRET = os.urandom(32)
Use = Callable[[SoftwareTpm], None]


@pytest.fixture
def sealed(machine_tpm: SoftwareTpm, folder: Path) -> Path:
    path = folder / tpm.SEALED_FILE
    tpm.seal(SECRET, path)
    return path


def test_what_is_sealed_opens_again_after_a_power_cut(sealed: Path, machine_tpm: SoftwareTpm, use: Use) -> None:
    assert tpm.unseal(sealed) == SECRET
    machine_tpm.restart()
    use(machine_tpm)
    assert tpm.unseal(sealed) == SECRET


def test_the_file_is_its_owners_alone_and_holds_nothing_of_the_secret(sealed: Path) -> None:
    data = sealed.read_bytes()
    assert sealed.stat().st_mode & 0o777 == 0o600
    assert not any(SECRET[at : at + 4] in data for at in range(29))


def test_two_seals_of_one_secret_are_not_alike(sealed: Path, folder: Path) -> None:
    tpm.seal(SECRET, folder / "again")
    assert (folder / "again").read_bytes() != sealed.read_bytes()


def test_another_machines_tpm_does_not_open_it(sealed: Path, make_tpm: Callable[[str], SoftwareTpm], use: Use) -> None:
    use(make_tpm("thief"))
    with pytest.raises(OtherTpmError, match="another TPM"):
        tpm.unseal(sealed)


def test_nor_when_the_thief_tells_it_that_it_is_the_right_one(
    sealed: Path, make_tpm: Callable[[str], SoftwareTpm], use: Use
) -> None:
    use(make_tpm("thief"))
    tpm.seal(bytes(32), sealed.with_name("bait"))
    ours, bait = (msgspec.msgpack.decode(path.read_bytes()) for path in (sealed, sealed.with_name("bait")))
    sealed.write_bytes(msgspec.msgpack.encode({**ours, "parent": bait["parent"]}))
    with pytest.raises(SealedKeyDamagedError):
        tpm.unseal(sealed)


def test_a_cleared_tpm_is_told_from_a_damaged_file_and_says_what_to_do(
    sealed: Path, machine_tpm: SoftwareTpm, use: Use
) -> None:
    machine_tpm.clear()
    use(machine_tpm)
    with pytest.raises(OtherTpmError, match=r"cleared: delete .*device.tpm and enrol the kiosk again"):
        tpm.unseal(sealed)


def test_a_damaged_file_is_said_to_be_damaged(sealed: Path) -> None:
    whole = sealed.read_bytes()
    fields = msgspec.msgpack.decode(whole)
    for at in range(0, len(fields["private"]), 7):
        private = bytearray(fields["private"])
        private[at] ^= 1
        sealed.write_bytes(msgspec.msgpack.encode({**fields, "private": bytes(private)}))
        with pytest.raises(SealedKeyDamagedError, match="damaged: delete"):
            tpm.unseal(sealed)
    for part in (b"", whole[:-1], whole + b"x", b"\xc1" * 200):
        sealed.write_bytes(part)
        with pytest.raises(SealedKeyDamagedError, match="damaged: delete"):
            tpm.unseal(sealed)


def test_no_changed_byte_opens_as_another_secret(sealed: Path) -> None:
    whole = sealed.read_bytes()
    for at in range(len(whole)):
        sealed.write_bytes(whole[:at] + bytes([whole[at] ^ 0x40]) + whole[at + 1 :])
        with pytest.raises(TpmError):
            tpm.unseal(sealed)
    sealed.write_bytes(whole)
    assert tpm.unseal(sealed) == SECRET


@pytest.mark.usefixtures("no_tpm")
def test_a_machine_without_a_tpm_says_so_and_names_the_ways_out(folder: Path) -> None:
    assert not tpm.is_there()
    with pytest.raises(TpmMissingError, match=r'firmware, .* group tss, or choose device_key = "file"'):
        tpm.seal(SECRET, folder / tpm.SEALED_FILE)
    assert list(folder.iterdir()) == []


def test_a_tpm_that_is_switched_off_is_missing_not_damaged(sealed: Path, machine_tpm: SoftwareTpm) -> None:
    machine_tpm.stop()
    with pytest.raises(TpmMissingError):
        tpm.unseal(sealed)


def test_a_missing_library_is_named(sealed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tpm2_pytss", None)
    with pytest.raises(TpmMissingError, match="apt-get install"):
        tpm.unseal(sealed)


def test_the_tpm_is_left_as_it_was_found(sealed: Path, machine_tpm: SoftwareTpm) -> None:
    whole = sealed.read_bytes()
    for _ in range(12):  # a TPM has room for three objects and as many sessions
        assert tpm.unseal(sealed) == SECRET
    sealed.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    for _ in range(12):
        with pytest.raises(TpmError):
            tpm.unseal(sealed)
    with ESAPI(machine_tpm.tcti) as esapi:
        for kind in (TPM2_HT.TRANSIENT, TPM2_HT.LOADED_SESSION, TPM2_HT.SAVED_SESSION, TPM2_HT.PERSISTENT):
            assert list(esapi.get_capability(TPM2_CAP.HANDLES, kind << 24, 20)[1].data.handles) == []


def test_who_listens_between_the_machine_and_its_tpm_does_not_hear_the_secret(
    folder: Path, machine_tpm: SoftwareTpm, monkeypatch: pytest.MonkeyPatch
) -> None:
    bus = Bus(machine_tpm)
    monkeypatch.setenv(TPM_VARIABLE, bus.tcti)
    with bus.listening():
        tpm.seal(SECRET, folder / tpm.SEALED_FILE)
        assert tpm.unseal(folder / tpm.SEALED_FILE) == SECRET
    fields = msgspec.msgpack.decode((folder / tpm.SEALED_FILE).read_bytes())
    assert fields["public"] in bus.heard  # he does hear what passes
    assert not any(SECRET[at : at + 6] in bus.heard for at in range(27))
