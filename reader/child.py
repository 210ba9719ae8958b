"""One reader worker as a child process: started, heard, spoken to, ended. It leaves no zombie and no open file."""

import contextlib
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from reader.messages import FromWorker, MessageError, Read, decode_from_worker, encode, take_body


class WorkerProcess:
    """A running ``reader.worker``.

    Args:
        profile: the reader profile, a TOML file.
        production: refuse a test profile.
        heard: called from a thread of this object with each message, and at last with None: the worker has ended,
            or broke the protocol.
    """

    def __init__(self, profile: Path, production: bool, heard: Callable[[FromWorker | None], None]) -> None:
        command = [sys.executable, "-m", "reader.worker", "--profile", str(profile)]
        if production:
            command.append("--production")
        # A session of its own: Ctrl-C at a terminal is for the kiosk, at whose end the worker's input closes.
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,
        )
        self._listener = threading.Thread(target=self._listen, args=(heard,), name="reader-listener", daemon=True)
        self._listener.start()

    def send(self, message: Read) -> None:
        """Send a message. To a worker that has just ended it is lost: its end is heard anyway."""
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(encode(message))

    def end(self) -> None:
        """Kill the worker, whatever it is doing, and wait until it is gone."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.kill()
        self._process.wait()
        self._listener.join()
        self._process.stdin.close()
        self._process.stdout.close()

    def _listen(self, heard: Callable[[FromWorker | None], None]) -> None:
        assert self._process.stdout is not None
        received = bytearray()
        try:
            while chunk := self._process.stdout.read(65536):
                received += chunk
                while (body := take_body(received)) is not None:
                    heard(decode_from_worker(body))
        except MessageError:
            pass  # the same as its end: it will be replaced
        heard(None)
