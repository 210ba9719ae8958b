"""SAM frames: the language of the security module inside a resident-card reader (GA 467, GA 450).

- Command ``AA AA AA 96 69 | LEN | CMD PARA | CHK``, response ``AA AA AA 96 69 | LEN | SW1 SW2 SW3 | DATA | CHK``.
- LEN (u16, big-endian) counts everything after itself, CHK included. CHK is the XOR of all bytes from LEN on, itself
  excluded.
- A card is read by find, select, read. Blocks are taken by their inner lengths, never by the total: readers differ.
- After a read error a module does not find the card again until it was lifted: nobody here tries a card twice, the
  visitor is asked to lay it down again (``kiosk.visit.machine``, LayAgain).
- The SAM answers to whoever asks: that it is genuine is for ``reader.identity`` to establish, not for a frame.

Figures and status bytes: facts/resident-id.md, from vendor pages; no text of the standards was read.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final, TypeAlias

from reader.errors import FrameError, SamError, SamFaultError

Transceive: TypeAlias = Callable[[bytes, float], bytes]
"""Takes a command frame to the SAM and returns its answer frame; the second argument is the deadline in seconds.

A way that can give up at the deadline raises DeadlineError. One that cannot (PC/SC, a vendor's library) blocks, and
the worker's watchdog ends the process. Raises also PcscError, LineError, and FrameError for what is no frame at all.
"""

PREAMBLE: Final = bytes.fromhex("AA AA AA 96 69")
BODY_AT: Final = len(PREAMBLE) + 2
_STATUS_BYTES: Final = 3
_ADDRESS_BYTES: Final = 70


class SamStatus(IntEnum):
    """SW3, the third status byte. Others occur; they are refusals too."""

    CHECKSUM_ERROR = 0x10
    LENGTH_ERROR = 0x11
    BAD_COMMAND = 0x21
    UNRECOGNISED = 0x24
    CARD_REJECTS_READER = 0x31
    READER_REJECTS_CARD = 0x32
    DATA_NOT_VERIFIED = 0x33
    WRONG_CARD = 0x40
    READ_FAILED = 0x41
    RANDOM_FAILED = 0x47
    SELF_TEST_FAILED = 0x60
    UNAUTHORISED = 0x66
    FIND_FAILED = 0x80
    SELECT_FAILED = 0x81
    OK = 0x90
    NO_CONTENT = 0x91  # [unverified]
    CARD_FOUND = 0x9F


_MODULE_UNFIT: Final = frozenset(
    {SamStatus.BAD_COMMAND, SamStatus.UNRECOGNISED, SamStatus.SELF_TEST_FAILED, SamStatus.UNAUTHORISED}
)
"""No card can be read after these: the module is broken, not authorised, or of a model that we do not speak to."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command of the SAM: its two code bytes, the SW3 that means success, and how long an answer may take.

    The deadlines are the client time-outs seen in public programs: 1 s, and 3 s to read.
    """

    name: str
    code: bytes
    success: SamStatus
    deadline_s: float = 1.0


RESET: Final = Command("reset SAM", b"\x10\xff", SamStatus.OK)
STATUS: Final = Command("SAM status", b"\x11\xff", SamStatus.OK)
READ_SAMID: Final = Command("read SAMID", b"\x12\xff", SamStatus.OK)
FIND_CARD: Final = Command("find card", b"\x20\x01", SamStatus.CARD_FOUND)
SELECT_CARD: Final = Command("select card", b"\x20\x02", SamStatus.OK)
READ_BASE_INFO: Final = Command("read base info", b"\x30\x01", SamStatus.OK, 3.0)
READ_WITH_FINGERPRINT: Final = Command("read base info and fingerprint", b"\x30\x10", SamStatus.OK, 3.0)
READ_ADDRESS: Final = Command("read additional address", b"\x30\x03", SamStatus.OK, 3.0)

COMMANDS: Final = {
    command.code: command
    for command in (
        RESET,
        STATUS,
        READ_SAMID,
        FIND_CARD,
        SELECT_CARD,
        READ_BASE_INFO,
        READ_WITH_FINGERPRINT,
        READ_ADDRESS,
    )
}
"""Every command by its code."""


@dataclass(frozen=True, slots=True)
class BaseInfo:
    """A chip's text and photo as the SAM released them. Prints as nothing: it is a whole identity."""

    text: bytes = field(repr=False)
    photo: bytes = field(repr=False)


@functools.cache
def encode(command: Command) -> bytes:
    """Return the frame of a command."""
    return frame(command.code)


def frame(body: bytes) -> bytes:
    """Return preamble, length, body and checksum."""
    counted = (len(body) + 1).to_bytes(2, "big") + body
    return PREAMBLE + counted + bytes([_checksum(counted)])


def decode(command: Command, answer: bytes) -> bytes:
    """Return the data of the response to ``command``.

    Raises:
        FrameError: it is cut short, too long, or its checksum is wrong.
        SamFaultError: the SAM is not fit for work, whatever the card.
        SamError: the SAM refused the command.
    """
    if not answer.startswith(PREAMBLE):
        raise FrameError(0, "no preamble")
    length = int.from_bytes(answer[len(PREAMBLE) : BODY_AT], "big")
    if len(answer) < BODY_AT or len(answer) != BODY_AT + length:
        raise FrameError(len(PREAMBLE), f"length says {length}, {len(answer)} bytes came in all")
    if length < _STATUS_BYTES + 1:
        raise FrameError(len(PREAMBLE), "no room for a status")
    if _checksum(answer[len(PREAMBLE) : -1]) != answer[-1]:
        raise FrameError(len(answer) - 1, "checksum")
    sw1, sw2, sw3 = answer[BODY_AT : BODY_AT + _STATUS_BYTES]
    if (sw1, sw2, sw3) != (0, 0, command.success):
        kind = SamFaultError if sw3 in _MODULE_UNFIT else SamError
        raise kind(command=command.name, sw3=sw3)
    return answer[BODY_AT + _STATUS_BYTES : -1]


def run(command: Command, transceive: Transceive) -> bytes:
    """Send a command and return the data of its response. Raises what ``decode`` and ``transceive`` raise."""
    return decode(command, transceive(encode(command), command.deadline_s))


def base_info(data: bytes) -> BaseInfo:
    """Return text and photo of a READ_BASE_INFO response's data: two u16 lengths, then two blocks.

    Raises:
        FrameError: the inner lengths do not add up to the data.
    """
    text, photo = _blocks(data, 2)
    return BaseInfo(bytes(text), bytes(photo))


def base_info_without_fingerprint(data: bytes) -> BaseInfo:
    """Return text and photo of a READ_WITH_FINGERPRINT response's data; the fingerprint is skipped unread.

    Raises:
        FrameError: the three inner lengths do not add up to the data.
    """
    text, photo, _ = _blocks(data, 3)
    return BaseInfo(bytes(text), bytes(photo))


def check_address(data: bytes) -> None:
    """Check the length of a READ_ADDRESS response's data. The address is nobody's business here and is not returned.

    Raises:
        FrameError: it is not 70 bytes long.
    """
    if len(data) != _ADDRESS_BYTES:
        raise FrameError(BODY_AT + _STATUS_BYTES, f"an address of {len(data)} bytes")


def sam_id(data: bytes) -> str:
    """Return the printed form of a READ_SAMID response's data, such as ``05.03-20151020-0001234567-1234567890``.

    Its parts, all little-endian, are u16, u16, u32 (a date), u32, u32 [inferred from printed SAMIDs].

    Raises:
        FrameError: it is not 16 bytes long, or a part has too many digits.
    """
    if len(data) != 16:
        raise FrameError(BODY_AT + _STATUS_BYTES, f"a SAMID of {len(data)} bytes")
    kind, maker = (int.from_bytes(data[at : at + 2], "little") for at in (0, 2))
    day, serial, check = (int.from_bytes(data[at : at + 4], "little") for at in (4, 8, 12))
    if kind > 99 or maker > 99 or day > 99999999:
        raise FrameError(BODY_AT + _STATUS_BYTES, "no SAMID")
    return f"{kind:02d}.{maker:02d}-{day:08d}-{serial:010d}-{check:010d}"


def _blocks(data: bytes, count: int) -> list[memoryview]:
    """Return views of the blocks that follow their ``count`` u16 lengths; nothing is copied."""
    lengths = [int.from_bytes(data[2 * index : 2 * index + 2], "big") for index in range(count)]
    if len(data) != 2 * count + sum(lengths):
        raise FrameError(BODY_AT + _STATUS_BYTES, f"inner lengths {lengths} of {len(data)}")
    view, at, blocks = memoryview(data), 2 * count, []
    for length in lengths:
        blocks.append(view[at : at + length])
        at += length
    return blocks


def _checksum(data: bytes) -> int:
    """Return the XOR of all bytes. The number is folded in halves: five times as fast as byte by byte."""
    value = int.from_bytes(data, "big")
    width = 1 << (len(data) - 1).bit_length()
    while width > 1:
        width //= 2
        value = value >> 8 * width ^ value & (1 << 8 * width) - 1
    return value
