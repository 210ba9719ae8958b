"""A V4L2 camera. The only import of cv2 of our own.

Name the device by ``/dev/v4l/by-id/…``: numbers change when a camera is plugged in again. MJPEG is asked for because
uncompressed 1280 x 720 at 30 pictures a second does not fit through USB 2.
"""

from typing import Final

import cv2
import numpy as np

from hardware.camera.errors import SourceError
from hardware.camera.ring import HEIGHT_PX, WIDTH_PX
from kiosk.ports import BgrImage

_SETTINGS: Final = (
    (cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG")),
    (cv2.CAP_PROP_FRAME_WIDTH, WIDTH_PX),
    (cv2.CAP_PROP_FRAME_HEIGHT, HEIGHT_PX),
    (cv2.CAP_PROP_FPS, 30),
    (cv2.CAP_PROP_BUFFERSIZE, 1),
)


class V4l2Source:
    """One camera by its device path."""

    def __init__(self, device: str) -> None:
        self._device = device
        self._capture = cv2.VideoCapture()

    def open(self) -> None:
        """Open the device and ask for 1280 x 720 at 30 pictures a second. Raises SourceError."""
        if not self._capture.open(self._device, cv2.CAP_V4L2):
            raise SourceError("cannot-open")
        for key, value in _SETTINGS:
            self._capture.set(key, value)

    def read(self) -> BgrImage:
        """Wait for the next picture. Raises SourceError if there is none or it has another size."""
        taken, image = self._capture.read()
        if not taken:
            raise SourceError("unplugged")
        if image.shape != (HEIGHT_PX, WIDTH_PX, 3):
            raise SourceError("wrong-size")
        return np.asarray(image, np.uint8)

    def close(self) -> None:
        """Let go of the device."""
        self._capture.release()
