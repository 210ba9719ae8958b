"""Runs in a process of its own, with the pack's folder as argument: frames tracked a second on one core, and what the
tracking does to the screen's frames. Prints one JSON object.
"""

import json
import os
import statistics
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import QEventLoop, QSize, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtQuick import QQuickWindow

from face.attempt import Attempt
from face.models import FaceModels, load_models
from face.packs import load_pack
from face.verify import FaceThread
from hardware.camera.process import CameraProcess
from hardware.simulators.camera import Stage, set_stage
from kiosk.clock import SystemClock
from kiosk.domain.guidance import Guidance
from kiosk.domain.ids import VisitId
from kiosk.visit.screen import Screen, ScreenKind
from tests.bench.rows import percentile
from ui.site import load_site
from ui.window import KioskWindow, make_application

FRAMES = 200
WATCHED_S = 8.0
SITE = Path(__file__).parents[2] / "ui" / "sites" / "gutian.toml"


def main() -> None:
    pack = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        stage = Path(folder) / "stage"
        set_stage(stage, "lisa")
        alone_ms, tracking_ms = screen_intervals(stage, pack)
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
        tracked_per_s = tracked(load_models(load_pack(pack)), stage)
    print(json.dumps({"tracked_per_s": tracked_per_s, "alone_ms": alone_ms, "tracking_ms": tracking_ms}))


def tracked(models: FaceModels, stage: Path) -> float:
    """Look at frames as fast as one core can, copying each as the camera does."""
    scene = Stage(stage)._scene("lisa")
    looking = Attempt(models)
    started_s = time.perf_counter()
    for number in range(FRAMES):
        shift = number % 24
        looking.see(scene[number // 45 % len(scene)][:, shift : shift + 1280].copy(), number / 30)
    taken_s = time.perf_counter() - started_s
    looking.wipe()
    return FRAMES / taken_s


def screen_intervals(stage: Path, pack: Path) -> tuple[float, float]:
    """Return the 95th percentile of the time between two pictures on the screen, without and with a face tracked."""
    app = make_application()
    camera = CameraProcess(f"stage:{stage}")
    camera.start(lambda event: None)
    window = KioskWindow(camera, lambda event: None, load_site(SITE), size=QSize(1080, 1920))
    face = FaceThread(camera, pack, SystemClock())
    face.start(lambda event: None)
    window.screens.show(Screen(kind=ScreenKind.LOOK_HERE, guidance=Guidance.HOLD_STILL))
    watched = next(item for item in QGuiApplication.topLevelWindows() if isinstance(item, QQuickWindow))
    wait(4.0)
    alone_ms = intervals(watched)
    face.begin(VisitId("bench"))
    wait(1.0)
    tracking_ms = intervals(watched)
    face.stop()
    camera.stop()
    window.close()
    del app
    return alone_ms, tracking_ms


def intervals(window: QQuickWindow) -> float:
    shown: list[float] = []
    window.frameSwapped.connect(lambda: shown.append(time.perf_counter()))
    wait(WATCHED_S)
    window.frameSwapped.disconnect()
    gaps = [later - earlier for earlier, later in pairwise(shown)]
    if len(gaps) < WATCHED_S * 5:
        sys.exit(f"only {len(gaps)} pictures came on the screen in {WATCHED_S} s")
    print(f"{len(gaps)} pictures, median {statistics.median(gaps) * 1e3:.1f} ms", file=sys.stderr)
    return percentile(gaps, 0.95) * 1e3


def wait(seconds: float) -> None:
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


if __name__ == "__main__":
    main()
