"""A camera whose view a text file sets: the stage.

The file holds one line, which may change at any time (``set_stage`` changes it whole):

- ``nobody``: the empty gate
- a persona's key (``lisa``): that person, looking into the camera
- ``two:lisa,zoom``: two people side by side
- ``fault:freeze`` the last picture for ever · ``fault:black`` black pictures · ``fault:stall`` no picture until the
  line changes · ``fault:die`` the worker kills itself

Pictures are 1280 x 720, 30 a second. A scene is composed once from the persona's live pictures (``personas.py``),
each as high as the view: 70 to 135 px between the eyes. It sways by a pixel from picture to picture, as nobody stands
quite still and no sensor gives the same picture twice; every second and a half the persona's next picture takes its
turn.
"""

import os
import signal
import time
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image

from hardware.camera.errors import SourceError
from hardware.simulators.personas import PERSONAS
from kiosk.ports import BgrImage

NOBODY: Final = "nobody"

_WIDTH_PX, _HEIGHT_PX = 1280, 720
_PICTURES_PER_S: Final = 30
_PICTURES_PER_POSE: Final = 45
_SWAY_PX: Final = 24


def set_stage(file: Path, line: str) -> None:
    """Change what stands before the camera; a reader sees the old line or the new one, never half of it."""
    unfinished = file.with_name(f"{file.name}.unfinished")
    unfinished.write_text(line)
    unfinished.replace(file)


class Stage:
    """A ``FrameSource`` that shows what the stage file says."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._scenes: dict[str, tuple[BgrImage, ...]] = {}
        self._count = 0
        self._due_s = 0.0
        self._last: BgrImage = _empty_gate()[:, :_WIDTH_PX]

    def open(self) -> None:
        """Compose the first scene. Raises SourceError if there is no stage file or it makes no sense."""
        line = self._line()
        if not line.startswith("fault:"):
            self._scene(line)
        self._due_s = time.monotonic()

    def read(self) -> BgrImage:
        """Wait for the next picture's time and return it. Raises SourceError like ``open``."""
        now_s = time.monotonic()
        self._due_s = max(self._due_s + 1 / _PICTURES_PER_S, now_s)
        time.sleep(self._due_s - now_s)
        match self._line():
            case "fault:freeze":
                return self._last
            case "fault:black":
                return np.zeros_like(self._last)
            case "fault:die":
                os.kill(os.getpid(), signal.SIGKILL)
                return self._last
            case "fault:stall":
                while self._line() == "fault:stall":
                    time.sleep(1 / _PICTURES_PER_S)
                return self._last
            case line:
                self._last = self._next_picture(self._scene(line))
                return self._last

    def close(self) -> None:
        """Nothing is held."""

    def _line(self) -> str:
        try:
            return self._file.read_text().strip()
        except OSError:
            raise SourceError("not-found") from None

    def _scene(self, line: str) -> tuple[BgrImage, ...]:
        if line not in self._scenes:
            self._scenes[line] = _compose(line)
        return self._scenes[line]

    def _next_picture(self, poses: tuple[BgrImage, ...]) -> BgrImage:
        self._count += 1
        pose = poses[self._count // _PICTURES_PER_POSE % len(poses)]
        left = abs(self._count % (2 * _SWAY_PX) - _SWAY_PX)
        return pose[:, left : left + _WIDTH_PX]


def _compose(line: str) -> tuple[BgrImage, ...]:
    """Return the poses of a scene, each wider than the view by the sway."""
    kind, _, pair = line.partition(":")
    names = () if line == NOBODY else tuple(pair.split(",")) if kind == "two" else (line,)
    try:
        people = [PERSONAS[name].live for name in names]
    except KeyError:
        raise SourceError("unknown-persona") from None
    poses = max((len(live) for live in people), default=1)
    return tuple(_compose_pose([live[pose % len(live)] for live in people]) for pose in range(poses))


def _compose_pose(pictures: list[Path]) -> BgrImage:
    canvas = Image.fromarray(_empty_gate())
    share = _WIDTH_PX // max(1, len(pictures))
    for place, path in enumerate(pictures):
        with Image.open(path) as file:
            person = file.convert("RGB")
        scale = min(_HEIGHT_PX / person.height, share / person.width)
        person = person.resize((round(person.width * scale), round(person.height * scale)), Image.Resampling.LANCZOS)
        middle = (_SWAY_PX + share) // 2 + place * share
        canvas.paste(person, (middle - person.width // 2, _HEIGHT_PX - person.height))
    return np.ascontiguousarray(np.asarray(canvas)[:, :, ::-1])


def _empty_gate() -> BgrImage:
    """Return a grey wall, lighter at the top, with a plaster grain that shows every sway."""
    light = np.linspace(150, 90, _HEIGHT_PX)[:, np.newaxis]
    grain = np.random.default_rng(0).normal(0, 4, (_HEIGHT_PX, _WIDTH_PX + _SWAY_PX))
    return np.repeat((light + grain)[:, :, np.newaxis], 3, axis=2).clip(0, 255).astype(np.uint8)
