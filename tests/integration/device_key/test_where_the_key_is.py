"""The device key: in the TPM where there is one, else in a file, and never quietly in the weaker place."""

from collections.abc import Callable
from pathlib import Path

import pytest
from software_tpm import TPM_VARIABLE, SoftwareTpm

from watchlist import device_key
from watchlist.device_errors import DeviceKeyError, KeyFileOpenError, OtherTpmError, TpmMissingError
from watchlist.device_key import (
    KEY_FILE,
    SEALED_FILE,
    FileDeviceKeys,
    is_key_in_file,
    made_device_keys,
    open_device_keys,
)

Use = Callable[[SoftwareTpm], None]


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def are_same(one: device_key.DeviceKeys, other: device_key.DeviceKeys) -> bool:
    return one.blind(b"p", b"v") == other.blind(b"p", b"v") and other.unlock(one.lock(b"x", b"here"), b"here") == b"x"


@pytest.mark.usefixtures("machine_tpm")
def test_a_machine_with_a_tpm_keeps_its_key_there_and_in_no_file(folder: Path) -> None:
    made = open_device_keys(folder, make=True)
    assert made.place == "tpm"
    assert files(folder) == {SEALED_FILE}
    assert not is_key_in_file(folder)
    opened = open_device_keys(folder)
    assert opened.place == "tpm"
    assert are_same(made, opened)


@pytest.mark.usefixtures("no_tpm")
def test_a_machine_without_one_keeps_it_in_a_file_and_says_so(folder: Path) -> None:
    made = open_device_keys(folder, make=True)
    assert made.place == "file"
    assert files(folder) == {KEY_FILE}
    assert (folder / KEY_FILE).stat().st_mode & 0o777 == 0o600
    assert is_key_in_file(folder)
    assert are_same(made, open_device_keys(folder))


@pytest.mark.usefixtures("machine_tpm")
def test_the_installer_may_choose_the_file(folder: Path) -> None:
    assert open_device_keys(folder, "file", make=True).place == "file"
    assert files(folder) == {KEY_FILE}


@pytest.mark.usefixtures("no_tpm")
def test_a_tpm_that_was_chosen_and_is_not_there_is_an_error(folder: Path) -> None:
    with pytest.raises(TpmMissingError):
        open_device_keys(folder, "tpm", make=True)
    assert files(folder) == set()


@pytest.mark.parametrize("mode", ["auto", "tpm", "file"])
def test_a_kiosk_that_sealed_to_a_tpm_never_falls_back_to_a_file(
    folder: Path, machine_tpm: SoftwareTpm, mode: device_key.KeyMode
) -> None:
    open_device_keys(folder, make=True)
    machine_tpm.stop()
    for make in (True, False):
        with pytest.raises(DeviceKeyError):
            open_device_keys(folder, mode, make=make)
    assert files(folder) == {SEALED_FILE}


@pytest.mark.parametrize("mode", ["auto", "tpm", "file"])
def test_nor_when_the_machine_no_longer_shows_a_tpm_at_all(
    folder: Path, machine_tpm: SoftwareTpm, mode: device_key.KeyMode, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_device_keys(folder, make=True)
    monkeypatch.setenv(TPM_VARIABLE, f"device:{folder / 'tpmrm0'}")
    for make in (True, False):
        with pytest.raises(DeviceKeyError):
            open_device_keys(folder, mode, make=make)
    assert files(folder) == {SEALED_FILE}


def test_a_tpm_that_was_cleared_is_told_and_no_key_is_made_in_its_place(
    folder: Path, machine_tpm: SoftwareTpm, use: Use
) -> None:
    open_device_keys(folder, make=True)
    sealed = (folder / SEALED_FILE).read_bytes()
    machine_tpm.clear()
    use(machine_tpm)
    with pytest.raises(OtherTpmError):
        open_device_keys(folder, make=True)
    assert (folder / SEALED_FILE).read_bytes() == sealed
    assert files(folder) == {SEALED_FILE}


def test_going_back_to_the_file_takes_a_person(folder: Path, machine_tpm: SoftwareTpm) -> None:
    before = open_device_keys(folder, make=True)
    with pytest.raises(DeviceKeyError, match=r"weaker: delete .*device.tpm"):
        open_device_keys(folder, "file", make=True)
    (folder / SEALED_FILE).unlink()
    after = open_device_keys(folder, "file", make=True)
    assert after.place == "file"
    assert after.blind(b"p", b"v") != before.blind(b"p", b"v")


@pytest.mark.usefixtures("machine_tpm")
def test_the_choice_falls_once_and_tpm_moves_a_kiosk_with_a_new_key(folder: Path) -> None:
    in_file = open_device_keys(folder, "file", make=True)
    assert are_same(in_file, open_device_keys(folder, "auto", make=True))
    moved = open_device_keys(folder, "tpm", make=True)
    assert moved.place == "tpm"
    assert moved.blind(b"p", b"v") != in_file.blind(b"p", b"v")
    assert files(folder) == {SEALED_FILE}


@pytest.mark.usefixtures("machine_tpm")
def test_a_move_that_was_cut_short_leaves_one_key_in_the_end(folder: Path) -> None:
    moved = open_device_keys(folder, "tpm", make=True)
    FileDeviceKeys.load_or_make(folder / KEY_FILE)
    assert not is_key_in_file(folder)
    assert are_same(moved, open_device_keys(folder))
    assert are_same(moved, open_device_keys(folder, make=True))
    assert files(folder) == {SEALED_FILE}


@pytest.mark.usefixtures("machine_tpm")
@pytest.mark.parametrize("mode", ["auto", "tpm", "file"])
def test_the_kiosk_app_makes_no_key(folder: Path, mode: device_key.KeyMode) -> None:
    with pytest.raises(FileNotFoundError):
        open_device_keys(folder, mode)
    assert files(folder) == set()
    assert not is_key_in_file(folder)


@pytest.mark.usefixtures("no_tpm")
@pytest.mark.parametrize("mode", [0o640, 0o620, 0o610, 0o604, 0o602, 0o601])
@pytest.mark.parametrize("make", [True, False])
def test_a_key_file_that_others_may_open_is_refused(folder: Path, mode: int, make: bool) -> None:
    open_device_keys(folder, make=True)
    (folder / KEY_FILE).chmod(mode)
    with pytest.raises(KeyFileOpenError, match=r"read by others.* delete it and enrol the kiosk again"):
        open_device_keys(folder, make=make)
    (folder / KEY_FILE).chmod(0o400)
    assert open_device_keys(folder, make=make).place == "file"


@pytest.mark.usefixtures("machine_tpm")
def test_no_text_of_a_key_shows_it(folder: Path) -> None:
    keys = open_device_keys(folder, make=True)
    assert "object at" in repr(keys)


class RefusedError(Exception):
    """The station did not take the token."""


@pytest.mark.usefixtures("machine_tpm")
def test_a_move_to_the_tpm_is_made_only_when_the_station_has_granted_it(folder: Path) -> None:
    in_file = open_device_keys(folder, "file", make=True)
    with pytest.raises(RefusedError), made_device_keys(folder, "tpm"):
        raise RefusedError
    assert files(folder) == {KEY_FILE}
    assert are_same(in_file, open_device_keys(folder, "file"))
    with made_device_keys(folder, "tpm") as in_tpm:
        assert are_same(in_file, open_device_keys(folder, "file"))  # the gate goes on with it meanwhile
    assert files(folder) == {SEALED_FILE}
    assert are_same(in_tpm, open_device_keys(folder))


@pytest.mark.usefixtures("machine_tpm")
def test_a_refused_first_enrolment_leaves_no_key_in_the_tpms_place(folder: Path) -> None:
    with pytest.raises(RefusedError), made_device_keys(folder):
        raise RefusedError
    assert files(folder) == set()
