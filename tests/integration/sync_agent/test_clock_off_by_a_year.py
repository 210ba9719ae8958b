"""A machine's clock that is a year off: the list goes on, alarms arrive, and the fault is shown until it is set.

Real agents, look-ups and a real station; libfaketime is the hand on the kiosk's clock. The clock that only grows is
left alone, as a hand leaves it.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from list_author import number
from test_agent_with_station import Site, until

from hardware.simulators.scenario.dispatcher import Desk
from kiosk.domain.numbers import DocumentNumber
from kiosk.time_anchor import ANCHOR_FILE

FAKETIME: Final = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
LISTED, UNLISTED = number(1), number(2)
MINUTES, YEAR = timedelta(minutes=2), timedelta(days=365)


class Gate:
    """A kiosk app's process, and the clock of its machine."""

    def __init__(self, data: Path, hand: "Hand") -> None:
        argv = [sys.executable, Path(__file__).with_name("gate_under_a_clock.py"), data]
        self._process = subprocess.Popen(
            argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=hand.environment
        )

    def lay_down(self, card: DocumentNumber) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(card.value, file=self._process.stdin, flush=True)
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
    """A site whose list has one person, and whose kiosk's clock anybody may set."""

    def __init__(self, folder: Path) -> None:
        self.hand = Hand(folder / "off")
        self.hand.set(timedelta(0))
        super().__init__(folder)
        self.start_agent()
        ca = self.station_data / "ca.pem"
        admin = Desk.welcomed(self.url, ca, "admin", self.invitation)
        admin.invite(self.url, ca, "approver", "approver").approve(admin.propose_number(LISTED.value, case="EX-clock"))
        with_list = self.gate()
        until(lambda: with_list.lay_down(LISTED)["listed"] == "Listed")
        with_list.close()
        self.end("agent")

    def command(self, program: str, *arguments: str | Path) -> str:
        told = super().command(program, *arguments)
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

    def gate(self) -> Gate:
        return Gate(self.data, self.hand)

    def switch_off_and_on(self) -> None:
        """What was noted on the clock of the last start of the machine counts no longer."""
        (self.data / ANCHOR_FILE).unlink(missing_ok=True)


@pytest.fixture(scope="module")
def year_off(tmp_path_factory: pytest.TempPathFactory) -> Iterator[YearOff]:
    assert FAKETIME is not None, "the Debian package faketime is not installed"
    site = YearOff(tmp_path_factory.mktemp("year"))
    yield site
    for name in list(site.running):
        site.end(name)
    site.outbox.close()


@pytest.fixture
def site(year_off: YearOff) -> Iterator[YearOff]:
    year_off.switch_off_and_on()
    yield year_off
    if "agent" in year_off.running:
        year_off.end("agent")
    year_off.hand.set(timedelta(0))


@pytest.fixture
def gate(site: YearOff) -> Iterator[Callable[[], Gate]]:
    started: list[Gate] = []

    def start() -> Gate:
        started.append(site.gate())
        return started[-1]

    yield start
    for one in started:
        one.close()


def judge(told: dict[str, Any], off: timedelta) -> None:
    """The machine's clock is off, the fault is shown, and the kiosk's time is right all the same."""
    now = datetime.now(UTC)
    assert abs(datetime.fromisoformat(told["machine"]) - now - off) < MINUTES
    assert abs(datetime.fromisoformat(told["kiosk"]) - now) < MINUTES
    assert ("clock-wrong" in told["faults"]) is bool(off)
    assert not {"list-too-old", "list-missing"} & set(told["faults"])


@pytest.mark.parametrize("off", [YEAR, -YEAR])
def test_a_clock_that_was_off_by_a_year_before_the_start_hides_no_listed_person_and_holds_back_no_alarm(
    site: YearOff, gate: Callable[[], Gate], off: timedelta
) -> None:
    site.hand.set(off)
    at_gate = gate()
    offline = at_gate.lay_down(LISTED)
    assert offline["listed"] == "Listed"
    judge(offline, off)
    site.start_agent()
    until(lambda: offline["alarm"] in site.arrived())
    until(lambda: "station-link-down" not in at_gate.lay_down(UNLISTED)["faults"])
    judge(at_gate.lay_down(UNLISTED), off)
    online = at_gate.lay_down(LISTED)
    judge(online, off)
    until(lambda: online["alarm"] in site.arrived())
    site.hand.set(timedelta(0))
    until(lambda: "clock-wrong" not in at_gate.lay_down(UNLISTED)["faults"])


def test_a_clock_that_jumps_by_a_year_in_mid_run_hides_nobody_and_is_shown_at_once(
    site: YearOff, gate: Callable[[], Gate]
) -> None:
    offline = gate()
    for off in (timedelta(0), YEAR, -YEAR):
        site.hand.set(off)
        told = offline.lay_down(LISTED)
        assert told["listed"] == "Listed"
        judge(told, off)
    site.hand.set(timedelta(0))
    site.start_agent()
    online = gate()
    until(lambda: "station-link-down" not in online.lay_down(UNLISTED)["faults"])
    for off in (timedelta(0), YEAR, -YEAR):
        site.hand.set(off)
        told = online.lay_down(LISTED)
        assert told["listed"] == "Listed"
        judge(told, off)
        until(lambda alarm=told["alarm"]: alarm in site.arrived())
