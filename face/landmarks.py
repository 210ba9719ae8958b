"""The 468 points of a face in three dimensions. The only import of ai_edge_litert.

MediaPipe's ``face_landmark.tflite`` (Apache-2.0): 192 x 192, red-green-blue, 0-1 → 468 x 3 and one logit that says
whether there is a face. The square that it looks at is one and a half times the face, turned so that the eyes lie
level; it is cut out by a similarity transform of YuNet's five points.

Point numbers are those of MediaPipe's canonical face mesh (``face_mesh.obj``); "left" is left in the picture.
"""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from face.detect import Face
from face.errors import PackError
from face.insight import cut_square
from kiosk.ports import BgrImage

SIDE_PX: Final = 192
COUNT: Final = 468
_SQUARE_PER_EYES: Final = 3.6
"""The square's side in distances between the eyes and the mouth or between the eyes, whichever is longer."""


@dataclass(frozen=True, slots=True)
class Landmarks:
    """``points`` is 468 x 3 in pixels of the picture; the third grows away from the camera. ``score`` is 0 to 1."""

    points: NDArray[np.float32] = field(repr=False)
    score: float

    def wipe(self) -> None:
        """Overwrite the points."""
        self.points.fill(0)


class LandmarkModel:
    """The landmark model of a pack, on one thread: about 1.5 ms a face."""

    def __init__(self, tflite: bytes) -> None:
        """Load the model.

        Raises:
            PackError: if the file is no such model.
        """
        try:
            self._interpreter = Interpreter(model_content=tflite, num_threads=1)
            self._interpreter.allocate_tensors()
        except (ValueError, RuntimeError) as error:
            raise PackError(f"LiteRT refuses the landmark model: {type(error).__name__}") from None
        (wanted,) = self._interpreter.get_input_details()
        outputs = {int(np.prod(output["shape"])): output["index"] for output in self._interpreter.get_output_details()}
        if tuple(wanted["shape"]) != (1, SIDE_PX, SIDE_PX, 3) or set(outputs) != {COUNT * 3, 1}:
            raise PackError("the landmark model has other inputs or outputs than 192 x 192 and 468 points")
        self._input, self._points, self._score = wanted["index"], outputs[COUNT * 3], outputs[1]

    def find(self, image: BgrImage, face: Face) -> Landmarks:
        """Return the landmarks of a face that the detector found in ``image``."""
        middle, scale, turn = _square(face)
        square = cut_square(image, middle, scale, -float(np.degrees(turn)), SIDE_PX)
        levels = square[np.newaxis, :, :, ::-1].astype(np.float32) / np.float32(255)
        self._interpreter.set_tensor(self._input, levels)
        self._interpreter.invoke()
        for passing in (square, levels):
            passing.fill(0)
        points = self._interpreter.get_tensor(self._points).reshape(COUNT, 3).copy()
        logit = float(self._interpreter.get_tensor(self._score).ravel()[0])
        cosine, sine = np.cos(turn), np.sin(turn)
        to_picture = np.array([[cosine, -sine], [sine, cosine]]) / scale
        points[:, :2] = (points[:, :2] - SIDE_PX / 2) @ to_picture.T + middle
        points[:, 2] /= scale
        return Landmarks(points.astype(np.float32), float(1 / (1 + np.exp(-logit))))

    def wipe(self) -> None:
        """Overwrite what the last face left in the model's input and its activations."""
        self._interpreter.set_tensor(self._input, np.zeros((1, SIDE_PX, SIDE_PX, 3), np.float32))
        self._interpreter.invoke()


def _square(face: Face) -> tuple[NDArray[np.float64], float, float]:
    """Return the middle of the model's square in the picture, the picture's scale in it, and the turn in radians."""
    left_eye, right_eye, _, left_mouth, right_mouth = face.points.astype(np.float64)
    eyes, mouth = (left_eye + right_eye) / 2, (left_mouth + right_mouth) / 2
    across = right_eye - left_eye
    side = _SQUARE_PER_EYES * max(float(np.hypot(*across)), float(np.hypot(*(mouth - eyes))), 1.0)
    return (eyes + mouth) / 2, SIDE_PX / side, float(np.arctan2(across[1], across[0]))
