"""A kiosk's whole disk: what its agent and its app leave on it while they work, and what a thief would look for."""

import base64
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from list_author import entry, number, some_rows
from published_tree import Station
from software_tpm import TPM_VARIABLE

from kiosk.domain.numbers import DocumentNumber
from watchlist import trust
from watchlist.device_key import open_device_keys
from watchlist.seal import Secret, stretch

HERE = Path(__file__).parent
WITHDRAWN = 4
LISTED = (1, 2, 3, 5, 6)
NOT_LISTED = (7, 8)

_AGENT = """
from watchlist import trust
from watchlist.device_key import open_device_keys
from watchlist.replica import ListFollower
from sync.kiosk_end import log
from published_tree import FolderRoad
start(log.CATALOGUE, "agent.jsonl")
if locks:
    assert process.keep_out_of_swap()
keys = open_device_keys(data)
follower = ListFollower(data, trust.load(data / trust.TRUST_FILE, keys), keys)
with whatever_is_written_reaches_the_disk_at_once():
    follower.refresh(FolderRoad(web), NOON)
position = follower.apply((web / "pushed").read_bytes(), NOON)
structlog.get_logger().info("feed.applied", epoch=position.epoch, seq=position.seq)
write_swap_image(disk / "swap.agent")
"""
_APP = """
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from PySide6.QtCore import QCoreApplication
from PySide6.QtQml import QJSEngine
from kiosk import events
from kiosk.domain.evidence import Listed, NotListed
from kiosk.domain.ids import Presence
from watchlist.lookup import SealedList
start(events.CATALOGUE, "kiosk.jsonl")
process.keep_freed_memory()
app = QCoreApplication([]); engine = QJSEngine()
sealed = SealedList(data)
if locks:
    assert process.lock_memory_beside_qml()
visitors = [number(person) for person in (1, 6, 7, 4)]
answers = [sealed.look_up(Presence("reader", turn), (visitor,), NOON) for turn, visitor in enumerate(visitors)]
assert [type(answer) for answer in answers] == [Listed, Listed, NotListed, NotListed], answers
structlog.get_logger().info("visit.decided", visit="X", verdict="refer", reasons=["list.listed"])
if locks:
    assert process.lock_memory_beside_qml()
write_swap_image(disk / "swap.app")
"""
_PROGRAM = """
import ctypes, os, sys, threading
from contextlib import contextmanager
from pathlib import Path
sys.path[:0] = {path!r}
import structlog
from kiosk import logbook, process
from list_author import NOON, number
from swap_image import write_swap_image
disk, data, web, locks, syncs = Path({disk!r}), Path({data!r}), Path({web!r}), {locks!r}, {syncs!r}
@contextmanager
def whatever_is_written_reaches_the_disk_at_once():
    ended = threading.Event()
    def keep_syncing():
        file = os.open(disk, os.O_RDONLY)
        while syncs and not ended.wait(0.005):
            libc.syncfs(file)
        os.close(file)
    libc = ctypes.CDLL(None)
    thread = threading.Thread(target=keep_syncing)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
def start(catalogue, name):
    logbook.configure(catalogue, (disk / name).open("a", encoding="utf-8"))
"""


@dataclass
class KioskDiskImage:
    """``disk`` is the whole disk, with the data folder in it; ``web`` is what the station publishes, elsewhere."""

    disk: Path
    web: Path
    tpm: str
    """How its TPM is reached, in the TSS's words."""
    others: int = 5
    """So many more entries are in the full copy."""
    station: Station = field(init=False)
    people: dict[int, int] = field(init=False)

    def __post_init__(self) -> None:
        self.station = Station(self.web)
        self.people = {person: uuid4().int for person in (*LISTED, WITHDRAWN)}
        self.data.mkdir(mode=0o700)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(TPM_VARIABLE, self.tpm)
            trust.save(self.station.trust(), self.data / trust.TRUST_FILE, open_device_keys(self.data, make=True))
        author = self.station.author
        for person in (1, 2, WITHDRAWN):
            author.add(self.people[person], number(person))
        author.add_rows(uuid4().int, some_rows(8))
        for _ in range(self.others):
            author.add_rows(uuid4().int, some_rows())
        self.station.take_copy(author)
        author.add(self.people[3], number(3))
        author.withdraw(self.people[WITHDRAWN])
        author.add(self.people[5], number(5))
        self.station.publish()
        author.add(self.people[6], number(6))
        (self.web / "pushed").write_bytes(author.batch(since=author.seq - 1))

    @property
    def data(self) -> Path:
        return self.disk / "data"

    def work(self, *, locks: bool = True, syncs: bool = False) -> None:
        """Let the agent take the list, a full copy, changes and a pushed one; then the app look people up.

        With ``syncs`` whatever is written reaches the disk at once; the disk should be one of its own then.
        """
        for program in (_AGENT, _APP):
            path = [str(HERE), str(HERE.parents[1] / "unit" / "watchlist")]
            start = _PROGRAM.format(
                path=path, disk=str(self.disk), data=str(self.data), web=str(self.web), locks=locks, syncs=syncs
            )
            done = subprocess.run(
                [sys.executable, "-W", "error", "-c", start + program],
                cwd=HERE.parents[2],
                env={**os.environ, "HONGTU_TPM": self.tpm},
                capture_output=True,
                text=True,
                timeout=90,
                check=False,
            )
            assert done.returncode == 0, done.stderr

    def files(self) -> Iterator[Path]:
        return (path for path in self.disk.rglob("*") if path.is_file())

    # ---- what would give an entry away

    def secret(self, person: int) -> Secret:
        return stretch(number(person), self.station.author.pepper)

    def traces(self) -> dict[str, bytes]:
        """Bytes of which one alone would tell of an entry, in the forms in which a program might have written it."""
        traces: dict[str, bytes] = {}
        for person in (*LISTED, WITHDRAWN, *NOT_LISTED):
            traces |= _spelt(f"number {person}", number(person))
            traces[f"stretched {person}"] = self.secret(person).value
        for person, name in self.people.items():
            text = entry(name)
            traces[f"entry {person}"] = text.encode()
            traces[f"entry {person}, hex"] = text.replace("-", "").encode()
            traces[f"entry {person}, binary"] = UUID(text).bytes
        for change in (*self.station.author.changes[:8], *self.station.author.changes[-4:]):
            for row in change.rows:
                for name, value in (("idx", row.idx), ("ct", row.ct[:48]), ("tail of ct", row.ct[-48:])):
                    traces[f"{name} {change.seq}"] = value
                    traces[f"{name} {change.seq}, hex"] = value.hex().encode()
                    # Whole groups of three bytes only: what comes before decides how the rest is spelt.
                    traces[f"{name} {change.seq}, base64"] = base64.b64encode(value[:30])
        return traces


def _spelt(what: str, number: DocumentNumber) -> dict[str, bytes]:
    return {
        what: number.value.encode(),
        f"{what}, first 17": number.value[:17].encode(),
        f"{what}, UTF-16": number.value.encode("utf-16-le"),
        f"{what}, UTF-32": number.value.encode("utf-32-le"),
    }


def found_in(data: bytes, traces: dict[str, bytes]) -> set[str]:
    return {what for what, trace in traces.items() if trace in data}
