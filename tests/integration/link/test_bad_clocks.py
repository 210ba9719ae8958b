"""Whatever the clocks of gate and station say, and however long they were apart, alarms arrive once and in order."""

import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from raised import admitted
from two_ends import TwoEnds, until

from kiosk.domain.faults import Fault
from sync.station.store import DATABASE

FAKETIME = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1")
JUMPS = {"+1h": timedelta(hours=1), "-1h": timedelta(hours=-1), "+1y": timedelta(days=365), "-1y": timedelta(days=-365)}

pytestmark = [
    pytest.mark.skipif(not FAKETIME.exists(), reason="needs faketime (hardware/wiring/debian-packages.txt)"),
    pytest.mark.timeout(600),
]


def clock_of(file: Path) -> tuple[str, ...]:
    """Return what to put before a command whose wall clock shall be as far off as the file says."""
    file.write_text("+0\n")
    facts = ("NO_CACHE=1", "DONT_RESET=1", f"TIMESTAMP_FILE={file}")
    return ("env", f"LD_PRELOAD={FAKETIME}", "DONT_FAKE_MONOTONIC=1", *(f"FAKETIME_{fact}" for fact in facts))


@pytest.fixture(scope="module")
def ends(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TwoEnds]:
    folder = tmp_path_factory.mktemp("ends")
    clocks = {end: clock_of(folder / f"{end}.clock") for end in ("station", "agent")}
    ends = TwoEnds(folder / "station", folder / "gate", **clocks)
    ends.start_agent()
    yield ends
    ends.close()


def set_clock(ends: TwoEnds, end: str, to: str) -> None:
    (ends.station_data.parent / f"{end}.clock").write_text(f"{to}\n")


def received_at(ends: TwoEnds) -> datetime:
    """When the newest alarm came, by the station's clock."""
    with closing(sqlite3.connect(f"file:{ends.station_data / DATABASE}?mode=ro", uri=True)) as database:
        at = database.execute("SELECT received_at FROM alarms ORDER BY rowid DESC").fetchone()[0]
    return datetime.fromisoformat(at).replace(tzinfo=UTC)


@pytest.mark.parametrize("jump", ["-1y"])  # `make torture` has them all
def test_an_alarm_arrives_whatever_the_gates_clock_says_and_the_lane_is_told_that_it_is_wrong(
    ends: TwoEnds, jump: str
) -> None:
    until(lambda: ends.link_is_well() and Fault.CLOCK not in ends.shown())
    set_clock(ends, "agent", jump)
    ends.raise_alarms(3)
    ends.everything_arrives()
    assert abs(received_at(ends) - datetime.now(UTC)) < timedelta(minutes=5)
    until(lambda: ends.said("clock.differs"))
    set_clock(ends, "agent", "+0")
    ends.raise_alarms(3)
    ends.everything_arrives()


@pytest.mark.parametrize("jump", ["-1h"])
def test_an_alarm_arrives_whatever_the_stations_clock_says(ends: TwoEnds, jump: str) -> None:
    set_clock(ends, "station", jump)
    ends.raise_alarms(3)
    ends.everything_arrives()
    assert abs(received_at(ends) - datetime.now(UTC) - JUMPS[jump]) < timedelta(minutes=5)
    set_clock(ends, "station", "+0")
    ends.raise_alarms(3)
    ends.everything_arrives()


@pytest.mark.parametrize("jump", ["+1y"])
def test_a_station_whose_clock_is_a_year_off_has_everything_once_it_is_set_right(ends: TwoEnds, jump: str) -> None:
    """Certificates have no period that holds then: nothing can be taken, nothing may be lost."""
    set_clock(ends, "station", jump)
    ends.raise_alarms(3)
    set_clock(ends, "station", "+0")
    ends.raise_alarms(3)
    ends.everything_arrives()


@pytest.mark.torture
def test_after_three_days_without_a_station_everything_arrives_in_order(ends: TwoEnds) -> None:
    ends.end("station")
    now = datetime.now(UTC)
    before = counted(ends)
    for hour in range(72):
        at = now - timedelta(hours=72 - hour)
        for _ in range(5):
            ends.outbox.count(admitted(at))
        ends.outbox.close_counts(at + timedelta(hours=1))
        ends.raise_alarms(28)
    ends.start_station()
    ends.everything_arrives()
    assert counted(ends) - before == 72 * 5


def counted(ends: TwoEnds) -> int:
    """All visits at the station."""
    with closing(sqlite3.connect(f"file:{ends.station_data / DATABASE}?mode=ro", uri=True)) as database:
        return int(database.execute("SELECT COALESCE(SUM(n), 0) FROM counts").fetchone()[0])


def test_what_came_since_yesterdays_backup_comes_again_when_the_station_is_restored_from_it(
    ends: TwoEnds, tmp_path: Path
) -> None:
    ends.raise_alarms(3)
    ends.everything_arrives()
    with (
        closing(sqlite3.connect(ends.station_data / DATABASE)) as station,
        closing(sqlite3.connect(tmp_path / DATABASE)) as yesterdays,
    ):
        station.backup(yesterdays)
    ends.raise_alarms(30)
    ends.everything_arrives()
    ends.end("station", signal.SIGKILL)
    for left in ends.station_data.glob(f"{DATABASE}*"):
        left.unlink()
    shutil.copy(tmp_path / DATABASE, ends.station_data / DATABASE)
    ends.raise_alarms(3)
    ends.start_station()
    ends.everything_arrives()


def test_of_two_agents_started_by_mistake_one_works_also_in_the_same_moment_and_after_a_kill(ends: TwoEnds) -> None:
    ends.end("agent", signal.SIGKILL)
    argv = [sys.executable, "-m", "sync.kiosk_end", "run", "--station", ends.url, "--data", str(ends.data)]
    both = [subprocess.Popen(argv, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    try:
        until(lambda: any(agent.poll() is not None for agent in both))
        refused = next(agent for agent in both if agent.poll() is not None)
        assert refused.stderr is not None
        assert "another agent already works" in refused.stderr.read()
        ends.raise_alarms(5)
        ends.everything_arrives()
        assert sum(agent.poll() is None for agent in both) == 1
    finally:
        for agent in both:
            agent.kill()
            agent.communicate()
    ends.start_agent()
