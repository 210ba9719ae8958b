"""What every ``kiosk.ports.Camera`` keeps, whoever provides it."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.camera.process import CameraProcess
from hardware.simulators.camera import set_stage
from kiosk.ports import Camera, Frame


@pytest.fixture(params=["stage"])
def camera(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Camera]:
    """A started camera. A site's own driver adds itself to the parameters."""
    set_stage(tmp_path / "stage", "nobody")
    camera: Camera = CameraProcess(f"{request.param}:{tmp_path / 'stage'}")
    camera.start(lambda event: None)
    yield camera
    camera.stop()


def _frame(camera: Camera) -> Frame:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        if (frame := camera.latest()) is not None:
            return frame
        time.sleep(0.01)
    raise AssertionError("no frame came")


def test_a_frame_is_blue_green_red_bytes_that_may_be_overwritten(camera: Camera) -> None:
    image = _frame(camera).image
    assert (image.ndim, image.shape[2], image.dtype.name) == (3, 3, "uint8")
    image.fill(0)


def test_a_frame_is_younger_than_a_second(camera: Camera) -> None:
    frame = _frame(camera)
    assert 0 <= time.monotonic() - frame.taken_s <= 1.0 + 0.5


def test_frames_are_numbered_upwards(camera: Camera) -> None:
    first = _frame(camera)
    while (later := _frame(camera)).seq == first.seq:
        time.sleep(0.01)
    assert later.seq > first.seq
