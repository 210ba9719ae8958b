"""Hundreds of kills and power cuts of the whole chain, and builds that are broken on purpose (`make torture`)."""

import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

INTEGRATION = Path(__file__).parents[1] / "integration"
sys.path[:0] = [str(INTEGRATION / folder) for folder in ("kills", "power_cuts", "sync_agent")]

from boundaries import kill_app_at_every_change, kill_at_every_change  # noqa: E402  # after the path to them
from cuts import cut_power  # noqa: E402  # as above
from gates import STATION, Gates, OpenGates, Site, site_of  # noqa: E402  # as above
from ledger import Finding  # noqa: E402  # as above
from planted import PLANTED  # noqa: E402  # as above
from report import Report  # noqa: E402  # as above

pytestmark = pytest.mark.timeout(3600)
KILLS, ALARMS = 500, 10_000


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """One that is set up, of which copies are opened."""
    with site_of("k0", "k1", "k2") as site:
        yield site


@pytest.fixture
def open_gates(site: Site) -> Iterator[OpenGates]:
    """Gates whose programs end with the test."""
    with site() as open_gates:
        yield open_gates


def tell(report: Report, fault: str, times: int, gates: Gates, finding: Finding, note: str = "") -> None:
    report.tried(
        fault,
        times=times,
        staff_saw=gates.staff_saw(),
        losses=finding.lost + finding.counts_lost,
        doubles=finding.doubled + finding.counts_doubled,
        note=", ".join(word for word in (note, str(finding)) if word),
    )


def test_five_hundred_kills_and_ten_thousand_alarms_with_nothing_lost_doubled_invented_or_reordered(
    open_gates: OpenGates, report: Report
) -> None:
    gates = open_gates(count=3)
    chance = Random(500)
    killed = {"app": 0, "agent": 0, "station": 0}
    while sum(killed.values()) < KILLS or gates.raised() < ALARMS:
        for kind, times in gates.live_and_die(50, chance).items():
            killed[kind] += times
    finding = gates.settle()
    note = f"{sum(killed.values())} kills and {gates.raised():,} alarms in one run"
    for kind, times in killed.items():
        tell(report, f"SIGKILL of the {kind} at a random time", times, gates, finding, note)
    assert finding == Finding()


def test_an_app_that_is_killed_after_any_change_since_its_start_keeps_its_promises(
    open_gates: OpenGates, report: Report
) -> None:
    gates = open_gates()
    killed = kill_app_at_every_change(gates, "k0")
    finding = gates.settle()
    tell(report, "SIGKILL of the app at every boundary", killed, gates, finding, "from its start to its end")
    assert finding == Finding()


@pytest.mark.parametrize("from_start", [False, True])
@pytest.mark.parametrize("name", ["agent k0", STATION])
def test_an_agent_or_a_station_that_is_killed_after_any_change_of_a_round_loses_and_doubles_nothing(
    open_gates: OpenGates, report: Report, name: str, from_start: bool
) -> None:
    gates = open_gates()
    killed = kill_at_every_change(gates, name, "k0", from_start=from_start)
    finding = gates.settle()
    note = "from its start on" if from_start else "of one round"
    tell(report, f"SIGKILL of the {name.split()[0]} at every boundary", killed, gates, finding, note)
    assert finding == Finding()
    assert killed > 3


@pytest.mark.parametrize(("machine", "file"), [("k0", "outbox.db"), (STATION, "station.db")])
def test_three_hundred_power_cuts_lose_nothing_that_was_promised_and_the_chain_goes_on_after_each_tenth(
    open_gates: OpenGates, report: Report, machine: str, file: str
) -> None:
    gates = open_gates()
    for name in gates.programs_beside(machine):
        gates.start(name)
    found = cut_power(gates, machine, Random(300), rounds=32, cuts=10)
    finding = gates.settle()
    note = "; ".join(found) or "32 of them went on as the whole chain"
    tell(report, f"power cut of {file}", 320, gates, finding + Finding(lost=len(found)), note)
    assert found == []
    assert finding == Finding()


@pytest.mark.parametrize("name", PLANTED)
def test_a_build_that_is_broken_on_purpose_is_caught(open_gates: OpenGates, report: Report, name: str) -> None:
    plant, torture = PLANTED[name]
    found = torture(open_gates(plant=plant))
    report.planted(name, caught=bool(found), found=found)
    assert found
