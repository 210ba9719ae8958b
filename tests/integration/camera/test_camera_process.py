"""The camera's worker as a real process: frames, faults, death and recovery."""

import os
import queue
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from hardware.camera.process import CameraProcess
from hardware.simulators.camera import set_stage
from kiosk.domain.faults import Fault
from kiosk.ports import Frame
from kiosk.visit.events import Event, FaultCleared, FaultRaised

WAIT_S = 20.0


@pytest.fixture
def stage(tmp_path: Path) -> Path:
    file = tmp_path / "stage"
    set_stage(file, "nobody")
    return file


@pytest.fixture
def events() -> "queue.Queue[Event]":
    return queue.Queue()


@pytest.fixture
def camera(stage: Path, events: "queue.Queue[Event]") -> Iterator[CameraProcess]:
    camera = CameraProcess(f"stage:{stage}")
    camera.start(events.put)
    assert events.get(timeout=WAIT_S) == FaultCleared(Fault.CAMERA_LOST), "the lane believes it lost until it works"
    yield camera
    camera.stop()


def _soon(find: Callable[[], Frame | None]) -> Frame:
    until = time.monotonic() + WAIT_S
    while time.monotonic() < until:
        if (found := find()) is not None:
            return found
        time.sleep(0.01)
    raise AssertionError("no frame came")


def _worker_pids(of: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                is_worker = b"hardware.camera" in (entry / "cmdline").read_bytes()
            except (OSError, ValueError):
                continue
            if is_worker and parent == of:
                found.append(int(entry.name))
    return found


def test_frames_flow_and_their_numbers_grow(camera: CameraProcess) -> None:
    first = _soon(camera.latest)
    later = _soon(lambda: frame if (frame := camera.latest()) and frame.seq > first.seq + 3 else None)
    assert later.image.shape == (720, 1280, 3)
    assert later.taken_s > first.taken_s
    assert (later.image != first.image).any()


def test_a_frame_is_the_caller_s_own(camera: CameraProcess) -> None:
    frame = _soon(camera.latest)
    frame.image.fill(0)
    assert _soon(camera.latest).image.any()


def test_a_killed_worker_is_a_fault_and_comes_back(camera: CameraProcess, events: "queue.Queue[Event]") -> None:
    before = _soon(camera.latest)
    (pid,) = _worker_pids(os.getpid())
    os.kill(pid, signal.SIGKILL)
    assert events.get(timeout=WAIT_S) == FaultRaised(Fault.CAMERA_LOST)
    assert events.get(timeout=WAIT_S) == FaultCleared(Fault.CAMERA_LOST)
    assert _soon(camera.latest).seq > before.seq
    assert _worker_pids(os.getpid()) != [pid]


@pytest.mark.parametrize("line", ["fault:freeze", "fault:black", "fault:stall"])
def test_a_camera_without_news_is_stalled_until_it_has_some(
    camera: CameraProcess, events: "queue.Queue[Event]", stage: Path, line: str
) -> None:
    _soon(camera.latest)
    set_stage(stage, line)
    assert events.get(timeout=WAIT_S) == FaultRaised(Fault.CAMERA_STALLED)
    assert camera.latest() is None
    set_stage(stage, "nobody")
    assert events.get(timeout=WAIT_S) == FaultCleared(Fault.CAMERA_STALLED)
    _soon(camera.latest)


def test_a_frozen_camera_stays_one_fault_through_restarts(
    camera: CameraProcess, events: "queue.Queue[Event]", stage: Path
) -> None:
    _soon(camera.latest)
    set_stage(stage, "fault:freeze")
    assert events.get(timeout=WAIT_S) == FaultRaised(Fault.CAMERA_STALLED)
    with pytest.raises(queue.Empty):
        events.get(timeout=2.0)


def test_a_camera_that_is_not_there_at_boot_is_lost_until_it_is_plugged_in(
    tmp_path: Path, events: "queue.Queue[Event]"
) -> None:
    camera = CameraProcess(f"stage:{tmp_path / 'later'}")
    camera.start(events.put)
    try:
        with pytest.raises(queue.Empty):
            events.get(timeout=1.0)
        assert camera.latest() is None
        set_stage(tmp_path / "later", "nobody")
        assert events.get(timeout=WAIT_S) == FaultCleared(Fault.CAMERA_LOST)
    finally:
        camera.stop()


def test_a_worker_that_keeps_dying_is_lost(camera: CameraProcess, events: "queue.Queue[Event]", stage: Path) -> None:
    _soon(camera.latest)
    set_stage(stage, "fault:die")
    assert events.get(timeout=WAIT_S) == FaultRaised(Fault.CAMERA_LOST)
    with pytest.raises(queue.Empty):
        events.get(timeout=1.5)


def _memory_for_pictures() -> int:
    return Path("/proc/self/maps").read_text().count("/memfd:camera-frames")


def test_after_stop_nothing_is_left(stage: Path, events: "queue.Queue[Event]") -> None:
    open_before = len(list(Path("/proc/self/fd").iterdir()))
    pictures_before = _memory_for_pictures()
    camera = CameraProcess(f"stage:{stage}")
    camera.start(events.put)
    _soon(camera.latest)
    assert _memory_for_pictures() > pictures_before
    camera.stop()
    assert camera.latest() is None
    assert _worker_pids(os.getpid()) == []
    assert len(list(Path("/proc/self/fd").iterdir())) == open_before
    assert _memory_for_pictures() == pictures_before


_APP = """
import sys, time
from hardware.camera.process import CameraProcess
camera = CameraProcess("stage:" + sys.argv[1])
camera.start(lambda event: None)
while camera.latest() is None:
    time.sleep(0.01)
print("frames flow", flush=True)
time.sleep(60)
"""


def test_a_worker_that_waits_for_a_picture_does_not_outlive_an_app_that_was_killed(stage: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", _APP, str(stage)], stdout=subprocess.PIPE, text=True) as app:
        assert app.stdout is not None
        assert app.stdout.readline() == "frames flow\n"
        (worker,) = _worker_pids(app.pid)
        set_stage(stage, "fault:stall")
        time.sleep(0.2)
        app.kill()
    until = time.monotonic() + WAIT_S
    while Path(f"/proc/{worker}").exists() and time.monotonic() < until:
        time.sleep(0.01)
    assert not Path(f"/proc/{worker}").exists()


def test_the_face_in_a_frame_survives_the_shared_memory(
    camera: CameraProcess, events: "queue.Queue[Event]", stage: Path
) -> None:
    """Pixels, not only a shape: a persona's frames differ from the empty gate's over a face's area."""
    empty = _soon(camera.latest)
    set_stage(stage, "lisa")

    def differs() -> Frame | None:
        frame = camera.latest()
        if frame is None:
            return None
        changed = np.abs(frame.image.astype(np.int16) - empty.image).max(axis=2) > 40
        return frame if changed.mean() > 0.1 else None

    assert _soon(differs).seq > empty.seq
