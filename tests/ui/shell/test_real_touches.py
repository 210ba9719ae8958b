"""A real window on a real X screen, touched through the X server as a panel does it that calls itself a pointer.

(Panels that send touches as such are tested through Qt's own touch device in tests/ui/screens.)
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from x_screen import HEIGHT, WIDTH, screen  # after the path to it


@dataclass
class Panel:
    """What stands on the screen, with a finger before it."""

    window: subprocess.Popen[str]
    display: dict[str, str]

    def tell(self, order: str) -> None:
        assert self.window.stdin is not None
        self.window.stdin.write(f"{order}\n")
        self.window.stdin.flush()

    def hear(self) -> str:
        assert self.window.stdout is not None
        return self.window.stdout.readline().strip()

    def show(self, order: str) -> None:
        self.tell(order)
        assert self.hear().startswith(order.split()[1])

    def touch(self, name: str) -> None:
        self.tell(f"where {name}")
        x, y = self.hear().split()
        subprocess.run(["xdotool", "mousemove", x, y, "click", "1"], env=self.display, check=True, timeout=10)


@pytest.fixture(scope="module")
def panel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Panel]:
    with screen(tmp_path_factory.mktemp("screen")) as shown:
        display = {**os.environ, "DISPLAY": shown.display, "QT_QPA_PLATFORM": "xcb"}
        command = [sys.executable, str(Path(__file__).with_name("one_window.py")), str(WIDTH), str(HEIGHT)]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        with subprocess.Popen(command, env=display, **pipes) as window:
            panel = Panel(window, display)
            assert panel.hear() == "ready"
            yield panel
            assert window.stdin is not None
            window.stdin.close()
            window.wait(10)


def test_the_staffed_lane_is_one_touch_away(panel: Panel) -> None:
    panel.show("show attract")
    panel.touch("staffedLane")
    assert panel.hear() == "StaffedLaneChosen"


def test_two_touches_change_the_language_and_a_visit_later_it_is_the_sites_again(panel: Panel) -> None:
    panel.show("show attract")
    panel.touch("language")
    assert panel.hear() == "attract zh_CN"  # the list is open
    panel.touch("language-ar")
    assert panel.hear() == "attract ar"
    for order in ("show reading", "show go-in"):
        panel.tell(order)
        assert panel.hear() == f"{order.split()[1]} ar"
    panel.tell("show attract")
    assert panel.hear() == "attract zh_CN"


def test_one_touch_gives_more_time_while_it_is_asked(panel: Panel) -> None:
    panel.show("show reading")
    panel.show("ask look-here")
    panel.touch("moreTime")
    assert panel.hear() == "MoreTimeWanted"
