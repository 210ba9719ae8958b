"""Gate and station on machines of their own, as far as the network goes: what happens when the wire is cut."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator

import pytest
from two_ends import TwoEnds, until

pytestmark = [
    pytest.mark.skipif(
        os.geteuid() != 0 or shutil.which("ip") is None, reason="network namespaces need root and iproute2"
    ),
    pytest.mark.timeout(600),
]
STATION, GATE = "192.0.2.1", "192.0.2.2"
"""RFC 5737: nobody's."""
SILENCE_S = 30.0
"""After which a lost link must be shown."""


class Wire:
    """Two network namespaces and the pair of interfaces between them. The gate has a route to the station alone."""

    def __init__(self) -> None:
        self.station, self.gate = (f"link-{os.getpid()}-{end}" for end in ("station", "gate"))
        for name in (self.station, self.gate):
            ip("netns", "add", name)
        ip("link", "add", "wire", "netns", self.station, "type", "veth", "peer", "name", "wire", "netns", self.gate)
        ip("-n", self.station, "addr", "add", f"{STATION}/24", "dev", "wire")
        ip("-n", self.station, "link", "set", "wire", "up")
        self.gate_has_its_address()

    def gate_has_its_address(self) -> None:
        ip("-n", self.gate, "addr", "replace", f"{GATE}/32", "dev", "wire")
        ip("-n", self.gate, "link", "set", "wire", "up")
        ip("-n", self.gate, "route", "replace", STATION, "dev", "wire", "src", GATE)

    def remove(self) -> None:
        for name in (self.station, self.gate):
            ip("netns", "del", name)

    def gates_interface_is_down(self) -> None:
        ip("-n", self.gate, "link", "set", "wire", "down")

    def stations_interface_is_down(self) -> None:
        ip("-n", self.station, "link", "set", "wire", "down")

    def gates_address_is_gone(self) -> None:
        ip("-n", self.gate, "addr", "del", f"{GATE}/32", "dev", "wire")

    def gates_route_is_gone(self) -> None:
        ip("-n", self.gate, "route", "del", STATION)

    def all_is_well(self) -> None:
        ip("-n", self.station, "link", "set", "wire", "up")
        self.gate_has_its_address()


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


@pytest.fixture(scope="module")
def wire() -> Iterator[Wire]:
    wire = Wire()
    yield wire
    wire.remove()


@pytest.fixture(scope="module")
def ends(tmp_path_factory: pytest.TempPathFactory, wire: Wire) -> Iterator[TwoEnds]:
    folder = tmp_path_factory.mktemp("ends")
    inside = {end: ("ip", "netns", "exec", name) for end, name in (("station", wire.station), ("agent", wire.gate))}
    ends = TwoEnds(folder / "station", folder / "gate", STATION, **inside)
    ends.start_agent()
    yield ends
    ends.close()


CUTS = [
    Wire.gates_interface_is_down,
    Wire.stations_interface_is_down,
    Wire.gates_address_is_gone,
    Wire.gates_route_is_gone,
]


def cut_and_mend(wire: Wire, ends: TwoEnds, cut: Callable[[Wire], None], *, until_shown: bool) -> None:
    until(ends.link_is_well)
    ends.raise_alarms(2)
    ends.everything_arrives()
    cut(wire)
    ends.raise_alarms(3)
    if until_shown:
        until(lambda: not ends.link_is_well(), SILENCE_S)
    ends.raise_alarms(3)
    wire.all_is_well()
    ends.everything_arrives()


def test_when_the_link_is_cut_it_is_shown_and_alarms_arrive_once_in_order_when_it_is_back(
    wire: Wire, ends: TwoEnds
) -> None:
    cut_and_mend(wire, ends, CUTS[0], until_shown=True)
    until(ends.link_is_well)


@pytest.mark.parametrize("cut", CUTS)
def test_however_short_the_link_was_gone_alarms_arrive_once_in_order(
    wire: Wire, ends: TwoEnds, cut: Callable[[Wire], None]
) -> None:
    """`make torture` waits each time until it is shown: two heartbeats."""
    cut_and_mend(wire, ends, cut, until_shown=False)
