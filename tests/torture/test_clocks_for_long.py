"""Every jump of either end's clock, in mid-run and back (`make torture`)."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from report import Report

TESTS = Path(__file__).parents[1]
PLACES = ("integration/link", "integration/sync_agent", "integration/station", "unit/watchlist")
sys.path[:0] = [str(TESTS / place) for place in PLACES]

import test_bad_clocks as bad_clocks  # noqa: E402  # after the path to it
from two_ends import TwoEnds  # noqa: E402  # as above

ends = bad_clocks.ends
pytestmark = pytest.mark.timeout(3600)
GATES = bad_clocks.test_an_alarm_arrives_whatever_the_gates_clock_says_and_the_lane_is_told_that_it_is_wrong
STATIONS = bad_clocks.test_an_alarm_arrives_whatever_the_stations_clock_says
A_YEAR = bad_clocks.test_a_station_whose_clock_is_a_year_off_has_everything_once_it_is_set_right
CASES = [(GATES, jump) for jump in bad_clocks.JUMPS]
CASES += [(STATIONS, "+1h"), (STATIONS, "-1h"), (A_YEAR, "+1y"), (A_YEAR, "-1y")]


@pytest.mark.parametrize(("case", "jump"), CASES)
def test_whatever_either_clock_says_alarms_arrive_once_in_order(
    ends: TwoEnds, case: Callable[[TwoEnds, str], None], jump: str, report: Report
) -> None:
    try:
        case(ends, jump)
    finally:
        arrived = ends.arrived()
        report.tried(
            f"clock set {jump} and back: {'gate' if case is GATES else 'station'}",
            times=1,
            losses=len(set(ends.raised) - set(arrived)),
            doubles=len(arrived) - len(set(arrived)),
            staff_saw="clock-wrong while it lasted" if case is GATES else "",
        )
