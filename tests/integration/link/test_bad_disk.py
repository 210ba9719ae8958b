"""Whatever a disk may do, what was acknowledged is kept and arrives; what cannot be written is said to be so."""

import errno
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from bad_disk import SYNCS, WRITES, calls_fail, failing_disk, kept_full, small_disk, with_libfiu
from raised import admitted
from structlog.testing import capture_logs
from two_ends import TwoEnds, until

sys.path.insert(0, str(Path(__file__).parents[2] / "unit" / "kiosk"))

from test_engine import LISTED, A, Stage, lane  # after the path to it

from kiosk.domain.alarm import Alarm, VisitCount  # as above
from kiosk.domain.faults import Fault  # as above
from kiosk.ports import OutboxError, PackInUse  # as above
from kiosk.visit import events as on  # as above
from kiosk.visit.screen import ScreenKind  # as above
from sync.kiosk_end.outbox import OutboxFile  # as above

pytestmark = [
    pytest.mark.timeout(600),
    pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small disk needs root"),
    pytest.mark.skipif(shutil.which("fiu-ctrl") is None, reason="needs libfiu (hardware/wiring/debian-packages.txt)"),
]
ROOM = "96m"
ON_A_FULL_DISK = 1000
KINDS = {"input/output error": errno.EIO, "read-only": errno.EROFS, "full": errno.ENOSPC}


@pytest.fixture(scope="module")
def ends(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TwoEnds]:
    folder = tmp_path_factory.mktemp("ends")
    fiu = with_libfiu(folder / "fiu")
    with small_disk(folder / "disk", ROOM) as disk:
        ends = TwoEnds(folder / "station", disk / "gate", station=fiu, agent=fiu)
        ends.start_agent()
        yield ends
        ends.close()


def control(ends: TwoEnds) -> Path:
    return ends.station_data.parent / "fiu"


@pytest.mark.parametrize("calls", [(WRITES,), (SYNCS,)], ids=["writing", "syncing"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_station_whose_disk_fails_acknowledges_nothing_and_has_everything_once_it_is_mended(
    ends: TwoEnds, kind: str, calls: tuple[str, ...]
) -> None:
    until(lambda: ends.link_is_well() and ends.outbox.depth() == 0)
    with calls_fail(ends.running["station"].pid, control(ends), KINDS[kind], *calls):
        before = ends.said("http-5")
        ends.raise_alarms(3)
        until(lambda: ends.said("http-5") > before)
        assert ends.outbox.depth() == 3
    ends.everything_arrives()


@pytest.mark.parametrize("calls", [(WRITES,), (SYNCS,)], ids=["writing", "syncing"])
@pytest.mark.parametrize("kind", KINDS)
def test_an_agent_whose_disk_fails_sends_on_and_goes_on_when_it_is_mended(
    ends: TwoEnds, kind: str, calls: tuple[str, ...]
) -> None:
    until(lambda: ends.link_is_well() and ends.outbox.depth() == 0)
    with calls_fail(ends.running["agent"].pid, control(ends), KINDS[kind], *calls):
        before = ends.said("outbox.trouble")
        ends.raise_alarms(3)
        until(lambda: ends.arrived() == ends.raised)
        until(lambda: ends.said("outbox.trouble") > before)
    ends.everything_arrives()
    assert ends.running["agent"].poll() is None


class OnADisk(Stage):
    """A lane whose alarms and counts go to a real outbox."""

    outbox: OutboxFile

    def raise_alarm(self, alarm: Alarm) -> None:
        self.outbox.raise_alarm(alarm)
        super().raise_alarm(alarm)

    def count(self, count: VisitCount) -> None:
        self.outbox.count(count)
        super().count(count)

    def report(self, faults: frozenset[Fault], now: datetime, pack: PackInUse | None = None) -> None:
        self.outbox.report(faults, now, pack)
        super().report(faults, now, pack)


def test_a_gate_whose_disk_fails_calls_staff_shows_it_and_commits_the_alarm_when_it_is_mended(ends: TwoEnds) -> None:
    stage = OnADisk(listing=LISTED)
    stage.outbox = ends.outbox
    with capture_logs() as log, lane(stage) as engine:  # a log in a file would fail, too
        stage.wait_for(lambda: stage.reported == frozenset() and ScreenKind.ATTRACT.value in stage.done)
        with failing_disk(0):
            engine.post(on.CardPresented(A))
            stage.wait_for(lambda: "staff" in stage.done)
            until(lambda: {"event": "fault.raised", "fault": Fault.OUTBOX, "log_level": "warning"} in log)
            assert not stage.alarms
        stage.wait_for(lambda: bool(stage.alarms))
        ends.raised += [alarm.id for alarm in stage.alarms]
        until(lambda: {"event": "fault.cleared", "fault": Fault.OUTBOX, "log_level": "info"} in log)
    ends.everything_arrives()


def test_a_thousand_alarms_find_room_on_a_full_disk_and_arrive_from_it(ends: TwoEnds) -> None:
    until(lambda: ends.outbox.depth() == 0)
    ends.outbox.report(frozenset(), datetime.now(UTC))  # as the app does all day, which keeps the reserve whole
    ends.end("station")
    with kept_full(ends.data.parent):
        for _ in range(ON_A_FULL_DISK):
            ends.raise_alarms(1)
            with suppress(OutboxError):  # counts go first
                ends.outbox.count(admitted())
        ends.start_station()
        ends.everything_arrives()
    until(ends.link_is_well)
