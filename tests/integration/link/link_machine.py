"""Whatever may happen between a gate and its station, as rules of a machine; in the end every alarm is there, once.

Real are the outbox's file, the sender, the heart, and the station with its file and its application. In between is a
road in memory, which loses, repeats, holds back and garbles what goes over it, as a rule has it. Nothing sleeps: both
clocks are set by rules, and whoever works does so when a rule says it.

Rules
- Both ends may die between any two of their steps. What a process leaves are its files: they are copied as they lie,
  without a word to whoever still has them open, and the next process opens the copy.
- A disk that fails does so below SQLite: RLIMIT_FSIZE ends a write wherever the limit is, for the one end that is at
  work. (Power cuts are other tests'.)
- Poison is what no station takes (a similarity of 2), or what this one blames the whole request for.
- After a restore of the station from an older copy, what came since is to come again.
"""

import asyncio
import atexit
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec
from bad_disk import failing_disk
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule
from paper_list import PaperList
from raised import SCORE, admitted, panic, wanted
from sqlalchemy import select, text
from starlette.types import Message as AsgiMessage
from station_world import csr_of_new_key
from structlog.testing import capture_logs

from kiosk.domain.alarm import Alarm
from kiosk.domain.faults import Fault
from kiosk.ports import OutboxError
from sync import wire
from sync.http import Answer, CertificateRejected, Outcome, OwnCertificate, StationDown
from sync.kiosk_end.heartbeat import Heart
from sync.kiosk_end.link import LinkState
from sync.kiosk_end.outbox import OUTBOX_FILE, OutboxFile
from sync.kiosk_end.uploader import Uploader
from sync.station import kiosks
from sync.station.app import create_app
from sync.station.keyring import create_keyring
from sync.station.station import Station
from sync.station.tables import alarms, taken_messages

NOON: Final = datetime(2026, 5, 1, 12, tzinfo=UTC)
GATE: Final = "gate-1"
HOUR: Final = timedelta(hours=1)
JUMPS: Final = st.sampled_from([timedelta(0), HOUR, -HOUR, timedelta(days=365), timedelta(days=-365)])
MISFORTUNES: Final = st.sampled_from(
    [
        "request lost",
        "answer lost",
        "twice",
        "late",
        "http-500",
        "http-503",
        "http-400",
        "malformed",
        "another's answer",
    ]
)
"""What may become of a request: one that is late arrives when a rule says so, and its sender has given up by then."""
DEATHS: Final = st.none() | st.tuples(st.sampled_from(["gate", "station"]), st.integers(0, 3))
SHARES: Final = st.integers(0, 64 * 1024)
"""Bytes of a file below which a failing disk still writes: within the log's first frames, or beyond them."""
_IN_MEMORY: Final = Path("/dev/shm")  # noqa: S108  # a thousand commits in a second; power cuts are other tests'


class Died(BaseException):
    """The process is gone, amid what it was doing."""


class AClock:
    """A ``kiosk.ports.Clock`` that a rule sets; the growing time is nobody's to set."""

    def __init__(self) -> None:
        self.passed_s = 0.0
        self.ahead = timedelta(0)

    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.passed_s) + self.ahead

    def monotonic(self) -> float:
        return self.passed_s

    def is_wrong(self) -> bool:
        return False

    def hear_station(self, said: datetime, asked_s: float) -> float:
        return (self.now() - said).total_seconds()


@cache
def _new_site() -> tuple[Path, bytes, OwnCertificate]:
    """Return the folder of a station at which a gate has just enrolled, and the gate's certificate (DER, and files)."""
    folder = Path(tempfile.mkdtemp(prefix="link-", dir=_IN_MEMORY if _IN_MEMORY.is_dir() else None))
    atexit.register(shutil.rmtree, folder)
    create_keyring(folder / "station", site="west-gate", hosts=("127.0.0.1",), now=NOON)
    station = Station(folder / "station", now=lambda: NOON)
    _key, csr = csr_of_new_key()
    with station.store.write() as conn:
        token = kiosks.new_enrol_token(conn, GATE, "A", NOON, "station")
        wish = wire.EnrolRequest(token=token, csr_pem=csr)
        enrolled = kiosks.enrol(conn, wish, station.keyring, station.tree.newest_root(), NOON)
    close(station)
    pem = enrolled.certificate_pem.encode()
    # The key is nobody's to use: no TLS is spoken here.
    return folder, x509.load_pem_x509_certificate(pem).public_bytes(Encoding.DER), OwnCertificate(pem, b"")


def close(station: Station) -> None:
    station.commits.close()
    station.store.close()


class Road:
    """In place of ``sync.http.StationClient``. A misfortune befalls the next requests, in turn."""

    def __init__(self, machine: "Link") -> None:
        self._machine = machine
        self.misfortunes: list[str] = []
        self.late: list[tuple[str, bytes]] = []
        self.last_answer = Answer(200, b"{}")
        self.refused_alone: Counter[str] = Counter()

    async def post(self, path: str, message: msgspec.Struct) -> Outcome:
        request = (path, wire.encode(message))
        what = self.misfortunes.pop(0) if self.misfortunes else None
        self._machine.dies_if_told_to("gate")
        match what:
            case "request lost":
                return StationDown("ConnectError")
            case "late":
                self.late.append(request)
                return StationDown("ReadTimeout")
            case "http-500" | "http-503" | "http-400":
                if what == "http-400" and isinstance(message, wire.Upload) and len(message.messages) == 1:
                    self.refused_alone[message.messages[0].id] += 1
                return Answer(int(what[-3:]), b"")
            case "malformed":
                return Answer(200, b'{"taken": 7')
            case "another's answer":
                return self.last_answer
            case "twice":
                await self._machine.station_answers(*request)
        answer = await self._machine.station_answers(*request)
        self._machine.dies_if_told_to("gate")
        if answer is None or what == "answer lost":
            return StationDown("RemoteProtocolError")
        if answer.status in (401, 403):
            return CertificateRejected(f"http-{answer.status}")
        self.last_answer = answer
        return answer


class Link(RuleBasedStateMachine):
    """A gate, a station, and the road between them."""

    def __init__(self) -> None:
        super().__init__()
        self.around = ExitStack()
        self.around.enter_context(capture_logs())
        site, self.certificate, self.own = _new_site()
        self.folder = Path(tempfile.mkdtemp(dir=site))
        self.copies = 0
        self.runner = self.around.enter_context(asyncio.Runner())
        self.gate_clock, self.station_clock = AClock(), AClock()
        self.road = Road(self)
        self.committed: list[str] = []
        self.unsure: set[str] = set()
        """Alarms whose commit failed: they may be in the file all the same. The engine would try them again."""
        self.poison: set[str] = set()
        self.blamed: set[str] = set()
        """Alarms for whose sake this station refuses a whole request."""
        self.number = 0
        self.station_disk: int | None = None
        self.dies: tuple[str, int] | None = None
        self.backups = [site / "station"]
        shutil.copytree(site / "station", self.folder / "station-0")
        self.station_folder, self.gate_folder = self.folder / "station-0", self.folder / "gate-0"
        self.gate_folder.mkdir()
        self.open_station()
        self.open_gate()

    def teardown(self) -> None:
        try:
            if sys.exc_info()[0] is None:  # what has failed is told as it is
                self.all_is_well_again()
        finally:
            self.outbox.close()
            close(self.station)
            self.around.close()
            shutil.rmtree(self.folder)

    # ---- the two ends

    def open_gate(self) -> None:
        self.outbox = OutboxFile(self.gate_folder / OUTBOX_FILE)
        self.uploader, self.heart = the_agent(self.outbox, self.road, self.own, self.gate_clock)

    def open_station(self) -> None:
        self.station = Station(self.station_folder, now=self.station_clock.now)
        self.app = create_app(self.station)

    def copied(self, folder: Path) -> Path:
        """Return a copy of the files as they lie, all but SQLite's index in memory, which dies with its process."""
        self.copies += 1
        copy = self.folder / f"copy-{self.copies}"
        shutil.copytree(folder, copy, copy_function=shutil.copy, ignore=shutil.ignore_patterns("*-shm"))
        return copy

    def dies_if_told_to(self, who: str) -> None:
        """Both ends are asked before and after each step; ``dies`` says whose how-many-th time is its last."""
        if self.dies is not None and self.dies[0] == who:
            self.dies = (who, self.dies[1] - 1) if self.dies[1] else None
            if self.dies is None:
                raise Died(who)

    async def station_answers(self, path: str, body: bytes) -> Answer | None:
        """Have the station's application answer; None where it dies over it, and is started again."""
        if path == "/v1/messages" and any(alarm.encode() in body for alarm in self.blamed):
            return Answer(413, b"")
        with failing_disk(self.station_disk):  # and not the gate's
            try:
                self.dies_if_told_to("station")
                answer = await asgi(self.app, path, body, self.certificate)
                self.dies_if_told_to("station")
            except Died:
                pass
            else:
                return answer
        with failing_disk(None):
            self.restart_station(self.copied(self.station_folder))
        return None

    def restart_station(self, folder: Path) -> None:
        close(self.station)
        self.station_folder = folder
        self.open_station()

    def restart_gate(self) -> None:
        copy = self.copied(self.gate_folder)
        self.outbox.close()
        self.gate_folder = copy
        self.open_gate()

    def works(self, what: Callable[[], Any]) -> Any:
        """Have the agent do something, or die over it."""
        try:
            return self.runner.run(what())
        except Died:
            with failing_disk(None):
                self.restart_gate()
        except OutboxError:
            pass  # as Heart.run does
        return None

    # ---- what the gate does

    @rule(how_many=st.integers(1, 5), below=st.none() | SHARES)
    def alarms_are_raised(self, how_many: int, below: int | None) -> None:
        for _ in range(how_many):
            self.number += 1
            self.raise_alarm(replace(panic(self.number), raised_at=self.gate_clock.now()), below)

    @rule()
    def an_alarm_that_no_station_takes(self) -> None:
        self.number += 1
        alarm = wanted(self.number, face=replace(SCORE, similarity=2.0))
        self.poison.add(alarm.id)
        self.raise_alarm(alarm, None)

    def raise_alarm(self, alarm: Alarm, below: int | None) -> None:
        try:
            with failing_disk(below):
                self.outbox.raise_alarm(alarm)
        except OutboxError:
            self.unsure.add(alarm.id)
        else:
            self.committed.append(alarm.id)

    @rule(below=st.none() | SHARES)
    def visits_are_counted(self, below: int | None) -> None:
        with suppress(OutboxError), failing_disk(below):
            self.outbox.count(admitted(self.gate_clock.now()))
            self.outbox.close_counts(self.gate_clock.now())

    @rule(
        alarms=st.integers(0, 2), misfortunes=st.lists(MISFORTUNES, max_size=2), below=st.none() | SHARES, dies=DEATHS
    )
    def agent_sends(
        self, alarms: int, misfortunes: list[str], below: int | None = None, dies: tuple[str, int] | None = None
    ) -> None:
        if alarms:
            self.alarms_are_raised(alarms, None)
        self.dies = dies
        self.road.misfortunes = misfortunes
        with failing_disk(below):
            self.works(self.uploader.drain)
        self.dies = None

    @rule(misfortunes=st.lists(MISFORTUNES, max_size=1))
    def heart_beats(self, misfortunes: list[str]) -> None:
        self.road.misfortunes = misfortunes
        self.works(self.heart.beat)

    # ---- what befalls them

    @precondition(lambda self: self.road.late)
    @rule(which=st.randoms(use_true_random=False))
    def a_late_request_arrives(self, which: Any) -> None:
        request = self.road.late.pop(which.randrange(len(self.road.late)))
        self.runner.run(self.station_answers(*request))

    @rule()
    def gate_is_killed(self) -> None:
        self.restart_gate()

    @rule(below=st.none() | SHARES)
    def stations_disk_fails_or_is_mended(self, below: int | None) -> None:
        self.station_disk = below

    @precondition(lambda self: set(self.committed) - self.blamed - self.poison)
    @rule(which=st.randoms(use_true_random=False))
    def the_station_blames_a_request_for_one_alarm(self, which: Any) -> None:
        self.blamed.add(which.choice(sorted(set(self.committed) - self.blamed - self.poison)))

    @rule()
    def the_station_is_backed_up(self) -> None:
        self.backups.append(self.copied(self.station_folder))

    @rule(which=st.randoms(use_true_random=False))
    def the_station_is_restored(self, which: Any) -> None:
        backup = which.choice(self.backups)
        self.road.late.clear()  # TCP: a connection does not outlive the machine
        self.restart_station(self.copied(backup))

    @rule(seconds=st.sampled_from([1, 60, 3600, 86400]), gate=JUMPS, station=JUMPS)
    def time_passes_and_clocks_are_set(self, seconds: int, gate: timedelta, station: timedelta) -> None:
        for clock, ahead in ((self.gate_clock, gate), (self.station_clock, station)):
            clock.passed_s += seconds
            clock.ahead = ahead

    # ---- in the end

    @rule()
    def all_is_well_again(self) -> None:
        """On a good road, good disks and right clocks what is left arrives, and nothing else ever did."""
        self.road.misfortunes, self.station_disk = [], None
        # Clocks may be right again at any time; a certificate of thirty days is not this machine's subject.
        self.gate_clock.passed_s = self.station_clock.passed_s = min(self.gate_clock.passed_s, 20 * 86400.0)
        self.gate_clock.ahead = self.station_clock.ahead = timedelta(0)
        # The first beat may say that the station has lost what it had; and one that it blames is tried three times.
        for _ in range(3 + 3 * len(self.blamed)):
            self.works(self.heart.beat)
            sent = self.works(self.uploader.drain)
        assert sent
        assert self.outbox.depth() == 0
        assert Fault.STATION_LINK not in self.outbox.link_faults(self.gate_clock.now())
        self.has_everything()

    def has_everything(self) -> None:
        at_station, seqs = self.arrived()
        assert len(at_station) == len(set(at_station)), "an alarm was doubled"
        assert set(at_station) <= set(self.committed) | self.unsure, "an alarm was invented"
        often_refused = {alarm for alarm, times in self.road.refused_alone.items() if times >= 3}
        given_up = often_refused.intersection(message.id for message in self.outbox.all_set_aside())
        due = [alarm for alarm in self.committed if alarm not in self.poison | self.blamed | given_up]
        assert [alarm for alarm in at_station if alarm in set(due)] == due, "an alarm was lost, or came out of order"
        assert seqs == sorted(seqs)
        assert not self.poison & set(at_station)

    def arrived(self) -> tuple[list[str], list[int]]:
        """Return the alarms at the station in the order of their arrival, and their numbers."""
        query = select(alarms.c.id, alarms.c.seq).join(taken_messages, taken_messages.c.id == alarms.c.id)
        with self.station.store.read() as conn:
            rows = conn.execute(query.where(alarms.c.kiosk == GATE).order_by(text("taken_messages.rowid"))).all()
        return [row.id for row in rows], [row.seq for row in rows]


def the_agent(outbox: OutboxFile, road: Any, own: OwnCertificate, clock: AClock) -> tuple[Uploader, Heart]:
    uploader = Uploader(outbox, road, asyncio.Event(), clock)
    link = LinkState(outbox, clock)
    heart = Heart(
        outbox=outbox,
        replica=PaperList(),
        station=road,
        own=own,
        link=link,
        clock=clock,
        station_is_back=uploader.station_is_back,
        look_ups=lambda: 0,
        device_key="tpm",
    )
    return uploader, heart


async def asgi(app: Any, path: str, body: bytes, certificate: bytes) -> Answer:
    """Ask the application as the server does (sync.station.serve)."""
    said: list[AsgiMessage] = []
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "https",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [],
        "client": None,
        "server": None,
        "peer_certificate": certificate,
    }

    async def receive() -> AsgiMessage:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: AsgiMessage) -> None:
        said.append(message)

    await app(scope, receive, send)
    return Answer(said[0]["status"], b"".join(message.get("body", b"") for message in said[1:]))
