"""The virtual card's side of vpcd: a socket to the virtual reader in pcscd.

Theory of operation
- A card lies on the reader for as long as the socket is connected. To lift the card is to close it.
- A message is a u16 big-endian length and a payload. One-byte payloads 00, 01, 02 and 04 are power off, power on,
  reset and "give me the ATR"; only the last is answered. All else is a command APDU, answered by a response APDU.
- vpcd sends length and payload in two writes. Without TCP_QUICKACK before each receive, Nagle and delayed
  acknowledgement cost 44 ms an exchange; with it, 0.08 ms. The kernel drops the option by itself, hence each time.
- pcscd looks at the reader every 0.4 s. Two cards that change places in between would be one to it, so a card is not
  laid until the reader must have seen the last one go.
- When pcscd goes away the card still lies there: it connects again as soon as there is a reader.
"""

import contextlib
import socket
import threading
import time
from typing import Final, Self

from hardware.simulators.card.blocks import CardBlocks
from hardware.simulators.card.hand import chip_of
from hardware.simulators.card.sam import CardFaults, SimulatedSam
from hardware.simulators.personas import Persona

FIRST_READER: Final = ("127.0.0.1", 35963)
"""Where vpcd's reader "Virtual PCD 00 00" listens."""
SECOND_READER: Final = ("127.0.0.1", 35964)
"""Where vpcd's reader "Virtual PCD 00 01" listens."""

ATR: Final = bytes.fromhex("3B 80 80 01 01")
"""A contactless card without historical bytes (PC/SC part 3, 3.1.3.2.3)."""

_POWER_OFF, _POWER_ON, _RESET, _GIVE_ATR = b"\x00", b"\x01", b"\x02", b"\x04"
_SEEN_GONE_S: Final = 0.6
_RECONNECT_S: Final = 0.1


class VirtualCard:
    """A hand that holds cards over one virtual reader. Use it as a context manager, or call ``close``.

    Args:
        delay: answer as slowly as a real card (about 1.2 s for find, select and read) rather than at once.
        address: the virtual reader's.
    """

    def __init__(self, *, delay: bool = True, address: tuple[str, int] = FIRST_READER) -> None:
        self._delay = delay
        self._address = address
        self._change = threading.Condition()
        self._sam: SimulatedSam | None = None
        self._pull_after: int | None = None
        self._socket: socket.socket | None = None
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="virtual-card", daemon=True)
        self._thread.start()

    def lay(self, card: Persona | CardBlocks, faults: CardFaults | None = None) -> None:
        """Lay a card on the reader, in place of any that lies there; the reader sees it within about a second."""
        faults = faults or CardFaults()
        with self._change:
            self._disconnect()
            self._sam = SimulatedSam(chip_of(card), real_timing=self._delay, faults=faults)
            self._pull_after = faults.pull_after
            self._change.notify_all()

    def lift(self) -> None:
        """Take the card away, even in the middle of a command."""
        with self._change:
            self._sam = None
            self._disconnect()

    def close(self) -> None:
        """Lift the card and end the thread; returns when the reader must have seen it go."""
        with self._change:
            self._closed = True
            self._sam = None
            self._disconnect()
            self._change.notify_all()
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _disconnect(self) -> None:
        if self._socket is not None:
            # Only a shutdown wakes the thread out of its recv; it closes the socket itself. pcscd may be quicker.
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
            self._socket = None

    def _run(self) -> None:
        while True:
            with self._change:
                self._change.wait_for(lambda: self._closed or self._sam is not None)
                if self._closed:
                    return
                sam = self._sam
            assert sam is not None
            try:
                connection = socket.create_connection(self._address)
            except OSError:
                time.sleep(_RECONNECT_S)  # no pcscd: the card lies there all the same
                continue
            with connection, contextlib.suppress(OSError):
                self._serve(connection, sam)
            time.sleep(_SEEN_GONE_S)

    def _serve(self, connection: socket.socket, sam: SimulatedSam) -> None:
        with self._change:
            if self._sam is not sam:
                return
            self._socket = connection
        sam.power_cycle()
        while (payload := _receive(connection)) is not None:
            if payload in (_POWER_OFF, _POWER_ON, _RESET):
                sam.power_cycle()
            elif payload == _GIVE_ATR:
                _send(connection, ATR)
            elif self._is_pulled_now(sam):
                return
            else:
                _send(connection, sam.answer(payload))

    def _is_pulled_now(self, sam: SimulatedSam) -> bool:
        """Count one APDU, and lift the card if it is the one at which it is to be pulled."""
        with self._change:
            if self._sam is not sam or self._pull_after is None:
                return self._sam is not sam
            self._pull_after -= 1
            if self._pull_after < 0:
                self._sam = self._socket = None
            return self._sam is None


def _send(connection: socket.socket, payload: bytes) -> None:
    connection.sendall(len(payload).to_bytes(2, "big") + payload)


def _receive(connection: socket.socket) -> bytes | None:
    header = _receive_exactly(connection, 2)
    return None if header is None else _receive_exactly(connection, int.from_bytes(header, "big"))


def _receive_exactly(connection: socket.socket, count: int) -> bytes | None:
    received = b""
    while len(received) < count:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        chunk = connection.recv(count - len(received))
        if not chunk:
            return None
        received += chunk
    return received
