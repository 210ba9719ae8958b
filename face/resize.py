"""Pictures made larger or smaller for the detector, in arrays of our own that are overwritten.

Not with Pillow: what it hands back passes through an immutable copy, which nobody can overwrite and which stayed in the
freed memory of the process after a visit (tests/integration/face/test_memory_after_a_visit.py).
"""

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kiosk.ports import BgrImage

DETECTED_WIDTH_PX: Final = 640
"""A camera's picture is made about this wide for the detector."""
_MOST: Final = 16
"""So many levels squared still fit into sixteen bits; a larger picture is thinned out first."""


def shrink_factor(width: int) -> int:
    """Return by how much a picture of this width is made smaller for the detector."""
    return max(1, round(width / DETECTED_WIDTH_PX))


def shrink(image: BgrImage, times: int) -> BgrImage:
    """Return the picture at 1/``times`` of its width and height, each pixel the mean of ``times`` squared."""
    height, width = (side // times for side in image.shape[:2])
    if times == 1 or not height or not width:
        return image[:: max(1, times), :: max(1, times)].copy()
    if times > _MOST:
        return image[: height * times : times, : width * times : times].copy()
    whole = image[: height * times, : width * times]
    rows = np.add(whole[0::times], whole[1::times], dtype=np.uint16)
    for row in range(2, times):
        rows += whole[row::times]
    sums = rows[:, 0::times] + rows[:, 1::times]
    for column in range(2, times):
        sums += rows[:, column::times]
    rows.fill(0)
    sums += times * times // 2
    sums //= times * times
    smaller = sums.astype(np.uint8)
    sums.fill(0)
    return smaller


def enlarge(image: BgrImage, times: int) -> BgrImage:
    """Return the picture ``times`` as wide and high, bicubic (Keys 1981, a = -0.5)."""
    height, width = image.shape[:2]
    tall = np.tensordot(_bicubic(height, times), image.astype(np.float32), axes=(1, 0))
    larger = np.tensordot(tall, _bicubic(width, times), axes=(1, 1)).transpose(0, 2, 1)
    pixels = np.ascontiguousarray(larger.round().clip(0, 255), np.uint8)
    for passing in (tall, larger):
        passing.fill(0)
    return pixels


@cache
def _bicubic(side: int, times: int) -> NDArray[np.float32]:
    """Return the matrix that makes ``side`` pixels ``times`` as many; the border pixel goes on for ever."""
    weights = np.zeros((side * times, side), np.float32)
    for place in range(side * times):
        at = (place + 0.5) / times - 0.5
        first = int(np.floor(at))
        for tap in range(first - 1, first + 3):
            weights[place, min(max(tap, 0), side - 1)] += _keys(abs(at - tap))
    return weights


def _keys(x: float) -> float:
    if x < 1:
        return 1.5 * x**3 - 2.5 * x**2 + 1
    return -0.5 * x**3 + 2.5 * x**2 - 4 * x + 2 if x < 2 else 0.0
