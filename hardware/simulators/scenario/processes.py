"""Processes that end with whoever started them."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

REPOSITORY: Final = Path(__file__).parents[3]
_END_WITHIN_S: Final = 8.0


class StartError(Exception):
    """Something that was started is not as it should be in time. Says what, and where the logs are."""


class Processes:
    """Named processes, each with its log. Whatever is still running is ended in reverse order by ``end_all``.

    Each has a session of its own, so that Ctrl-C at the terminal reaches only the one who plays the day; and each is
    sent SIGTERM by the kernel if that one dies without a word (setpriv --pdeathsig).
    """

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(
        self, name: str, arguments: Sequence[str], *, env: Mapping[str, str] | None = None
    ) -> subprocess.Popen[bytes]:
        """Start ``python ARGUMENTS`` or, where the first argument is a path, that program. The log is appended to."""
        program = arguments if arguments[0].startswith("/") else [sys.executable, *arguments]
        with self.log(name).open("ab") as log:
            process = subprocess.Popen(
                ["/usr/bin/setpriv", "--pdeathsig", "TERM", *program],
                cwd=REPOSITORY,
                env={**os.environ, "PYTHONUNBUFFERED": "1", **(env or {})},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._running[name] = process
        return process

    def log(self, name: str) -> Path:
        """Return the file that a process's output goes to."""
        return self._logs / f"{name}.log"

    def is_running(self, name: str) -> bool:
        """Tell whether the process was started and has not ended."""
        return name in self._running and self._running[name].poll() is None

    def must_run(self, name: str) -> None:
        """Raise StartError where the process has ended."""
        if not self.is_running(name):
            raise StartError(f"{name} ended before it was ready; see {self.log(name)}")

    def pid(self, name: str) -> int:
        """Return the process id."""
        return self._running[name].pid

    def end(self, name: str, number: signal.Signals = signal.SIGTERM) -> None:
        """End one process and wait for it; with SIGKILL as a crash would."""
        process = self._running.pop(name, None)
        if process is None or process.poll() is not None:
            return
        process.send_signal(number)
        try:
            process.wait(_END_WITHIN_S)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def end_all(self) -> None:
        """End everything that was started here, the last first."""
        for name in reversed(list(self._running)):
            self.end(name)
