"""The 112 x 112 crop that an embedder expects. The only import of insightface.

``norm_crop`` finds the similarity transform that lays five points on ArcFace's five and warps the picture by it; SFace
was trained on the same crop. Importing insightface takes about 1.4 s, most of it for parts that are not used here,
so it is imported by the face thread, behind the first screen.
"""

import warnings

import numpy as np
from insightface.utils import face_align
from numpy.typing import NDArray

from kiosk.ports import BgrImage

CROP_SIDE_PX = 112


def crop_face(image: BgrImage, points: NDArray[np.float32]) -> BgrImage:
    """Return the aligned 112 x 112 face. ``points`` is 5 x 2 in the pixels of ``image`` (``face.detect.Face``)."""
    with warnings.catch_warnings():
        # scikit-image 0.26 deprecates the SimilarityTransform.estimate that insightface 2.1 calls.
        warnings.filterwarnings("ignore", "`estimate` is deprecated", FutureWarning)
        crop: BgrImage = face_align.norm_crop(image, points, CROP_SIDE_PX)
    return crop
