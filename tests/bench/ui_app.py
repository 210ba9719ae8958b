"""The kiosk app with a stop-watch on its window: started by tests.bench.ui, says its figures as JSON and ends.

``python -m tests.bench.ui_app SETTINGS start|whole STARTED``: STARTED is CLOCK_MONOTONIC at the moment when the process
was begun. What is measured is what the window does: a frame counts when Qt has handed it over (frameSwapped). The bench
shows the screens in the engine's place, since what the engine sees (no reader is plugged in) would hide the mirror.
"""

import json
import resource
import sys
import threading
import time
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

STARTED_S = float(sys.argv[3])

from PySide6.QtCore import Qt, QTimer  # noqa: E402  # as above

import kiosk.app  # noqa: E402  # after the clock: importing is a part of a cold start
from kiosk import events, logbook  # noqa: E402  # as above
from kiosk.domain.document import DocumentKind  # noqa: E402  # as above
from kiosk.domain.guidance import Guidance  # noqa: E402  # as above
from kiosk.domain.ids import SlipCode  # noqa: E402  # as above
from kiosk.domain.reasons import ReasonClass  # noqa: E402  # as above
from kiosk.settings import load_settings  # noqa: E402  # as above
from kiosk.visit.screen import Screen, ScreenKind, Slip  # noqa: E402  # as above

first_frames: list[tuple[float, float]] = []
"""When a frame was drawn, and what processor time it had taken until then: the share of a busy machine is not ours."""


class TimedWindow(kiosk.app.KioskWindow):
    """The app's window, which is drawn for the first time before anybody else could look at its frames."""

    def _note_drawn(self) -> None:
        first_frames.append((time.monotonic(), time.process_time()))
        super()._note_drawn()


MODELS_S = 8.0
PREVIEW_S = 10.0
VISITS = 60
TICK_S = 0.005

SLIP = Slip(code=SlipCode("7KM-2FQ"), reason_class=ReasonClass.CHECK)
LOOKING = Screen(kind=ScreenKind.LOOK_HERE, guidance=Guidance.COME_CLOSER)


class NobodySees:
    """The engine's screens while the bench shows its own (``kiosk.ports.Screens``)."""

    def show(self, screen: Screen) -> None:
        """Show it to nobody."""


class Watch:
    """Frames as they are handed over, and how long the screen's thread let its own timer wait."""

    def __init__(self, app: kiosk.app.KioskApp) -> None:
        self._window = app.window
        self.frames: list[float] = []
        self.pictures: list[tuple[float, float]] = []
        self.longest_block_s = self.longest_work_s = 0.0
        self._ticked_s, self._worked_s = time.monotonic(), time.thread_time()
        self._newest_s: float | None = None
        self._drawn = threading.Condition()
        app.window.quick_window.frameSwapped.connect(self._swapped, Qt.ConnectionType.DirectConnection)
        self._timer = QTimer(interval=round(TICK_S * 1000), timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start()
        self._latest = app._camera.latest
        app.window._camera.camera = self  # type: ignore[assignment]  # of a camera, the mirror asks this alone

    def latest(self):
        """Hand a picture to the mirror, and note when it was taken."""
        frame = self._latest()
        self._newest_s = None if frame is None else frame.taken_s
        return frame

    def _swapped(self) -> None:
        with self._drawn:
            now_s = time.monotonic()
            self.frames.append(now_s)
            if self._newest_s is not None and (not self.pictures or self.pictures[-1][0] < self._newest_s):
                self.pictures.append((self._newest_s, now_s))
            self._drawn.notify_all()

    def _tick(self) -> None:
        now_s, worked_s = time.monotonic(), time.thread_time()
        self.longest_block_s = max(self.longest_block_s, now_s - self._ticked_s - TICK_S)
        self.longest_work_s = max(self.longest_work_s, worked_s - self._worked_s)
        self._ticked_s, self._worked_s = now_s, worked_s

    def wait_for_frame(self, after: int) -> float:
        """Return when the first frame after so many came."""
        with self._drawn:
            if not self._drawn.wait_for(lambda: len(self.frames) > after, timeout=30):
                raise TimeoutError("no frame came")
            return self.frames[after]

    def show(self, screen: Screen) -> float:
        """Return the seconds from the engine's word to the first frame that the window draws with it."""
        taken = threading.Event()
        before = []

        def changed() -> None:
            before.append(len(self.frames))
            taken.set()

        self._window.visitor.changed.connect(changed, Qt.ConnectionType.DirectConnection)
        said_s = time.monotonic()
        self._window.screens.show(screen)
        if not taken.wait(30):
            raise TimeoutError("the screen did not change")
        shown_s = self.wait_for_frame(before[0])
        self._window.visitor.changed.disconnect(changed)
        return shown_s - said_s


def one_visit(watch: Watch, number: int) -> tuple[float, float, float]:
    """Show every screen of a visit; return the seconds to its verdict's screen, of the longest block and work."""
    watch.longest_block_s = watch.longest_work_s = 0.0
    kinds = (None, DocumentKind.PERMANENT_2023, DocumentKind.RESIDENCE_PERMIT)  # each with a language of its own
    watch.show(Screen(kind=ScreenKind.READING, card=kinds[number % len(kinds)]))
    for hint in (Guidance.COME_CLOSER, Guidance.TURN_TO_LIGHT, Guidance.HOLD_STILL):
        watch.show(replace(LOOKING, guidance=hint, card=kinds[number % len(kinds)]))
        time.sleep(0.1)
    verdict = Screen(kind=ScreenKind.GO_IN) if number % 2 else Screen(kind=ScreenKind.SEE_STAFF, slip=SLIP)
    verdict_s = watch.show(verdict)
    watch.show(Screen(kind=ScreenKind.TAKE_CARD))
    watch.show(Screen(kind=ScreenKind.ATTRACT))
    return verdict_s, watch.longest_block_s, watch.longest_work_s


def measure_whole(app: kiosk.app.KioskApp, watch: Watch) -> dict[str, object]:
    """Return the figures of the mirror and of visits."""
    time.sleep(MODELS_S)
    app._engine._parts = replace(app._engine._parts, screens=NobodySees())
    watch.show(Screen(kind=ScreenKind.ATTRACT))
    watch.show(LOOKING)
    time.sleep(1)
    pictures = len(watch.pictures)
    began_s, cpu_s = time.monotonic(), _cpu_s()
    time.sleep(PREVIEW_S)
    cores = (_cpu_s() - cpu_s) / (time.monotonic() - began_s)
    seen = watch.pictures[pictures:]
    if len(seen) < 2:
        raise RuntimeError("the mirror drew no picture: its figures would mean nothing")
    visits = [one_visit(watch, number) for number in range(VISITS)]
    return {
        "preview_cpu": cores,
        "frame_gaps_s": [later[1] - earlier[1] for earlier, later in pairwise(seen)],
        "glass_s": [shown_s - taken_s for taken_s, shown_s in seen],
        "verdict_s": [verdict_s for verdict_s, _, _ in visits],
        "blocked_s": [blocked_s for _, blocked_s, _ in visits],
        "worked_s": [worked_s for _, _, worked_s in visits],
    }


def measure(app: kiosk.app.KioskApp, watch: Watch, how: str) -> None:
    """Run beside the app's event loop, say the figures, and end the app."""
    try:
        figures: dict[str, object] = {
            "first_frame_s": first_frames[0][0] - STARTED_S,
            "first_frame_cpu_s": first_frames[0][1],
        }
        if how == "whole":
            figures |= measure_whole(app, watch)
        print(json.dumps(figures), flush=True)
    finally:
        app.qt.exit()


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main() -> None:
    logbook.configure(events.CATALOGUE, sys.stderr)
    kiosk.app.KioskWindow = TimedWindow  # type: ignore[misc]  # what the app makes
    app = kiosk.app.KioskApp(load_settings(Path(sys.argv[1])))
    watch = Watch(app)
    measuring = threading.Thread(target=measure, args=(app, watch, sys.argv[2]), daemon=True)
    QTimer.singleShot(0, measuring.start)  # within the event loop, which it will end
    app.run()


main()
