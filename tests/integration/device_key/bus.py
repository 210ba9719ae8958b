"""Somebody who listens at the pins of the TPM: a relay that keeps what passes."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from software_tpm import SoftwareTpm, two_free_ports


class Bus:
    """Between the machine and its TPM. ``heard`` is every byte, both ways."""

    def __init__(self, tpm: SoftwareTpm) -> None:
        self.heard = bytearray()
        self._chip = tpm.port
        port = two_free_ports()
        self.tcti = f"swtpm:host=127.0.0.1,port={port}"
        self._listening = [socket.create_server(("127.0.0.1", port + offset)) for offset in (0, 1)]
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._serve, args=(offset,)) for offset in (0, 1)]

    @contextmanager
    def listening(self) -> Iterator[None]:
        for thread in list(self._threads):
            thread.start()
        try:
            yield
        finally:
            for one in self._listening:
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
                one.close()
            for thread in self._threads:
                thread.join(5)
            for one in self._open:
                one.close()

    def _serve(self, offset: int) -> None:
        while True:
            try:
                machine, _ = self._listening[offset].accept()
            except OSError:
                return
            chip = socket.create_connection(("127.0.0.1", self._chip + offset))
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
