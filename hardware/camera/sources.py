"""Where pictures come from: a V4L2 camera, or the simulator's stage."""

from pathlib import Path
from typing import Protocol

from hardware.camera.errors import SourceError
from kiosk.ports import BgrImage


class FrameSource(Protocol):
    """A camera as the worker sees it. All may block; the worker is killed if they do for too long."""

    def open(self) -> None:
        """Begin to take pictures. Raises SourceError."""

    def read(self) -> BgrImage:
        """Wait for the next picture and return it: 720 x 1280 x 3, blue-green-red. Raises SourceError."""

    def set_exposure(self, stops: float) -> None:
        """Make pictures this many stops lighter than the camera would by itself; 0 leaves it to the camera."""

    def close(self) -> None:
        """Let go of the device."""


def source_named(name: str) -> FrameSource:
    """Return the source of ``v4l2:/dev/v4l/by-id/…`` or ``stage:/path/to/stage-file``.

    Raises:
        SourceError: if the name is neither.
    """
    kind, _, place = name.partition(":")
    match kind:
        case "v4l2":
            from hardware.camera.v4l2 import V4l2Source  # here, because cv2 is a large import

            return V4l2Source(place)
        case "stage":
            from hardware.simulators.camera import Stage  # here, because a real kiosk has no use for it

            return Stage(Path(place))
    raise SourceError("unknown-kind")
