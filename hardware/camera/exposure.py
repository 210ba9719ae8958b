"""The camera's exposure follows the face: a visitor before a bright doorway is otherwise a silhouette.

A camera's own exposure looks at the whole picture. This one looks at the part in which the face is, and moves the
exposure by at most half a stop at a time until the face is well lit. Without a face for two
seconds the camera has its own way again.
"""

import math
import time
from collections.abc import Callable
from typing import Final

from kiosk.ports import BgrImage, Box

WELL_LIT: Final = (80.0, 175.0)
"""Mean grey levels (0-255) of a face that is left as it is, whatever its skin; others are moved towards the middle."""
_TARGET_LEVEL: Final = 120.0
_STEP_STOPS: Final = 0.5
_MAX_STOPS: Final = 3.0
_EVERY: Final = 3
"""Pictures between two steps: a camera takes that long to obey."""
_FORGET_S: Final = 2.0
_EACH: Final = 4
_GAMMA: Final = 2.2


class Exposure:
    """How many stops the pictures should be lighter than the camera would have them."""

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        self._now_s = now_s
        self._box: Box | None = None
        self._aimed_s = float("-inf")
        self._stops = 0.0
        self._count = 0

    def aim(self, box: Box | None) -> None:
        """Follow this part of the picture from now on, or the whole of it. May be called from another thread."""
        self._box, self._aimed_s = box, self._now_s()

    def step(self, image: BgrImage) -> float | None:
        """Take in a picture; return the stops to set now, or None where nothing is to change."""
        self._count += 1
        if self._count % _EVERY:
            return None
        wanted = self._wanted(image)
        if wanted == self._stops:
            return None
        self._stops = wanted
        return wanted

    def _wanted(self, image: BgrImage) -> float:
        box = self._box
        if box is None or self._now_s() - self._aimed_s > _FORGET_S:
            return 0.0
        left, top, right, bottom = (max(0, side) for side in box)
        part = image[top:bottom:_EACH, left:right:_EACH]
        if part.size == 0:
            return self._stops
        level = float(part.mean())
        if WELL_LIT[0] <= level <= WELL_LIT[1]:
            return self._stops
        # Levels are not light: a stop is a factor of two in light, and of 2 ** (1 / gamma) in levels.
        error = math.log2(_TARGET_LEVEL / max(level, 1.0)) * _GAMMA
        moved = self._stops + max(-_STEP_STOPS, min(_STEP_STOPS, error))
        return max(-_MAX_STOPS, min(_MAX_STOPS, moved))
