"""One visit in a process of its own, for the test that reads its memory: ``STAGE PACK`` as arguments.

Says ``looking`` while the person is before the camera, then waits for a line on its input, ends the visit, and says
``forgotten`` when the camera's pictures have been written over.
"""

import queue
import sys
import time
from pathlib import Path

from face.verify import FaceThread
from hardware.camera.process import CameraProcess
from hardware.simulators.camera import set_stage
from kiosk.clock import SystemClock
from kiosk.domain.ids import VisitId
from kiosk.visit.events import Event, FaceGuided


def _say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def main() -> None:
    stage, pack = Path(sys.argv[1]), Path(sys.argv[2])
    camera = CameraProcess(f"stage:{stage}")
    events: queue.Queue[Event] = queue.Queue()
    face = FaceThread(camera, pack, SystemClock())
    camera.start(events.put)
    face.start(events.put)
    face.begin(VisitId("visit-1"))
    while not (isinstance(event := events.get(timeout=60), FaceGuided) and event.guidance == "hold-still"):
        pass
    time.sleep(1.0)
    _say("looking")
    sys.stdin.readline()
    face.forget()
    set_stage(stage, "nobody")
    time.sleep(1.0)
    _say("forgotten")
    sys.stdin.readline()
    face.stop()
    camera.stop()


if __name__ == "__main__":
    main()
