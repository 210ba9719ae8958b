"""A vendor's library of our own making, and the reader behind it, for tests of ``reader.transports.vendor_sdk``.

``build_library`` compiles it under ``build/``; ``SdkReader`` is what it speaks to: it has the hand of ``VirtualCard``.
"""

import contextlib
import socket
import subprocess
import threading
from pathlib import Path
from typing import Final, Self

from hardware.simulators.card.blocks import CardBlocks
from hardware.simulators.card.sam import CardFaults, SimulatedSam
from hardware.simulators.personas import Persona

_SOURCE: Final = Path(__file__).with_name("sdtapi.c")
_LIBRARY: Final = Path(__file__).parents[3] / "build" / "sdk" / "libsdtapi-simulated.so"
_FLAGS: Final = ("-std=c11", "-O2", "-fPIC", "-shared", "-Wall", "-Wextra", "-Werror", "-D_GNU_SOURCE")
_COMMAND_BYTES: Final = 10


def build_library() -> Path:
    """Compile the library if its source is younger; return its path. Raises what gcc's failure raises."""
    _LIBRARY.parent.mkdir(parents=True, exist_ok=True)
    if not _LIBRARY.exists() or _LIBRARY.stat().st_mtime < _SOURCE.stat().st_mtime:
        unfinished = _LIBRARY.with_suffix(".unfinished")
        subprocess.run(["gcc", *_FLAGS, str(_SOURCE), "-o", str(unfinished)], check=True)
        unfinished.rename(_LIBRARY)
    return _LIBRARY


class SdkReader:
    """The reader at a port of the library. Use it as a context manager."""

    def __init__(self, port: int = 1001) -> None:
        self._path = Path(f"/run/hongtu-gate-sdk-{port}")
        self._path.unlink(missing_ok=True)
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self._path))
        self._listener.listen()
        self._connection: socket.socket | None = None
        self.lift()

    def lay(self, card: Persona | CardBlocks, faults: CardFaults | None = None) -> None:
        """Lay a card on the reader, in place of any that lies there."""
        blocks = CardBlocks.of(card) if isinstance(card, Persona) else card
        self._sam = SimulatedSam(blocks, real_timing=False, faults=faults or CardFaults())

    def lift(self) -> None:
        """Take the card away."""
        self._sam = SimulatedSam(None, real_timing=False, faults=CardFaults())

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, name="sdk-reader", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._path.unlink(missing_ok=True)
        for end in (self._listener, self._connection):
            if end is not None:
                # Only a shutdown wakes a thread that waits on it.
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                self._connection, _ = self._listener.accept()
                with self._connection as connection:
                    while frame := connection.recv(_COMMAND_BYTES, socket.MSG_WAITALL):
                        connection.sendall(self._sam.answer_frame(frame))
