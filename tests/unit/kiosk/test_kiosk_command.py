"""What an installer is told when the kiosk cannot start: one line, and what to do."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kiosk.__main__ import cli
from kiosk.domain.ids import KioskId, LaneId
from sync.kiosk_end.outbox import OUTBOX_FILE, OutboxFile
from watchlist.device_key import KEY_FILE, SEALED_FILE, FileDeviceKeys
from watchlist.trust import TRUST_FILE, Trust, save

REPOSITORY = Path(__file__).parents[3]
SAMPLE = (REPOSITORY / "hardware" / "wiring" / "kiosk.sample.toml").read_text(encoding="utf-8")


def settings(folder: Path, **changes: str) -> str:
    text = SAMPLE.replace("/var/lib/hongtu-gate", str(folder)).replace("/opt/hongtu-gate", str(REPOSITORY))
    for old, new in changes.items():
        text = text.replace(old, new)
    file = folder / "kiosk.toml"
    file.write_text(text, encoding="utf-8")
    return str(file)


def run(*arguments: str) -> str:
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == 2
    assert len(result.stderr.strip().splitlines()) == 1
    return result.stderr


def test_a_kiosk_that_was_never_enrolled_is_told_to_enrol(tmp_path: Path) -> None:
    assert "kiosk-sync enrol" in run("run", "--settings", settings(tmp_path))


@pytest.mark.parametrize(("wanted", "there"), [("tpm", KEY_FILE), ("file", SEALED_FILE)])
def test_a_device_key_that_is_not_where_the_settings_want_it_is_told(tmp_path: Path, wanted: str, there: str) -> None:
    granted = Trust(
        kiosk=KioskId("k1"), lane=LaneId("lane-1"), site="west", group="gates", root=b"root", group_key=bytes(32)
    )
    save(granted, tmp_path / TRUST_FILE, FileDeviceKeys(bytes(32)))
    (tmp_path / there).touch()
    told = run("run", "--settings", settings(tmp_path, **{'device_key = "auto"': f'device_key = "{wanted}"'}))
    assert f"--device-key {wanted}" in told


def test_a_missing_settings_file_is_named(tmp_path: Path) -> None:
    assert "no such file" in run("run", "--settings", str(tmp_path / "kiosk.toml"))


@pytest.mark.parametrize("command", ["run", "status"])
def test_a_wrong_setting_is_named(tmp_path: Path, command: str) -> None:
    told = run(command, "--settings", settings(tmp_path, **{"px_per_mm = 4.03": "px_per_mm = -1"}))
    assert "screen.px_per_mm" in told


def test_the_status_of_a_kiosk_in_maintenance_says_until_when(tmp_path: Path) -> None:
    outbox = OutboxFile(tmp_path / OUTBOX_FILE)
    file, noon_utc = settings(tmp_path), datetime(2126, 5, 1, 4, tzinfo=UTC)
    for until, is_said in ((noon_utc, True), (noon_utc.replace(year=2026, month=1), False), (None, False)):
        outbox.tell_maintenance(until, noon_utc)
        told = CliRunner().invoke(cli, ["status", "--settings", file]).stdout
        assert ("maintenance: 维护至 05-01 12:00" in told) is is_said
    outbox.close()
