"""The camera worker: takes pictures until its parent is gone.

A capture call can block for ever, so this is a process of its own, which the app kills and starts again. It ends by
itself when its standard input is closed, and the kernel closes that when the app dies, however it dies.
"""

import os
import resource
import threading
import time

from hardware.camera.errors import SourceError
from hardware.camera.freshness import Freshness
from hardware.camera.messages import Lost, Message, Opened, Taken, encode
from hardware.camera.ring import FrameRing
from hardware.camera.sources import FrameSource, source_named

_STDIN, _STDOUT = 0, 1


def work(source_name: str, ring_fd: int, first_seq: int) -> int:
    """Take pictures from the named source into the ring, numbered from ``first_seq``. Return the exit code."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        source = source_named(source_name)
        source.open()
        _tell(Opened())
        _take_pictures(source, FrameRing(ring_fd), first_seq)
    except SourceError as error:
        _tell(Lost(error.why))
    return 1


def _take_pictures(source: FrameSource, ring: FrameRing, seq: int) -> None:
    freshness = Freshness()
    while True:
        image = source.read()
        taken_s = time.monotonic()
        if freshness.is_news(image):
            ring.write(seq, image)
            _tell(Taken(seq, taken_s))
            seq += 1


def _tell(message: Message) -> None:
    # One write of less than PIPE_BUF bytes: never half a line, nothing buffered.
    os.write(_STDOUT, encode(message))


def _end_with_parent() -> None:
    os.read(_STDIN, 1)
    os._exit(0)
