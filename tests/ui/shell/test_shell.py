"""Whatever happens to the app, a visitor stands before a calm screen within three seconds, and the app comes back."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from x_screen import HEIGHT, WIDTH, XScreen, screen  # after the path to it

CALM, APP = (0xF8, 0xF5, 0xEF), (0x24, 0x46, 0x6B)
"""The ground of the calm screen, and of the verdict on the app's "please see our staff", which has some of both."""
WITHIN_S = 3.0
_APP = Path(__file__).with_name("one_app.py")
_KEEP = """
import sys
from kiosk.shell import keep
command = sys.argv[3:]
sys.exit(keep(command, [*command, "setup"], (int(sys.argv[1]), int(sys.argv[2])), hide_cursor=False))
"""


def until(wanted: Callable[[], bool], seconds: float) -> float:
    """Return after how many seconds it was so."""
    began_s = time.monotonic()
    while not wanted():
        assert time.monotonic() - began_s < seconds, "it never came"
        time.sleep(0.02)
    return time.monotonic() - began_s


@dataclass
class Kiosk:
    panel: XScreen
    pid_file: Path
    shell: subprocess.Popen[bytes]

    def is_calm(self) -> bool:
        return self.panel.share_of(CALM) > 0.7

    def is_app_seen(self) -> bool:
        return self.panel.share_of(APP) > 0.2

    def app(self) -> int:
        return int(self.pid_file.read_text().split()[0])

    def words(self) -> str:
        return " ".join(self.pid_file.read_text().split()[1:])

    def wait_for_app(self, other_than: int = 0) -> None:
        until(lambda: self.pid_file.exists() and self.pid_file.read_text() and self.app() != other_than, 40)
        until(self.is_app_seen, 40)


@pytest.fixture(scope="module")
def kiosk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kiosk]:
    folder = tmp_path_factory.mktemp("panel")
    with screen(folder) as panel:
        pid_file = folder / "app.pid"
        command = [sys.executable, "-c", _KEEP, str(WIDTH), str(HEIGHT), sys.executable, str(_APP), str(pid_file)]
        environment = {**os.environ, "DISPLAY": panel.display, "QT_QPA_PLATFORM": "xcb"}
        with subprocess.Popen(command, env=environment) as shell:
            try:
                kiosk = Kiosk(panel, pid_file, shell)
                until(kiosk.is_calm, 40)
                yield kiosk
            finally:
                shell.terminate()
                shell.wait(20)


@pytest.mark.parametrize(
    "mishap", [signal.SIGKILL, signal.SIGSTOP, signal.SIGUSR1], ids=["killed", "stopped", "screen's thread hangs"]
)
def test_whatever_happens_to_the_app_a_calm_screen_stands_in_three_seconds_and_the_app_returns(
    kiosk: Kiosk, mishap: signal.Signals
) -> None:
    kiosk.wait_for_app()
    app = kiosk.app()
    os.kill(app, mishap)
    assert until(kiosk.is_calm, 20) <= WITHIN_S
    kiosk.wait_for_app(other_than=app)
    assert kiosk.app() != app


def test_staff_who_ask_for_setup_get_it_once_and_the_app_afterwards(kiosk: Kiosk) -> None:
    kiosk.wait_for_app()
    for word, said in ((signal.SIGUSR2, "setup"), (signal.SIGTERM, "")):
        before = kiosk.app()
        os.kill(before, word)
        asked_s = time.monotonic()
        kiosk.wait_for_app(other_than=before)
        assert time.monotonic() - asked_s < 12  # the mishaps before are no reason to make staff wait fifteen
        assert kiosk.words() == said


def test_an_app_that_is_well_is_left_alone(kiosk: Kiosk) -> None:
    kiosk.wait_for_app()
    app = kiosk.app()
    time.sleep(3)
    assert kiosk.app() == app
    assert kiosk.is_app_seen()


def test_the_shell_ends_with_its_app_when_it_is_told_to(kiosk: Kiosk) -> None:
    kiosk.wait_for_app()
    app = kiosk.app()
    kiosk.shell.terminate()
    assert kiosk.shell.wait(20) == 0
    with pytest.raises(ProcessLookupError):
        os.kill(app, 0)
