"""A disk that another process keeps full to the last block costs no alarm; counts are the first to go."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from itertools import count
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path

import forked
import pytest
from raised import NOON, admitted, panic, wanted

from kiosk.ports import OutboxError
from sync.kiosk_end import outbox_reserve
from sync.kiosk_end.outbox import OutboxFile
from sync.wire import CountsBody

DISK_MB = 80

_FILL = """
import os, sys
file = os.open(sys.argv[1], os.O_CREAT | os.O_WRONLY | os.O_APPEND)
block, told = bytes(65536), False
while True:
    try:
        os.write(file, block)
    except OSError:
        if not told:
            print("full", flush=True)
            told = True
"""


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("only root can mount a small disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextmanager
def kept_full(disk: Path) -> Iterator[None]:
    """Another process takes each block that anybody frees, at once."""
    file = disk / "other"
    with subprocess.Popen([sys.executable, "-c", _FILL, str(file)], stdout=subprocess.PIPE) as other:
        try:
            assert other.stdout is not None
            other.stdout.readline()
            yield
        finally:
            other.kill()
            file.unlink()


@pytest.fixture
def undisturbed() -> Iterator[None]:
    """We race whoever fills the disk, and not the suite's other workers, who would hold us up for thirty milliseconds.

    A kiosk's programs step back behind nobody; this worker does (tests/conftest.py).
    """
    policy, priority = os.sched_getscheduler(0), os.sched_getparam(0)
    with suppress(PermissionError):
        os.sched_setscheduler(0, os.SCHED_RR | os.SCHED_RESET_ON_FORK, os.sched_param(1))
    yield
    os.sched_setscheduler(0, policy, priority)


@pytest.fixture
def small_reserve(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the same parts, but used up by a few hundred alarms."""
    monkeypatch.setattr(outbox_reserve, "FREE_PAGES", 64)
    monkeypatch.setattr(outbox_reserve, "_COUNTS_NEED_PAGES", 32)
    monkeypatch.setattr(outbox_reserve, "_REFILL_BELOW_PAGES", 48)


def first_start(disk: Path) -> Path:
    """The kiosk has run before, while there was room."""
    path = disk / "outbox.db"
    with closing(OutboxFile(path)) as outbox:
        outbox.report(frozenset(), NOON)
    return path


def is_refused(write: Callable[[], object]) -> bool:
    try:
        write()
    except OutboxError:
        return True
    return False


def all_are_kept(path: Path, visits: int) -> bool:
    with closing(OutboxFile(path)) as outbox:
        kept = [(message.seq, message.id) for message in outbox.pending(visits + 1)]
    return kept == [(number, wanted(number).id) for number in range(1, visits + 1)]


def serve(path: Path, visits: int, told: Connection) -> None:
    """Be the kiosk app: every visitor's card is listed; at the end, say how often what was refused, and be killed."""
    outbox = OutboxFile(path)
    counts_refused: list[int] = []
    for number in range(1, visits + 1):
        outbox.raise_alarm(wanted(number))
        if is_refused(lambda: outbox.count(admitted())):
            counts_refused.append(number)
    told.send_bytes(json.dumps([counts_refused, is_refused(lambda: outbox.report(frozenset(), NOON))]).encode())
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize("since", ["before the start", "the middle of the day"])
def test_a_thousand_listed_cards_on_a_full_disk_are_a_thousand_alarms(disk: Path, since: str) -> None:
    path = first_start(disk)
    here, there = Pipe()
    with ExitStack() as running:
        if since == "the middle of the day":
            running.enter_context(closing(OutboxFile(path)))
        running.enter_context(kept_full(disk))
        assert forked.run(serve, path, 1000, there) == -signal.SIGKILL
        assert json.loads(here.recv_bytes()) == [[], False]
        assert all_are_kept(path, 1000)


def test_when_the_reserve_runs_low_counts_are_the_first_to_go_and_the_fault_is_shown(
    disk: Path, small_reserve: None
) -> None:
    path = first_start(disk)
    here, there = Pipe()
    with kept_full(disk):
        assert forked.run(serve, path, 300, there) == -signal.SIGKILL
        refused, fault_is_shown = json.loads(here.recv_bytes())
        assert all_are_kept(path, 300)
    assert refused == list(range(refused[0], 301))
    assert fault_is_shown
    with closing(OutboxFile(path)) as outbox:
        outbox.close_counts(NOON)
        *_, counts = outbox.pending(1000)
    assert isinstance(counts.body, CountsBody)
    assert counts.body.counts == {"admit": 300 - len(refused)}


def test_when_there_is_room_again_the_reserve_is_made_and_counts_go_on(disk: Path, small_reserve: None) -> None:
    path = first_start(disk)
    alarms = map(panic, count())
    with closing(OutboxFile(path)) as outbox:
        for _ in range(3):
            with kept_full(disk):
                while not is_refused(lambda: outbox.count(admitted())):
                    outbox.raise_alarm(next(alarms))
                assert is_refused(lambda: outbox.report(frozenset(), NOON))
            outbox.report(frozenset(), NOON)
            outbox.count(admitted())


def test_on_a_full_disk_what_was_delivered_makes_room_for_new_alarms(disk: Path, small_reserve: None) -> None:
    with closing(OutboxFile(first_start(disk))) as outbox, kept_full(disk):
        for first in range(0, 2000, 100):
            for number in range(first, first + 100):
                outbox.raise_alarm(panic(number))
            outbox.mark_taken([message.id for message in outbox.pending(100)], NOON)
        assert outbox.depth() == 0
        outbox.count(admitted())


@pytest.mark.parametrize("left", ["the last pages", "the spare file"])
def test_an_outbox_that_is_full_is_emptied_when_the_link_is_back(
    disk: Path, undisturbed: None, small_reserve: None, monkeypatch: pytest.MonkeyPatch, left: str
) -> None:
    with closing(OutboxFile(first_start(disk))) as outbox, kept_full(disk):
        if left == "the last pages":
            (disk / "outbox.db-reserve").unlink()
        else:
            monkeypatch.setattr(outbox_reserve, "_LAST_PAGES", 0)
        alarms = map(panic, count())
        while not is_refused(lambda: outbox.raise_alarm(next(alarms))):
            pass
        # Whoever fills the disk now and then wins a whole piece of the spare file. The agent tries again.
        pieces = outbox_reserve._size(disk / "outbox.db-reserve") // outbox_reserve.PIECE_BYTES
        while messages := outbox.pending(100):
            taken = [message.id for message in messages]
            while is_refused(lambda taken=taken: outbox.mark_taken(taken, NOON)):
                assert (pieces := pieces - 1) >= 0, "every piece is lost"
        outbox.raise_alarm(next(alarms))
