"""The machine's one pcscd, for tests and the demo: used where it runs, started where it does not.

There is one pcscd a machine (Debian 12: 1.9.9, /usr/sbin/pcscd -f, ready in about 15 ms, runs as root), so whoever
works with virtual cards holds a lock file meanwhile. Only a pcscd that was started here is ever stopped here.
"""

import fcntl
import os
import socket
import subprocess
import time
from pathlib import Path
from typing import IO, Final, Self

_PCSCD: Final = "/usr/sbin/pcscd"
_SOCKET: Final = Path("/run/pcscd/pcscd.comm")
_LOCK: Final = Path("/run/lock/hongtu-gate-pcscd.lock")
_READY_WITHIN_S: Final = 10.0


class PcscService:
    """Hold the machine's PC/SC service. Use it as a context manager: entering waits for other holders.

    Args:
        configuration: the folder that names its readers, in place of /etc/reader.conf.d (``hardware.simulators.ifd``).

    Raises:
        FileNotFoundError: pcscd is not installed (apt-get install pcscd vsmartcard-vpcd).
        PermissionError: it does not run, and we are not root.
        TimeoutError: it did not answer within 10 s.
    """

    def __init__(self, configuration: Path | None = None) -> None:
        self._options = ["-c", str(configuration)] if configuration else []
        self._process: subprocess.Popen[bytes] | None = None
        self._lock: IO[bytes] | None = None

    @property
    def is_ours(self) -> bool:
        """Tell whether this object started the pcscd that runs now, and so may stop it."""
        return self._process is not None

    def start(self) -> None:
        """Return when pcscd answers; start it if none does."""
        if _answers():
            return
        if os.geteuid() != 0:
            raise PermissionError("pcscd does not run and only root may start it: sudo systemctl start pcscd.socket")
        self._process = subprocess.Popen(
            [_PCSCD, "-f", *self._options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        deadline = time.monotonic() + _READY_WITHIN_S
        while not _answers():
            if time.monotonic() > deadline:
                self.kill()
                raise TimeoutError("pcscd does not answer")
            time.sleep(0.01)

    def kill(self) -> None:
        """End our pcscd at once, as a crash would. One that ran before us stays."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def stop(self) -> None:
        """End our pcscd in order, so that it leaves no socket file behind."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(timeout=5.0)
            except subprocess.TimeoutExpired:
                self.kill()
            self._process = None

    def __enter__(self) -> Self:
        self._lock = _LOCK.open("wb")
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        try:
            self.start()
        except BaseException:
            self._lock.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        assert self._lock is not None
        self._lock.close()


def _answers() -> bool:
    """Tell whether a pcscd takes connections; a socket file alone may be a dead one's."""
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            connection.connect(str(_SOCKET))
        except OSError:
            return False
    return True
