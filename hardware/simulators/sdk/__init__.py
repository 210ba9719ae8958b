"""A vendor's library of our own making, and the reader behind it, for tests of ``reader.transports.vendor_sdk``.

``build_library`` compiles it under ``build/``; ``SdkReader`` is what it speaks to: it has the hand of ``VirtualCard``.
"""

import contextlib
import socket
import threading
from pathlib import Path
from typing import Final, Self

from hardware.simulators.card.hand import ModuleOnly
from hardware.simulators.compile import BUILD, shared_library

_SOURCE: Final = Path(__file__).with_name("sdtapi.c")
_COMMAND_BYTES: Final = 10


def build_library() -> Path:
    """Return the library's path, compiled anew if its source is younger. Raises what ``shared_library`` raises."""
    return shared_library(_SOURCE, BUILD / "sdk" / "libsdtapi-simulated.so")


class SdkReader(ModuleOnly):
    """The reader at a port of the library. Use it as a context manager."""

    def __init__(self, port: int = 1001) -> None:
        super().__init__()
        self._path = Path(f"/run/hongtu-gate-sdk-{port}")
        self._path.unlink(missing_ok=True)
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self._path))
        self._listener.listen()
        self._connection: socket.socket | None = None

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
