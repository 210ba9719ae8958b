"""The real agent and the real station, two processes under whatever conditions a test puts before their commands."""

import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

import in_process
from gate import an_alarm

from kiosk import doorbell
from kiosk.domain.faults import Fault
from sync.kiosk_end.outbox import OUTBOX_FILE, OutboxFile

GATE: Final = "gate-1"


def until(condition: Callable[[], object], seconds: float = 240.0) -> None:
    """Wait until the condition holds; the limit is only there to end a test that would hang."""
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends, "waited in vain"
        time.sleep(0.02)


class TwoEnds:
    """One station and one enrolled gate, whose folders may lie on any disk.

    ``under`` is put before the commands of "station" and "agent": a network namespace, another clock, a failing disk.
    """

    def __init__(self, station_data: Path, data: Path, host: str = "127.0.0.1", **under: Sequence[str | Path]) -> None:
        self.station_data, self.data, self.host, self.under = station_data, data, host, dict(under)
        self.log = station_data.parent / "agent.log"
        self.running: dict[str, subprocess.Popen[str]] = {}
        self.port = 0
        self.raised: list[str] = []
        names = () if host == "127.0.0.1" else ("--host", host)
        self.command("station", "init", "--data", station_data, "--site", "west-gate", *names)
        self.start_station()
        token = self.command("station", "enrol-token", "--data", station_data, "--kiosk", GATE, "--lane", "A").strip()
        ca = station_data / "ca.pem"
        arguments = ("enrol", "--station", self.url, "--ca", ca, "--token", token, "--data", data)
        self.command("kiosk_end", *arguments, under=self.under.get("agent", ()))
        self.outbox = OutboxFile(data / OUTBOX_FILE, partial(doorbell.ring, data / doorbell.DOORBELL_FILE))

    @property
    def url(self) -> str:
        return f"https://{self.host}:{self.port}"

    def command(self, program: str, *arguments: str | Path, under: Sequence[str | Path] = ()) -> str:
        if not under:
            return in_process.command(program, *arguments)
        argv = [*map(str, under), sys.executable, "-m", f"sync.{program}", *map(str, arguments)]
        ended = subprocess.run(argv, capture_output=True, text=True, check=False)
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    def start_station(self) -> None:
        argv = ["sync.station", "run", "--data", str(self.station_data), "--port", str(self.port), "--host", self.host]
        station = self._start("station", argv, subprocess.DEVNULL)
        assert station.stdout is not None
        self.port = int(station.stdout.readline().rpartition(":")[2])

    def start_agent(self) -> None:
        argv = ["sync.kiosk_end", "run", "--station", self.url, "--data", str(self.data), "--counts-every", "1"]
        before = self.said("agent.started")
        with self.log.open("a") as log:
            self._start("agent", argv, log.fileno())
        until(lambda: self.said("agent.started") > before)

    def said(self, what: str) -> int:
        """How often agents have logged this."""
        return self.log.read_text().count(what) if self.log.exists() else 0

    def _start(self, name: str, argv: list[str], stderr: int) -> "subprocess.Popen[str]":
        command = [*map(str, self.under.get(name, ())), sys.executable, "-m", *argv]
        self.running[name] = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=stderr, text=True)
        return self.running[name]

    def end(self, name: str, number: signal.Signals = signal.SIGTERM) -> None:
        process = self.running.pop(name)
        process.send_signal(number)
        process.communicate(timeout=60)

    def close(self) -> None:
        for name in list(self.running):
            self.end(name, signal.SIGKILL)
        self.outbox.close()

    def raise_alarms(self, how_many: int = 1) -> None:
        for _ in range(how_many):
            alarm = an_alarm()
            self.outbox.raise_alarm(alarm)
            self.raised.append(alarm.id)

    def arrived(self) -> list[str]:
        """The gate's alarms at the station, in the order of arrival."""
        query = "SELECT a.id FROM alarms a JOIN taken_messages t USING (id) WHERE t.seq > 0 ORDER BY t.rowid"
        with closing(sqlite3.connect(f"file:{self.station_data / 'station.db'}?mode=ro", uri=True)) as database:
            return [row[0] for row in database.execute(query)]

    def everything_arrives(self) -> None:
        until(lambda: len(self.arrived()) >= len(self.raised))
        assert self.arrived() == self.raised
        until(lambda: self.outbox.depth() == 0)

    def shown(self) -> frozenset[Fault]:
        """What the kiosk app shows of the link."""
        return self.outbox.link_faults(datetime.now(UTC))

    def link_is_well(self) -> bool:
        return Fault.STATION_LINK not in self.shown()
