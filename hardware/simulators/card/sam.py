"""The security module of the virtual reader: it answers SAM frames for the card that lies on it.

Frames (facts/resident-id.md): preamble, u16 big-endian length of all that follows it, body, XOR of length and body.
Order is kept as a real module keeps it: no read without select, no select without find; a power cycle forgets both.
A frame comes in the reference pseudo-APDU ``FF FE 00 00 00 <Lc, 2 bytes> <frame> <Le, 2 bytes>``.
"""

import time
from dataclasses import dataclass
from typing import Final

from hardware.simulators.card.blocks import CardBlocks

_PREAMBLE: Final = bytes.fromhex("AA AA AA 96 69")
_APDU_HEADER: Final = bytes.fromhex("FF FE 00 00 00")
_FIND, _SELECT, _READ = b"\x20\x01", b"\x20\x02", b"\x30\x01"

REAL_TIMING_S: Final = {_FIND: 0.08, _SELECT: 0.07, _READ: 1.05}
"""Seconds for each command, so that a visit's three take the 1.2 s that a real card takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFaults:
    """What goes wrong with the laid card; by default nothing.

    Attributes:
        pull_after: the card is pulled while it answers the APDU after this many.
        sw3: this error byte answers ``fail_on`` (41 hex: read failed; 80: none found).
        fail_on: the command that ``sw3``, ``wrong_checksum`` and ``short_frame`` befall: find, select or read.
        wrong_checksum: the last byte of the answer does not fit the rest.
        short_frame: only half of the answer comes.
        stall_s: the read takes this many seconds longer.
    """

    pull_after: int | None = None
    sw3: int | None = None
    fail_on: str = "read"
    wrong_checksum: bool = False
    short_frame: bool = False
    stall_s: float = 0.0


class SimulatedSam:
    """Answers for one laid card."""

    def __init__(self, blocks: CardBlocks, *, real_timing: bool, faults: CardFaults) -> None:
        self._blocks = blocks
        self._real_timing = real_timing
        self._faults = faults
        self._reached = b""

    def power_cycle(self) -> None:
        """Forget what was found and selected."""
        self._reached = b""

    def answer(self, apdu: bytes) -> bytes:
        """Return the response APDU."""
        if not apdu.startswith(_APDU_HEADER):
            return b"\x6d\x00"
        length = int.from_bytes(apdu[5:7], "big")
        frame = apdu[7 : 7 + length]
        if len(frame) != length or not frame.startswith(_PREAMBLE):
            return b"\x67\x00"
        return self._answer_frame(frame) + b"\x90\x00"

    def _answer_frame(self, frame: bytes) -> bytes:
        counted, checksum = frame[5:-1], frame[-1]
        if int.from_bytes(counted[:2], "big") != len(frame) - 7:
            return _reply(0x11)
        if _xor(counted) != checksum:
            return _reply(0x10)
        command = counted[2:4]
        if self._real_timing:
            time.sleep(REAL_TIMING_S.get(command, 0.0))
        if command == _READ:
            time.sleep(self._faults.stall_s)
        return self._spoiled(command, self._answer_command(command))

    def _answer_command(self, command: bytes) -> bytes:
        if command == _FIND:
            self._reached = _FIND
            return _reply(0x9F, bytes(4))
        if command == _SELECT:
            if self._reached != _FIND:
                return _reply(0x81)
            self._reached = _SELECT
            return _reply(0x90, bytes(8))
        if command == _READ:
            if self._reached != _SELECT:
                return _reply(0x41)
            text, photo = self._blocks.text, self._blocks.photo
            return _reply(0x90, len(text).to_bytes(2, "big") + len(photo).to_bytes(2, "big") + text + photo)
        return _reply(0x21)

    def _spoiled(self, command: bytes, reply: bytes) -> bytes:
        if command != {"find": _FIND, "select": _SELECT, "read": _READ}[self._faults.fail_on]:
            return reply
        if self._faults.sw3 is not None:
            return _reply(self._faults.sw3)
        if self._faults.wrong_checksum:
            return reply[:-1] + bytes([reply[-1] ^ 0xFF])
        if self._faults.short_frame:
            return reply[: len(reply) // 2]
        return reply


def _reply(sw3: int, data: bytes = b"") -> bytes:
    counted = (4 + len(data)).to_bytes(2, "big") + bytes([0, 0, sw3]) + data
    return _PREAMBLE + counted + bytes([_xor(counted)])


def _xor(data: bytes) -> int:
    check = 0
    for byte in data:
        check ^= byte
    return check
