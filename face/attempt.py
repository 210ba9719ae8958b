"""One visit's comparison: live frames first, then the portrait, then an answer. No thread, no clock of its own.

Rules
- Frames are embedded as they come, so that only the portrait is left to do when the card has been read.
- A score of at least the accept threshold is answered at once. Below it, frames are looked at for 1.5 s more, each
  taking the place of the oldest, and the best fused score is the answer: first-try success is worth more than a second.
- Everything that was kept belongs to one unbroken stay of one person. It is dropped when two people stand there, when
  nobody did for half a second, when the face is suddenly elsewhere, and when a new look does not match those before it.
- Without one good live frame there is no answer yet; the visit's own time limit ends it (kiosk.visit.policy).
- Frames, crops and embeddings are overwritten as soon as they are of no more use.
"""

import time
from dataclasses import dataclass
from typing import Final

import numpy as np

from face.align import crop_face
from face.detect import Face, overlap
from face.embed import Embedding, similarity
from face.models import FaceModels
from face.quality import MIN_SHARPNESS, Sight, frontality, judge, sharpness
from face.resize import enlarge, halve
from face.track import Track
from kiosk.domain.document import Portrait
from kiosk.domain.evidence import FaceEvidence, FaceScore, Unavailable
from kiosk.domain.guidance import Guidance
from kiosk.domain.reasons import Reason
from kiosk.ports import BgrImage

SECOND_LOOK_S: Final = 1.5
_BREAK_S: Final = 0.5
_ENOUGH_PX: Final = 100.0
"""Between the eyes; more adds nothing to a crop of 112 pixels."""
_NO_SCORE: Final = -1.0
_PORTRAIT_HEIGHT_PX: Final = 252
"""The detector misses no face at this height; a chip's 126-row photo is doubled (docs/model-card.md)."""


@dataclass(frozen=True, slots=True)
class StageTimes:
    """Seconds that the portrait of one visit took: the software's share of the visitor's wait."""

    detect_s: float
    embed_s: float


class Attempt:
    """The comparison of one visit. All times are monotonic seconds."""

    def __init__(self, models: FaceModels) -> None:
        self._models = models
        self._track = Track(same_person=models.info.thresholds.accept)
        self._portrait: Embedding | None = None
        self._no_portrait: Unavailable | None = None
        self._best = _NO_SCORE
        self._first_scored_s: float | None = None
        self._last_face: Face | None = None
        self._last_seen_s = 0.0
        self.times: StageTimes | None = None

    @property
    def has_enough(self) -> bool:
        """Tell whether more frames would hardly help before the portrait is there."""
        return self._track.is_full and self._portrait is None

    def see(self, image: BgrImage, now_s: float) -> Guidance:
        """Look at a live frame, overwrite it, and return what to ask of the visitor."""
        try:
            small = halve(image)
            found = self._models.detector.find_faces(small)
            small.fill(0)
            sight = judge(tuple(face.scaled(2) for face in found), image.shape[1])
            if self._is_broken(sight, now_s):
                self._start_over()
            if sight.face is not None:
                self._keep(image, sight.face)
                self._last_face, self._last_seen_s = sight.face, now_s
        finally:
            image.fill(0)
        return sight.guidance

    def take_portrait(self, portrait: Portrait) -> None:
        """Find and embed the card's face; the surest one, should the photo show several."""
        started_s = time.perf_counter()
        image = np.frombuffer(portrait.bgr, np.uint8).reshape(portrait.height, portrait.width, 3)
        times = max(1, _PORTRAIT_HEIGHT_PX // portrait.height)
        large = enlarge(image, times)
        faces = self._models.detector.find_faces(large)
        large.fill(0)
        detected_s = time.perf_counter()
        if not faces:
            self._no_portrait = Unavailable(Reason.PORTRAIT_NO_FACE)
            return
        crop = crop_face(image, faces[0].scaled(1 / times).points)
        self._portrait = self._models.embedder.embed(crop)
        crop.fill(0)
        self.times = StageTimes(detected_s - started_s, time.perf_counter() - detected_s)

    def answer(self, now_s: float) -> FaceEvidence | None:
        """Return the outcome, or None while another frame may still help."""
        if self._no_portrait is not None:
            return self._no_portrait
        template = self._track.template()
        if self._portrait is None or template is None:
            return None
        if self._first_scored_s is None:
            self._first_scored_s = now_s
        self._best = max(self._best, similarity(self._portrait, template))
        thresholds = self._models.info.thresholds
        if self._best < thresholds.accept and now_s - self._first_scored_s < SECOND_LOOK_S:
            return None
        return FaceScore(
            similarity=self._best,
            band=thresholds.band(self._best),
            accept_threshold=thresholds.accept,
            pack=self._models.info.name,
            pack_digest=self._models.info.digest,
        )

    def wipe(self) -> None:
        """Overwrite and drop everything about the visitor."""
        self._start_over()
        if self._portrait is not None:
            self._portrait.fill(0)
            self._portrait = None

    def _is_broken(self, sight: Sight, now_s: float) -> bool:
        """Tell whether the person of the frames before may have left."""
        if sight.guidance is Guidance.ONE_PERSON_ONLY or now_s - self._last_seen_s > _BREAK_S:
            return True
        if sight.face is None or self._last_face is None:
            return False
        return overlap(sight.face.box, self._last_face.box) == 0.0

    def _keep(self, image: BgrImage, face: Face) -> None:
        """Embed the face if it is sharp and the track wants a frame of its quality."""
        crop = crop_face(image, face.points)
        quality = frontality(face) * min(face.inter_eye_px, _ENOUGH_PX) / _ENOUGH_PX
        second_look = self._first_scored_s is not None
        if sharpness(crop) >= MIN_SHARPNESS and (second_look or self._track.wants(quality)):
            continues = self._track.add(quality, self._models.embedder.embed(crop), renew=second_look)
            if not continues:
                self._forget_scores()
        crop.fill(0)

    def _start_over(self) -> None:
        self._track.wipe()
        self._forget_scores()

    def _forget_scores(self) -> None:
        """A score of somebody who is no longer there must not count for whoever stands there now."""
        self._best = _NO_SCORE
        self._first_scored_s = None
