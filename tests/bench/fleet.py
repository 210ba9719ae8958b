"""A thousand kiosks follow one station over mutual TLS: when is a change at work in every one of them?

Counted from the station's own time of the change, which it takes before it commits, to the commit in each kiosk's list
file; add and withdraw in turn. After each change every kiosk's file is looked into as the gate does. Station and kiosks
share this machine's cores: the kiosks are two processes (tests.bench.fleet_shard), where in the field they are a
thousand machines. Their files lie in memory, for a thousand commits on one disk are no kiosk's (one commit on this
machine's disk takes 0.5 ms longer); the station's lie on the disk.
"""

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory
from typing import Any, Final

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from hardware.simulators.personas import synthetic_number
from hardware.simulators.scenario.dispatcher import Desk
from hardware.simulators.scenario.processes import REPOSITORY, Processes
from sync import wire
from sync.http import OwnCertificate
from sync.kiosk_end.agent import granted_by
from sync.kiosk_end.identity import IDENTITY_FOLDER, Identity
from sync.station import kiosks, people
from sync.station.keyring import create_keyring
from sync.station.rights import Role
from sync.station.station import Station
from tests.bench.rows import Row, percentile
from watchlist import trust
from watchlist.device_key import open_device_keys
from watchlist.feed import Change

KIOSKS: Final = 1000
CHANGES: Final = 60
QUIET_S: Final = 31.0
ENTRIES_A_DAY: Final = 100
"""One hundredth of a list of 10,000 entries, each added or withdrawn."""
CRLITE_BYTES: Final = 26_800
"""Of one six-hourly delta, as published."""
_IN_MEMORY: Final = Path("/dev/shm")  # noqa: S108 (a fresh private folder is made in it)
_DAY_S: Final = 86_400


class Fleet:
    """A station process, and processes that are its kiosks."""

    def __init__(self, root: Path, count: int, *, busy: bool, say: Callable[[str], None]) -> None:
        rmtree(root, ignore_errors=True)
        self.root, self.count, self.busy, self._say = root, count, busy, say
        self.folder = root / "station"
        root.mkdir(parents=True)
        (root / "logs").mkdir()
        self.processes = Processes(root / "logs")
        self.shards: list[subprocess.Popen[str]] = []

    @contextmanager
    def up(self) -> Iterator["Fleet"]:
        """Enrol everybody, start everything, and end it."""
        with ExitStack() as stack:
            self.kiosks = self.place_of_kiosks(stack)
            stack.callback(self.processes.end_all)
            self._say(f"{self.count} kiosks: enrolment")
            self._found()
            self.url = self.start_station()
            self.admin = Desk.welcomed(self.url, self.folder / "ca.pem", "bench-admin", self._invitation)
            self.approver = self.admin.invite(self.url, self.folder / "ca.pem", "bench-approver", "approver")
            self._start_shards(stack)
            yield self

    def place_of_kiosks(self, stack: ExitStack) -> Path:
        """Return the folder for the kiosks' files."""
        return Path(stack.enter_context(TemporaryDirectory(dir=_IN_MEMORY if _IN_MEMORY.is_dir() else None)))

    def station_program(self, port: int) -> list[str]:
        """Return the arguments of the station's process."""
        return ["-m", "sync.station", "run", "--data", str(self.folder), "--port", str(port)]

    def shard_program(self, first: int, many: int) -> list[str]:
        """Return the arguments of a process that is some of the kiosks."""
        place = [self.url, str(self.kiosks), str(first), str(many)]
        return ["-m", "tests.bench.fleet_shard", *place, "busy" if self.busy else "calm"]

    def tell(self, order: dict[str, object]) -> list[dict[str, Any]]:
        """Give every shard an order and return the answers."""
        for shard in self.shards:
            assert shard.stdin is not None
            shard.stdin.write(json.dumps(order) + "\n")
            shard.stdin.flush()
        return [self.heard(shard) for shard in self.shards]

    def newest_change(self) -> tuple[int, float, Change]:
        """Return the newest change's number, its time at the station, and itself."""
        database = sqlite3.connect(f"file:{self.folder / 'station.db'}?mode=ro", uri=True)
        try:
            newest = "SELECT seq, at, change FROM feed_changes ORDER BY seq DESC LIMIT 1"
            seq, at, change = database.execute(newest).fetchone()
        finally:
            database.close()
        when = datetime.fromisoformat(at).replace(tzinfo=UTC)
        return seq, when.timestamp(), msgspec.json.decode(change, type=Change)

    def _found(self) -> None:
        now = datetime.now(UTC)
        create_keyring(self.folder, site="bench", hosts=("127.0.0.1",), now=now)
        station = Station(self.folder)
        root = station.tree.newest_root()
        with station.store.write() as conn:
            self._invitation = people.invite(conn, [Role.ADMIN], "station", now)
            for number in range(self.count):
                key = ec.generate_private_key(ec.SECP256R1())
                csr = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).sign(key, SHA256())
                token = kiosks.new_enrol_token(conn, f"k{number:04}", f"lane-{number:04}", now, "station")
                request = wire.EnrolRequest(token=token, csr_pem=csr.public_bytes(Encoding.PEM).decode())
                enrolled = kiosks.enrol(conn, request, station.keyring, root, now)
                pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
                _save(enrolled, pem, self.kiosks / f"{number:04}")
        station.store.close()

    def start_station(self, port: int = 0) -> str:
        """Start the station and return its address, as soon as it listens."""
        log = self.processes.log("station")
        log.unlink(missing_ok=True)
        process = self.processes.start("station", self.station_program(port))
        deadline = time.monotonic() + 60
        while "station ready " not in log.read_text():
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, "the station did not start"
            time.sleep(0.05)
        return log.read_text().partition("station ready ")[2].split()[0]

    def _start_shards(self, stack: ExitStack) -> None:
        cores = min(os.cpu_count() or 1, 4)
        share = -(-self.count // cores)
        for first in range(0, self.count, share):
            many = min(share, self.count - first)
            shard = subprocess.Popen(
                [sys.executable, *self.shard_program(first, many)],
                cwd=REPOSITORY,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            stack.callback(_end, shard)
            self.shards.append(shard)
        assert sum(self.heard(shard)["ready"] for shard in self.shards) == self.count

    def heard(self, shard: "subprocess.Popen[str]") -> dict[str, Any]:
        """Return what a process of kiosks says next."""
        assert shard.stdout is not None
        line = shard.stdout.readline()
        assert line, f"the kiosks ended; logs in {self.root / 'logs'}"
        return dict(json.loads(line))


def measure(
    say: Callable[[str], None], *, count: int = KIOSKS, changes: int = CHANGES, busy: bool = False
) -> list[Row]:
    """Measure one fleet."""
    with Fleet(REPOSITORY / "build" / "fleet", count, busy=busy, say=say).up() as fleet:
        say(f"{changes} changes")
        before = _received(fleet)
        at = _make_changes(fleet, changes)
        per_change = (_received(fleet) - before) / changes
        time.sleep(1.0)
        before, began_s = _received(fleet), time.monotonic()
        time.sleep(0 if busy else QUIET_S)
        per_day = (_received(fleet) - before) / (time.monotonic() - began_s) * _DAY_S
        answers = fleet.tell({"report": True})
    if refused := sum(answer["refused"] for answer in answers):
        raise AssertionError(f"{refused} batches were refused")
    seconds = []
    for seq, committed in at.items():
        effective = [moment for answer in answers for moment in answer["effective"].get(str(seq), ())]
        if len(effective) != count:
            raise AssertionError(f"change {seq} came to {len(effective)} of {count} kiosks")
        seconds += [moment - committed for moment in effective]
    name = f"sync.list-change.commit-to-effective.{count}-kiosks{'.all-agents-busy' if busy else ''}"
    rows = [
        Row(name=f"{name}.p50", value=percentile(seconds, 0.5), unit="s"),
        Row(name=f"{name}.p99", value=percentile(seconds, 0.99), unit="s", target=1.0),
        Row(name=f"{name}.max", value=max(seconds), unit="s"),
    ]
    if not busy:
        rows += _bytes(per_change, per_day)
    return rows


def _bytes(per_change: float, checkpoints: float) -> list[Row]:
    changes = ENTRIES_A_DAY * per_change
    return [
        Row(name="sync.list-change.bytes-per-kiosk", value=per_change, unit="B"),
        Row(name="sync.list.daily-churn-1-percent-of-10k.changes", value=changes / 1e3, unit="kB/day"),
        Row(
            name="sync.list.daily-churn-1-percent-of-10k.with-checkpoints",
            value=(changes + checkpoints) / 1e3,
            unit="kB/day",
        ),
        Row(name="sync.list.crlite-delta-as-published", value=4 * CRLITE_BYTES / 1e3, unit="kB/day"),
    ]


def _make_changes(fleet: Fleet, changes: int) -> dict[int, float]:
    """Add and withdraw in turn; return when the station made each change."""
    at: dict[int, float] = {}
    rows: Change | None = None
    for n in range(0, changes, 2):
        number = synthetic_number(date(1980, 1, 1) + timedelta(days=n), 900)
        entry = fleet.admin.propose_number(number, case=f"EX-fleet-{n}")
        time.sleep(0.3)
        for listed in (True, False):
            fleet.approver.approve(entry) if listed else fleet.admin.withdraw(entry)
            seq, when, change = fleet.newest_change()
            at[seq] = when
            rows = change if listed else rows
            time.sleep(2.0)
            assert rows is not None
            look = {"epoch": 1, "idx": rows.rows[0].idx.hex(), "listed": listed}
            if wrong := sum(answer["wrong"] for answer in fleet.tell({"look": look})):
                raise AssertionError(f"change {seq} was not at work in {wrong} kiosks after 2 s")
    return at


def _received(fleet: Fleet) -> int:
    """Return what the first kiosk's stream has received, TLS included."""
    return int(fleet.tell({"mark": True})[0]["bytes"])


def _save(enrolled: wire.Enrolled, key_pem: bytes, data: Path) -> None:
    data.mkdir(parents=True)
    keys = open_device_keys(data, "file", make=True)
    own = OwnCertificate(enrolled.certificate_pem.encode(), key_pem)
    Identity(data / IDENTITY_FOLDER, keys).begin(own, enrolled.ca_pem.encode())
    trust.save(granted_by(enrolled), data / trust.TRUST_FILE, keys)


def _end(shard: "subprocess.Popen[str]") -> None:
    shard.communicate(timeout=60)
