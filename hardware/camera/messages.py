"""What the camera worker and the app tell one another: one line of JSON each, at most 256 bytes.

The worker speaks on its standard output, the app on the worker's standard input.
"""

from typing import Final, TypeAlias

import msgspec

MAX_LINE_BYTES: Final = 256


class Opened(msgspec.Struct, frozen=True, tag="opened"):
    """The source gives pictures from now on."""


class Taken(msgspec.Struct, frozen=True, tag="taken"):
    """Picture ``seq`` is in the ring. ``taken_s`` is on the machine's monotonic clock, which all processes share."""

    seq: int
    taken_s: float


class Lost(msgspec.Struct, frozen=True, tag="lost"):
    """The source cannot be opened or has gone; the worker ends after this."""

    why: str


class Aim(msgspec.Struct, frozen=True, tag="aim"):
    """To the worker: keep this part of the picture well exposed (left, top, right, bottom), or the whole of it."""

    box: tuple[int, int, int, int] | None


Message: TypeAlias = Opened | Taken | Lost

_decoder: Final = msgspec.json.Decoder(Message)


_aim_decoder: Final = msgspec.json.Decoder(Aim)


def decode_aim(line: bytes) -> Aim:
    """Return the aim of a line. Raises ValueError if it is none."""
    return _aim_decoder.decode(line)


def encode(message: Message | Aim) -> bytes:
    """Return the message as a line."""
    return msgspec.json.encode(message) + b"\n"


def decode(line: bytes) -> Message:
    """Return the message of a line.

    Raises:
        ValueError: if it is none.
    """
    message: Message = _decoder.decode(line)
    return message
