"""Bare SAM frames on a COM port. The only import of pyserial.

- Before each command what is left in the input is thrown away: a late answer must not pass for this one's.
- An answer is looked for from its preamble on, so that noise before it does no harm, and is as long as its own length
  field says.
- A deadline that passes without a byte is the reader's silence; one that passes in mid-frame is a broken frame.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import serial
from serial.tools import list_ports

from reader.errors import DeadlineError, FrameError, LineError
from reader.profiles import Serial
from reader.sam import BODY_AT, PREAMBLE, Transceive

_POLL_S: Final = 0.05
_MAX_NOISE: Final = 4096
"""Bytes before a preamble after which the line is given up."""


@contextmanager
def open_line(way: Serial) -> Iterator[Transceive]:
    """Open the port for ourselves alone. Raises LineError, as does each use of it."""
    try:
        with serial.Serial(way.port, way.baud, timeout=_POLL_S, write_timeout=1.0, exclusive=True) as port:
            yield lambda frame, deadline_s: _transceive(port, frame, deadline_s)
    except (serial.SerialException, OSError) as error:
        # The errno's words only: pyserial's text may quote what went over the line.
        why = getattr(error, "strerror", None) or type(error).__name__
        raise LineError(f"{way.port}: {why}") from None


def ports() -> tuple[str, ...]:
    """Return the serial ports of this machine, for the installer's list."""
    return tuple(sorted(port.device for port in list_ports.comports()))


def _transceive(port: serial.Serial, frame: bytes, deadline_s: float) -> bytes:
    port.reset_input_buffer()
    port.write(frame)
    until_s = time.monotonic() + deadline_s
    received = bytearray()
    while (answer := _take_frame(received)) is None:
        if time.monotonic() >= until_s:
            if received:
                raise FrameError(len(received), "cut short")
            raise DeadlineError(deadline_s)
        if len(received) > _MAX_NOISE + 0xFFFF:
            raise FrameError(0, "no preamble")
        received += port.read(max(1, port.in_waiting))
    return answer


def _take_frame(received: bytearray) -> bytes | None:
    """Return the first whole frame of what was received, or None until there is one."""
    start = received.find(PREAMBLE)
    if start < 0 or len(received) < start + BODY_AT:
        return None
    end = start + BODY_AT + int.from_bytes(received[start + len(PREAMBLE) : start + BODY_AT], "big")
    return bytes(received[start:end]) if len(received) >= end else None
