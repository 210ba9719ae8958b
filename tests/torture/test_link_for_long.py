"""The link through every fault for long: each byte a reset, each wire cut, thousands of histories (`make torture`)."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from report import Report

TESTS = Path(__file__).parents[1]
PLACES = ("integration/link", "integration/sync_agent", "integration/station", "unit/watchlist", "unit/kiosk")
sys.path[:0] = [str(TESTS / place) for place in PLACES]

from fault_proxy import FaultProxy  # noqa: E402  # after the path to it
from gate import enrolled_gate  # noqa: E402  # as above
from link_machine import Link  # noqa: E402  # as above
from station_world import running  # noqa: E402  # as above
from test_bad_network import play, reset_at  # noqa: E402  # as above
from test_link_down_and_up import CUTS, Wire, cut_and_mend, ends, wire  # noqa: E402  # as above
from two_ends import TwoEnds  # noqa: E402  # as above

__all__ = ["ends", "wire"]
pytestmark = pytest.mark.timeout(7200)
HISTORIES = 1500
FOR_LONG = settings(
    max_examples=HISTORIES,
    stateful_step_count=40,
    deadline=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
TIMES = 5


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in {"CONNECT_TIMEOUT_S": 0.5, "ANSWER_TIMEOUT_S": 0.5, "WHOLE_ANSWER_S": 1.5}.items():
        monkeypatch.setattr(f"sync.http.{name}", seconds)


def test_a_reset_at_every_byte_of_a_request_and_of_its_answer_loses_and_doubles_nothing(
    tmp_path: Path, report: Report
) -> None:
    with running(tmp_path / "station") as world, enrolled_gate(world, tmp_path) as gate:
        resets = []

        async def scene(proxy: FaultProxy) -> None:
            resets.append(await reset_at(gate, proxy, 1))

        try:
            play(gate, scene)
        finally:
            arrived = gate.arrived()
            report.tried(
                "connection reset at every byte of an upload and of its answer",
                times=sum(resets),
                losses=len(set(gate.raised) - set(arrived)),
                doubles=len(arrived) - len(set(arrived)),
                staff_saw="station-link-down until the next heartbeat",
            )


def test_thousands_of_histories_of_a_gate_and_a_station_all_end_well(report: Report) -> None:
    lost = 1
    try:
        run_state_machine_as_test(Link, settings=FOR_LONG)
        lost = 0
    finally:
        report.tried(
            "simulated histories: lost, late and doubled requests, failing disks, kills, restores, wrong clocks",
            times=HISTORIES,
            losses=lost,
            staff_saw="station-link-down, outbox-cannot-write, message-set-aside while each lasted",
        )


@pytest.mark.parametrize("cut", CUTS, ids=[cut.__name__ for cut in CUTS])
def test_a_wire_that_is_cut_again_and_again_is_shown_each_time_and_loses_nothing(
    wire: Wire, ends: TwoEnds, cut: Callable[[Wire], None], report: Report
) -> None:
    try:
        for _ in range(TIMES):
            cut_and_mend(wire, ends, cut, until_shown=True)
    finally:
        arrived = ends.arrived()
        report.tried(
            f"network namespaces: {cut.__name__}",
            times=TIMES,
            losses=len(set(ends.raised) - set(arrived)),
            doubles=len(arrived) - len(set(arrived)),
            staff_saw="station-link-down within 30 s",
        )
