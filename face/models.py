"""The models of a pack, loaded and checked."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from face.align import CROP_SIDE_PX
from face.detect import Detector
from face.embed import Embedder
from face.errors import SelfCheckError
from face.packs import PackInfo, load_pack
from face.session import Model

# One each: the other core stretches the card's number for the look-up meanwhile (docs/adr/0007). Alone, a second thread
# takes the embedding from 34 to 25 ms (docs/model-card.md); the detector is too small to gain.
_DETECTOR_THREADS: Final = 1
_EMBEDDER_THREADS: Final = 1


@dataclass(frozen=True, slots=True)
class FaceModels:
    """A detector, an embedder, and what their scores mean."""

    info: PackInfo
    detector: Detector
    embedder: Embedder


def load_models(pack_dir: Path) -> FaceModels:
    """Return the pack's models once every digest holds and a fixed picture gives what it must.

    Raises:
        PackError: if the pack must not be used.
    """
    pack = load_pack(pack_dir)
    models = FaceModels(
        pack.info,
        Detector(Model(pack.detector, threads=_DETECTOR_THREADS)),
        Embedder(Model(pack.embedder, threads=_EMBEDDER_THREADS), pack.spec.embedder),
    )
    ramp = np.linspace(0, 255, CROP_SIDE_PX, dtype=np.uint8)
    crop = np.ascontiguousarray(np.broadcast_to(ramp[:, np.newaxis, np.newaxis], (CROP_SIDE_PX, CROP_SIDE_PX, 3)))
    embedding = models.embedder.embed(crop)
    if embedding.shape != (pack.spec.embedder.embedding_size,) or not np.isfinite(embedding).all():
        raise SelfCheckError("the embedder does not compute")
    if models.detector.find_faces(crop):
        raise SelfCheckError("the detector sees a face where there is none")
    return models
