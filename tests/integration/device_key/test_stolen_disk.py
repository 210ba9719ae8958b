"""A kiosk's disk is stolen: its database, its logs and whatever was ever in its swap. No entry of the list is in it."""

import base64
import hashlib
import hmac
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from kiosk_disk_image import LISTED, NOT_LISTED, WITHDRAWN, KioskDiskImage, found_in
from list_author import number
from pysqlite3 import dbapi2
from software_tpm import TPM_VARIABLE, SoftwareTpm

from watchlist import trust
from watchlist.device_errors import OtherTpmError, TpmMissingError
from watchlist.device_key import KEY_FILE, SEALED_FILE, FileDeviceKeys, open_device_keys
from watchlist.seal import Pepper, Secret, index_of, stretch
from watchlist.store import LIST_FILE, ListNotOursError, ListStore

Use = Callable[[SoftwareTpm], None]
pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs the right to lock memory (LimitMEMLOCK=infinity)")


NO_TPM = "device:/nowhere"


def make_disk(root: Path, tpm: str) -> KioskDiskImage:
    (root / "disk").mkdir()
    return KioskDiskImage(root / "disk", root / "web", tpm)


@pytest.fixture(scope="module")
def chip(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SoftwareTpm]:
    """The kiosk's TPM, which stays where the machine is."""
    chip = SoftwareTpm(tmp_path_factory.mktemp("tpm"))
    chip.start()
    yield chip
    chip.stop()


@pytest.fixture(scope="module")
def tpm_disk(tmp_path_factory: pytest.TempPathFactory, chip: SoftwareTpm) -> KioskDiskImage:
    """The disk of a kiosk with a TPM, after its work."""
    disk = make_disk(tmp_path_factory.mktemp("with-tpm"), chip.tcti)
    disk.work()
    return disk


@pytest.fixture(scope="module")
def file_disk(tmp_path_factory: pytest.TempPathFactory) -> KioskDiskImage:
    """The disk of a kiosk with its key in a file, after its work."""
    disk = make_disk(tmp_path_factory.mktemp("with-file"), NO_TPM)
    disk.work()
    return disk


def bytes_of(disk: KioskDiskImage) -> bytes:
    return b"\0".join(path.read_bytes() for path in disk.files())


def test_the_search_finds_each_trace(tpm_disk: KioskDiskImage) -> None:
    traces = tpm_disk.traces()
    assert len(set(traces.values())) == len(traces)
    for what, trace in traces.items():
        assert what in found_in(b"x" * 4000 + trace + b"x", traces)


def test_unlocked_memory_would_have_told_so_the_lock_is_what_keeps_it(tmp_path: Path) -> None:
    disk = make_disk(tmp_path, NO_TPM)
    disk.work(locks=False)
    traces = disk.traces()
    agent = {what: trace for what, trace in traces.items() if what.startswith("ct") and "," not in what}
    app = {what: trace for what, trace in traces.items() if what.startswith("number") and "," not in what}
    assert found_in((disk.disk / "swap.agent").read_bytes(), agent)
    assert found_in((disk.disk / "swap.app").read_bytes(), app)


def test_with_its_key_in_the_tpm_the_disk_holds_no_entry(tpm_disk: KioskDiskImage) -> None:
    names = {path.name for path in tpm_disk.files()}
    assert {SEALED_FILE, LIST_FILE, "kiosk.jsonl", "agent.jsonl", "swap.app", "swap.agent"} <= names
    assert KEY_FILE not in names
    assert found_in(bytes_of(tpm_disk), tpm_disk.traces()) == set()


def test_nor_the_groups_key_nor_a_pepper_so_the_published_list_says_nothing_either(tpm_disk: KioskDiskImage) -> None:
    stolen, station = bytes_of(tpm_disk), tpm_disk.station
    for secret in (station.group_key, station.author.pepper.salt):
        traces = {"raw": secret, "base64": base64.b64encode(secret)[:40], "hex": secret.hex().encode()}
        assert found_in(stolen, traces) == set()


def test_nor_does_a_disk_without_its_key_file_and_nor_does_the_swap_hold_the_key(file_disk: KioskDiskImage) -> None:
    master = (file_disk.data / KEY_FILE).read_bytes()
    stolen = b"\0".join(path.read_bytes() for path in file_disk.files() if path.name != KEY_FILE)
    assert found_in(stolen, file_disk.traces()) == set()
    assert found_in(stolen, {"master": master, "K_device": FileDeviceKeys(master)._device}) == set()


def test_the_free_space_of_the_disk_holds_none_either(tmp_path: Path, chip: SoftwareTpm) -> None:
    """A deleted file's bytes stay where they were, so the whole device is searched, not its files."""
    with mounted(tmp_path) as (device, folder):
        disk = KioskDiskImage(folder, tmp_path / "web", chip.tcti, others=4_000)
        disk.work(syncs=True)
        lost = folder / "deleted"
        lost.write_bytes(b"a file that was written and deleted" * 200)
        with lost.open("rb") as file:
            os.fsync(file.fileno())
        lost.unlink()
    stolen = all_but_empty_blocks(device)
    assert b"a file that was written and deleted" in stolen  # the search does see deleted files
    assert found_in(stolen, disk.traces()) == set()


def all_but_empty_blocks(device: Path) -> bytes:
    """Most of a new disk was never written to, and a search through that takes half a minute."""
    nothing = bytes(4096)
    with device.open("rb") as file:
        return b"".join(block for block in iter(lambda: file.read(4096), b"") if block != nothing)


class mounted:
    """An ext4 file system in a file."""

    def __init__(self, tmp_path: Path) -> None:
        self.device, self.folder = tmp_path / "device", tmp_path / "mnt"

    def __enter__(self) -> tuple[Path, Path]:
        with self.device.open("wb") as file:
            file.truncate(96 << 20)
        self.folder.mkdir()
        subprocess.run(["/usr/sbin/mkfs.ext4", "-q", str(self.device)], check=True)
        command = ["mount", "-o", "loop", str(self.device), str(self.folder)]
        if subprocess.run(command, capture_output=True, check=False).returncode != 0:
            pytest.skip("no loop device here")
        return self.device, self.folder

    def __exit__(self, *_: object) -> None:
        subprocess.run(["umount", str(self.folder)], check=True)


# ---- the thief knows the numbers, the group's key and the pepper


def rows_of(disk: KioskDiskImage) -> list[tuple[bytes, ...]]:
    """Every row of every table of the stolen database."""
    database = dbapi2.connect(disk.data / LIST_FILE)
    try:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        queries = [f'SELECT * FROM "{table}"' for table in tables]  # noqa: S608  # names that the file itself gives
        return [row for query in queries for row in database.execute(query)]
    finally:
        database.close()


def guesses(secret: Secret, pepper: Pepper, group_key: bytes) -> Iterator[bytes]:
    """What a thief might look for who knows how it is made, and has every key but the device's."""
    idx = index_of(secret)
    yield from (secret.value, idx, hashlib.sha256(idx).digest())
    for key in (bytes(32), pepper.salt, group_key, secret.value):
        yield from (hmac.digest(key, b"row\0" + idx, "sha256"), hmac.digest(key, idx, "sha256"))
        yield FileDeviceKeys(key).blind(b"row", idx)


def test_with_the_true_numbers_group_key_and_pepper_he_cannot_tell_listed_from_not(
    tpm_disk: KioskDiskImage, chip: SoftwareTpm, use: Use
) -> None:
    values = {value for row in rows_of(tpm_disk) for value in row if isinstance(value, bytes)}
    pepper, group_key = tpm_disk.station.author.pepper, tpm_disk.station.group_key
    for person in (*LISTED, WITHDRAWN, *NOT_LISTED):
        assert values.isdisjoint(guesses(tpm_disk.secret(person), pepper, group_key))
    use(chip)
    own = open_device_keys(tpm_disk.data)
    listed = {own.blind(b"row", index_of(tpm_disk.secret(person))) for person in LISTED}
    assert listed <= values  # it is there, and only the device's key leads to it


def test_another_tpm_and_no_tpm_open_neither_the_key_nor_the_copy(
    tpm_disk: KioskDiskImage,
    make_tpm: Callable[[str], SoftwareTpm],
    use: Use,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    data = tmp_path / "copied"
    shutil.copytree(tpm_disk.data, data)
    use(make_tpm("thief"))
    with pytest.raises(OtherTpmError):
        open_device_keys(data)
    monkeypatch.setenv(TPM_VARIABLE, NO_TPM)
    with pytest.raises(TpmMissingError):
        open_device_keys(data)
    with pytest.raises(ListNotOursError):
        ListStore.open(data / LIST_FILE, tpm_disk.station.trust(), FileDeviceKeys(os.urandom(32)))


def test_with_the_key_file_he_pays_one_slow_hash_for_each_number_that_he_tries(file_disk: KioskDiskImage) -> None:
    keys = FileDeviceKeys.load(file_disk.data / KEY_FILE)
    store = ListStore.open(file_disk.data / LIST_FILE, trust.load(file_disk.data / trust.TRUST_FILE, keys), keys)
    (pepper,) = store.peppers()
    found = []
    for person in range(1, 12):
        secret = stretch(number(person), pepper)
        if store.find({pepper.epoch: [index_of(secret)]})[pepper.epoch].rows[0]:
            found.append(person)
    store.close()
    assert found == list(LISTED)
