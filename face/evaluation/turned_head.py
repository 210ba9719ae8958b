"""A frontal picture turned, nodded, and its eyes shut: pose without pictures of poses.

The picture is laid over the depth that the landmark model gives, and warped. It is an emulation: hair and ears move as
a disc would, and what a turned head would uncover is stretched from what is there. scipy alone, no renderer.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import LinearNDInterpolator
from scipy.ndimage import gaussian_filter, map_coordinates

from face.models import FaceModels
from kiosk.ports import BgrImage

_LIDS: Final = ((33, 160, 159, 158, 133, 153, 145, 144), (362, 385, 386, 387, 263, 373, 374, 380))
"""Of each eye a corner, three points of the upper lid, the other corner, three of the lower lid."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How somebody holds the head: degrees as in ``face.geometry``, and how far the eyes are shut, 0 to 1."""

    yaw: float = 0.0
    pitch: float = 0.0
    shut: float = 0.0


class Head:
    """A frontal picture that can be turned."""

    def __init__(self, picture: BgrImage, models: FaceModels) -> None:
        """Find the face and its depth."""
        assert models.landmarks is not None
        face = models.detector.find_faces(picture)[0]
        self.picture = picture
        points = models.landmarks.find(picture, face).points.astype(np.float64)
        self._points = points
        low, high = points[:, :2].min(axis=0), points[:, :2].max(axis=0)
        middle, radius = (low + high) / 2, float((high - low).max()) / 2
        self._left, self._top = (np.maximum(middle - 2.2 * radius, 0)).astype(int)
        right, bottom = np.minimum(middle + 2.2 * radius, (picture.shape[1], picture.shape[0])).astype(int)
        self._part = picture[self._top : bottom, self._left : right].astype(np.float32)
        rows, columns = np.mgrid[self._top : bottom, self._left : right].astype(np.float64)
        back = float(np.percentile(points[:, 2], 90))
        ring = [middle + 1.5 * radius * np.array([np.cos(a), np.sin(a)]) for a in np.linspace(0, 2 * np.pi, 24)]
        known = np.vstack([points[:, :2], ring])
        depth = LinearNDInterpolator(known, np.concatenate([points[:, 2], np.full(len(ring), back)]), back)
        self._z = gaussian_filter(depth(columns, rows), radius / 20) - back - 0.5 * radius
        self._x, self._y = columns - middle[0], rows - middle[1]
        away = np.hypot(self._x, self._y) / radius
        self._share = np.clip((2.0 - away) / 0.6, 0.0, 1.0)
        self._held, self._shown = Manner(), picture

    def show(self, manner: Manner) -> BgrImage:
        """Return the picture with the head held so."""
        if manner != self._held:  # a head is held still for most of a film's pictures
            self._held, self._shown = manner, self._warped(manner)
        return self._shown.copy()

    def _warped(self, manner: Manner) -> BgrImage:
        if manner == Manner():
            return self.picture
        yaw, pitch = np.radians(manner.yaw), np.radians(manner.pitch)
        move_x = (self._x * (np.cos(yaw) - 1) - self._z * np.sin(yaw)) * self._share
        move_y = (self._y * (np.cos(pitch) - 1) - self._z * np.sin(pitch)) * self._share
        rows, columns = np.mgrid[0 : self._z.shape[0], 0 : self._z.shape[1]].astype(np.float64)
        from_y, from_x = rows.copy(), columns.copy()
        for _ in range(3):  # the way back: where did the point that is here now come from?
            at_x = map_coordinates(move_x, (from_y, from_x), order=1, mode="nearest")
            at_y = map_coordinates(move_y, (from_y, from_x), order=1, mode="nearest")
            from_x, from_y = columns - at_x, rows - at_y
        part = self._with_lids(manner.shut)
        warped = np.stack([map_coordinates(part[:, :, c], (from_y, from_x), order=1, mode="nearest") for c in range(3)])
        shown = self.picture.copy()
        bottom, right = self._top + part.shape[0], self._left + part.shape[1]
        shown[self._top : bottom, self._left : right] = warped.transpose(1, 2, 0).clip(0, 255)
        return shown

    def _with_lids(self, shut: float) -> NDArray[np.float32]:
        """Return the part with the upper lids drawn down: the skin above them is stretched over the eyes."""
        if shut == 0.0:
            return self._part
        part = self._part.copy()
        for lids in _LIDS:
            outline = self._points[list(lids), :2] - (self._left, self._top)
            upper, lower = outline[[0, 1, 2, 3, 4]], outline[[0, 7, 6, 5, 4]]
            upper, lower = upper[np.argsort(upper[:, 0])], lower[np.argsort(lower[:, 0])]
            for column in range(int(upper[0, 0]), int(upper[-1, 0]) + 1):
                high = float(np.interp(column, upper[:, 0], upper[:, 1])) - 1.0
                low = float(np.interp(column, lower[:, 0], lower[:, 1])) + 1.0
                lid = high + shut * (low - high)
                if lid - high < 1.0:
                    continue
                rows = np.arange(int(high), int(lid) + 1)
                above = high - (high - rows + (lid - high)) * 0.7
                for channel in range(3):
                    part[rows, column, channel] = map_coordinates(
                        self._part[:, column, channel], [above], order=1, mode="nearest"
                    )
                part[int(lid) : int(lid) + 2, column] *= 0.45  # lashes
        return part
