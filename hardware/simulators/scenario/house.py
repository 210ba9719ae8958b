"""Everything that stands at a gate and at its station, put up in one folder of this machine."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Final, Self

from hardware.simulators.camera import NOBODY, set_stage
from hardware.simulators.card import CardDesk
from hardware.simulators.pcscd import PcscService
from hardware.simulators.personas import Persona
from hardware.simulators.scenario.dispatcher import Desk
from hardware.simulators.scenario.processes import REPOSITORY, Processes, StartError
from hardware.simulators.scenario.window import Window

STATION: Final = "station"
AGENT: Final = "agent"
KIOSK: Final = "kiosk"
PACK: Final = REPOSITORY / "build" / "models" / "sface-yunet"
_READY_WITHIN_S: Final = 60.0
_LIST_WITHIN_S: Final = 30.0

_SETTINGS: Final = """\
# Written by the rehearsal. A real kiosk's file is described in docs/installer.md.
data = "{data}"
log = "{log}"
production = false

[reader]
profile = "{repository}/hardware/wiring/readers/reference-test.toml"

[camera]
source = "stage:{stage}"

[face]
pack = "{pack}"

[gate]
driver = "simulated"
record = "{gate}"

[screen]
site = "{repository}/ui/sites/gutian.toml"
full_screen = false

[policy]
result_shown_s = {shown_s}
refer_shown_s = {shown_s}
more_time_s = {shown_s}
"""


class House:
    """The whole product in ``root``: started by ``with``, ended by its end, whatever happens in between.

    ``say`` is told what is being done. With ``delay`` the virtual card takes a real card's time, and a result stays
    for as long as somebody looks who watches. The kiosk app shows its window on the display that there is, or runs
    offscreen.
    """

    def __init__(self, root: Path, *, delay: bool, say: Callable[[str], None] = lambda text: None) -> None:
        shutil.rmtree(root, ignore_errors=True)
        self.root = root
        self.station_data = root / "station"
        self.kiosk_data = root / "kiosk"
        self.logs = root / "logs"
        for folder in (self.station_data, self.kiosk_data, self.logs):
            folder.mkdir(parents=True)
        self.kiosk_log = self.logs / "kiosk.jsonl"
        self.openings = root / "gate.jsonl"
        self.stage = root / "stage"
        self.processes = Processes(self.logs)
        self.pcsc = PcscService()
        self.port = _free_port()
        self.url = f"https://127.0.0.1:{self.port}"
        self._delay = delay
        self._say = say
        self._what_stands: ExitStack
        self.window: Window
        self.card: CardDesk
        self.admin: Desk
        self.approver: Desk
        self.dispatcher: Desk

    @property
    def ca(self) -> Path:
        """The CA certificate of the site, which an installer brings to the kiosk."""
        return self.station_data / "ca.pem"

    def __enter__(self) -> Self:
        with ExitStack() as what_stands:
            self._put_up(what_stands)
            self._what_stands = what_stands.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._what_stands.close()

    # ---- parts that a test may stop and start

    def start_station(self) -> None:
        """Start the station and return when it answers."""
        address = ("--host", "127.0.0.1", "--port", str(self.port))
        self.processes.start(STATION, ["-m", "sync.station", "run", "--data", str(self.station_data), *address])

        def answers() -> bool:
            self.processes.must_run(STATION)
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", self.port)) == 0

        self.wait_until(answers, "an answer of the station", _READY_WITHIN_S)

    def start_agent(self) -> None:
        """Start the sync agent."""
        options = ("--station", self.url, "--data", str(self.kiosk_data), "--counts-every", "1")
        self.processes.start(AGENT, ["-m", "sync.kiosk_end", "run", *options])

    def start_kiosk(self) -> None:
        """Start the kiosk app in a network namespace that has nothing in it, not even a loopback that is up."""
        rehearsal = "hardware.simulators.scenario.rehearsal"
        arguments = [*_empty_network(), sys.executable, "-m", rehearsal, str(self.root / "kiosk.toml"), str(self._hand)]
        display = {} if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") else _OFFSCREEN
        self.processes.start(KIOSK, arguments, env=display)

    def crash(self, name: str) -> None:
        """Kill a process as a power cut would."""
        self.processes.end(name, signal.SIGKILL)

    # ---- who stands at the gate

    def before_camera(self, who: str) -> None:
        """Put a persona (by key) or "nobody" before the camera."""
        set_stage(self.stage, who)

    def list_person(self, persona: Persona, case: str) -> str:
        """Two people list a persona; return the entry's id once the gate has it on its list."""
        entry = self.admin.propose(persona, case=case)
        self._wait_for_list(self.approver.approve(entry))
        return entry

    def withdraw(self, entry: str) -> None:
        """Take somebody off the list; return once the gate's list says so."""
        self._wait_for_list(self.admin.withdraw(entry))

    def _wait_for_list(self, seq: int) -> None:
        def has_come() -> bool:
            said = self.processes.log(AGENT).read_text(encoding="utf-8").splitlines()
            return any(json.loads(line)["seq"] >= seq for line in said if '"feed.applied"' in line)

        self.wait_until(has_come, f"the list's change {seq} at the gate", _LIST_WITHIN_S)

    def openings_so_far(self) -> int:
        """Return how often the gate has opened."""
        return len(self.openings.read_bytes().splitlines()) if self.openings.exists() else 0

    def wait_until(self, there: Callable[[], bool], what: str, timeout_s: float) -> None:
        """Return when ``there`` says so; raises StartError, naming ``what``, when it does not in time."""
        deadline = time.monotonic() + timeout_s
        while not there():
            if time.monotonic() > deadline:
                raise StartError(f"not there after {timeout_s:g} s: {what}; logs in {self.logs}")
            time.sleep(0.02)

    # ---- up and down

    @property
    def _hand(self) -> Path:
        return self.root / "hand.sock"

    def _put_up(self, what_stands: ExitStack) -> None:
        """Start everything; whatever has been started is on the stack, to be ended in reverse order."""
        what_stands.callback(self.processes.end_all)
        self._say("station: keys, database, first admin")
        link = self._command(
            "-m", "sync.station", "init", "--data", str(self.station_data), "--site", "gutian-rehearsal",
            "--host", "127.0.0.1", "--port", str(self.port),
        )  # fmt: skip
        self.start_station()
        self.admin = Desk.welcomed(self.url, self.ca, "demo-admin", link.strip().splitlines()[-1])
        self.approver = self.admin.invite(self.url, self.ca, "demo-approver", "approver")
        self.dispatcher = self.admin.invite(self.url, self.ca, "demo-dispatcher", "dispatcher")
        self._say("kiosk: enrolment, sync agent")
        token = self._command(
            "-m", "sync.station", "enrol-token", "--data", str(self.station_data),
            "--kiosk", "gate-1", "--lane", "lane-1",
        ).strip()  # fmt: skip
        self._command(
            "-m", "sync.kiosk_end", "enrol", "--station", self.url, "--ca", str(self.ca),
            "--token", token, "--data", str(self.kiosk_data),
        )  # fmt: skip
        self.admin.draw_plan(REPOSITORY / "docs" / "pictures" / "gutian-lanes.svg", {"gate-1": (20.0, 60.0)})
        self.start_agent()
        self._say("card reader: pcscd with a virtual reader, a virtual card" + ("" if self._delay else ", undelayed"))
        what_stands.enter_context(self.pcsc)
        self.card = what_stands.enter_context(CardDesk(delay=self._delay))
        self._say("kiosk app: screens, face models, camera")
        self.before_camera(NOBODY)
        (self.root / "kiosk.toml").write_text(
            _SETTINGS.format(
                data=self.kiosk_data, log=self.kiosk_log, repository=REPOSITORY, stage=self.stage, pack=PACK,
                gate=self.openings, shown_s=2.0 if self._delay else 0.5,
            ),
            encoding="utf-8",
        )  # fmt: skip
        self.window = Window(self._hand)
        what_stands.callback(self.window.close)
        self.start_kiosk()

    def _command(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments], cwd=REPOSITORY, capture_output=True, text=True, timeout=60, check=False
        )
        if done.returncode != 0:
            raise StartError(f"{arguments[1]} {arguments[2]}: {done.stderr.strip().splitlines()[-1:]}")
        return done.stdout


_OFFSCREEN: Final = {"QT_QPA_PLATFORM": "offscreen"}


def _empty_network() -> list[str]:
    """Return the command that gives its child an empty network namespace, or nothing where the system forbids it."""
    for command in (["/usr/bin/unshare", "--net"], ["/usr/bin/unshare", "--map-current-user", "--net"]):
        if subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0:
            return [*command, "--"]
    return []


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
