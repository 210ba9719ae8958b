"""The models of a pack, loaded and tested on this very machine.

The self-test: two crops of one face (``face/self_test``, CC0) were laid on the alignment's five points. The detector
must find those points again, the landmark model must see a face there, and the embedder must give the cosine that
``pack.json`` stores. Another colour order, mean or standard deviation, a library that computes otherwise, or a model
that was swapped together with its digest moves that cosine by far more than the tolerance.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources
from typing import Final, Protocol

import numpy as np
from PIL import Image

from face.detect import Detector, Face
from face.embed import Embedder, Embedding, similarity
from face.errors import NotCalibratedError, SelfTestError
from face.insight import CROP_SIDE_PX, ArcFaceEmbedder, ScrfdDetector, template_points
from face.landmarks import LandmarkModel
from face.packs import Calibration, Pack
from face.resize import enlarge
from face.session import Model
from kiosk.ports import BgrImage

# One each: the other core stretches the card's number for the look-up meanwhile (docs/adr/0007). Alone, a second thread
# takes the embedding from 34 to 25 ms (docs/model-card.md); the detector is too small to gain.
_DETECTOR_THREADS: Final = 1
_EMBEDDER_THREADS: Final = 1

_SELF_TEST_CROPS: Final = ("one.png", "two.png")
_COSINE_TOLERANCE: Final = 1e-4
"""Threads, optimisation levels and processors differ by at most 2e-7; a wrong std by 2 % already by 1e-2."""
_POINT_TOLERANCE_PX: Final = 8.0
_SELF_TEST_TIMES: Final = 3
_SELF_TEST_MARGIN_PX: Final = 28


class FindsFaces(Protocol):
    """A detector."""

    def find_faces(self, image: BgrImage) -> tuple[Face, ...]:
        """Return the faces in a picture, the surest first."""


class Embeds(Protocol):
    """An embedder."""

    def embed(self, crop: BgrImage) -> Embedding:
        """Return the embedding of an aligned 112 x 112 crop, L2-normalised."""


@dataclass(frozen=True, slots=True)
class FaceModels:
    """The models of one pack. ``calibration`` is None only where that was allowed (evaluation, calibration)."""

    name: str
    digest: str
    calibration: Calibration | None
    detector: FindsFaces
    embedder: Embeds
    landmarks: LandmarkModel | None

    @property
    def thresholds(self) -> Calibration:
        """The record whose thresholds are in force. Raises NotCalibratedError."""
        if self.calibration is None:
            raise NotCalibratedError
        return self.calibration


def load_models(pack: Pack, *, for_the_gate: bool = True) -> FaceModels:
    """Return the pack's models once the self-test holds.

    Raises:
        NotCalibratedError: ``for_the_gate``, if the pack has no calibration record.
        PackError: if the pack must not be used.
    """
    spec = pack.spec
    if for_the_gate and spec.calibration is None:
        raise NotCalibratedError
    models = open_models(pack)
    cosine = self_test_cosine(models, spec.embedder.embedding_size)
    if abs(cosine - spec.self_test.cosine) > _COSINE_TOLERANCE:
        raise SelfTestError(f"the self-test gives {cosine:.6f} instead of {spec.self_test.cosine:.6f} on this machine")
    return models


def open_models(pack: Pack) -> FaceModels:
    """Return the pack's models, untested. Raises PackError if a library refuses one of them."""
    spec = pack.spec
    detector, embedder = pack.contents[spec.detector.file], pack.contents[spec.embedder.file]
    detectors: dict[str, Callable[[], FindsFaces]] = {
        "yunet": lambda: Detector(Model(detector, threads=_DETECTOR_THREADS)),
        "scrfd": lambda: ScrfdDetector(detector, spec.detector, threads=_DETECTOR_THREADS),
    }
    embedders: dict[str, Callable[[], Embeds]] = {
        "sface": lambda: Embedder(Model(embedder, threads=_EMBEDDER_THREADS), spec.embedder),
        "arcface": lambda: ArcFaceEmbedder(embedder, spec.embedder, threads=_EMBEDDER_THREADS),
    }
    return FaceModels(
        spec.name,
        pack.digest,
        spec.calibration,
        detectors[spec.detector.kind](),
        embedders[spec.embedder.kind](),
        LandmarkModel(pack.contents[spec.landmarks.file]) if spec.landmarks else None,
    )


def embedding_size(models: FaceModels) -> int:
    """Return how many numbers the embedder gives for a grey crop."""
    return int(models.embedder.embed(np.full((CROP_SIDE_PX, CROP_SIDE_PX, 3), 128, np.uint8)).size)


def self_test_cosine(models: FaceModels, embedding_size: int) -> float:
    """Return the cosine of the two fixed crops.

    Raises:
        SelfTestError: if a model does not find in them what is there.
    """
    embeddings = []
    for name in _SELF_TEST_CROPS:
        with resources.files("face").joinpath("self_test", name).open("rb") as file, Image.open(file) as picture:
            crop = np.ascontiguousarray(np.asarray(picture.convert("RGB"))[:, :, ::-1])
        _require_face(models, crop)
        try:
            embedding = models.embedder.embed(crop)
        except Exception as error:  # whatever a library makes of a graph that is no embedder
            raise SelfTestError(f"the embedder does not run: {type(error).__name__}") from None
        if embedding.shape != (embedding_size,) or not np.isfinite(embedding).all():
            raise SelfTestError(f"the embedder does not give {embedding_size} finite numbers")
        embeddings.append(embedding)
    return similarity(*embeddings)


def _require_face(models: FaceModels, crop: BgrImage) -> None:
    """Check that the detector and the landmark model find the crop's one face where the alignment has put it."""
    margin = _SELF_TEST_MARGIN_PX
    framed = np.full((CROP_SIDE_PX + 2 * margin, CROP_SIDE_PX + 2 * margin, 3), 128, np.uint8)
    framed[margin:-margin, margin:-margin] = crop
    large = enlarge(framed, _SELF_TEST_TIMES)
    try:
        faces = models.detector.find_faces(large)
    except Exception as error:  # whatever a library makes of a graph that is no detector
        raise SelfTestError(f"the detector does not run: {type(error).__name__}") from None
    expected = (template_points() + margin) * _SELF_TEST_TIMES
    if len(faces) != 1 or np.abs(faces[0].points - expected).max() > _POINT_TOLERANCE_PX * _SELF_TEST_TIMES:
        raise SelfTestError("the detector does not find the face of the self-test")
    if models.landmarks is not None and models.landmarks.find(large, faces[0]).score < 0.5:
        raise SelfTestError("the landmark model does not see the face of the self-test")
