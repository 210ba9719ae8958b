import base64
import stat
from pathlib import Path

import msgspec
import pytest

from kiosk.domain.ids import KioskId, LaneId
from watchlist import trust
from watchlist.device_key import DeviceKeyError, FileDeviceKeys

GRANTED = trust.Trust(
    kiosk=KioskId("k1"), lane=LaneId("lane-1"), site="west-gate", group="gates", root=b"{}", group_key=bytes(range(32))
)


def test_trust_is_read_back_as_it_was_written_and_is_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / trust.TRUST_FILE
    keys = FileDeviceKeys(bytes(32))
    trust.save(GRANTED, path, keys)
    assert trust.load(path, keys) == GRANTED
    assert trust.place(path) == trust.Place(GRANTED.kiosk, GRANTED.lane)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir()] == [trust.TRUST_FILE]


@pytest.mark.parametrize("damage", [b"", b"{}", b"\xff", b'{"kiosk":1}'])
def test_a_damaged_trust_file_says_so(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / trust.TRUST_FILE
    path.write_bytes(damage)
    with pytest.raises(trust.TrustError):
        trust.load(path, FileDeviceKeys(bytes(32)))
    with pytest.raises(trust.TrustError):
        trust.place(path)


def test_the_groups_key_is_on_the_disk_for_this_device_alone(tmp_path: Path) -> None:
    path = tmp_path / trust.TRUST_FILE
    trust.save(GRANTED, path, FileDeviceKeys(bytes(32)))
    assert base64.b64encode(GRANTED.group_key)[:40] not in path.read_bytes()
    with pytest.raises(trust.TrustError, match="another device"):
        trust.load(path, FileDeviceKeys(bytes([1] * 32)))


def test_the_groups_key_stays_silent_when_printed() -> None:
    assert "0102" not in repr(GRANTED)
    assert repr(GRANTED) == "Trust(…)"


def test_the_device_key_is_made_once_for_its_owner_alone_and_stays(tmp_path: Path) -> None:
    path = tmp_path / "device.key"
    first = FileDeviceKeys.load_or_make(path)
    again = FileDeviceKeys.load_or_make(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert again.blind(b"row", b"x") == first.blind(b"row", b"x")
    assert again.unlock(first.lock(b"secret", b"here"), b"here") == b"secret"


def test_two_uses_of_the_device_key_never_meet() -> None:
    keys = FileDeviceKeys(bytes(32))
    assert keys.blind(b"row", b"x") != keys.blind(b"entry", b"x")


@pytest.mark.parametrize("place", [b"there", b""])
def test_what_was_locked_for_one_place_opens_in_no_other(place: bytes) -> None:
    keys = FileDeviceKeys(bytes(32))
    with pytest.raises(DeviceKeyError):
        keys.unlock(keys.lock(b"secret", b"here"), place)


def test_what_one_device_locked_no_other_opens() -> None:
    locked = FileDeviceKeys(bytes(32)).lock(b"secret", b"here")
    with pytest.raises(DeviceKeyError):
        FileDeviceKeys(bytes([1] * 32)).unlock(locked, b"here")


def test_a_damaged_key_file_says_so(tmp_path: Path) -> None:
    (tmp_path / "device.key").write_bytes(b"short")
    with pytest.raises(DeviceKeyError):
        FileDeviceKeys.load(tmp_path / "device.key")


def test_a_trust_file_of_before_is_read_and_knows_no_key_for_evidence(tmp_path: Path) -> None:
    path = tmp_path / trust.TRUST_FILE
    keys = FileDeviceKeys(bytes(32))
    trust.save(GRANTED, path, keys)
    assert b"evidence" not in path.read_bytes()  # so this is what an earlier version wrote
    assert trust.evidence_key(path) == b""
    now = msgspec.structs.replace(GRANTED, evidence_key=b"e" * 32, request_key=b"r" * 32)
    trust.save(now, path, keys)
    assert trust.load(path, keys) == now
    assert trust.evidence_key(path) == b"e" * 32
