"""The screens: how soon they come, how smooth and how fresh the mirror is, and whether anything ever holds them up.

The real app in a process of its own, offscreen, with the software renderer, QML interpreted and nothing of it kept
compiled: as a kiosk without a GPU runs it under its unit (hongtu-kiosk.service).
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from hardware.simulators.camera import set_stage
from hardware.simulators.scenario.processes import REPOSITORY
from tests.bench.list_stage import AKiosk, a_station
from tests.bench.rows import Row, percentile

STARTS = 3
_AS_ITS_UNIT = {"QT_QPA_PLATFORM": "offscreen", "QV4_FORCE_INTERPRETER": "1", "QML_DISABLE_DISK_CACHE": "1"}
_SETTINGS = """
data = "{folder}/kiosk"
log = "{folder}/log"
production = false
[reader]
profile = "{root}/hardware/wiring/readers/reference-test.toml"
[camera]
source = "stage:{folder}/stage"
[face]
pack = "{root}/build/models/sface-yunet"
[screen]
site = "{root}/ui/sites/gutian.toml"
full_screen = false
"""


def measure() -> list[Row]:
    """Return the figures of the screens; takes a minute on a quiet machine."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        set_stage(folder / "stage", "lisa")
        station = a_station(folder / "station")
        AKiosk(folder / "kiosk", station).list.close()
        station.close()
        settings = folder / "kiosk.toml"
        settings.write_text(_SETTINGS.format(folder=folder, root=REPOSITORY), encoding="utf-8")
        run = _run(settings, "whole")
        starts = [run, *(_run(settings, "start") for _ in range(STARTS))]
    first_frame_s = [start["first_frame_s"] for start in starts]
    first_frame_cpu_s = [start["first_frame_cpu_s"] for start in starts]
    ms = {
        name: [1000 * s for s in run[name]]
        for name in ("frame_gaps_s", "glass_s", "verdict_s", "blocked_s", "worked_s")
    }
    frame_ms, glass_ms, verdict_ms = ms["frame_gaps_s"], ms["glass_s"], ms["verdict_s"]
    return [
        Row(name="ui.cold-start-to-first-frame.slowest", value=max(first_frame_s), unit="s", target=2.0),
        Row(name="ui.cold-start-to-first-frame.cpu", value=max(first_frame_cpu_s), unit="s"),
        Row(name="ui.preview.camera-picture-every.mean", value=sum(frame_ms) / len(frame_ms), unit="ms", target=40),
        Row(name="ui.preview.camera-picture-every.p99", value=percentile(frame_ms, 0.99), unit="ms"),
        Row(name="ui.preview.cpu-of-the-whole-app", value=run["preview_cpu"], unit="cores", target=0.5),
        Row(name="ui.camera-to-glass.p50", value=percentile(glass_ms, 0.5), unit="ms"),
        Row(name="ui.camera-to-glass.p99", value=percentile(glass_ms, 0.99), unit="ms"),
        Row(name="ui.verdict-to-screen.p99", value=percentile(verdict_ms, 0.99), unit="ms", target=100),
        Row(name="ui.thread-blocked-in-a-visit.p50", value=percentile(ms["blocked_s"], 0.5), unit="ms"),
        Row(name="ui.thread-works-at-a-stretch.longest", value=max(ms["worked_s"]), unit="ms"),
        Row(name="ui.thread-blocked-in-a-visit.longest", value=max(ms["blocked_s"]), unit="ms", target=50),
    ]


def _run(settings: Path, how: str) -> dict[str, Any]:
    environment = {**os.environ, **_AS_ITS_UNIT}
    command = [sys.executable, "-m", "tests.bench.ui_app", str(settings), how, str(time.monotonic())]
    done = subprocess.run(
        command, env=environment, cwd=REPOSITORY, capture_output=True, text=True, timeout=120, check=False
    )
    if done.returncode != 0:
        raise RuntimeError(done.stderr[-2000:])
    figures: dict[str, Any] = json.loads(next(line for line in done.stdout.splitlines() if line.startswith("{")))
    return figures
