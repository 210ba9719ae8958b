"""Whole programs that are killed by the hundred: one process that has everything imported forks for each of them.

A program starts so within some hundredths of a second instead of seconds. All can log what they do to a disk
(power_cuts/disk_log.py); whatever still runs ends with the nursery.
"""

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

from disk_log import preloaded

PATIENCE_S: Final = 60.0
"""Only there to end a test that would hang."""


class Disk(NamedTuple):
    """A folder whose every change is logged; with ``killed_after`` the process is killed right after so many changes.

    From the process's start on, or from when it has work: an upload has come, the station has acknowledged one.
    """

    folder: Path
    log: Path
    killed_after: int = 0
    at_work: bool = False


class Life:
    """A process of the nursery's."""

    def __init__(self, nursery: "Nursery", pid: int) -> None:
        """Use ``Nursery.start``."""
        self._nursery = nursery
        self._pid = pid
        self._ends = os.pidfd_open(pid)

    def has_ended(self, within_s: float = 0.0) -> bool:
        """Tell whether the process has ended, or does within this time."""
        return bool(select.select([self._ends], [], [], within_s)[0])

    def end(self, by: signal.Signals = signal.SIGKILL) -> int:
        """Send a signal, and wait."""
        signal.pidfd_send_signal(self._ends, by)
        return self.wait()

    def wait(self) -> int:
        """Return the exit code once the process has ended: minus the signal that killed it."""
        assert self.has_ended(PATIENCE_S), "a process hangs"
        os.close(self._ends)
        return self._nursery.reap(self._pid)


class Nursery:
    """Starts programs."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        """Use ``nursery``."""
        self._process = process

    def start(self, program: str, *words: object, output: Path, disk: Disk | None = None, plant: str = "") -> Life:
        """Start one of ``players``, whose output goes to the end of a file.

        Args:
            program: which.
            words: its command line.
            output: where what it prints goes.
            disk: what of it is logged.
            plant: the fault that is planted in the product first (``plants``).
        """
        asked = {"program": program, "words": list(map(str, words)), "output": str(output), "plant": plant}
        if disk is not None:
            asked["disk"] = (str(disk.folder), str(disk.log), disk.killed_after, disk.at_work)
        return Life(self, self._ask(asked))

    def run(self, program: str, *words: object, output: Path) -> str:
        """Have a program come to its end; return what it printed."""
        assert self.start(program, *words, output=output).wait() == 0, output.read_text()
        return output.read_text()

    def reap(self, pid: int) -> int:
        """Return how a process has ended."""
        return self._ask({"reap": pid})

    def _ask(self, what: Mapping[str, Any]) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps(what), file=self._process.stdin, flush=True)
        return int(self._process.stdout.readline())


@contextmanager
def nursery() -> Iterator[Nursery]:
    """Give a nursery; its programs end with it."""
    command = [sys.executable, Path(__file__).with_name("players.py")]
    with subprocess.Popen(
        command, env=preloaded(), text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        try:
            yield Nursery(process)
        finally:
            process.kill()


def wait_until(
    condition: Callable[[], object], patience_s: float = PATIENCE_S, why_not: Callable[[], str] = lambda: ""
) -> None:
    """Wait until the condition holds."""
    ends = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < ends, f"waited in vain: {why_not()}"
        time.sleep(0.01)
