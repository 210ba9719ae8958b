"""Is the place good for faces? The installer stands before the camera and sees four bars grow and shrink.

Every picture is overwritten as soon as it has been measured; nothing is compared with anything.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from face.errors import PackError
from face.quality import MIN_INTER_EYE_PX, MIN_LEVEL, MIN_SHARPNESS, MIN_UNIFORMITY, assess, judge
from face.resize import shrink, shrink_factor
from kiosk.domain.guidance import Guidance
from kiosk.ports import BgrImage, Camera

if TYPE_CHECKING:
    from face.models import FaceModels

_EVERY_S: Final = 0.2


@dataclass(frozen=True, slots=True)
class Bar:
    """One measure: 0 to 1 of the bar's length, and whether it is enough. Half of the bar is just enough."""

    name: str
    part: float
    is_enough: bool


@dataclass(frozen=True, slots=True)
class Measured:
    """What the last picture was like; no bars where no single face stood there."""

    guidance: Guidance | None
    bars: tuple[Bar, ...] = ()
    error: str = ""


class FaceCheck:
    """Measures on a thread of its own, as the models take longer than a picture may wait."""

    def __init__(self, camera: Camera, pack: Path, tell: Callable[[Measured], None]) -> None:
        """``tell`` is called from that thread."""
        self._camera, self._pack, self._tell = camera, pack, tell
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="face-check", daemon=True)

    def start(self) -> None:
        """Begin; the models take a second or two."""
        self._thread.start()

    def stop(self) -> None:
        """End it."""
        self._ending.set()
        self._thread.join()

    def _run(self) -> None:
        from face.models import load_models  # insightface and onnxruntime take a second and a half
        from face.packs import load_pack

        try:
            models = load_models(load_pack(self._pack), for_the_gate=False)
        except (PackError, OSError) as error:
            self._tell(Measured(None, error=error.why if isinstance(error, PackError) else type(error).__name__))
            return
        while not self._ending.wait(_EVERY_S):
            frame = self._camera.latest()
            self._tell(Measured(None) if frame is None else _measure(models, frame.image))


def _measure(models: "FaceModels", image: BgrImage) -> Measured:
    from face.insight import crop_face

    try:
        times = shrink_factor(image.shape[1])
        found = models.detector.find_faces(shrink(image, times))
        sight = judge(tuple(face.scaled(times) for face in found), image.shape[1])
        if sight.face is None:
            return Measured(sight.guidance)
        crop = crop_face(image, sight.face.points)
        quality = assess(image, crop, sight.face, None)
        crop.fill(0)
    finally:
        image.fill(0)
    limits = (
        ("distance", quality.inter_eye_distance, MIN_INTER_EYE_PX),
        ("light", quality.luminance_mean, MIN_LEVEL),
        ("even", quality.illumination_uniformity, MIN_UNIFORMITY),
        ("sharp", quality.sharpness, MIN_SHARPNESS),
    )
    bars = tuple(Bar(name, min(found / (2 * least), 1.0), found >= least) for name, found, least in limits)
    return Measured(sight.guidance, bars)
