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


# V4L2_CID_EXPOSURE_AUTO of linux/v4l2-controls.h, which OpenCV hands through; the time is in units of 100 us.
_V4L2_MANUAL: Final = 1
_V4L2_APERTURE_PRIORITY: Final = 3


class V4l2Source:
    """One camera by its device path."""

    def __init__(self, device: str) -> None:
        self._device = device
        self._capture = cv2.VideoCapture()
        self._own_exposure: float | None = None

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

    def set_exposure(self, stops: float) -> None:
        """Set the exposure time by hand, from what the camera had chosen itself; 0 gives it back to the camera.

        Drivers differ and may ignore it; then the picture simply stays as the camera makes it.
        """
        if stops == 0.0:
            self._own_exposure = None
            self._capture.set(cv2.CAP_PROP_AUTO_EXPOSURE, _V4L2_APERTURE_PRIORITY)
            return
        if self._own_exposure is None:
            self._own_exposure = self._capture.get(cv2.CAP_PROP_EXPOSURE)
            self._capture.set(cv2.CAP_PROP_AUTO_EXPOSURE, _V4L2_MANUAL)
        self._capture.set(cv2.CAP_PROP_EXPOSURE, max(1.0, round(self._own_exposure * 2**stops)))

    def close(self) -> None:
        """Let go of the device."""
        self._capture.release()
