"""A SAM frame inside pseudo-APDUs: pure, but for the transmit that it is given."""

import functools
from collections.abc import Callable
from typing import Final, TypeAlias

from reader.errors import FrameError
from reader.profiles import Apdu

Transmit: TypeAlias = Callable[[bytes], tuple[bytes, int]]
"""Takes an APDU to the reader; returns the response's data and status word."""

_OK: Final = 0x9000
_MORE: Final = 0x61
_GET_RESPONSE: Final = bytes.fromhex("00C00000")
_MAX_PIECES: Final = 64
"""16 KiB in pieces of 256 bytes: more than any answer of a SAM, so that a reader cannot keep us asking for ever."""


@functools.lru_cache(maxsize=32)
def wrap(way: Apdu, frame: bytes) -> bytes:
    """Return the APDU that carries a command frame: header, Lc, frame, Le. There are eight commands."""
    header = bytes.fromhex(way.header)
    if way.extended:
        return header + b"\0" + len(frame).to_bytes(2, "big") + frame + b"\0\0"
    return header + bytes([len(frame)]) + frame + b"\0"


def exchange(way: Apdu, frame: bytes, transmit: Transmit) -> bytes:
    """Return the SAM's answer frame.

    Raises:
        FrameError: the reader refused the wrapping, or never stops to send pieces.
    """
    data, status = transmit(wrap(way, frame))
    pieces = [data]
    while status >> 8 == _MORE and len(pieces) < _MAX_PIECES:
        data, status = transmit(_GET_RESPONSE + bytes([status & 0xFF]))
        pieces.append(data)
    if status != _OK:
        raise FrameError(0, f"the reader answered {status:04X}")
    return b"".join(pieces)
