"""Whether a live picture can be compared, and the one thing to ask of the visitor if it cannot.

- A face counts when its middle lies in the zone and its eyes are at least 60 px apart: nearer than about 1.5 m with
  the kiosk's camera. The queue behind the visitor is smaller than that, and does not count.
- Two faces that count: the kiosk never guesses which of them holds the card.
- A blurred face is simply not used; asking a visitor to be sharper helps nobody.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from face.detect import Face
from kiosk.domain.guidance import Guidance
from kiosk.ports import BgrImage

MIN_INTER_EYE_PX: Final = 60.0
MIN_SHARPNESS: Final = 40.0
_ZONE_WIDTH: Final = (0.2, 0.8)
"""The part of the picture's width in which the visitor stands; in height every face is in the zone."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What one picture shows: ``face`` is set exactly where the guidance is HOLD_STILL."""

    guidance: Guidance
    face: Face | None = None


def judge(faces: tuple[Face, ...], width: int) -> Sight:
    """Tell what a picture of ``width`` pixels, in which these faces were found, is good for."""
    in_zone = [face for face in faces if _is_in_zone(face, width)]
    large = [face for face in in_zone if face.inter_eye_px >= MIN_INTER_EYE_PX]
    match large:
        case [face]:
            return Sight(Guidance.HOLD_STILL, face)
        case [_, _, *_]:
            return Sight(Guidance.ONE_PERSON_ONLY)
    return Sight(Guidance.COME_CLOSER if in_zone else Guidance.COME_INTO_VIEW)


def sharpness(crop: BgrImage) -> float:
    """Return the variance of the Laplacian of an aligned crop (0-255 grey levels, squared)."""
    grey = crop.mean(axis=2, dtype=np.float32)
    laplacian = 4 * grey[1:-1, 1:-1] - grey[:-2, 1:-1] - grey[2:, 1:-1] - grey[1:-1, :-2] - grey[1:-1, 2:]
    return float(laplacian.var())


def frontality(face: Face) -> float:
    """Return 1 for a face whose nose lies midway between its eyes, falling to 0 as it turns to one side."""
    right_eye, left_eye, nose = face.points[:3]
    offset_px = abs(float(nose[0] - (right_eye[0] + left_eye[0]) / 2))
    return max(0.0, 1.0 - 2.0 * offset_px / max(face.inter_eye_px, 1.0))


def _is_in_zone(face: Face, width: int) -> bool:
    left, right = _ZONE_WIDTH
    return left * width <= float(face.box[0] + face.box[2]) / 2 <= right * width
