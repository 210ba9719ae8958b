"""The face thread: the kiosk's ``FaceVerifier``.

- Only this thread touches pictures and embeddings; the engine's calls leave a note and return at once. ``forget``
  wakes the thread, which overwrites everything before it does anything else: within one model run, some 30 ms.
- One picture outlives the answer: the best look (face.best_look), which an alarm from the list takes along. It is gone
  when ``forget`` or the next ``begin`` returns.
- Once ``forget`` or ``begin`` has returned, no event of an earlier visit is posted: each is checked against the visit
  of now under the lock that those calls take. ``post`` must therefore not block or call back.
- A pack that cannot be loaded and a bug in here are both FACE_MODELS (which the lane believes at boot): posted once,
  every comparison answered with FACE_FAULT, the pack loaded anew every five seconds, and the fault cleared when that
  succeeds. Never silence.
"""

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Final

import structlog

from kiosk.domain.document import Portrait
from kiosk.domain.evidence import Unavailable
from kiosk.domain.faults import Fault
from kiosk.domain.guidance import Guidance
from kiosk.domain.ids import VisitId
from kiosk.domain.reasons import Reason
from kiosk.ports import Camera, Clock, LiveFace, PackInUse, PadProvider, Post
from kiosk.visit.events import Event, FaceCompared, FaceGuided, FaultCleared, FaultRaised, LivenessChecked

if TYPE_CHECKING:
    from face.attempt import Answer, Attempt, StageTimes
    from face.best_look import BestLook
    from face.models import FaceModels

_NEXT_FRAME_S: Final = 0.01
_RELAXED_S: Final = 0.2
"""With three frames kept, a look five times a second is enough for the guidance and leaves the core to others."""
_RETRY_S: Final = 5.0
_LOG = structlog.get_logger()


class FaceThread:
    """Compares the card's portrait with the person before the camera, 1:1, in a thread of its own.

    ``last_times`` are the stage times of the last comparison, for the bench.
    """

    def __init__(self, camera: Camera, pack_dir: Path, clock: Clock, pad: PadProvider | None = None) -> None:
        """Use the model pack in ``pack_dir``; without a ``pad`` liveness is not measured, and says so."""
        self._camera = camera
        self._pad = pad
        self._pack_dir = pack_dir
        self._pack: PackInUse | None = None
        self._clock = clock
        self._thread = threading.Thread(target=self._run, name="face", daemon=True)
        self._post: Post = _to_nobody
        self.last_times: StageTimes | None = None
        # The note that the engine leaves, guarded by _note. The portrait stays until it is answered or forgotten.
        self._note = threading.Condition()
        self._visit: VisitId | None = None
        self._portrait: Portrait | None = None
        self._best: tuple[VisitId, BestLook] | None = None
        self._stopping = False
        self._is_faulty = True  # what the lane believes at boot

    def start(self, post: Post) -> None:
        """Load the model pack in the background."""
        self._post = post
        self._thread.start()

    def begin(self, visit: VisitId) -> None:
        """Start to track the face before the camera."""
        self._leave_note(visit)

    def compare(self, visit: VisitId, portrait: Portrait) -> None:
        """Compare the portrait with the best live frames. A visit that was not begun begins here."""
        self._leave_note(visit, portrait)

    def take_best(self, visit: VisitId) -> LiveFace | None:
        """See ``kiosk.ports.FaceVerifier.take_best``."""
        with self._note:
            return self._best[1].take() if self._best is not None and self._best[0] == visit else None

    def pack_in_use(self) -> PackInUse | None:
        """Return which models are loaded, or None while none are."""
        return self._pack

    def forget(self) -> None:
        """Overwrite everything about the visitor and stop tracking."""
        self._leave_note(None)

    def stop(self) -> None:
        """End the thread; what it holds is overwritten first."""
        with self._note:
            self._stopping = True
            self._leave_note(None)
        self._thread.join()

    def _leave_note(self, visit: VisitId | None, portrait: Portrait | None = None) -> None:
        with self._note:
            if self._stopping:
                visit = portrait = None  # the engine may still be at a visit's beginning
            self._visit, self._portrait = visit, portrait
            if self._best is not None and self._best[0] != visit:
                self._best[1].close()
                self._best = None
            self._note.notify_all()

    # What follows runs in the face thread.

    def _run(self) -> None:
        while not self._stopping:
            try:
                # Imported here: insightface and onnxruntime take a second and a half, behind the first screen.
                from face.models import load_models
                from face.packs import load_pack

                models = load_models(load_pack(self._pack_dir))
                self._pack = PackInUse(models.name, models.digest)
                self._serve(models)
            except Exception as error:  # the lane must hear of it; of the error only its kind may reach the log
                self._pack = None
                _LOG.error("effect.failed", effect="face", error=type(error).__name__)
                self._stand_in_for_the_models(_RETRY_S)

    def _serve(self, models: "FaceModels") -> None:
        """Work on one visit after the other until ``stop``."""
        from face.attempt import Attempt
        from face.best_look import BestLook

        with self._note:
            if self._is_faulty:
                self._is_faulty = False
                self._post(FaultCleared(Fault.FACE_MODELS))
        while True:
            with self._note:
                self._note.wait_for(lambda: self._visit is not None or self._stopping)
                visit = self._visit
                if visit is None:
                    return
                if self._best is not None:
                    self._best[1].close()  # this visit's before a bug ended it
                best = BestLook()
                self._best = visit, best
            attempt = Attempt(models, self._pad, best)
            try:
                self._work_on(visit, attempt)
            finally:
                attempt.wipe()
                self._camera.expose_for(None)

    def _work_on(self, visit: VisitId, attempt: "Attempt") -> None:
        """Look at frames until the visit is answered, or the engine's note is of something else."""
        guidance: Guidance | None = None
        portrait: Portrait | None = None
        seq = -1
        while True:
            with self._note:
                if self._visit != visit:
                    return
                arrived, portrait = self._portrait is not portrait, self._portrait
            if portrait is not None and arrived:
                attempt.take_portrait(portrait)
            result = attempt.answer(self._clock.monotonic())
            if result is not None:
                self.last_times = attempt.times
                self._conclude(visit, result)
                return
            frame = self._camera.latest()
            if frame is not None and frame.seq != seq:
                seq = frame.seq
                now_s = self._clock.monotonic()
                asked = attempt.see(frame.image, now_s)
                self._camera.expose_for(attempt.face_box(now_s))
                if asked is not guidance:
                    guidance = asked
                    self._guide(visit, guidance)
            elif frame is not None:
                frame.image.fill(0)
            self._pause(visit, portrait, _RELAXED_S if attempt.has_enough else _NEXT_FRAME_S)

    def _pause(self, visit: VisitId, portrait: Portrait | None, pause_s: float) -> None:
        """Wait for the next frame, or less if there is something new in the engine's note."""
        with self._note:
            self._note.wait_for(lambda: self._visit != visit or self._portrait is not portrait, pause_s)

    def _guide(self, visit: VisitId, guidance: Guidance) -> None:
        with self._note:
            if self._visit == visit:
                self._post(FaceGuided(visit, guidance))

    def _conclude(self, visit: VisitId, answer: "Answer") -> None:
        """Give the one answer of this visit; there is nothing more to do for it."""
        with self._note:
            if self._visit == visit:
                self._visit = self._portrait = None
                self._post(LivenessChecked(visit, answer.liveness))
                self._post(FaceCompared(visit, answer.face))

    def _stand_in_for_the_models(self, for_s: float) -> None:
        """Raise the fault, and answer in the models' stead until it is time to try them again."""
        until_s = self._clock.monotonic() + for_s
        with self._note:
            if not self._is_faulty:
                self._is_faulty = True
                self._post(FaultRaised(Fault.FACE_MODELS))
            while not self._stopping and (left_s := until_s - self._clock.monotonic()) > 0:
                if self._visit is not None and self._portrait is not None:
                    # Not through Answer: what cannot be imported may be the very fault.
                    visit, self._visit, self._portrait = self._visit, None, None
                    self._post(LivenessChecked(visit, Unavailable(Reason.FACE_FAULT)))
                    self._post(FaceCompared(visit, Unavailable(Reason.FACE_FAULT)))
                self._note.wait(left_s)


def _to_nobody(event: Event) -> None:
    """Stand for the engine until ``start``."""
