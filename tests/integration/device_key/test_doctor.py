"""The doctor says where the device's key is, and names the weaker place as such."""

from pathlib import Path

import pytest
from software_tpm import SoftwareTpm
from typer.testing import CliRunner, Result

from kiosk.__main__ import cli
from kiosk.staff_pin import StaffPin
from watchlist.device_key import KEY_FILE, open_device_keys

REPOSITORY = Path(__file__).parents[3]
SAMPLE = (REPOSITORY / "hardware" / "wiring" / "kiosk.sample.toml").read_text("utf-8")


def doctor(data: Path, mode: str = "auto") -> Result:
    text = SAMPLE.replace("/var/lib/hongtu-gate", str(data)).replace('device_key = "auto"', f'device_key = "{mode}"')
    file = data.parent / "kiosk.toml"
    file.write_text(text, encoding="utf-8")
    return CliRunner().invoke(cli, ["doctor", "--settings", str(file)])


def key_line(result: Result) -> str:
    return result.stdout.splitlines()[0]


@pytest.mark.usefixtures("machine_tpm")
def test_a_key_in_the_tpm_is_well(folder: Path) -> None:
    open_device_keys(folder, make=True)
    assert "sealed in this machine's TPM" in key_line(doctor(folder))


@pytest.mark.usefixtures("no_tpm")
def test_a_key_in_a_file_is_named_as_the_weaker_way(folder: Path) -> None:
    open_device_keys(folder, make=True)
    result = doctor(folder)
    assert result.exit_code == 1
    assert "weaker way" in key_line(result)
    assert "保护较弱" in key_line(result)
    assert "shows no TPM" in key_line(result)


@pytest.mark.usefixtures("machine_tpm")
def test_where_there_is_a_tpm_it_says_how_to_move_there(folder: Path) -> None:
    open_device_keys(folder, "file", make=True)
    assert "--device-key tpm" in key_line(doctor(folder))


def test_a_cleared_tpm_and_a_readable_file_are_told_with_what_to_do(folder: Path, machine_tpm: SoftwareTpm) -> None:
    open_device_keys(folder, make=True)
    machine_tpm.stop()
    assert "no TPM can be used" in key_line(doctor(folder))
    (folder / "device.tpm").unlink()
    open_device_keys(folder, "file", make=True)
    (folder / KEY_FILE).chmod(0o644)
    assert "may be read by others" in key_line(doctor(folder))


@pytest.mark.usefixtures("no_tpm")
def test_a_kiosk_without_a_key_is_told_how_it_gets_one(folder: Path) -> None:
    assert "kiosk-sync enrol makes it" in key_line(doctor(folder))
    assert {path.name for path in folder.iterdir()}.isdisjoint({KEY_FILE, "device.tpm"})


@pytest.mark.usefixtures("no_tpm")
def test_every_part_is_looked_at_and_said_to_be_well_or_not(folder: Path) -> None:
    open_device_keys(folder, make=True)
    lines = doctor(folder).stdout.splitlines()
    looked_at = {line.split()[1].partition(":")[0].partition("/")[0] for line in lines}
    assert looked_at >= {
        "device-key", "enrolment", "reader", "camera", "models", "list", "link", "certificate", "clock", "disk",
        "permissions", "fonts", "sound", "screen", "staff-pin",
    }  # fmt: skip
    assert all(line[0] in "✓✗" and " · " in line for line in lines)


@pytest.mark.usefixtures("no_tpm")
def test_a_data_folder_that_others_may_read_and_a_missing_pin_are_told_with_what_to_do(folder: Path) -> None:
    folder.chmod(0o755)
    told = {line.split()[1]: line for line in doctor(folder).stdout.splitlines()}
    assert told["permissions:"].startswith("✗")
    assert f"chmod 700 {folder}" in told["permissions:"]
    assert "kiosk staff-pin" in told["staff-pin:"]
    folder.chmod(0o700)
    StaffPin(folder).set("270519")
    told = {line.split()[1]: line for line in doctor(folder).stdout.splitlines()}
    assert told["permissions:"].startswith("✓")
    assert told["staff-pin:"].startswith("✓")
