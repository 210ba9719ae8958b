"""The card's side of a comparison: the one face of a portrait, aligned.

The evaluation's card pictures go the same way as a visitor's, so that what is measured is what is run.
"""

from typing import Final

from face.detect import Face
from face.insight import crop_face
from face.models import FindsFaces
from face.resize import enlarge, shrink
from kiosk.domain.reasons import Reason
from kiosk.ports import BgrImage

_HEIGHT_PX: Final = 252
"""The detector misses no face at this height; a chip's 126-row photo is doubled (docs/model-card.md)."""
_RIVAL: Final = 0.5
"""A second face counts when it is half as large as the first: a pattern on a collar is smaller."""


def portrait_crop(image: BgrImage, detector: FindsFaces) -> "BgrImage | Reason":
    """Return the aligned 112 x 112 face of a portrait, or why there is none."""
    face = portrait_face(image, detector)
    return face if isinstance(face, Reason) else crop_face(image, face.points)


def portrait_face(image: BgrImage, detector: FindsFaces) -> Face | Reason:
    """Return the one face of a portrait, or why there is none."""
    larger, smaller = max(1, _HEIGHT_PX // image.shape[0]), max(1, image.shape[0] // (2 * _HEIGHT_PX))
    seen = enlarge(image, larger) if larger > 1 else shrink(image, smaller)
    faces = detector.find_faces(seen)
    seen.fill(0)
    if not faces:
        return Reason.PORTRAIT_NO_FACE
    if any(rival.inter_eye_px >= _RIVAL * faces[0].inter_eye_px for rival in faces[1:]):
        return Reason.PORTRAIT_SEVERAL_FACES
    return faces[0].scaled(smaller / larger)
