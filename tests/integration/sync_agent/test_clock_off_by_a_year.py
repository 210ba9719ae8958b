"""A machine's clock that is a year off: the list goes on, alarms arrive, and the fault is shown until it is set.

Real agents, look-ups and a real station; libfaketime is the hand on the kiosk's clock. The clock that only grows is
left alone, as a hand leaves it.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from list_author import number
from test_agent_with_station import Site, until

from hardware.simulators.scenario.dispatcher import Desk
from kiosk.domain.faults import Fault
from kiosk.domain.numbers import DocumentNumber
from kiosk.time_anchor import ANCHOR_FILE

FAKETIME: Final = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
LISTED = number(1)
MINUTES, YEAR = timedelta(minutes=2), timedelta(days=365)


class Gate:
    """A kiosk app's process, and the clock of its machine."""

    def __init__(self, data: Path, hand: "Hand") -> None:
        argv = [sys.executable, Path(__file__).with_name("gate_under_a_clock.py"), data]
        self._process = subprocess.Popen(
            argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=hand.environment
        )

    def lay_down(self, card: DocumentNumber) -> dict[str, Any]:
        return self._ask(card.value)

    def faults(self) -> list[str]:
        return self._ask("")["faults"]

    def _ask(self, line: str) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(line, file=self._process.stdin, flush=True)
        told: dict[str, Any] = json.loads(self._process.stdout.readline())
        return told

    def close(self) -> None:
        self._process.communicate(timeout=30)


@dataclass
class Hand:
    """Sets the clock of the kiosk's machine."""

    file: Path

    def set(self, off: timedelta) -> None:
        new = self.file.with_suffix(".new")
        new.write_text(f"{off.total_seconds():+.0f}")
        new.replace(self.file)

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "LD_PRELOAD": str(FAKETIME),
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_NO_CACHE": "1",
            "DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",
        }


class YearOff(Site):
    """A site with one person on its list, and a kiosk that was enrolled and then started with a clock a year ahead."""

    def __init__(self, folder: Path) -> None:
        self.hand = Hand(folder / "off")
        self.hand.set(YEAR)
        super().__init__(folder)
        ca = self.station_data / "ca.pem"
        admin = Desk.welcomed(self.url, ca, "admin", self.invitation)
        entry = admin.propose_number(LISTED.value, case="EX-clock")
        admin.invite(self.url, ca, "approver", "approver").approve(entry)
        self.start_agent()
        self.gate = Gate(self.data, self.hand)

    def set_up(self, *arguments: str) -> str:
        told = super().set_up(*arguments)
        if "init" in arguments:
            self.invitation = told.strip().splitlines()[-1]
        return told

    def start(self, name: str, argv: list[str], stderr: int) -> "subprocess.Popen[str]":
        if name == "station":
            return super().start(name, argv, stderr)
        process = subprocess.Popen(
            [sys.executable, "-m", *argv], stdout=subprocess.PIPE, stderr=stderr, text=True, env=self.hand.environment
        )
        self.running[name] = process
        return process

    def switch_off_and_on(self) -> None:
        """End agent and app, and what was noted on the clock of this start of the machine; the app alone comes back."""
        self.end("agent", signal.SIGKILL)
        self.gate.close()
        (self.data / ANCHOR_FILE).unlink()
        self.gate = Gate(self.data, self.hand)

    def shows(self, fault: Fault) -> bool:
        return fault in self.gate.faults()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[YearOff]:
    assert FAKETIME is not None, "the Debian package faketime is not installed"
    site = YearOff(tmp_path_factory.mktemp("year"))
    yield site
    for name in list(site.running):
        site.end(name, signal.SIGKILL)
    site.gate.close()
    site.outbox.close()


def a_listed_person_is_found(site: YearOff, off: timedelta) -> str:
    """Lay down a listed card, with the machine's clock so far off; return the id of the alarm that was raised."""
    site.hand.set(off)
    told, now = site.gate.lay_down(LISTED), datetime.now(UTC)
    assert told["listed"] == "Listed"
    assert abs(datetime.fromisoformat(told["machine"]) - now - off) < MINUTES  # the hand has done its work
    assert abs(datetime.fromisoformat(told["kiosk"]) - now) < MINUTES
    assert Fault.CLOCK in told["faults"]
    assert not {Fault.LIST_TOO_OLD, Fault.LIST_MISSING, Fault.LIST_REFUSED} & set(told["faults"])
    return str(told["alarm"])


def test_a_kiosk_whose_clock_is_a_year_ahead_gets_its_first_list_and_its_alarms_arrive(site: YearOff) -> None:
    until(lambda: not {Fault.LIST_MISSING, Fault.STATION_LINK} & set(site.gate.faults()))
    alarm = a_listed_person_is_found(site, YEAR)
    until(lambda: alarm in site.arrived())
    assert site.shows(Fault.CLOCK)


def test_a_clock_that_jumps_by_a_year_offline_at_the_start_or_in_mid_run_hides_nobody_and_holds_back_no_alarm(
    site: YearOff,
) -> None:
    until(lambda: not site.shows(Fault.LIST_MISSING))
    site.switch_off_and_on()
    alarms = [a_listed_person_is_found(site, off) for off in (YEAR, -YEAR)]
    site.start_agent()
    until(lambda: set(alarms) <= set(site.arrived()))
    until(lambda: not site.shows(Fault.STATION_LINK))
    for off in (-YEAR, YEAR):
        alarm = a_listed_person_is_found(site, off)
        until(lambda alarm=alarm: alarm in site.arrived())
