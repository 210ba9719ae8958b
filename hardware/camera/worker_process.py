"""A running camera worker, as the app holds it."""

import contextlib
import os
import select
import subprocess
import sys
import time
from typing import Final

from hardware.camera.messages import MAX_LINE_BYTES, Aim, Message, decode, encode

_CHUNK_BYTES: Final = 4096


class WorkerEndedError(Exception):
    """The worker is gone, or says what no worker says."""


class WorkerProcess:
    """A started worker. ``end`` must be called, also when it died by itself."""

    def __init__(self, source: str, ring_fd: int, first_seq: int) -> None:
        """Start a worker on this source. The ring's memory is handed down as a file descriptor."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "hardware.camera", source, str(ring_fd), str(first_seq)],
            stdin=subprocess.PIPE,
            bufsize=0,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            pass_fds=(ring_fd,),
        )
        self._unread = b""
        assert self._process.stdin is not None
        os.set_blocking(self._process.stdin.fileno(), False)

    @property
    def pid(self) -> int:
        """The worker's process id."""
        return self._process.pid

    def next_message(self, deadline_s: float) -> Message | None:
        """Return what the worker says next, or None at ``deadline_s`` (monotonic).

        Raises:
            WorkerEndedError: if it has ended, or sends a line that is too long or no message.
        """
        assert self._process.stdout is not None
        stdout = self._process.stdout.fileno()
        while b"\n" not in self._unread:
            if len(self._unread) > MAX_LINE_BYTES:
                raise WorkerEndedError
            ready, _, _ = select.select([stdout], [], [], max(0.0, deadline_s - time.monotonic()))
            if not ready:
                return None
            chunk = os.read(stdout, _CHUNK_BYTES)
            if not chunk:
                raise WorkerEndedError
            self._unread += chunk
        line, _, self._unread = self._unread.partition(b"\n")
        try:
            return decode(line)
        except ValueError:
            raise WorkerEndedError from None

    def aim(self, aim: Aim) -> None:
        """Tell the worker where the face is. A worker that is dead or does not listen is not waited for."""
        assert self._process.stdin is not None
        # One write of less than PIPE_BUF bytes: all of it or, where the pipe is full or broken, nothing.
        with contextlib.suppress(OSError, ValueError):
            os.write(self._process.stdin.fileno(), encode(aim))

    def kill(self) -> None:
        """Kill the worker; ``next_message`` then tells that it has ended. May be called from any thread."""
        self._process.kill()

    def end(self) -> None:
        """Kill the worker if it runs, wait for it, and close the pipes to it."""
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        self._process.wait()
