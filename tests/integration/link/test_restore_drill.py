"""The drill of docs/keys.md, section 8: the station's disk is lost, and two people bring the station back."""

import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from two_ends import TwoEnds

from sync.station.backup_box import make_keeper

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def ends(tmp_path: Path) -> Iterator[TwoEnds]:
    ends = TwoEnds(tmp_path / "station", tmp_path / "gate")
    ends.start_agent()
    yield ends
    ends.close()


def test_from_a_backup_the_station_is_back_and_the_gates_alarms_since_then_come_again(
    ends: TwoEnds, tmp_path: Path
) -> None:
    sticks = [tmp_path / f"{name}.key" for name in ("lin", "zhou", "chen")]
    keepers = [make_keeper(stick) for stick in sticks]
    ends.raise_alarms(3)
    ends.everything_arrives()
    to = [word for keeper in keepers for word in ("--to", keeper)]
    ends.raise_alarms(20)  # while the backup is made
    assert "read back and checked" in ends.command(
        "station", "backup", tmp_path / "backup", "--data", ends.station_data, *to
    )
    ends.raise_alarms(5)
    ends.everything_arrives()
    ends.end("station", signal.SIGKILL)
    shutil.rmtree(ends.station_data)
    ends.raise_alarms(2)
    two = [word for stick in (sticks[2], sticks[0]) for word in ("--key", stick)]
    told = ends.command("station", "restore", tmp_path / "backup", "--into", ends.station_data, *two)
    assert "Withdraw and clear again whoever was withdrawn or cleared since" in told
    ends.start_station()
    ends.everything_arrives()
