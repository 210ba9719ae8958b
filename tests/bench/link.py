"""The link between gate and station: every figure beside the least that it could be, measured in turn in one run.

- An alarm's commit in the outbox beside a bare commit of the same row.
- An alarm from its commit to the station's acknowledgement, beside two bare commits and a bare POST over httpx.
- Uploads of one alarm beside a road of the same server that does nothing (tests.bench.link_station).
- An outbox of a hundred thousand alarms; the heartbeats of a thousand kiosks; a thousand kiosks that come back at once.

Kiosks are other processes than the station (tests.bench.link_load), on the same machine and its cores; all files lie
on the disk.
"""

import json
import os
import signal
import statistics
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from hardware.simulators.scenario.processes import REPOSITORY
from kiosk.domain.alarm import Alarm
from kiosk.domain.ids import AlarmId, VisitId
from kiosk.domain.verdict import AlarmKind
from kiosk.doorbell import DOORBELL_FILE, ring
from sync.kiosk_end.outbox import OUTBOX_FILE, OutboxFile
from sync.wire import HEARTBEAT_S
from tests.bench.fleet import KIOSKS, Fleet
from tests.bench.link_load import bare_commit, bare_file, multiply
from tests.bench.link_station import NULL
from tests.bench.rows import Row, percentile

COMMITS: Final = 300
ALARMS: Final = 200
QUEUED: Final = 100_000
CONNECTIONS: Final = (1, 32, 128)
FLOOD_S: Final = 2.0
ROUNDS: Final = 2
BEATS_S: Final = 20.0
_MESSAGES: Final = "/v1/messages"


class Link(Fleet):
    """Kiosks that load a station, whose server has one road that does nothing."""

    def place_of_kiosks(self, stack: ExitStack) -> Path:
        return self.root / "kiosks"

    def station_program(self, port: int) -> list[str]:
        return ["-m", "tests.bench.link_station", str(self.folder), str(port)]

    def shard_program(self, first: int, many: int) -> list[str]:
        return ["-m", "tests.bench.link_load", self.url, str(self.kiosks), str(first), str(many)]

    def first(self, order: dict[str, object]) -> dict[str, Any]:
        """Give the first process of kiosks an order and return the answer."""
        self.order(order)
        return self.heard(self.shards[0])

    def order(self, order: dict[str, object]) -> None:
        """Give the first process of kiosks an order."""
        pipe = self.shards[0].stdin
        assert pipe is not None
        pipe.write(json.dumps(order) + "\n")
        pipe.flush()


def measure(say: Callable[[str], None], *, count: int = KIOSKS) -> list[Row]:
    """Measure one station and its kiosks."""
    with Link(REPOSITORY / "build" / "link", count, busy=False, say=say).up() as link:
        say("commits of the outbox")
        rows = _outbox_commit(link.kiosks)
        # Before the floods, which leave a hundred thousand alarms that nobody takes up: the station is busy calling for
        # a second person, then for the supervisor, for each of them, and what is asked here is an ordinary day's.
        say("alarms, one at a time")
        rows += _alarm_road(link)
        say(f"the heartbeats of {count} kiosks")
        rows += _heartbeats(link)
        say(f"{count} kiosks come back at once")
        rows += _storm(link)
        say("uploads of one alarm, beside a road that does nothing")
        ingest, best_per_s = _ingest(link)
        say(f"an outbox of {QUEUED} alarms")
        return [*rows, *ingest, *_drain(link, best_per_s)]


def _outbox_commit(folder: Path) -> list[Row]:
    outbox, bare = OutboxFile(folder / "commits.db"), bare_file(folder / "bare-commits.db")
    ours, theirs = [], []
    for number in range(COMMITS):
        alarm = _alarm(number)
        began_s = time.perf_counter()
        outbox.raise_alarm(alarm)
        ours.append(time.perf_counter() - began_s)
        began_s = time.perf_counter()
        bare_commit(bare, alarm.id, b"x" * 400)
        theirs.append(time.perf_counter() - began_s)
    outbox.close()
    bare.close()
    median_s, bare_s = statistics.median(ours), statistics.median(theirs)
    return [
        Row(name="sync.outbox-commit.p50", value=median_s * 1e3, unit="ms"),
        Row(name="sync.outbox-commit.to-bare-commit", value=median_s / bare_s, unit="ratio", target=1.3),
    ]


def _alarm_road(link: Link) -> list[Row]:
    """Decision → acknowledged by the station, through the outbox, the doorbell and the agent's sender."""
    file = link.kiosks / "0000" / OUTBOX_FILE
    outbox = OutboxFile(file, lambda: ring(file.with_name(DOORBELL_FILE)))
    link.order({"follow": 0})
    ours, theirs = [], []
    for number in range(ALARMS):
        began_s = time.monotonic()
        outbox.raise_alarm(_alarm(number))
        ours.append((link.heard(link.shards[0])["acked"] - began_s) * 1e3)
        theirs.append(link.first({"bare": True})["ms"])
        time.sleep(0.01)
    outbox.close()
    rows = []
    for name, share in (("p50", 0.5), ("p99", 0.99)):
        ms, bare_ms = percentile(ours, share), percentile(theirs, share)
        rows += [
            Row(name=f"sync.alarm.decision-to-acknowledged.{name}", value=ms, unit="ms"),
            Row(name=f"sync.alarm.{name}.to-bare-post-and-commits", value=ms / bare_ms, unit="ratio", target=2.0),
        ]
    return rows


def _ingest(link: Link) -> tuple[list[Row], float]:
    """Return the rows, and the most alarms a second. The ratio is null to alarms: 2 where half of it is reached."""
    rows, most = [], 0.0
    for connections in CONNECTIONS:
        done = {NULL: 0, _MESSAGES: 0}
        for _ in range(ROUNDS):
            for path in done:
                flood = {"path": path, "connections": connections, "seconds": FLOOD_S}
                done[path] += link.first({"flood": flood})["done"]
        per_s = done[_MESSAGES] / (ROUNDS * FLOOD_S)
        most = max(most, per_s)
        name = f"station.ingest.{connections}-connections"
        ratio = done[NULL] / done[_MESSAGES]
        rows += [
            Row(name=f"{name}.alarms", value=per_s, unit="1/s"),
            Row(name=f"{name}.null-to-alarms", value=ratio, unit="ratio", target=2.0),
        ]
    return rows, most


def _drain(link: Link, best_per_s: float) -> list[Row]:
    file = link.kiosks / "0001" / OUTBOX_FILE
    outbox = OutboxFile(file)
    outbox.raise_alarm(_alarm(0))
    outbox.close()
    multiply(file, QUEUED)
    began_s = time.monotonic()
    link.order({"follow": 1})
    left = QUEUED
    while left:
        answer = link.heard(link.shards[0])
        left, acked_s = left - answer["alarms"], answer["acked"]
    per_s = QUEUED / (acked_s - began_s)
    return [
        Row(name="sync.drain.100k-alarms", value=per_s, unit="1/s"),
        Row(name="sync.drain.to-uploads-of-one", value=per_s / best_per_s, unit="ratio"),
    ]


def _heartbeats(link: Link) -> list[Row]:
    link.tell({"beat": {"seconds": 10.0}})  # everybody is connected then, as in the field
    before_s, began_s = _cpu_s(link), time.monotonic()
    answers = link.tell({"beat": {"seconds": BEATS_S}})
    share = (_cpu_s(link) - before_s) / (time.monotonic() - began_s)
    unanswered = link.count * BEATS_S / HEARTBEAT_S - sum(answer["done"] for answer in answers)
    name = f"station.heartbeats.{link.count}-kiosks"
    return [
        Row(name=f"{name}.share-of-one-core", value=share * 100, unit="%"),
        Row(name=f"{name}.unanswered", value=unanswered, unit="beats", target=0),
    ]


def _storm(link: Link) -> list[Row]:
    """The station dies and is back; every kiosk comes at once and goes on as its backoff says."""
    port = int(link.url.rpartition(":")[2])
    link.processes.end("station", signal.SIGKILL)
    for shard in link.shards:
        assert shard.stdin is not None
        shard.stdin.write('{"storm": true}\n')
        shard.stdin.flush()
    link.start_station(port)
    ready_s = time.monotonic()
    well = [moment for shard in link.shards for moment in link.heard(shard)["well"]]
    assert len(well) == link.count
    status = Path(f"/proc/{link.processes.pid('station')}/status").read_text()
    peak_kib = int(status.partition("VmHWM:")[2].split()[0])
    name = f"station.storm.{link.count}-kiosks"
    return [
        Row(name=f"{name}.half-well", value=percentile(well, 0.5) - ready_s, unit="s"),
        Row(name=f"{name}.all-well", value=max(well) - ready_s, unit="s"),
        Row(name=f"{name}.station-peak-memory", value=peak_kib / 1024, unit="MiB"),
    ]


def _cpu_s(link: Link) -> float:
    """Return the station's time on a core so far."""
    stat = Path(f"/proc/{link.processes.pid('station')}/stat").read_text().rpartition(")")[2].split()
    return (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")


def _alarm(number: int) -> Alarm:
    return Alarm(
        id=AlarmId(str(uuid4())),
        kind=AlarmKind.STAFF_PANIC,
        visit=VisitId(f"BENCH{number:07}"),
        raised_at=datetime.now(UTC),
    )
