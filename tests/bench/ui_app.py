"""The kiosk app with a stop-watch on its window: started by tests.bench.ui, says its figures as JSON and ends.

``python -m tests.bench.ui_app SETTINGS STARTED``: STARTED is CLOCK_MONOTONIC at the moment when the process was begun.
What is measured is what the window does: a frame counts when Qt has handed it over (frameSwapped).
"""

import json
import resource
import sys
import threading
import time
from pathlib import Path

STARTED_S = float(sys.argv[2])

from PySide6.QtCore import Qt, QTimer  # noqa: E402  # as above

from kiosk.app import KioskApp  # noqa: E402  # after the clock: importing is a part of a cold start
from kiosk.domain.guidance import Guidance  # noqa: E402  # as above
from kiosk.domain.ids import SlipCode  # noqa: E402  # as above
from kiosk.domain.reasons import ReasonClass  # noqa: E402  # as above
from kiosk.settings import load_settings  # noqa: E402  # as above
from kiosk.visit.screen import Screen, ScreenKind, Slip  # noqa: E402  # as above

PREVIEW_S = 10.0
VERDICTS = 100
TICK_MS = 5


class Watch:
    """Frames as they are handed over, and how long the screen's thread let its own timer wait."""

    def __init__(self, app: KioskApp) -> None:
        self.app = app
        self.frames: list[float] = []
        self.glass_s: list[float] = []
        self.longest_block_s = 0.0
        self._ticked_s = 0.0
        self._drawn = threading.Condition()
        app.window.quick_window.frameSwapped.connect(self._swapped, Qt.ConnectionType.DirectConnection)
        self._timer = QTimer(interval=TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start()
        self._newest_s: float | None = None
        latest = app._camera.latest

        def seen():
            frame = latest()
            self._newest_s = None if frame is None else frame.taken_s
            return frame

        if threading.current_thread() is threading.main_thread():
            app.window._camera.camera = type("Seen", (), {"latest": staticmethod(seen)})()

    def _swapped(self) -> None:
        with self._drawn:
            now_s = time.monotonic()
            self.frames.append(now_s)
            if self._newest_s is not None:
                self.glass_s.append(now_s - self._newest_s)
                self._newest_s = None
            self._drawn.notify_all()

    def _tick(self) -> None:
        now_s = time.monotonic()
        if self._ticked_s:
            self.longest_block_s = max(self.longest_block_s, now_s - self._ticked_s - TICK_MS / 1000)
        self._ticked_s = now_s

    def wait_for_frame(self, after: int) -> float:
        """Return when the first frame after so many came."""
        with self._drawn:
            if not self._drawn.wait_for(lambda: len(self.frames) > after, timeout=30):
                raise TimeoutError("no frame came")
            return self.frames[after]

    def show(self, screen: Screen) -> float:
        """Return the seconds from the engine's word to the first frame that the window draws with it."""
        drawn = threading.Event()
        before = [0]

        def changed() -> None:
            before[0] = len(self.frames)
            drawn.set()

        connection = self.app.window.visitor.changed.connect(changed, Qt.ConnectionType.DirectConnection)
        said_s = time.monotonic()
        self.app.window.screens.show(screen)
        if not drawn.wait(30):
            raise TimeoutError("the screen did not change")
        shown_s = self.wait_for_frame(before[0])
        self.app.window.visitor.changed.disconnect(connection)
        return shown_s - said_s


def measure(app: KioskApp, watch: Watch) -> None:
    """Run beside the app's event loop, in the engine's place at the screen."""
    figures: dict[str, object] = {"first_frame_s": watch.wait_for_frame(0) - STARTED_S}
    time.sleep(8)  # the models have come, and the engine is quiet
    slip = Slip(code=SlipCode("7KM-2FQ"), reason_class=ReasonClass.CHECK)
    looking = Screen(kind=ScreenKind.LOOK_HERE, guidance=Guidance.HOLD_STILL)
    watch.show(looking)
    time.sleep(1)
    watch.longest_block_s = 0.0
    began_s, cpu_s, frames = time.monotonic(), _cpu_s(), len(watch.frames)
    watch.glass_s.clear()
    time.sleep(PREVIEW_S)
    took_s = time.monotonic() - began_s
    figures["preview_fps"] = (len(watch.frames) - frames) / took_s
    figures["preview_cpu"] = (_cpu_s() - cpu_s) / took_s
    figures["glass_s"] = list(watch.glass_s)
    verdicts = []
    for number in range(VERDICTS):
        verdict = Screen(kind=ScreenKind.GO_IN) if number % 2 else Screen(kind=ScreenKind.SEE_STAFF, slip=slip)
        verdicts.append(watch.show(verdict))
        watch.show(looking)
    figures["verdict_s"] = verdicts
    figures["longest_block_s"] = watch.longest_block_s
    print(json.dumps(figures), flush=True)
    app.qt.exit()


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main() -> None:
    app = KioskApp(load_settings(Path(sys.argv[1])))
    watch = Watch(app)
    threading.Thread(target=measure, args=(app, watch), daemon=True).start()
    app.run()


main()
