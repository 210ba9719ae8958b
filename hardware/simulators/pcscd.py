"""The machine's one pcscd, for tests and the demo: used where it runs, started where it does not.

There is one pcscd a machine (Debian 12: 1.9.9, /usr/sbin/pcscd -f, ready in about 15 ms, runs as root), so whoever
works with virtual cards holds a lock file meanwhile. Only a pcscd that was started here is ever stopped here.

vpcd's ports lie where the kernel takes those of outgoing connections from. While somebody's connection has one of them,
vpcd has no reader and pcscd says nothing of it; so a pcscd that was started without them is started anew.
"""

import fcntl
import os
import socket
import subprocess
import time
from pathlib import Path
from typing import IO, Final, Self

from hardware.simulators.card.vpcd import FIRST_READER, SECOND_READER

_PCSCD: Final = "/usr/sbin/pcscd"
_SOCKET: Final = Path("/run/pcscd/pcscd.comm")
_LOCK: Final = Path("/run/lock/hongtu-gate-pcscd.lock")
_READY_WITHIN_S: Final = 10.0
_VPCD_PORTS: Final = frozenset({FIRST_READER[1], SECOND_READER[1]})
_LISTENING: Final = "0A"


class PcscService:
    """Hold the machine's PC/SC service. Use it as a context manager: entering waits for other holders.

    Args:
        configuration: the folder that names its readers, in place of /etc/reader.conf.d (``hardware.simulators.ifd``).

    Raises:
        FileNotFoundError: pcscd is not installed (apt-get install pcscd vsmartcard-vpcd).
        PermissionError: it does not run, and we are not root.
        TimeoutError: within 10 s it did not answer, or had no virtual reader.
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
        deadline = time.monotonic() + _READY_WITHIN_S
        self._begin(deadline)
        while not self._options and not _has_virtual_readers():
            self.stop()
            if time.monotonic() > deadline:
                raise TimeoutError(f"another program holds one of the virtual readers' ports {sorted(_VPCD_PORTS)}")
            self._begin(deadline)

    def _begin(self, deadline: float) -> None:
        self._process = subprocess.Popen(
            [_PCSCD, "-f", *self._options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
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


def _has_virtual_readers() -> bool:
    """Tell whether vpcd comes to listen (IPv4) within half a second of pcscd's first answer."""
    deadline = time.monotonic() + 0.5
    while time.monotonic() < deadline:
        sockets = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        listening = {int(fields[1].rpartition(":")[2], 16) for fields in sockets if fields[3] == _LISTENING}
        if listening >= _VPCD_PORTS:
            return True
        time.sleep(0.01)
    return False
