"""What insightface is used for: alignment, and its own classes for its own packs. The only import of insightface.

- ``norm_crop`` finds the similarity transform that lays five points on ArcFace's five and warps the picture by it;
  SFace was trained on the same crop.
- A pack that a site holds a licence for (buffalo_l, antelopev2 …) is run by insightface's SCRFD and ArcFaceONNX, with
  the mean and standard deviation that the pack declares: what ArcFaceONNX guesses from the graph is overruled.
- Importing insightface takes up to 1.4 s, so it is imported by the face thread, behind the first screen.
"""

import io
import warnings
from pathlib import Path
from typing import Final

import numpy as np
from insightface.model_zoo.arcface_onnx import ArcFaceONNX
from insightface.model_zoo.package_manifest import has_model_package_manifest, load_model_package
from insightface.model_zoo.scrfd import SCRFD
from insightface.utils import face_align
from numpy.typing import NDArray

from face.detect import Face
from face.embed import Embedding, unit
from face.errors import PackError
from face.packs import DetectorSpec, EmbedderSpec
from face.session import open_session
from kiosk.ports import BgrImage

CROP_SIDE_PX: Final = 112
_DETECTION_SIDE_PX: Final = 640


def crop_face(image: BgrImage, points: NDArray[np.float32]) -> BgrImage:
    """Return the aligned 112 x 112 face. ``points`` is 5 x 2 in the pixels of ``image`` (``face.detect.Face``)."""
    with warnings.catch_warnings():
        # scikit-image 0.26 deprecates the SimilarityTransform.estimate that insightface 2.1 calls.
        warnings.filterwarnings("ignore", "`estimate` is deprecated", FutureWarning)
        crop: BgrImage = face_align.norm_crop(image, points, CROP_SIDE_PX)
    return crop


def cut_square(image: BgrImage, middle: NDArray[np.float64], scale: float, turn_deg: float, side: int) -> BgrImage:
    """Return a square of ``side`` pixels around ``middle``, the picture being scaled and turned about it."""
    square, _ = face_align.transform(image, middle, side, scale, turn_deg)
    return np.asarray(square, np.uint8)


def template_points() -> NDArray[np.float32]:
    """Return where ``crop_face`` lays the five points, 5 x 2 in the pixels of the crop."""
    return np.asarray(face_align.arcface_dst, np.float32)


class ScrfdDetector:
    """InsightFace's detector."""

    def __init__(self, onnx: bytes, spec: DetectorSpec, *, threads: int) -> None:
        """Load the model. Raises PackError if it is no SCRFD with five points."""
        try:
            # No file name: with one, SCRFD would open sessions of its own for other picture sizes.
            self._scrfd = SCRFD(session=open_session(onnx, threads=threads), static_shape_sessions=False)
        except (AssertionError, TypeError, IndexError, AttributeError) as error:
            raise PackError(f"insightface refuses the detector: {type(error).__name__}") from None
        if not self._scrfd.use_kps:
            raise PackError("the detector is no SCRFD that finds five points")
        self._scrfd.input_mean, self._scrfd.input_std = spec.mean, spec.std

    def find_faces(self, image: BgrImage) -> tuple[Face, ...]:
        """Return the faces in a picture, the surest first."""
        found, points = self._scrfd.detect(image, input_size=(_DETECTION_SIDE_PX, _DETECTION_SIDE_PX))
        faces = [
            Face(float(row[4]), row[:4].astype(np.float32), five.astype(np.float32))
            for row, five in zip(found, points, strict=True)
        ]
        return tuple(sorted(faces, key=lambda face: -face.score))


class ArcFaceEmbedder:
    """InsightFace's embedder."""

    def __init__(self, onnx: bytes, spec: EmbedderSpec, *, threads: int) -> None:
        """Load the model. Raises PackError if it is not one that ArcFaceONNX can run."""
        try:
            # The graph is read once more only for the guess of mean and std, which is overruled.
            self._arcface = ArcFaceONNX(io.BytesIO(onnx), session=open_session(onnx, threads=threads))
        except (AssertionError, TypeError, IndexError, ValueError) as error:
            raise PackError(f"insightface refuses the embedder: {type(error).__name__}") from None
        self._arcface.input_mean, self._arcface.input_std = spec.mean, spec.std

    def embed(self, crop: BgrImage) -> Embedding:
        """Return the embedding of an aligned 112 x 112 crop, L2-normalised."""
        (embedding,) = self._arcface.get_feat(crop)
        return unit(embedding)


def read_manifest(folder: Path) -> tuple[str, dict[str, dict[str, object]]] | None:
    """Return the name and the tasks of InsightFace's manifest version 2, or None where there is none.

    Raises:
        PackError: if there is one and it is wrong, or a digest that it declares does not hold.
    """
    if not has_model_package_manifest(folder):
        return None
    try:
        package = load_model_package(folder)
        tasks = {name: package.verify_task(name).as_config() for name in package.tasks}
    except (ValueError, TypeError, OSError, RuntimeError) as error:
        raise PackError(f"manifest.json cannot be used: {error}") from None
    return package.model_id, tasks
