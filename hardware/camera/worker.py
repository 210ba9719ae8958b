"""The camera worker: takes pictures until its parent is gone.

A capture call can block for ever, so this is a process of its own, which the app kills and starts again. It ends by
itself when its standard input is closed, and the kernel closes that when the app dies, however it dies.
"""

import os
import resource
import threading
import time

from hardware.camera.errors import SourceError
from hardware.camera.exposure import Exposure
from hardware.camera.freshness import Freshness
from hardware.camera.messages import MAX_LINE_BYTES, Lost, Message, Opened, Taken, decode_aim, encode
from hardware.camera.ring import FrameRing
from hardware.camera.sources import FrameSource, source_named
from kiosk.process import keep_out_of_swap

_STDIN, _STDOUT = 0, 1


def work(source_name: str, ring_fd: int, first_seq: int) -> int:
    """Take pictures from the named source into the ring, numbered from ``first_seq``. Return the exit code."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    keep_out_of_swap()  # nor may a face go to the swap; the kiosk app says so where it may not be locked
    exposure = Exposure()
    threading.Thread(target=_listen_to_parent, args=(exposure,), daemon=True).start()
    try:
        source = source_named(source_name)
        source.open()
        _tell(Opened())
        _take_pictures(source, FrameRing(ring_fd), first_seq, exposure)
    except SourceError as error:
        _tell(Lost(error.why))
    return 1


def _take_pictures(source: FrameSource, ring: FrameRing, seq: int, exposure: Exposure) -> None:
    freshness = Freshness()
    while True:
        image = source.read()
        taken_s = time.monotonic()
        if freshness.is_news(image):
            ring.write(seq, image)
            _tell(Taken(seq, taken_s))
            seq += 1
            stops = exposure.step(image)
            if stops is not None:
                source.set_exposure(stops)


def _tell(message: Message) -> None:
    # One write of less than PIPE_BUF bytes: never half a line, nothing buffered.
    os.write(_STDOUT, encode(message))


def _listen_to_parent(exposure: Exposure) -> None:
    """Take in where the face is, and end with the parent: then the kernel closes the pipe."""
    unread = b""
    while chunk := os.read(_STDIN, 4096):
        *lines, unread = (unread + chunk).split(b"\n")
        if len(unread) > MAX_LINE_BYTES:
            break
        if lines:
            exposure.aim(decode_aim(lines[-1]).box)
    os._exit(0)
