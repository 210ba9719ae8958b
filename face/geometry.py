"""What the 468 landmarks tell of a face: how it is turned, whether eyes and mouth are open, whether it has depth.

Point numbers are MediaPipe's canonical face mesh. Angles are degrees; signs as the camera sees them: a positive yaw is
a turn to the right of the picture (the visitor's left), a positive pitch is the chin down.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kiosk.ports import BgrImage

Points = NDArray[np.float32]

_LEFT_CORNER, _RIGHT_CORNER, _FOREHEAD, _CHIN = 33, 263, 10, 152
_EYES: Final = ((33, 160, 158, 133, 153, 144), (362, 385, 387, 263, 373, 380))
"""For each eye: outer or inner corner, two points of the upper lid, the other corner, two of the lower lid."""
_EYE_ROWS: Final = (0.35, 0.5, 0.65)
_EYE_STEPS: Final = np.linspace(0.15, 0.85, 24)[:, np.newaxis]
_DARK_LEVEL: Final = 8.0
_LIPS: Final = (13, 14, 78, 308)


@dataclass(frozen=True, slots=True)
class Pose:
    """The head's turn about its three axes."""

    yaw: float
    pitch: float
    roll: float


def pose(points: Points) -> Pose:
    """Return the turn of the plane through the outer eye corners, the forehead and the chin."""
    across = points[_RIGHT_CORNER] - points[_LEFT_CORNER]
    normal = np.cross(across, points[_CHIN] - points[_FOREHEAD])
    yaw, pitch = (float(np.degrees(np.arctan2(normal[axis], normal[2]))) for axis in (0, 1))
    return Pose(-yaw, -pitch, float(np.degrees(np.arctan2(across[1], across[0]))))


def eyes_open(image: BgrImage, points: Points) -> float:
    """Return how much light and dark lies between the lids: about 0.5 over white and iris, half of it over a shut lid.

    The usual ratio of the lids' distance to the eye's width is of no use here: this model draws open lids on shut eyes.
    """
    contrasts = []
    for eye in _EYES:
        corner, up_1, up_2, other, down_2, down_1 = points[list(eye), :2]
        upper, lower = (up_1 + up_2) / 2, (down_1 + down_2) / 2
        rows = []
        for share in _EYE_ROWS:
            shift = upper * (1 - share) + lower * share - (corner + other) / 2
            at = (corner + (other - corner) * _EYE_STEPS + shift).round().astype(int)
            x, y = at[:, 0].clip(0, image.shape[1] - 1), at[:, 1].clip(0, image.shape[0] - 1)
            rows.append(image[y, x].mean(axis=1))
        contrasts.append(float(np.std(rows)) / max(float(np.mean(rows)), _DARK_LEVEL))
    return float(np.mean(contrasts))


def mouth_open(points: Points) -> float:
    """Return the height of the mouth's opening to its width: 0 closed, about 0.3 in a laugh."""
    up, down, left, right = points[list(_LIPS), :2]
    return _length(up - down) / max(_length(left - right), 1e-6)


def parallax(before: Points, after: Points) -> float:
    """Return how far from flat a turn was, in distances between the eyes.

    The points of a flat picture that is moved, turned, or squeezed go over into one another by an affine map; those of
    a head do not, since the nose stands before the cheeks. The value is the root mean square of what the best
    affine map leaves unexplained.
    """
    flat = np.column_stack([before[:, :2], np.ones(len(before))]).astype(np.float64)
    target = after[:, :2].astype(np.float64)
    fitted, *_ = np.linalg.lstsq(flat, target, rcond=None)
    rest = target - flat @ fitted
    return float(np.sqrt((rest**2).sum(axis=1).mean())) / eye_distance(before)


def eye_distance(points: Points) -> float:
    """Return the distance between the outer corners of the eyes in pixels."""
    return max(_length(points[_RIGHT_CORNER, :2] - points[_LEFT_CORNER, :2]), 1e-6)


def _length(vector: NDArray[np.float32]) -> float:
    return float(np.hypot(vector[0], vector[1]))
