"""The kiosk's clock holds the machine's against what the station has said, and remembers that."""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import kiosk.time_anchor
from kiosk.boot_clock import since_boot_s
from kiosk.clock import LONGEST_ROUND_TRIP_S, SystemClock
from kiosk.time_anchor import ANCHOR_FILE

SECOND, YEAR = timedelta(seconds=1), timedelta(days=365)


def told(data: Path, off: timedelta) -> datetime:
    """Have the station say that it is later than this machine has it; return what it said."""
    said = datetime.now(UTC) + off
    assert SystemClock(data).hear_station(said, since_boot_s()) is not None
    return said


def test_the_app_and_an_agent_that_starts_again_know_what_the_station_said(tmp_path: Path) -> None:
    said = told(tmp_path, YEAR)
    clock = SystemClock(tmp_path)
    assert clock.is_wrong()
    assert abs(clock.now() - said) < 10 * SECOND


def test_the_stations_newest_word_counts(tmp_path: Path) -> None:
    clock = SystemClock(tmp_path)
    told(tmp_path, YEAR)
    assert clock.is_wrong()
    told(tmp_path, timedelta(0))
    assert not clock.is_wrong()


def test_after_the_machine_was_started_anew_the_stations_word_counts_no_longer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(tmp_path, YEAR)
    monkeypatch.setattr(kiosk.time_anchor, "boot_id", lambda: "another start")
    assert not SystemClock(tmp_path).is_wrong()


@pytest.mark.parametrize("garbage", [b"", b"{}", b"\xff", b'{"boot":"b","at":"2026-05-01T12:00:00","since_boot_s":1}'])
def test_a_damaged_note_of_the_stations_word_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, garbage: bytes
) -> None:
    monkeypatch.setattr(kiosk.time_anchor, "boot_id", lambda: "b")
    (tmp_path / ANCHOR_FILE).write_bytes(garbage)
    assert not SystemClock(tmp_path).is_wrong()


def test_a_note_that_cannot_be_written_or_is_lost_does_not_let_the_clock_forget(tmp_path: Path) -> None:
    told(tmp_path, YEAR)
    app = SystemClock(tmp_path)
    assert app.is_wrong()
    (tmp_path / ANCHOR_FILE).unlink()
    assert app.is_wrong()
    agent = SystemClock(tmp_path / "no such folder")
    agent.hear_station(datetime.now(UTC) + YEAR, since_boot_s())
    assert agent.is_wrong()


def test_an_answer_that_was_long_on_its_way_says_nothing_of_the_time(tmp_path: Path) -> None:
    clock = SystemClock(tmp_path)
    assert clock.hear_station(datetime.now(UTC) - YEAR, since_boot_s() - LONGEST_ROUND_TRIP_S - 1) is None
    assert not clock.is_wrong()


def test_the_station_is_taken_to_have_spoken_in_the_middle_of_the_round_trip() -> None:
    ahead_s = SystemClock().hear_station(datetime.now(UTC), since_boot_s() - 20)
    assert ahead_s == pytest.approx(-10, abs=5)


def test_a_newer_checkpoint_is_taken_in_while_the_clock_runs() -> None:
    checkpoints = [None, datetime.now(UTC) - YEAR, datetime.now(UTC) - SECOND]
    clock = SystemClock(checkpoint=lambda: checkpoints[0])
    assert not clock.is_wrong()  # nothing to hold it against
    checkpoints.pop(0)
    assert clock.is_wrong()  # a year after the last checkpoint
    checkpoints.pop(0)
    assert not clock.is_wrong()


def test_the_note_is_for_its_owner_alone(tmp_path: Path) -> None:
    told(tmp_path, YEAR)
    assert stat.S_IMODE((tmp_path / ANCHOR_FILE).stat().st_mode) == 0o600
