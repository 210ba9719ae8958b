"""The app's side of the camera: starts the worker, listens to it, kills it when it hangs, starts it again.

- No new picture for one second: CAMERA_STALLED, and the worker is killed. A new worker has five seconds to begin.
- A worker that finds no camera, loses it, or dies: CAMERA_LOST.
- The next picture clears either. At boot the lane believes CAMERA_LOST, so the first picture clears that.
- Starting again waits 0.25 s after pictures had come, else twice as long each time, at most 4 s.
- The worker is believed only in form: a line that is no message, or picture numbers that do not grow, end it.
"""

import os
import threading
import time
from typing import Final

from hardware.camera.messages import Aim, Lost, Opened, Taken
from hardware.camera.ring import FrameRing, new_memory
from hardware.camera.worker_process import WorkerEndedError, WorkerProcess
from kiosk.domain.faults import Fault
from kiosk.ports import Box, Frame, Post
from kiosk.visit.events import Event, FaultCleared, FaultRaised

STALL_S: Final = 1.0
_BEGIN_S: Final = 5.0
_FIRST_BACKOFF_S: Final = 0.25
_LONGEST_BACKOFF_S: Final = 4.0


class CameraProcess:
    """The kiosk's ``Camera``, in a process that may hang or die."""

    def __init__(self, source: str) -> None:
        """Use ``v4l2:/dev/v4l/by-id/…`` or ``stage:/path/to/stage-file``."""
        self._source = source
        self._post: Post = _to_nobody
        self._supervisor = threading.Thread(target=self._supervise, name="camera", daemon=True)
        self._fault: Fault | None = Fault.CAMERA_LOST  # what the lane believes at boot
        self._stopping = threading.Event()
        # Guarded by _lock.
        self._lock = threading.Lock()
        self._fd = new_memory()
        self._ring = FrameRing(self._fd)
        self._worker: WorkerProcess | None = None
        self._newest = Taken(seq=0, taken_s=float("-inf"))

    def start(self, post: Post) -> None:
        """Start the camera worker."""
        self._post = post
        self._supervisor.start()

    def latest(self) -> Frame | None:
        """Return a private copy of the newest frame, or None where none is younger than a second.

        Very rarely also None because the worker wrote over the picture meanwhile; the next call has a newer one.
        """
        with self._lock:
            newest = self._newest
            if time.monotonic() - newest.taken_s > STALL_S:
                return None
            image = self._ring.copy(newest.seq)
        return None if image is None else Frame(newest.seq, newest.taken_s, image)

    def expose_for(self, box: Box | None) -> None:
        """Keep this part of the picture well exposed; None is the whole picture again."""
        with self._lock:
            if self._worker is not None and not self._stopping.is_set():
                self._worker.aim(Aim(box))

    def stop(self) -> None:
        """End the camera worker and overwrite its pictures."""
        with self._lock:
            self._stopping.set()
            if self._worker is not None:
                self._worker.kill()
        self._supervisor.join()
        with self._lock:
            self._newest = Taken(seq=0, taken_s=float("-inf"))
            self._ring.close()
            os.close(self._fd)

    # What follows runs in the supervising thread.

    def _supervise(self) -> None:
        backoff_s = _FIRST_BACKOFF_S
        while (worker := self._start_worker()) is not None:
            seq_before = self._newest.seq
            fault = self._listen(worker)
            worker.end()
            if self._stopping.is_set():
                return
            self._show(fault)
            worked = self._newest.seq > seq_before
            backoff_s = _FIRST_BACKOFF_S if worked else min(2 * backoff_s, _LONGEST_BACKOFF_S)
            self._stopping.wait(backoff_s)

    def _start_worker(self) -> WorkerProcess | None:
        with self._lock:
            if self._stopping.is_set():
                return None
            self._worker = WorkerProcess(self._source, self._fd, self._newest.seq + 1)
            return self._worker

    def _listen(self, worker: WorkerProcess) -> Fault:
        """Take in what the worker says until it fails; return the fault that this is."""
        silence = Fault.CAMERA_LOST
        deadline_s = time.monotonic() + _BEGIN_S
        try:
            while (message := worker.next_message(deadline_s)) is not None:
                match message:
                    case Opened():
                        silence = Fault.CAMERA_STALLED
                    case Taken() if message.seq == self._newest.seq + 1:
                        with self._lock:
                            self._newest = message
                        self._show(None)
                        deadline_s = time.monotonic() + STALL_S
                    case Taken() | Lost():
                        return Fault.CAMERA_LOST
        except WorkerEndedError:
            return Fault.CAMERA_LOST
        return silence

    def _show(self, fault: Fault | None) -> None:
        """Post the change from the fault that stood so far to this one."""
        before, self._fault = self._fault, fault
        if before is fault:
            return
        if fault is not None:
            self._post(FaultRaised(fault))
        if before is not None:
            self._post(FaultCleared(before))


def _to_nobody(event: Event) -> None:
    """Stand for the engine until ``start``."""
