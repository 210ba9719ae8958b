"""Finding faces: the decoder of YuNet's twelve heads.

For each stride s of 8, 16 and 32 the model has one cell for each s x s pixels, row by row, and four heads over them:
``cls`` and ``obj`` (their geometric mean is the score), ``bbox`` (centre in cells from the cell's corner, log size in
cells) and ``kps`` (five points in cells from the cell's corner). The rules are those of OpenCV's ``face_detect.cpp``
(OpenCV 4.10, Apache-2.0), written anew in numpy; insightface takes this model for an SCRFD and fails on it.
"""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from face.session import Model
from kiosk.ports import BgrImage

MIN_SCORE: Final = 0.8
_MAX_OVERLAP: Final = 0.3
"""Above this intersection over union, two boxes are one face."""
_STRIDES: Final = (8, 16, 32)
_SIDE_MULTIPLE: Final = 32


@dataclass(frozen=True, slots=True)
class Face:
    """A face in a picture, in the pixels of that picture.

    ``box`` is left, top, right, bottom. ``points`` is 5 x 2: the eyes, the nose, the corners of the mouth, each pair
    from left to right in the picture.
    """

    score: float
    box: NDArray[np.float32] = field(repr=False)
    points: NDArray[np.float32] = field(repr=False)

    @property
    def inter_eye_px(self) -> float:
        """The distance between the eyes."""
        return float(np.linalg.norm(self.points[1] - self.points[0]))

    def scaled(self, factor: float) -> "Face":
        """Return the same face in a picture that is ``factor`` times as large."""
        return Face(self.score, self.box * np.float32(factor), self.points * np.float32(factor))


class Detector:
    """YuNet."""

    def __init__(self, model: Model) -> None:
        self._model = model

    def find_faces(self, image: BgrImage) -> tuple[Face, ...]:
        """Return the faces in a picture, the surest first. A 640 x 360 picture takes about 7 ms."""
        blob = _blob(image)
        try:
            heads = self._model.run(blob)
        finally:
            blob.fill(0)
        columns = blob.shape[3]
        candidates = [face for stride in _STRIDES for face in _decode(heads, stride, columns // stride)]
        return _one_each(candidates)


def _blob(image: BgrImage) -> NDArray[np.float32]:
    """Return 1 x 3 x height x width, the sides filled up with black to multiples of 32 at the right and bottom."""
    height, width = (-(-side // _SIDE_MULTIPLE) * _SIDE_MULTIPLE for side in image.shape[:2])
    blob = np.zeros((1, 3, height, width), np.float32)
    blob[0, :, : image.shape[0], : image.shape[1]] = image.transpose(2, 0, 1)
    return blob


def _decode(heads: dict[str, NDArray[np.float32]], stride: int, columns: int) -> list[Face]:
    cls, obj, bbox, kps = (heads[f"{head}_{stride}"][0] for head in ("cls", "obj", "bbox", "kps"))
    scores = np.sqrt(cls.clip(0, 1) * obj.clip(0, 1))[:, 0]
    faces = []
    for index in np.flatnonzero(scores >= MIN_SCORE):
        corner = np.array([index % columns, index // columns], np.float32)
        centre, half_size = corner + bbox[index, :2], np.exp(bbox[index, 2:]) / 2
        box = np.concatenate([centre - half_size, centre + half_size]) * stride
        faces.append(Face(float(scores[index]), box, (kps[index].reshape(5, 2) + corner) * stride))
    return faces


def _one_each(candidates: list[Face]) -> tuple[Face, ...]:
    """Keep the surest of each group of overlapping boxes (non-maximum suppression)."""
    kept: list[Face] = []
    for face in sorted(candidates, key=lambda candidate: -candidate.score):
        if all(overlap(face.box, other.box) <= _MAX_OVERLAP for other in kept):
            kept.append(face)
    return tuple(kept)


def overlap(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """Return the intersection over union of two boxes, 0 to 1."""
    sides = np.minimum(one[2:], other[2:]) - np.maximum(one[:2], other[:2])
    intersection = float(sides.clip(0).prod())
    union = float((one[2:] - one[:2]).prod() + (other[2:] - other[:2]).prod()) - intersection
    return intersection / union
