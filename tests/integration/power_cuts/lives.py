"""Processes that are killed by the hundred: one that has everything imported forks for each life."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from disk_log import begin, die_after, preloaded


class Lives:
    """Has them work, one after the other."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        """Use ``given_by``."""
        self._process = process

    def live(self, folder: Path, log: Path, *words: Any, killed_after: int = 0) -> bool:
        """Have one life do its work in ``folder`` and log it, or be killed right after so many events.

        Returns:
            Whether it came to its end.

        Raises:
            RuntimeError: it failed; why is on its stderr.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps((str(folder), str(log), killed_after, words)), file=self._process.stdin, flush=True)
        ended = self._process.stdout.readline().strip()
        if ended not in ("0", f"{-signal.SIGKILL}" if killed_after else "0"):
            raise RuntimeError(f"a life ended with {ended}")
        return ended == "0"


@contextmanager
def given_by(script: Path) -> Iterator[Lives]:
    """Start a script that calls ``give_lives``."""
    command = [sys.executable, script]
    with subprocess.Popen(
        command, env=preloaded(), text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        yield Lives(process)


def give_lives(work: Callable[..., None]) -> None:
    """Do work in a folder for each line of stdin, in a process of its own, and say how it ended."""
    for line in sys.stdin:
        folder, log, killed_after, words = json.loads(line)
        child = os.fork()
        if child == 0:
            begin(Path(folder), Path(log))
            die_after(killed_after)
            work(Path(folder), *words)
            return
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201  # its answer
