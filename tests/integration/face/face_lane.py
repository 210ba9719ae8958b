"""A face thread before a simulated stage, and pictures of the personas."""

import queue
import time
from pathlib import Path

import numpy as np
from PIL import Image

from face.verify import FaceThread
from hardware.simulators.camera import Stage, set_stage
from hardware.simulators.personas import PERSONAS
from kiosk.clock import SystemClock
from kiosk.domain.document import Portrait
from kiosk.ports import BgrImage, Box, Frame, Post
from kiosk.visit.events import Event


class StageCamera:
    """The simulator's stage without its process. It remembers every picture that it gave away."""

    def __init__(self, file: Path) -> None:
        self._stage = Stage(file)
        self._seq = 0
        self.given: list[BgrImage] = []
        self.aimed_at: list[Box | None] = []

    def start(self, post: Post) -> None:
        self._stage.open()

    def latest(self) -> Frame | None:
        self._seq += 1
        image = self._stage.read().copy()
        self.given.append(image)
        return Frame(self._seq, time.monotonic(), image)

    def expose_for(self, box: Box | None) -> None:
        self.aimed_at.append(box)

    def stop(self) -> None:
        self._stage.close()


class Lane:
    """A face thread before a stage, and what it posted."""

    def __init__(self, folder: Path, pack_dir: Path) -> None:
        self._stage_file = folder / "stage"
        self.before_the_camera("nobody")
        self.camera = StageCamera(self._stage_file)
        self.events: queue.Queue[Event] = queue.Queue()
        self.face = FaceThread(self.camera, pack_dir, SystemClock())
        self.face.start(self.events.put)

    def before_the_camera(self, line: str) -> None:
        set_stage(self._stage_file, line)

    def next_event(self, kind: type[Event], within_s: float = 20.0) -> Event:
        """Return the next event of this kind; the ones before it are dropped."""
        until = time.monotonic() + within_s
        while True:
            event = self.events.get(timeout=max(0.01, until - time.monotonic()))
            if isinstance(event, kind):
                return event


def picture(path: Path) -> BgrImage:
    with Image.open(path) as file:
        return np.ascontiguousarray(np.asarray(file.convert("RGB"))[:, :, ::-1])


def portrait_of(key: str) -> Portrait:
    """A persona's photo at a chip's size."""
    with Image.open(PERSONAS[key].portrait) as file:
        small = file.convert("RGB").resize((102, 126), Image.Resampling.LANCZOS)
    return Portrait(102, 126, np.asarray(small)[:, :, ::-1].tobytes())
