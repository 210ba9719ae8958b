"""The best picture of one visitor's face so far, kept for the case that the visit ends in an alarm from the list.

A rough one, of somebody whom no good picture was made of yet, gives way to any that was compared. Closed, which is
what Forget does, it is overwritten and takes no more.
"""

import threading
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from face.models import FaceModels
from face.resize import shrink
from kiosk.ports import BgrImage, LiveFace

MARGIN: Final = 0.35
"""Of the face box's side, all around: hair, chin and ears."""
SIDE_PX: Final = 720


@dataclass(frozen=True, slots=True)
class _Held:
    rank: tuple[bool, float]
    face: LiveFace


class BestLook:
    """The picture of one visit. Safe to use from any thread."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._held: _Held | None = None
        self._is_closed = False

    def offer(
        self,
        image: BgrImage,
        box: NDArray[np.float32],
        taken_s: float,
        models: FaceModels,
        *,
        compared: bool,
        quality: float,
    ) -> None:
        """Keep a copy of the face in ``box`` if it is better than what is held."""
        rank = (compared, quality)
        with self._turn:
            if self._is_closed or (self._held is not None and self._held.rank >= rank):
                return
            self._wipe()
            self._held = _Held(rank, LiveFace(_cut(image, box), taken_s, models.name, models.digest))

    def drop(self) -> None:
        """Overwrite what is held: somebody else may stand there now."""
        with self._turn:
            self._wipe()

    def take(self) -> LiveFace | None:
        """Hand over what is held; whoever takes it overwrites it."""
        with self._turn:
            held, self._held = self._held, None
            return None if held is None else held.face

    def close(self) -> None:
        """Overwrite what is held, and hold nothing from now on."""
        with self._turn:
            self._is_closed = True
            self._wipe()

    def _wipe(self) -> None:
        if self._held is not None:
            self._held.face.image.fill(0)
            self._held = None


def _cut(image: BgrImage, box: NDArray[np.float32]) -> BgrImage:
    left, top, right, bottom = (float(side) for side in box)
    margin = MARGIN * max(right - left, bottom - top)
    rows = slice(max(0, int(top - margin)), max(0, int(bottom + margin)))
    columns = slice(max(0, int(left - margin)), max(0, int(right + margin)))
    part = image[rows, columns]
    return shrink(part, -(-max(part.shape[:2]) // SIDE_PX))
