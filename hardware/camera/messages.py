"""What the camera worker tells the app: one line of JSON each, at most 256 bytes, on its standard output."""

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


Message: TypeAlias = Opened | Taken | Lost

_decoder: Final = msgspec.json.Decoder(Message)


def encode(message: Message) -> bytes:
    """Return the message as a line."""
    return msgspec.json.encode(message) + b"\n"


def decode(line: bytes) -> Message:
    """Return the message of a line.

    Raises:
        ValueError: if it is none.
    """
    message: Message = _decoder.decode(line)
    return message
