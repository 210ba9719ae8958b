"""The security module of a virtual reader: it answers SAM frames, and reads the card that lies on it.

Frames (facts/resident-id.md): preamble, u16 big-endian length of all that follows it, body, XOR of length and body.
Order is kept as a real module keeps it: no read without select, no select without find; a power cycle forgets both.
After a read error the card is not found again until it was lifted, which here is another ``SimulatedSam``.

A frame comes bare (a COM port, an escape), or in the reference pseudo-APDU ``FF FE 00 00 <Lc> <frame> <Le>`` with
extended or short lengths; to a short one the answer comes in pieces (61xx, GET RESPONSE; ISO/IEC 7816-4).
"""

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from hardware.simulators.card.blocks import CardBlocks

SAMID: Final = "05.03-20260101-0000000001-0000000001"
"""The printed form of the simulated module's identity: a serial number of a module that nobody made."""

_PREAMBLE: Final = bytes.fromhex("AA AA AA 96 69")
_APDU_HEADER: Final = bytes.fromhex("FF FE 00 00")
_GET_RESPONSE: Final = bytes.fromhex("00 C0 00 00")
_SAMID_BYTES: Final = b"".join(
    value.to_bytes(size, "little") for value, size in ((5, 2), (3, 2), (20260101, 4), (1, 4), (1, 4))
)
_RESET, _STATUS, _SAMID = b"\x10\xff", b"\x11\xff", b"\x12\xff"
_FIND, _SELECT, _READ, _READ_ALL, _ADDRESS = b"\x20\x01", b"\x20\x02", b"\x30\x01", b"\x30\x10", b"\x30\x03"
_READS: Final = (_READ, _READ_ALL, _ADDRESS)
_FINGERPRINT_BYTES: Final = 1024

COMMANDS: Final[Mapping[str, bytes]] = {
    "reset": _RESET,
    "status": _STATUS,
    "samid": _SAMID,
    "find": _FIND,
    "select": _SELECT,
    "read": _READ,
    "read-all": _READ_ALL,
    "address": _ADDRESS,
}
"""The commands that a fault may befall, by name."""

REAL_TIMING_S: Final = {_FIND: 0.08, _SELECT: 0.07, _READ: 1.05, _READ_ALL: 1.4}
"""Seconds for each command, so that a visit's three take the 1.2 s that a real card takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFaults:
    """What goes wrong with the laid card; by default nothing.

    Attributes:
        pull_after: the card is pulled while it answers the APDU after this many.
        sw3: this error byte answers ``fail_on`` (41 hex: read failed; 80: none found).
        fail_on: the command that the other faults befall, one of ``COMMANDS``.
        wrong_checksum: the last byte of the answer does not fit the rest.
        short_frame: only half of the answer comes.
        wrong_lengths: the inner lengths of a read do not add up.
        garbage: random bytes come in place of a frame.
        stall_s: the answer comes this many seconds later.
    """

    pull_after: int | None = None
    sw3: int | None = None
    fail_on: str = "read"
    wrong_checksum: bool = False
    short_frame: bool = False
    wrong_lengths: bool = False
    garbage: bool = False
    stall_s: float = 0.0

    def __post_init__(self) -> None:
        if self.fail_on not in COMMANDS:
            raise ValueError(f"fail_on: one of {', '.join(COMMANDS)}")


class SimulatedSam:
    """Answers for one laid card, or with ``blocks`` None for a reader on which none lies.

    ``has_fingerprint``: the card holds one, which READ_ALL then gives (random bytes: nobody's).
    """

    def __init__(
        self, blocks: CardBlocks | None, *, real_timing: bool, faults: CardFaults, has_fingerprint: bool = False
    ) -> None:
        self._blocks = blocks
        self._real_timing = real_timing
        self._faults = faults
        self._has_fingerprint = has_fingerprint
        self._reached = b""
        self._must_be_lifted = False
        self._rest = b""

    def power_cycle(self) -> None:
        """Forget what was found and selected."""
        self._reached = self._rest = b""

    def answer(self, apdu: bytes) -> bytes:
        """Return the response APDU."""
        if apdu.startswith(_GET_RESPONSE):
            return self._piece(apdu[4] or 256)
        if not apdu.startswith(_APDU_HEADER) or len(apdu) < 5:
            return b"\x6d\x00"
        extended = apdu[4] == 0
        length, start = (int.from_bytes(apdu[5:7], "big"), 7) if extended else (apdu[4], 5)
        frame = apdu[start : start + length]
        if len(frame) != length or not frame.startswith(_PREAMBLE):
            return b"\x67\x00"
        answer = self.answer_frame(frame)
        if extended:
            return answer + b"\x90\x00"
        self._rest = answer
        return self._piece(256) if len(answer) <= 256 else self._status_of_rest()

    def answer_frame(self, frame: bytes) -> bytes:
        """Return the answer to a bare frame."""
        counted, checksum = frame[5:-1], frame[-1]
        if int.from_bytes(counted[:2], "big") != len(frame) - 7:
            return _reply(0x11)
        if _xor(counted) != checksum:
            return _reply(0x10)
        command = counted[2:4]
        if self._real_timing:
            time.sleep(REAL_TIMING_S.get(command, 0.0))
        return self._spoiled(command, self._answer_command(command))

    def _piece(self, size: int) -> bytes:
        piece, self._rest = self._rest[:size], self._rest[size:]
        return piece + self._status_of_rest()

    def _status_of_rest(self) -> bytes:
        return bytes([0x61, min(len(self._rest), 256) & 0xFF]) if self._rest else b"\x90\x00"

    def _answer_command(self, command: bytes) -> bytes:
        match command:
            case b"\x10\xff" | b"\x11\xff":
                return _reply(0x90)
            case b"\x12\xff":
                return _reply(0x90, _SAMID_BYTES)
            case b"\x20\x01":
                if self._blocks is None or self._must_be_lifted:
                    return _reply(0x80)
                self._reached = _FIND
                return _reply(0x9F, bytes(4))
            case b"\x20\x02":
                if self._reached != _FIND:
                    return _reply(0x81)
                self._reached = _SELECT
                return _reply(0x90, bytes(8))
            case b"\x30\x01" | b"\x30\x10" | b"\x30\x03":
                return self._read(command)
        return _reply(0x21)

    def _read(self, command: bytes) -> bytes:
        blocks = self._blocks
        if blocks is None or self._reached != _SELECT:
            return _reply(0x41)
        if command == _ADDRESS:
            return _reply(0x90, b" \0" * 35)
        parts = [blocks.text, blocks.photo]
        if command == _READ_ALL:
            parts.append(os.urandom(_FINGERPRINT_BYTES) if self._has_fingerprint else b"")
        lengths = [len(part) for part in parts]
        if self._faults.wrong_lengths:
            lengths[0] += 2
        return _reply(0x90, b"".join(length.to_bytes(2, "big") for length in lengths) + b"".join(parts))

    def _spoiled(self, command: bytes, reply: bytes) -> bytes:
        faults = self._faults
        if command != COMMANDS[faults.fail_on]:
            return reply
        time.sleep(faults.stall_s)
        spoiled = reply
        if faults.sw3 is not None:
            spoiled = _reply(faults.sw3)
        elif faults.wrong_checksum:
            spoiled = reply[:-1] + bytes([reply[-1] ^ 0xFF])
        elif faults.short_frame:
            spoiled = reply[: len(reply) // 2]
        elif faults.garbage:
            spoiled = os.urandom(64)
        if spoiled is not reply and command in _READS:
            self._must_be_lifted = True
        return spoiled


def _reply(sw3: int, data: bytes = b"") -> bytes:
    counted = (4 + len(data)).to_bytes(2, "big") + bytes([0, 0, sw3]) + data
    return _PREAMBLE + counted + bytes([_xor(counted)])


def _xor(data: bytes) -> int:
    check = 0
    for byte in data:
        check ^= byte
    return check
