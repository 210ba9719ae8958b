"""The reader behind the test driver: plugged in and out, with a security module of its own and cards laid on it."""

import contextlib
import socket
import struct
import threading
from pathlib import Path
from typing import Final, Self

from hardware.simulators.card.blocks import CardBlocks
from hardware.simulators.card.hand import chip_of
from hardware.simulators.card.sam import CardFaults, SimulatedSam
from hardware.simulators.card.vpcd import ATR
from hardware.simulators.ifd.driver import ESCAPE_SOCKETS
from hardware.simulators.personas import Persona

_HEAD: Final = struct.Struct(">BI")
_YES: Final = 1
_NO: Final = 0


class VirtualReader:
    """A reader on one of the test driver's sockets. Use it as a context manager: entering plugs it in.

    It has the hand of ``VirtualCard``: ``lay``, ``lift``. A change is seen within some 20 ms.

    Args:
        path: its socket, one of ``ESCAPE_SOCKETS``.
        delay: answer as slowly as a real card rather than at once.
    """

    def __init__(self, path: Path = ESCAPE_SOCKETS[0], *, delay: bool = False) -> None:
        self._path = path
        self._delay = delay
        self._lock = threading.Lock()
        self._listener: socket.socket | None = None
        self._connections: list[socket.socket] = []
        self._sam = self._module(None, CardFaults())
        self._has_card = False
        self._pull_after: int | None = None
        self._stalled = threading.Event()
        self._stalled.set()  # clear while it stalls

    def lay(self, card: Persona | CardBlocks, faults: CardFaults | None = None) -> None:
        """Lay a card on the reader, in place of any that lies there."""
        faults = faults or CardFaults()
        with self._lock:
            self._sam, self._has_card = self._module(chip_of(card), faults), True
            self._pull_after = faults.pull_after

    def lift(self) -> None:
        """Take the card away."""
        with self._lock:
            self._sam, self._has_card = self._module(None, CardFaults()), False

    def stall(self) -> None:
        """Answer nothing more, to APDUs and escapes alike, until ``go_on``."""
        self._stalled.clear()

    def go_on(self) -> None:
        """End a stall."""
        self._stalled.set()

    def plug_in(self) -> None:
        """Be there: a pcscd that runs finds it within a second or two."""
        self._path.unlink(missing_ok=True)
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self._path))
        self._listener.listen()
        threading.Thread(target=self._accept, args=(self._listener,), name="virtual-reader", daemon=True).start()

    def unplug(self) -> None:
        """Be gone, card and all."""
        self.go_on()
        if self._listener is not None:
            # Only a shutdown wakes a thread that waits in accept.
            with contextlib.suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None
        self._path.unlink(missing_ok=True)
        with self._lock:
            for connection in self._connections:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
            self._connections.clear()

    def __enter__(self) -> Self:
        self.plug_in()
        return self

    def __exit__(self, *_: object) -> None:
        self.unplug()

    def _module(self, blocks: CardBlocks | None, faults: CardFaults) -> SimulatedSam:
        return SimulatedSam(blocks, real_timing=self._delay, faults=faults)

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with self._lock:
                self._connections.append(connection)
            threading.Thread(target=self._serve, args=(connection,), name="virtual-reader-line", daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            while (question := _receive(connection)) is not None:
                status, answer = self._answer(*question)
                connection.sendall(_HEAD.pack(status, len(answer)) + answer)

    def _answer(self, op: bytes, payload: bytes) -> tuple[int, bytes]:
        with self._lock:
            sam, has_card = self._sam, self._has_card
        match op:
            case b"P":
                return (_YES if has_card else _NO), b""
            case b"A":
                sam.power_cycle()
                return (_YES, ATR) if has_card else (_NO, b"")
            case b"O":
                sam.power_cycle()
                return _YES, b""
            case b"T" | b"C":
                self._stalled.wait()
                if self._is_pulled_now(sam) or (op == b"T" and not has_card):
                    return (_NO, b"") if op == b"T" else (_YES, self._sam.answer_frame(payload))
                return _YES, sam.answer(payload) if op == b"T" else sam.answer_frame(payload)
        return _NO, b""

    def _is_pulled_now(self, sam: SimulatedSam) -> bool:
        """Count one exchange, and lift the card if it is the one at which it is to be pulled."""
        with self._lock:
            if self._sam is not sam:
                return True
            if self._pull_after is None or not self._has_card:
                return False
            self._pull_after -= 1
            if self._pull_after < 0:
                self._sam, self._has_card, self._pull_after = self._module(None, CardFaults()), False, None
                return True
            return False


def _receive(connection: socket.socket) -> tuple[bytes, bytes] | None:
    head = _receive_exactly(connection, _HEAD.size)
    if head is None:
        return None
    op, length = _HEAD.unpack(head)
    payload = _receive_exactly(connection, length)
    return None if payload is None else (bytes([op]), payload)


def _receive_exactly(connection: socket.socket, count: int) -> bytes | None:
    received = connection.recv(count, socket.MSG_WAITALL)
    return received if len(received) == count else None
