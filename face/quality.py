"""Whether a live picture can be compared, and the one thing to ask of the visitor if it cannot.

- A face counts when its middle lies in the zone and its eyes are at least 60 px apart: nearer than about 1.5 m with
  the kiosk's camera. The queue behind the visitor is smaller than that, and does not count. In height every face is in
  the zone: people stand, sit in wheelchairs, and are children.
- Two faces that count: the kiosk never guesses which of them holds the card.
- A blurred face is simply not used; asking a visitor to be sharper helps nobody.
- Measures bear the names of ISO/IEC 29794-5 where they correspond to one. They are ours; no conformance is claimed.

The limits on what covers a face were set on the London Set with painted masks and dark glasses
(``kiosk face evaluate``, docs/model-card.md): they separate those, and are a hint to the visitor, never a refusal:
``face.attempt`` overrules them after four seconds.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from face.detect import Face
from face.geometry import Pose, eyes_open, mouth_open, pose
from face.landmarks import Landmarks
from kiosk.domain.guidance import Guidance
from kiosk.ports import BgrImage

MIN_INTER_EYE_PX: Final = 60.0
MIN_SHARPNESS: Final = 40.0
_ZONE_WIDTH: Final = (0.2, 0.8)
"""The part of the picture's width in which the visitor stands; in height every face is in the zone."""
_MAX_WIDTH: Final = 0.45
"""A face that is wider than this part of the picture is too near for the lens to be in focus and all of it in view."""

_MAX_YAW: Final = 20.0
_MAX_PITCH: Final = 28.0
MIN_LEVEL: Final = 45.0
MIN_UNIFORMITY: Final = 0.45
_MAX_CLIPPED: Final = 0.3
_MIN_EYES_OPEN: Final = 0.2
_MIN_LIPS: Final = 6.5
_MAX_COVER: Final = 16.0
_MIN_EYE_LEVEL: Final = 0.33
_MIN_LANDMARKS: Final = 0.5
_ENOUGH_PX: Final = 100.0
"""Between the eyes; more adds nothing to a crop of 112 pixels."""
_ENOUGH_SHARPNESS: Final = 160.0


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
            if float(face.box[2] - face.box[0]) > _MAX_WIDTH * width:
                return Sight(Guidance.STEP_BACK)
            return Sight(Guidance.HOLD_STILL, face)
        case [_, _, *_]:
            return Sight(Guidance.ONE_PERSON_ONLY)
    return Sight(Guidance.COME_CLOSER if in_zone else Guidance.COME_INTO_VIEW)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """One face's measures. The last five are None where the pack has no landmark model."""

    inter_eye_distance: float
    """Pixels between the eyes."""
    sharpness: float
    luminance_mean: float
    """Grey level of the face, 0-255."""
    illumination_uniformity: float
    """Grey level of the darker half of the face over that of the lighter half, 0 to 1."""
    clipped: float
    """Under- and over-exposure: the part of the face that is black or white."""
    mouth_visible: float
    """Lip colour against the skin around it, in levels of Cr."""
    lower_face_cover: float
    """Colour of the lower face against the forehead, in levels of Cb and Cr."""
    eyes_visible: float
    """Grey level of the eyes over that of the forehead."""
    turned: float
    """0 for a frontal face, growing to 1 as the nose leaves the middle between the eyes."""
    head_pose: Pose | None
    eyes_open: float | None
    mouth_open: float | None
    landmarks: float | None
    """The landmark model's own certainty, 0 to 1."""

    @property
    def is_usable(self) -> bool:
        """Tell whether the face is sharp enough to be compared at all."""
        return self.sharpness >= MIN_SHARPNESS

    @property
    def weight(self) -> float:
        """How much this picture should count beside others of the same person, above 0 to 1."""
        frontal = max(0.05, 1.0 - self.turned)
        large = min(self.inter_eye_distance / _ENOUGH_PX, 1.0)
        sharp = min(self.sharpness / _ENOUGH_SHARPNESS, 1.0)
        lit = max(0.05, self.illumination_uniformity) * (1.0 - min(self.clipped, 0.9))
        return float(frontal * large * sharp**0.5 * lit**0.5)

    def advice(self) -> Guidance | None:
        """Return the one thing to change, the one that spoils most first, or None where all is well."""
        if self._is_covered():
            return Guidance.UNCOVER_FACE
        if self._is_badly_lit():
            return Guidance.TURN_TO_LIGHT
        if self.head_pose is not None and (
            abs(self.head_pose.yaw) > _MAX_YAW or abs(self.head_pose.pitch) > _MAX_PITCH
        ):
            return Guidance.LOOK_STRAIGHT
        if self.eyes_open is not None and self.eyes_open < _MIN_EYES_OPEN:
            return Guidance.OPEN_EYES
        return None

    def _is_covered(self) -> bool:
        if self.landmarks is not None and self.landmarks < _MIN_LANDMARKS:
            return True
        masked = self.mouth_visible < _MIN_LIPS or self.lower_face_cover > _MAX_COVER
        # A face in the dark has no colour that could be judged.
        return not self._is_badly_lit() and (masked or self.eyes_visible < _MIN_EYE_LEVEL)

    def _is_badly_lit(self) -> bool:
        return (
            self.luminance_mean < MIN_LEVEL
            or self.illumination_uniformity < MIN_UNIFORMITY
            or self.clipped > _MAX_CLIPPED
        )


def assess(image: BgrImage, crop: BgrImage, face: Face, landmarks: Landmarks | None) -> Quality:
    """Measure a face in a picture. ``crop`` is its aligned 112 x 112 part."""
    blue, green, red = (crop[:, :, channel].astype(np.float32) for channel in range(3))
    grey = 0.299 * red + 0.587 * green + 0.114 * blue
    chroma = np.stack([(blue - grey) * 0.564, (red - grey) * 0.713])
    # Parts of the aligned crop: the eyes lie at (38, 52) and (74, 52), the mouth's corners at (42, 92) and (71, 92).
    forehead, eyes = (slice(22, 38), slice(40, 72)), ((slice(46, 56), slice(30, 46)), (slice(46, 56), slice(66, 82)))
    lower, mouth = (slice(84, 110), slice(38, 74)), (slice(82, 106), slice(38, 74))
    left, right = grey[30:105, 20:56].mean(), grey[30:105, 56:92].mean()
    inner = grey[20:108, 20:92]
    forehead_level = max(float(grey[forehead].mean()), 1.0)
    cover = chroma[:, lower[0], lower[1]].mean(axis=(1, 2)) - chroma[:, forehead[0], forehead[1]].mean(axis=(1, 2))
    lips_red, skin_red = np.percentile(chroma[1][mouth], [97, 10])
    points = None if landmarks is None else landmarks.points
    return Quality(
        inter_eye_distance=face.inter_eye_px,
        sharpness=sharpness(crop),
        luminance_mean=float(inner.mean()),
        illumination_uniformity=float(min(left, right) / max(left, right, 1.0)),
        clipped=float(((inner < 8) | (inner > 250)).mean()),
        mouth_visible=float(lips_red - skin_red),
        lower_face_cover=float(np.hypot(*cover)),
        eyes_visible=float(np.mean([grey[eye].mean() for eye in eyes])) / forehead_level,
        turned=1.0 - frontality(face),
        head_pose=None if points is None else pose(points),
        eyes_open=None if points is None else eyes_open(image, points),
        mouth_open=None if points is None else mouth_open(points),
        landmarks=None if landmarks is None else landmarks.score,
    )


def sharpness(crop: NDArray[np.uint8]) -> float:
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
