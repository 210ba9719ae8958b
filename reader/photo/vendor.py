"""An operator's licensed library (WLT), in a process of its own with limits, because nobody has read its code.

- ``vendor_child`` loads it. A block goes to it behind its length; a status byte and 38,556 pixel bytes come back, or a
  status byte alone.
- A crash, a hang, a wrong answer and bytes written past the buffer are each a ``PhotoFault``.
  The child is killed and the next photo gets another; the visitor goes to staff.
- A photo that the library merely refuses is no fault of the library's.
"""

import os
import select
import subprocess
import sys
import time
from enum import StrEnum
from typing import Final

from kiosk.domain.document import Portrait
from kiosk.domain.evidence import Unavailable
from reader.photo import vendor_child
from reader.photo.port import HEIGHT, UNDECODABLE, WIDTH
from reader.photo.vendor_child import DONE, OVERRUN, PIXEL_BYTES, READY, REFUSED
from reader.profiles import VendorPhoto

START_WITHIN_S: Final = 5.0
"""Python and a library that may check its licence at load."""


class PhotoFault(StrEnum):
    """What a decoder did that it may not."""

    NOT_LOADED = "not-loaded"
    CRASHED = "crashed"
    HUNG = "hung"
    OVERRUN = "overrun"
    WRONG_ANSWER = "wrong-answer"


class PhotoFaultError(Exception):
    """The decoder's process is of no more use. ``fault`` says why."""

    def __init__(self, fault: PhotoFault) -> None:
        super().__init__(fault)
        self.fault = fault


class VendorDecoder:
    """The library of a profile. Its process starts with the decoder, so that a missing file is known at boot.

    ``fault`` is what went wrong last, None once a photo was decoded since.
    """

    def __init__(self, photo: VendorPhoto) -> None:
        self._photo = photo
        self._child: subprocess.Popen[bytes] | None = None
        self.fault: PhotoFault | None = None
        try:
            self._start()
        except PhotoFaultError as error:
            self._give_up(error.fault)

    @property
    def is_broken(self) -> bool:
        """Tell whether the library crashed, hung or broke its contract, and has decoded nothing since."""
        return self.fault is not None

    def decode(self, block: bytes) -> Portrait | Unavailable:
        """Return the portrait, or ``Unavailable`` where the library refuses it or fails."""
        try:
            pixels = self._ask(block)
        except PhotoFaultError as error:
            self._give_up(error.fault)
            return UNDECODABLE
        if pixels is None:
            return UNDECODABLE
        self.fault = None
        return Portrait(WIDTH, HEIGHT, pixels)

    def close(self) -> None:
        """End the process."""
        self._end()

    def _ask(self, block: bytes) -> bytes | None:
        if self._child is None:
            self._start()
        child = self._child
        assert child is not None
        assert child.stdin is not None
        until_s = time.monotonic() + self._photo.timeout_s
        try:
            child.stdin.write(len(block).to_bytes(2, "big") + block)
        except BrokenPipeError:
            raise PhotoFaultError(PhotoFault.CRASHED) from None
        status = self._receive(1, until_s)
        if status == DONE:
            return self._receive(PIXEL_BYTES, until_s)
        if status == REFUSED:
            return None
        raise PhotoFaultError(PhotoFault.OVERRUN if status == OVERRUN else PhotoFault.WRONG_ANSWER)

    def _start(self) -> None:
        photo = self._photo
        self._child = subprocess.Popen(
            [
                sys.executable,
                "-I",
                vendor_child.__file__,
                photo.library,
                photo.function,
                photo.order,
                "bottom-up" if photo.bottom_up else "top-down",
                str(photo.memory_mib),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # what a library prints may be a photo
            bufsize=0,
            env={},
            start_new_session=True,
        )
        if self._receive(1, time.monotonic() + START_WITHIN_S) != READY:
            raise PhotoFaultError(PhotoFault.NOT_LOADED)

    def _receive(self, count: int, until_s: float) -> bytes:
        """Return exactly ``count`` bytes of the child's. Raises PhotoFaultError."""
        assert self._child is not None
        assert self._child.stdout is not None
        descriptor = self._child.stdout.fileno()
        received = bytearray()
        while len(received) < count:
            left_s = until_s - time.monotonic()
            if left_s <= 0 or not select.select([descriptor], [], [], left_s)[0]:
                raise PhotoFaultError(PhotoFault.HUNG)
            chunk = os.read(descriptor, count - len(received))
            if not chunk:
                raise PhotoFaultError(PhotoFault.CRASHED)
            received += chunk
        return bytes(received)

    def _give_up(self, fault: PhotoFault) -> None:
        self.fault = fault
        self._end()

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        assert child.stdin is not None
        assert child.stdout is not None
        try:
            os.killpg(child.pid, 9)  # what it forked, too
        except ProcessLookupError:
            child.kill()
        child.wait()
        child.stdin.close()
        child.stdout.close()
