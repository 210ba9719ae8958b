"""Pictures made larger or smaller for the detector, in arrays of our own that are overwritten.

Not with Pillow: what it hands back passes through an immutable copy, which nobody can overwrite and which stayed in the
freed memory of the process after a visit (tests/integration/face/test_memory_after_a_visit.py).
"""

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
    """Return the picture ``times`` as wide and high, bicubic (Keys 1981, a = -0.5).

    Tap by tap and not as a product of matrices: BLAS would wake threads of its own, which then take the core on which
    the list is looked up.
    """
    tall = _stretch(image.astype(np.float32), times)
    larger = _stretch(tall.transpose(1, 0, 2), times)
    pixels = np.ascontiguousarray((larger + np.float32(0.5)).clip(0, 255).astype(np.uint8).transpose(1, 0, 2))
    for passing in (tall, larger):
        passing.fill(0)
    return pixels


def _stretch(rows: NDArray[np.float32], times: int) -> NDArray[np.float32]:
    """Return ``times`` as many rows; the border rows go on for ever."""
    side = rows.shape[0]
    padded = np.pad(rows, ((2, 2), (0, 0), (0, 0)), mode="edge")
    stretched = np.zeros((side * times, *rows.shape[1:]), np.float32)
    for phase in range(times):
        at = (phase + 0.5) / times - 0.5
        for tap in range(int(np.floor(at)) - 1, int(np.floor(at)) + 3):
            stretched[phase::times] += np.float32(_keys(abs(at - tap))) * padded[2 + tap : 2 + tap + side]
    padded.fill(0)
    return stretched


def _keys(x: float) -> float:
    """Return the weight of a pixel at this distance."""
    if x < 1:
        return 1.5 * x**3 - 2.5 * x**2 + 1
    return -0.5 * x**3 + 2.5 * x**2 - 4 * x + 2 if x < 2 else 0.0
