"""SAM frames: the language of the security module inside a resident-card reader (GA 467, GA 450).

- Command ``AA AA AA 96 69 | LEN | CMD PARA | CHK``, response ``AA AA AA 96 69 | LEN | SW1 SW2 SW3 | DATA | CHK``.
- LEN (u16, big-endian) counts everything after itself, CHK included. CHK is the XOR of all bytes from LEN on, itself
  excluded.
- A card is read by find, select, read. Blocks are taken by their inner lengths, never by the total: readers differ.
- The SAM answers to whoever asks: that it is genuine is for the reader profile to establish, not for a frame.

Figures and status bytes: facts/resident-id.md, from vendor pages; no text of the standards was read.
"""

import functools
import operator
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from reader.errors import FrameError, SamError

Transceive: TypeAlias = Callable[[bytes], bytes]
"""Takes a command frame to the SAM and returns what came back. Raises PcscError, or FrameError for no frame at all."""

_PREAMBLE: Final = bytes.fromhex("AA AA AA 96 69")
_BODY_AT: Final = len(_PREAMBLE) + 2
_STATUS_BYTES: Final = 3


@dataclass(frozen=True, slots=True)
class Command:
    """A command of the SAM: its two code bytes, and the SW3 that means success."""

    name: str
    code: bytes
    success: int


FIND_CARD: Final = Command("find card", b"\x20\x01", 0x9F)
SELECT_CARD: Final = Command("select card", b"\x20\x02", 0x90)
READ_BASE_INFO: Final = Command("read base info", b"\x30\x01", 0x90)

NO_CARD_FOUND: Final = 0x80
"""SW3: find failed. The only answer after which the same command may be sent again."""


@dataclass(frozen=True, slots=True)
class BaseInfo:
    """A chip's text and photo as the SAM released them. Prints as nothing: it is a whole identity."""

    text: bytes = field(repr=False)
    photo: bytes = field(repr=False)


def encode(command: Command) -> bytes:
    """Return the frame of a command."""
    counted = (len(command.code) + 1).to_bytes(2, "big") + command.code
    return _PREAMBLE + counted + bytes([_checksum(counted)])


def decode(command: Command, frame: bytes) -> bytes:
    """Return the data of the response to ``command``.

    Raises:
        FrameError: it is cut short, too long, or its checksum is wrong.
        SamError: the SAM refused the command.
    """
    if not frame.startswith(_PREAMBLE):
        raise FrameError(0, "no preamble")
    length = int.from_bytes(frame[len(_PREAMBLE) : _BODY_AT], "big")
    if len(frame) < _BODY_AT or len(frame) != _BODY_AT + length:
        raise FrameError(len(_PREAMBLE), f"length says {length}, {len(frame)} bytes came in all")
    if length < _STATUS_BYTES + 1:
        raise FrameError(len(_PREAMBLE), "no room for a status")
    if _checksum(frame[len(_PREAMBLE) : -1]) != frame[-1]:
        raise FrameError(len(frame) - 1, "checksum")
    sw1, sw2, sw3 = frame[_BODY_AT : _BODY_AT + _STATUS_BYTES]
    if (sw1, sw2, sw3) != (0, 0, command.success):
        raise SamError(command=command.name, sw3=sw3)
    return frame[_BODY_AT + _STATUS_BYTES : -1]


def base_info(data: bytes) -> BaseInfo:
    """Return text and photo of a "read base info" response's data: two u16 lengths, then two blocks.

    Raises:
        FrameError: the inner lengths do not add up to the data.
    """
    text_length = int.from_bytes(data[:2], "big")
    photo_length = int.from_bytes(data[2:4], "big")
    if len(data) != 4 + text_length + photo_length:
        raise FrameError(_BODY_AT + _STATUS_BYTES, f"inner lengths {text_length} and {photo_length} of {len(data)}")
    return BaseInfo(data[4 : 4 + text_length], data[4 + text_length :])


def run(command: Command, transceive: Transceive) -> bytes:
    """Send a command and return the data of its response. Raises FrameError, SamError and what transceive raises."""
    return decode(command, transceive(encode(command)))


def _checksum(data: bytes) -> int:
    return functools.reduce(operator.xor, data, 0)
