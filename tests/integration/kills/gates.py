"""A station and some kiosks at its gates: real programs that are killed, started again, and judged."""

import json
import shutil
import signal
import ssl
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from random import Random
from socket import socket
from typing import Final, TypeAlias

import httpx
from ledger import Finding, judge
from nursery import Disk, Life, Nursery, nursery, wait_until

from hardware.simulators.scenario.authenticator import code_of
from kiosk import doorbell
from sync.kiosk_end.outbox import OUTBOX_FILE, OutboxFile

STATION: Final = "station"
FOR_EVER: Final = 10**9
COUNTS_EVERY_S: Final = 0.3
RING_EVERY_S: Final = 0.2
AT_WORK: Final = 0.6
LONGEST_WAIT_S: Final = 0.1
LOOKS: Final = 0.1
"""How often, after a kill, somebody looks at the screens."""


class Gates:
    """The programs by name: "station", and "agent NAME" and "app NAME" of each kiosk."""

    def __init__(
        self, folder: Path, programs: Nursery, *, kiosks: Sequence[str], plant: str = "", longest_pause_s: float = 0.02
    ) -> None:
        """Take what ``set_up`` has made in ``folder``. Nothing runs yet.

        Args:
            folder: where everything lies.
            programs: who starts them.
            kiosks: those that were enrolled.
            plant: a fault in every program (``plants``).
            longest_pause_s: between two alarms of one app.
        """
        self.folder = folder
        self.kiosks = tuple(kiosks)
        self.running: dict[str, Life] = {}
        self.kiosk_said: set[str] = set()
        """Fault codes of the link that the kiosk app was left with."""
        self.console_said: set[str] = set()
        """States and faults on the console's page of kiosks."""
        self._rang_s = 0.0
        self._longest_pause_s = longest_pause_s
        self._programs = programs
        self._plant = plant
        self._port = _free_port()
        self._desk: httpx.Client | None = None

    @classmethod
    def set_up(cls, folder: Path, programs: Nursery, kiosks: Sequence[str]) -> None:
        """Make a station in ``folder`` and enrol kiosks."""
        gates = cls(folder, programs, kiosks=kiosks)
        station = gates.data(STATION)
        asked = ("init", "--data", station, "--site", "west-gate")
        link = programs.run(STATION, *asked, output=folder / "init").split()[-1]
        gates.start(STATION)
        gates.wait_for_station()
        gates._sign_in(link)
        for kiosk in kiosks:
            asked = ("enrol-token", "--data", station, "--kiosk", kiosk, "--lane", kiosk)
            token = programs.run(STATION, *asked, output=folder / f"token-{kiosk}").split()[-1]
            there = ("--station", gates.url, "--ca", station / "ca.pem", "--data", gates.data(kiosk))
            programs.run("agent", "enrol", *there, "--token", token, output=folder / f"enrol-{kiosk}")
            outbox = OutboxFile(gates.data(kiosk) / OUTBOX_FILE)
            outbox.report(frozenset(), datetime.now(UTC))  # which makes the reserve: megabytes that nobody waits for
            outbox.close()
        gates.end(STATION, by=signal.SIGTERM)

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self._port}"

    @property
    def programs(self) -> tuple[str, ...]:
        return (STATION, *(f"{program} {kiosk}" for kiosk in self.kiosks for program in ("agent", "app")))

    def programs_beside(self, machine: str) -> tuple[str, ...]:
        """The programs of all other machines."""
        return tuple(name for name in self.programs if machine not in name.split())

    def data(self, who: str) -> Path:
        """The folder of the station, or of a kiosk."""
        return self.folder / "data" / who

    def book(self, kiosk: str) -> Path:
        """Where a kiosk's app says what it does."""
        return self.folder / f"{kiosk}.ledger"

    def output(self, name: str) -> Path:
        return self.folder / f"{name}.out"

    # ---- life and death

    def start(self, name: str, disk: Disk | None = None, *, rounds: int = FOR_EVER) -> Life:
        """Start a program; ``rounds`` is how many alarms an app raises."""
        program, _, kiosk = name.partition(" ")
        words: tuple[object, ...]
        match program:
            case "station":
                words = ("run", "--data", self.data(STATION), "--port", self._port)
            case "agent":
                words = ("run", "--station", self.url, "--data", self.data(kiosk), "--counts-every", COUNTS_EVERY_S)
            case _:
                words = (self.data(kiosk), self.book(kiosk), rounds, self._longest_pause_s)
        life = self._programs.start(program, *words, output=self.output(name), disk=disk, plant=self._plant)
        self.running[name] = life
        return life

    def end(self, name: str, by: signal.Signals = signal.SIGKILL) -> None:
        """End a program that must not have ended by itself."""
        ended = self.running.pop(name).end(by)
        assert ended in (0, -by), f"{name} ended with {ended}: {self.output(name).read_text()[-2000:]}"

    def end_all(self, by: signal.Signals = signal.SIGKILL) -> None:
        for name in list(self.running):
            self.end(name, by)

    def live_and_die(self, times: int, chance: Random) -> dict[str, int]:
        """Kill programs at random times and start each again at once; return how often each kind was killed."""
        for name in self.programs:
            if name not in self.running:
                self.start(name)
        killed = dict.fromkeys(("app", "agent", "station"), 0)
        while sum(killed.values()) < times:
            # Mostly when something goes through, whatever the machine has to do besides: a kill of a program that
            # is just starting proves less.
            if chance.random() < AT_WORK:
                before = self._upload_count()
                wait_until(lambda before=before: self._upload_count() > before)
            time.sleep(chance.uniform(0, LONGEST_WAIT_S))
            # Now and then a whole kiosk, or everything: what the others wait for is then gone as well.
            names = chance.choice([*([name] for name in self.programs), *self._together()])
            for name in names:
                self.end(name)
                killed[name.partition(" ")[0]] += 1
            for name in chance.sample(names, len(names)):
                self.start(name)
            if chance.random() < LOOKS:
                self.look()
        return killed

    def _upload_count(self) -> int:
        return self.output(STATION).read_bytes().count(b'"messages.taken"')

    def _together(self) -> list[list[str]]:
        return [list(self.programs), *([f"app {kiosk}", f"agent {kiosk}"] for kiosk in self.kiosks)]

    def wait_for_station(self) -> None:
        def answers() -> bool:
            with socket() as client:
                return client.connect_ex(("127.0.0.1", self._port)) == 0

        wait_until(answers)

    # ---- what is where

    @contextmanager
    def outbox(self, kiosk: str) -> Iterator[OutboxFile]:
        """A kiosk's outbox, as its own processes see it."""
        data = self.data(kiosk)
        outbox = OutboxFile(data / OUTBOX_FILE)
        try:
            yield outbox
        finally:
            outbox.close()

    def deliver(self, patience_s: float = 60.0) -> None:
        """Have the agents send everything that waits, counts too."""
        for kiosk in self.kiosks:
            with self.outbox(kiosk) as outbox:
                outbox.close_counts(datetime.now(UTC))
                agent = self.output(f"agent {kiosk}")
                delivered = partial(self.has_delivered, kiosk, outbox)
                wait_until(delivered, patience_s, lambda agent=agent: agent.read_text()[-2000:])

    def has_delivered(self, kiosk: str, outbox: OutboxFile) -> bool:
        """Tell whether nothing waits any more. If not, wake the agent, which may be waiting before its next try."""
        if outbox.depth() == 0:
            return True
        if time.monotonic() > self._rang_s + RING_EVERY_S:
            doorbell.ring(self.data(kiosk) / doorbell.DOORBELL_FILE)
            self._rang_s = time.monotonic()
        return False

    def settle(self) -> Finding:
        """Have no more alarms raised, everything delivered and everything ended; then judge."""
        for kiosk in self.kiosks:
            if f"app {kiosk}" in self.running:
                self.end(f"app {kiosk}")
            if f"agent {kiosk}" not in self.running:
                self.start(f"agent {kiosk}")
        if STATION not in self.running:
            self.start(STATION)
        self.deliver()
        self.look()
        for kiosk in self.kiosks:
            self.end(f"agent {kiosk}")
        self.wait_for_station()
        self.end(STATION, by=signal.SIGTERM)  # what it has begun it may finish
        return sum((self.judge(kiosk) for kiosk in self.kiosks), Finding())

    def judge(self, kiosk: str) -> Finding:
        return judge(self.book(kiosk), self.data(STATION) / "station.db", kiosk)

    def raise_one(self, kiosk: str) -> None:
        """Have an app raise one alarm, count one visit and end."""
        assert self.start(f"app {kiosk}", rounds=1).wait() == 0
        del self.running[f"app {kiosk}"]

    def raised(self) -> int:
        """How many alarms were promised so far."""
        return sum(self.book(kiosk).read_text().count("raised ") for kiosk in self.kiosks if self.book(kiosk).exists())

    # ---- what staff see

    def look(self) -> None:
        """See what the kiosks' apps and the console would show at this moment."""
        for kiosk in self.kiosks:
            with self.outbox(kiosk) as outbox:
                self.kiosk_said |= {str(fault) for fault in outbox.link_faults(datetime.now(UTC))}
        try:
            for one in self._at_desk("/api/kiosks")["kiosks"]:
                self.console_said |= {one["state"], *one["faults"]}
        except httpx.TransportError:
            self.console_said.add("no answer")

    def staff_saw(self) -> str:
        """What was seen, in words for the report."""
        at_kiosk = ", ".join(sorted(self.kiosk_said)) or "nothing"
        return f"kiosk: {at_kiosk}; console: {', '.join(sorted(self.console_said)) or 'nothing'}"

    def _at_desk(self, path: str) -> dict[str, list[dict[str, object]]]:
        if self._desk is None:
            self._desk = self._open_desk()
            self._desk.cookies.update(json.loads(self._session.read_text()))
        answer = self._desk.get(path)
        answer.raise_for_status()
        return answer.json()

    def _sign_in(self, link: str) -> None:
        """Become somebody at the desk, who stays signed in at every copy of this site."""
        with self._open_desk() as desk:
            road = f"/api/welcome/{link.rpartition('/')[2]}"
            offer = desk.post(f"{road}/code/offer", json={"login": "lin"}, timeout=60).raise_for_status().json()
            proof = {"challenge": offer["challenge"], "code": code_of(offer["secret"], time.time())}
            asked = {"login": "lin", "password": "red earth, white tile", **proof}
            desk.post(road, json=asked, timeout=60).raise_for_status()
            self._session.write_text(json.dumps(dict(desk.cookies)))

    def _open_desk(self) -> httpx.Client:
        context = ssl.create_default_context(cafile=self.data(STATION) / "ca.pem")
        return httpx.Client(base_url=self.url, verify=context, trust_env=False, headers={"X-Station": "console"})

    @property
    def _session(self) -> Path:
        return self.folder / "session"

    def close(self) -> None:
        """Kill whatever runs."""
        for life in self.running.values():
            life.end()
        self.running.clear()
        if self._desk is not None:
            self._desk.close()
        shutil.rmtree(self.folder)


OpenGates: TypeAlias = Callable[..., Gates]
"""``open_gates(count=1, plant="")``"""
Site: TypeAlias = Callable[[], AbstractContextManager[OpenGates]]
"""Whatever is opened within one context is closed with it."""


@contextmanager
def site_of(*kiosks: str) -> Iterator[Site]:
    """Give a way to open gates, with the first so many of these kiosks: copies of one site that is set up once.

    They lie in memory: a power cut is in the log that is played, not on a disk. Nothing of them is left afterwards.
    """
    with tempfile.TemporaryDirectory(dir="/dev/shm", prefix="gates-") as folder, nursery() as programs:
        site = Path(folder) / "site"
        site.mkdir()
        Gates.set_up(site, programs, kiosks)

        @contextmanager
        def opening() -> Iterator[OpenGates]:
            with ExitStack() as opened:

                def open_gates(*, count: int = 1, plant: str = "") -> Gates:
                    copy = shutil.copytree(site, tempfile.mkdtemp(dir=folder), dirs_exist_ok=True)
                    gates = Gates(Path(copy), programs, kiosks=kiosks[:count], plant=plant)
                    opened.callback(gates.close)
                    return gates

                yield open_gates

        yield opening


def _free_port() -> int:
    with socket() as server:
        server.bind(("127.0.0.1", 0))
        return int(server.getsockname()[1])
