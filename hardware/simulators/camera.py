"""A camera whose view a text file sets: the stage.

The file holds one line, which may change at any time (``set_stage`` changes it whole):

- ``nobody``: the empty gate
- a persona's key (``lisa``): that person, looking into the camera
- ``two:lisa,zoom``: two people side by side
- ``seated:lisa`` and ``tall:lisa``: the same person with the face low or high in the picture
- ``backlit:lisa``: the same person as a silhouette before a bright doorway, which only another exposure helps
- ``masked:lisa``: the same person with the mouth and nose behind a blue mask
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
from functools import cache
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
_GAMMA: Final = 2.2
_BACKLIT_STOPS: Final = -3.0
_DOORWAY_LEVEL: Final = 235
_SEATED_PX, _TALL_PX = 200, -120


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
        self._lit: tuple[str, float, tuple[BgrImage, ...]] = ("", 0.0, ())
        self._stops = 0.0
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
                self._last = self._next_picture(self._lit_scene(line))
                return self._last

    def set_exposure(self, stops: float) -> None:
        """Make pictures this many stops lighter, as more light on a sensor would."""
        self._stops = stops

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

    def _lit_scene(self, line: str) -> tuple[BgrImage, ...]:
        """Return the scene at the present exposure: worked out once, not for each picture."""
        if self._lit[:2] != (line, self._stops):
            poses = self._scene(line)
            self._lit = line, self._stops, tuple(_levels(self._stops)[pose] for pose in poses) if self._stops else poses
        return self._lit[2]

    def _next_picture(self, poses: tuple[BgrImage, ...]) -> BgrImage:
        self._count += 1
        pose = poses[self._count // _PICTURES_PER_POSE % len(poses)]
        left = abs(self._count % (2 * _SWAY_PX) - _SWAY_PX)
        return pose[:, left : left + _WIDTH_PX]


def _levels(stops: float) -> BgrImage:
    """Return the level that each level becomes when there is 2 ** ``stops`` times the light, clipped at white."""
    light = (np.arange(256) / 255) ** _GAMMA * 2**stops
    return (light.clip(0, 1) ** (1 / _GAMMA) * 255).round().astype(np.uint8)


def _compose(line: str) -> tuple[BgrImage, ...]:
    """Return the poses of a scene, each wider than the view by the sway."""
    manner, colon, pair = line.partition(":")
    names = () if line == NOBODY else tuple(pair.split(",")) if colon else (line,)
    if colon and (manner not in _MANNERS or len(names) != (2 if manner == "two" else 1)):
        raise SourceError("unknown-persona")
    try:
        people = [PERSONAS[name].live for name in names]
    except KeyError:
        raise SourceError("unknown-persona") from None
    poses = max((len(live) for live in people), default=1)
    manner = manner if colon else ""
    return tuple(_compose_pose([live[pose % len(live)] for live in people], manner) for pose in range(poses))


_MANNERS: Final = ("two", "seated", "tall", "backlit", "masked")


def _compose_pose(pictures: list[Path], manner: str) -> BgrImage:
    canvas = Image.fromarray(_empty_gate())
    if manner == "backlit":
        canvas.paste((_DOORWAY_LEVEL,) * 3, (0, 0, *canvas.size))
    share = _WIDTH_PX // max(1, len(pictures))
    for place, path in enumerate(pictures):
        with Image.open(path) as file:
            person = file.convert("RGB")
        scale = min(_HEIGHT_PX / person.height, share / person.width)
        person = person.resize((round(person.width * scale), round(person.height * scale)), Image.Resampling.LANCZOS)
        middle = (_SWAY_PX + share) // 2 + place * share
        if manner == "backlit":
            person = Image.fromarray(_levels(_BACKLIT_STOPS)[np.asarray(person)])
        if manner == "masked":
            # All live pictures are framed alike: the lower half of the face begins at the same place.
            width, height = person.size
            person.paste(
                (120, 170, 200), (round(width * 0.3), round(height * 0.54), round(width * 0.7), round(height * 0.8))
            )
        down = {"seated": _SEATED_PX, "tall": _TALL_PX}.get(manner, 0)
        canvas.paste(person, (middle - person.width // 2, _HEIGHT_PX - person.height + down))
    return np.ascontiguousarray(np.asarray(canvas)[:, :, ::-1])


@cache
def _empty_gate() -> BgrImage:
    """Return a grey wall, lighter at the top, with a plaster grain that shows every sway; it is for reading only."""
    light = np.linspace(150, 90, _HEIGHT_PX)[:, np.newaxis]
    grain = np.random.default_rng(0).normal(0, 4, (_HEIGHT_PX, _WIDTH_PX + _SWAY_PX))
    wall = np.repeat((light + grain)[:, :, np.newaxis], 3, axis=2).clip(0, 255).astype(np.uint8)
    wall.flags.writeable = False
    return wall
