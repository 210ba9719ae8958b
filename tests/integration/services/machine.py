"""A machine of its own in namespaces, whose PID 1 is the real systemd and whose services are the real units."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TypeVar

REPOSITORY: Final = Path(__file__).parents[3]
PROGRAMS: Final = "/opt/hongtu-gate/.venv/bin"
T = TypeVar("T")
STATION, AGENT, APP = "hongtu-station", "hongtu-sync", "hongtu-kiosk"
_UNSHARED: Final = ("--fork", "--kill-child", "--pid", "--mount", "--mount-proc", "--uts", "--ipc", "--net", "--cgroup")


class Machine:
    """What can be done in it. Use ``started``."""

    def __init__(self, init: int) -> None:
        self._enter = ("nsenter", "--target", str(init), "--all")

    def run(self, *words: str, user: str | None = None, text: str | None = None, check: bool = True) -> str:
        """Run a program in it and return what it says."""
        become = ("setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups") if user is not None else ()
        done = subprocess.run(
            [*self._enter, *become, *words], input=text, capture_output=True, text=True, check=False, timeout=60
        )
        assert done.returncode == 0 or not check, done.stderr
        return done.stdout

    def write(self, path: str, text: str) -> None:
        """Put a file there, readable for everybody."""
        self.run("sh", "-c", f"cat >{path} && chmod 644 {path}", text=text)

    def start(self, service: str) -> None:
        """Start a service, which has said that it is ready when this returns."""
        self.run("systemctl", "start", service)

    def shows(self, service: str, what: str) -> str:
        """Return a property of a service."""
        return self.run("systemctl", "show", "--value", "--property", what, service).strip()

    def log(self, service: str) -> str:
        """Return what a service has written."""
        return self.run("cat", f"/run/log-of/{service}", check=False)


@contextmanager
def started() -> Iterator[Machine]:
    """Start the machine; all that runs in it ends with the context. Needs root."""
    script = Path(__file__).with_name("machine.sh")
    command = ["unshare", *_UNSHARED, str(script), str(REPOSITORY), str(Path(sys.base_prefix))]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as process:
        try:
            (init,) = until(lambda: _children(process.pid), "the machine's first process")
            machine = Machine(init)
            until(lambda: "running" in machine.run("systemctl", "is-system-running", check=False), "systemd")
            yield machine
        finally:
            process.kill()  # and with it, by the kernel, PID 1 and everything below it


def until(found: Callable[[], T], what: str, seconds: float = 60.0) -> T:
    """Return the first answer that is not empty; the limit only ends a test that would hang."""
    ends_s = time.monotonic() + seconds
    while not (answer := found()):
        assert time.monotonic() < ends_s, f"{what} never came"
        time.sleep(0.1)
    return answer


def _children(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
