"""The auditor's and the keepers' commands, as they type them."""

from pathlib import Path

import pytest
from station_world import SITE
from typer.testing import CliRunner

from sync.station.__main__ import app
from sync.station.pia import FILING_FROM
from tests.blank_station import lay_out_station


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lay_out_station(tmp_path_factory.mktemp("command") / "D", SITE)


def run(*words: str | Path, code: int = 0) -> str:
    ended = CliRunner().invoke(app, [str(word) for word in words])
    assert ended.exit_code == code, ended.output
    return ended.output


def test_an_auditor_exports_the_log_and_verifies_it_with_the_key_that_he_wrote_down(data: Path, tmp_path: Path) -> None:
    key = run("audit", "key", "--data", data).strip()
    run("enrol-token", "--data", data, "--kiosk", "g1", "--lane", "A")
    assert key in run("audit", "export", tmp_path / "a", "--data", data)
    run("audit", "export", tmp_path / "b", "--data", data)
    assert "HOLDS" in run("audit", "verify", tmp_path / "b", "--key", key, "--since", tmp_path / "a")
    assert "DOES NOT HOLD" in run("audit", "verify", tmp_path / "a", "--since", tmp_path / "b", code=1)
    assert "is there already" in run("audit", "export", tmp_path / "a", "--data", data, code=1)


def test_what_an_assessment_needs_is_one_file_in_two_languages(data: Path, tmp_path: Path) -> None:
    run("pia", tmp_path / "pia.md", "--data", data)
    text = (tmp_path / "pia.md").read_text(encoding="utf-8")
    for part in ("## Data map", "## Retention", "## Counters", "人脸核验说明", "You need not use the face check"):
        assert part in text
    assert f"{FILING_FROM:,}" in text
    assert "| faces stored at this station now (encrypted, 72 h at most) | 0 |" in text


def test_a_keeper_alone_is_told_so_in_one_line(data: Path, tmp_path: Path) -> None:
    keys = [run("backup-key", tmp_path / f"{n}.key").strip() for n in range(2)]
    run("backup", tmp_path / "backup", "--data", data, "--to", keys[0], code=1)
    run("backup", tmp_path / "backup", "--data", data, "--to", keys[0], "--to", keys[1])
    alone = run("restore", tmp_path / "backup", "--into", tmp_path / "R", "--key", tmp_path / "0.key", code=1)
    assert "two of its keepers" in alone
