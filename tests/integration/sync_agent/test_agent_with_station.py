"""The real agent and the real station, two processes: what was raised arrives once, through every kill."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from in_process import command
from raised import admitted, panic

from kiosk import doorbell
from kiosk.domain.faults import Fault
from sync.kiosk_end.outbox import OUTBOX_FILE, OutboxFile
from watchlist.lookup import SealedList


def until(condition: Callable[[], object], seconds: float = 30.0) -> None:
    """Wait until the condition holds; the limit is only there to end a test that would hang."""
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends, "waited in vain"
        time.sleep(0.02)


class Site:
    """One station and one enrolled kiosk, each a process that can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        self.station_data, self.data, self.log = folder / "station", folder / "kiosk", folder / "agent.log"
        self.running: dict[str, subprocess.Popen[str]] = {}
        self.port = 0
        self.set_up("init", "--site", "west-gate")
        self.start_station()
        token = self.set_up("enrol-token", "--kiosk", "k1", "--lane", "lane-1").strip()
        ca = self.station_data / "ca.pem"
        command("kiosk_end", "enrol", "--station", self.url, "--ca", ca, "--token", token, "--data", self.data)
        self.outbox = OutboxFile(self.data / OUTBOX_FILE, partial(doorbell.ring, self.data / doorbell.DOORBELL_FILE))

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    def set_up(self, *arguments: str) -> str:
        """Do as whoever sets the station up does; return what it says."""
        name, *options = arguments
        return command("station", name, "--data", self.station_data, *options)

    def start_station(self) -> None:
        argv = ["sync.station", "run", "--data", str(self.station_data), "--port", str(self.port)]
        station = self.start("station", argv, subprocess.DEVNULL)
        assert station.stdout is not None
        self.port = int(station.stdout.readline().rpartition(":")[2])

    def start_agent(self) -> None:
        argv = ["sync.kiosk_end", "run", "--station", self.url, "--data", str(self.data), "--counts-every", "0.2"]
        before = self.agents_started()
        with self.log.open("a") as log:
            self.start("agent", argv, log.fileno())
        until(lambda: self.agents_started() > before)

    def agents_started(self) -> int:
        """How often an agent has said that it works. (The doorbell's file may be a killed agent's.)"""
        return self.log.read_text().count("agent.started") if self.log.exists() else 0

    def start(self, name: str, argv: list[str], stderr: int) -> "subprocess.Popen[str]":
        process = subprocess.Popen([sys.executable, "-m", *argv], stdout=subprocess.PIPE, stderr=stderr, text=True)
        self.running[name] = process
        return process

    def end(self, name: str, number: signal.Signals = signal.SIGTERM) -> int:
        process = self.running.pop(name)
        process.send_signal(number)
        process.communicate(timeout=30)
        return process.returncode

    def arrived(self) -> list[str]:
        """The alarms that the kiosk raised (the station raises its own as number 0), in the order of arrival."""
        database = sqlite3.connect(f"file:{self.station_data / 'station.db'}?mode=ro", uri=True)
        try:
            return [row[0] for row in database.execute("SELECT id FROM alarms WHERE seq > 0 ORDER BY rowid")]
        finally:
            database.close()

    def link_faults(self) -> frozenset[Fault]:
        return self.outbox.link_faults(datetime.now(UTC))


@pytest.fixture(scope="module")
def whole_day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = Site(tmp_path_factory.mktemp("site"))
    yield site
    for name in list(site.running):
        site.end(name, signal.SIGKILL)
    site.outbox.close()


@pytest.fixture
def site(whole_day: Site) -> Iterator[Site]:
    """The same station for every test, for it takes seconds to start; each test starts its own agent."""
    yield whole_day
    if "agent" in whole_day.running:
        whole_day.end("agent", signal.SIGKILL)


def ids(*numbers: int) -> list[str]:
    return [panic(number).id for number in numbers]


def test_an_alarm_arrives_and_the_link_and_the_list_are_good(site: Site) -> None:
    site.start_agent()
    until(lambda: site.link_faults() == frozenset())
    gate = SealedList(site.data)
    until(lambda: gate.faults(datetime.now(UTC)) == frozenset())
    gate.close()
    site.outbox.raise_alarm(panic(9))
    until(lambda: ids(9)[0] in site.arrived())
    site.outbox.count(admitted())
    until(lambda: site.outbox.depth() == 0)


def test_alarms_raised_while_the_agent_or_the_station_was_dead_arrive_once_and_in_order(site: Site) -> None:
    before = len(site.arrived())
    site.outbox.raise_alarm(panic(5))  # no agent is running yet
    site.start_agent()
    until(lambda: site.arrived()[before:] == ids(5))
    site.end("station", signal.SIGKILL)
    site.outbox.raise_alarm(panic(4))
    site.end("agent", signal.SIGKILL)
    site.outbox.raise_alarm(panic(3))
    site.start_agent()
    site.start_station()
    site.outbox.raise_alarm(panic(2))
    until(lambda: len(site.arrived()[before:]) == 4)
    assert site.arrived()[before:] == ids(5, 4, 3, 2)
    until(lambda: site.outbox.depth() == 0)


def test_only_one_agent_works_in_a_data_folder_and_sigterm_ends_it_cleanly(site: Site) -> None:
    site.start_agent()
    until(lambda: (site.data / doorbell.DOORBELL_FILE).exists())
    argv = [sys.executable, "-m", "sync.kiosk_end", "run", "--station", site.url, "--data", str(site.data)]
    second = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert second.returncode != 0
    assert "another agent" in second.stderr
    assert site.end("agent") == 0
    assert not (site.data / doorbell.DOORBELL_FILE).exists()
    assert site.log.read_text().splitlines()[-1].count("agent.stopped") == 1
    site.start_agent()  # the lock is free again
    until(lambda: (site.data / doorbell.DOORBELL_FILE).exists())


def test_a_kiosk_that_was_never_enrolled_is_told_so_in_one_line(tmp_path: Path) -> None:
    argv = [sys.executable, "-m", "sync.kiosk_end", "run", "--station", "https://127.0.0.1:1", "--data", str(tmp_path)]
    ended = subprocess.run(argv, capture_output=True, text=True, check=False, env=dict(os.environ))
    assert ended.returncode != 0
    assert ended.stderr.strip() == f"this kiosk is not enrolled (nothing in {tmp_path}): run kiosk-sync enrol first"
