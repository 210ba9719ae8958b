"""Somebody who listens at the pins of the TPM: a relay that keeps what passes."""

import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from software_tpm import COMMANDS, CONTROL, SoftwareTpm, listening_at


class Bus:
    """Between the machine and its TPM. ``heard`` is every byte, both ways."""

    def __init__(self, tpm: SoftwareTpm) -> None:
        self.heard = bytearray()
        self._chip = tpm.sockets
        self._pins = tempfile.TemporaryDirectory(prefix="bus-")
        self.tcti = f"swtpm:path={self._pins.name}/{COMMANDS}"
        self._listening = {name: listening_at(Path(self._pins.name) / name) for name in (COMMANDS, CONTROL)}
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._serve, args=(name,)) for name in (COMMANDS, CONTROL)]

    @contextmanager
    def listening(self) -> Iterator[None]:
        for thread in list(self._threads):
            thread.start()
        try:
            yield
        finally:
            for one in self._listening.values():
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
                one.close()
            for thread in self._threads:
                thread.join(5)
            for one in self._open:
                one.close()
            self._pins.cleanup()

    def _serve(self, name: str) -> None:
        while True:
            try:
                machine, _ = self._listening[name].accept()
            except OSError:
                return
            chip = socket.socket(socket.AF_UNIX)
            chip.connect(str(self._chip / name))
            self._open += [machine, chip]
            for source, sink in ((machine, chip), (chip, machine)):
                thread = threading.Thread(target=self._pass_on, args=(source, sink))
                self._threads.append(thread)
                thread.start()

    def _pass_on(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(4096):
                self.heard += data
                sink.sendall(data)
        with suppress(OSError):
            sink.shutdown(socket.SHUT_WR)
