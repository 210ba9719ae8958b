"""One visit's comparison: live frames first, then the portrait, then an answer. No thread, no clock of its own.

Rules
- Frames are embedded as they come, so that only the portrait is left to do when the card has been read.
- A visit has exactly two tries. A try is one comparison of the portrait with the fused best frames. A first score of at
  least the accept threshold is the answer; below it, fresh frames of the same person are gathered for at most three
  seconds, compared once, and the better of the two scores is the answer. What that second try does to the false match
  rate is measured (docs/model-card.md).
- Advice on mask, light, pose and eyes is a hint. Where nothing better has come in four seconds, a sharp frame is taken
  as it is, and the score decides: nobody is locked out by a beard or a birthmark.
- Everything that was kept belongs to one unbroken stay of one person. It is dropped, and the liveness check begins
  anew, when two people stand there, when nobody did for half a second, when the face is suddenly elsewhere, and when a
  new look does not match those before it. After the liveness check a last look must match too.
- Without one good live frame there is no answer yet; the visit's own time limit ends it (kiosk.visit.policy).
- Frames, crops, landmarks and embeddings are overwritten as soon as they are of no more use.
"""

import time
from dataclasses import dataclass
from typing import Final

import numpy as np

from face.best_look import BestLook
from face.detect import Face, overlap
from face.embed import Embedding, similarity
from face.insight import crop_face
from face.landmarks import Landmarks
from face.models import FaceModels
from face.portrait import portrait_crop
from face.quality import Quality, Sight, assess, judge
from face.resize import shrink, shrink_factor
from face.track import Track
from kiosk.domain.document import Portrait
from kiosk.domain.evidence import FaceEvidence, FaceScore, Failed, LivenessEvidence, Passed, Unavailable
from kiosk.domain.guidance import Guidance
from kiosk.domain.reasons import Reason
from kiosk.ports import BgrImage, Box, Look, PadProvider

SECOND_TRY_S: Final = 3.0
FULL_WITHIN_S: Final = 0.4
"""So long the portrait waits for a third frame, where the card was read before the visitor had looked up."""
PATIENCE_S: Final = 4.0
_BREAK_S: Final = 0.5


@dataclass(frozen=True, slots=True)
class StageTimes:
    """Seconds that the portrait of one visit took: the software's share of the visitor's wait."""

    detect_s: float
    embed_s: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What a visit's comparison found."""

    face: FaceEvidence
    liveness: LivenessEvidence


_NOT_MEASURED: Final = Unavailable(Reason.LIVENESS_NOT_MEASURED)


class Attempt:
    """The comparison of one visit. All times are monotonic seconds."""

    def __init__(self, models: FaceModels, pad: PadProvider | None = None, best: BestLook | None = None) -> None:
        """``best`` is given the picture that an alarm would be shown with, and outlives the attempt."""
        self._models = models
        self._best = best or BestLook()
        self._thresholds = models.thresholds
        self._pad = pad
        self._track = Track(same_person=self._thresholds.accept)
        self._portrait: Embedding | None = None
        self._no_portrait: Unavailable | None = None
        self._liveness: LivenessEvidence | None = None
        self._bound = False
        """Whether a look after the liveness check has matched those before it."""
        self._scores: list[float] = []
        self._ready_s: float | None = None
        self._alone_s: float | None = None
        self._takes_any = False
        """Whether nothing better than a covered or badly lit face has come in all the patience that there is."""
        self._last_face: Face | None = None
        self._last_seen_s = 0.0
        self.times: StageTimes | None = None
        self._begin_pad()

    @property
    def has_enough(self) -> bool:
        """Tell whether more frames would hardly help before the portrait is there."""
        return self._track.is_full and self._portrait is None and self._pad is None

    def face_box(self, now_s: float) -> Box | None:
        """Return where the face is, for the camera's exposure, or None where nobody was seen just now."""
        if self._last_face is None or now_s - self._last_seen_s > _BREAK_S:
            return None
        left, top, right, bottom = (int(side) for side in self._last_face.box)
        return left, top, right, bottom

    def see(self, image: BgrImage, now_s: float) -> Guidance:
        """Look at a live frame, overwrite it, and return what to ask of the visitor."""
        try:
            times = shrink_factor(image.shape[1])
            small = shrink(image, times)
            found = self._models.detector.find_faces(small)
            small.fill(0)
            sight = judge(tuple(face.scaled(times) for face in found), image.shape[1])
            if self._is_broken(sight, now_s):
                self._start_over()
            if sight.face is None:
                return sight.guidance
            self._last_face, self._last_seen_s = sight.face, now_s
            return self._look_at(image, sight.face, now_s)
        finally:
            image.fill(0)

    def take_portrait(self, portrait: Portrait) -> None:
        """Find and embed the card's one face."""
        started_s = time.perf_counter()
        image = np.frombuffer(portrait.bgr, np.uint8).reshape(portrait.height, portrait.width, 3)
        crop = portrait_crop(image, self._models.detector)
        detected_s = time.perf_counter()
        if isinstance(crop, Reason):
            self._no_portrait = Unavailable(crop)
            return
        self._portrait = self._models.embedder.embed(crop)
        crop.fill(0)
        self.times = StageTimes(detected_s - started_s, time.perf_counter() - detected_s)

    def answer(self, now_s: float) -> Answer | None:
        """Return the outcome, or None while another frame may still help."""
        if self._no_portrait is not None:
            return Answer(self._no_portrait, self._liveness or _NOT_MEASURED)
        if self._portrait is None or self._is_liveness_open():
            return None
        if self._ready_s is None:
            self._ready_s = now_s
        waited_s = now_s - self._ready_s
        template = self._track.template()
        if template is None or not (self._track.is_full or waited_s >= FULL_WITHIN_S):
            # The second try may find no fresh look: then the first one's score stands.
            return self._answer() if self._scores and waited_s >= SECOND_TRY_S else None
        if self._scores and not self._track.is_full and waited_s < SECOND_TRY_S:
            return None
        self._scores.append(similarity(self._portrait, template))
        template.fill(0)
        if self._scores[-1] >= self._thresholds.accept or len(self._scores) == 2:
            return self._answer()
        self._track.renew()
        self._ready_s = now_s
        return None

    def wipe(self) -> None:
        """Overwrite and drop everything about the visitor."""
        self._track.wipe()
        self._scores.clear()
        if self._portrait is not None:
            self._portrait.fill(0)
            self._portrait = None
        if self._pad is not None:
            self._pad.wipe()
        if self._models.landmarks is not None:
            self._models.landmarks.wipe()

    def _answer(self) -> Answer:
        best = max(self._scores)
        score = FaceScore(
            similarity=best,
            band=self._thresholds.band(best),
            accept_threshold=self._thresholds.accept,
            pack=self._models.name,
            pack_digest=self._models.digest,
        )
        return Answer(score, self._liveness or _NOT_MEASURED)

    def _is_broken(self, sight: Sight, now_s: float) -> bool:
        """Tell whether the person of the frames before may have left."""
        if sight.guidance is Guidance.ONE_PERSON_ONLY or now_s - self._last_seen_s > _BREAK_S:
            return True
        if sight.face is None or self._last_face is None:
            return False
        return overlap(sight.face.box, self._last_face.box) == 0.0

    def _look_at(self, image: BgrImage, face: Face, now_s: float) -> Guidance:
        """Keep the face if it is good and the track wants it; return the advice, or what the liveness check asks."""
        if self._alone_s is None:
            self._alone_s = now_s
        landmarks = None if self._models.landmarks is None else self._models.landmarks.find(image, face)
        crop = crop_face(image, face.points)
        try:
            quality = assess(image, crop, face, landmarks)
            asked = self._check_liveness(image, landmarks, now_s)
            advice = quality.advice()
            if self._track.is_empty and not self._scores and now_s - self._alone_s >= PATIENCE_S:
                self._takes_any = True
            if self._takes_any:
                advice = None
            if quality.is_usable and advice is None and not self._is_gesture(asked):
                if self._keep(crop, quality):
                    self._offer(image, face, now_s, quality, compared=True)
            elif self._track.is_empty and not self._scores:
                self._offer(image, face, now_s, quality, compared=False)
            if asked is not None:
                return asked
            return Guidance.HOLD_STILL if advice is None else advice
        finally:
            crop.fill(0)
            if landmarks is not None:
                landmarks.wipe()

    def _keep(self, crop: BgrImage, quality: Quality) -> bool:
        """Embed the face if that is of use; tell whether it was, so that it is known whose it is."""
        closing = self._liveness is not None and not self._bound
        if not closing and not self._track.wants(quality.weight):
            return False
        if not self._track.add(quality.weight, self._models.embedder.embed(crop)):
            self._begin_anew()
        elif closing:
            self._bound = True
        return True

    def _offer(self, image: BgrImage, face: Face, now_s: float, quality: Quality, *, compared: bool) -> None:
        self._best.offer(image, face.box, now_s, self._models, compared=compared, quality=quality.weight)

    # ---- liveness

    def _check_liveness(self, image: BgrImage, landmarks: Landmarks | None, now_s: float) -> Guidance | None:
        """Show the frame to the provider; return what it asks, or None where it asks nothing."""
        # Gestures are asked when the card has been read: until then the screen is about the card.
        if self._pad is None or self._liveness is not None or self._portrait is None:
            return None
        if landmarks is None:
            self._liveness = _NOT_MEASURED
            return None
        if self._track.is_empty:
            return None  # first a look at who stands there, which the last one must match
        told = self._pad.see(Look(image, landmarks.points, now_s))
        if isinstance(told, Guidance):
            return told
        self._liveness = told
        return None

    @staticmethod
    def _is_gesture(asked: Guidance | None) -> bool:
        """Tell whether the visitor is moving because the liveness check asked for it."""
        return asked is not None and asked is not Guidance.HOLD_STILL

    def _is_liveness_open(self) -> bool:
        """Tell whether the answer must wait for the liveness check and the look that binds it to the face."""
        if self._pad is None or isinstance(self._liveness, Failed | Unavailable):
            return False
        return not (isinstance(self._liveness, Passed) and self._bound)

    def _begin_pad(self) -> None:
        self._liveness, self._bound = None, False
        if self._pad is not None:
            self._pad.begin()

    def _start_over(self) -> None:
        self._track.wipe()
        self._begin_anew()

    def _begin_anew(self) -> None:
        """Forget scores, liveness and look of somebody who is no longer there, for whoever stands there now."""
        self._best.drop()
        self._scores.clear()
        self._ready_s = self._alone_s = None
        self._takes_any = False
        self._begin_pad()
