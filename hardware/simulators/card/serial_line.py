"""A reader on a serial line: a pseudo-terminal with a security module at its far end."""

import contextlib
import os
import threading
import tty
from typing import Final, Self

from hardware.simulators.card.hand import ModuleOnly

_PREAMBLE: Final = bytes.fromhex("AA AA AA 96 69")
_HEAD: Final = len(_PREAMBLE) + 2


class SerialReader(ModuleOnly):
    """Use it as a context manager; ``port`` is its COM port.

    Args:
        delay: answer as slowly as a real card rather than at once.
        noise: bytes that come before each answer, as on a bad cable.
    """

    def __init__(self, *, delay: bool = False, noise: bytes = b"") -> None:
        super().__init__(delay=delay)
        self._noise = noise
        self._ours, theirs = os.openpty()
        tty.setraw(theirs)
        self.port = os.ttyname(theirs)
        self._theirs = theirs  # held open: a line on which nobody listens is still a line
        self._thread = threading.Thread(target=self._serve, name="serial-reader", daemon=True)

    def unplug(self) -> None:
        """Take the line away."""
        for descriptor in (self._theirs, self._ours):
            with contextlib.suppress(OSError):
                os.close(descriptor)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.unplug()

    def _serve(self) -> None:
        received = b""
        with contextlib.suppress(OSError):
            while chunk := os.read(self._ours, 4096):
                received += chunk
                while (end := _end_of_frame(received)) is not None:
                    frame, received = received[:end], received[end:]
                    answer = self._noise + self._sam.answer_frame(frame)
                    while answer:
                        answer = answer[os.write(self._ours, answer) :]


def _end_of_frame(received: bytes) -> int | None:
    if len(received) < _HEAD:
        return None
    end = _HEAD + int.from_bytes(received[len(_PREAMBLE) : _HEAD], "big")
    return end if len(received) >= end else None
