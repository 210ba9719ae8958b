"""A TPM for a test: swtpm on free ports of the loopback, its state in a folder."""

import shutil
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path

TPM_VARIABLE = "HONGTU_TPM"
_READY_WITHIN_S = 10.0


def two_free_ports() -> int:
    """Return a free port whose successor is free too: a TPM's commands, and its control channel."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = int(first.getsockname()[1])
            with suppress(OSError, OverflowError):
                second.bind(("127.0.0.1", port + 1))
                return port


class SoftwareTpm:
    """One TPM 2.0. ``folder`` is its whole memory: a copy of it is a copy of the chip."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.folder.mkdir(exist_ok=True)
        self._process: subprocess.Popen[bytes] | None = None
        self.port = 0

    @property
    def tcti(self) -> str:
        return f"swtpm:host=127.0.0.1,port={self.port}"

    def start(self) -> None:
        """Switch it on. A port that somebody takes between looking and starting is looked for again."""
        for _ in range(5):
            self.port = port = two_free_ports()
            self._process = subprocess.Popen(
                [
                    *("swtpm", "socket", "--tpm2", "--tpmstate", f"dir={self.folder}"),
                    *("--server", f"type=tcp,port={port},bindaddr=127.0.0.1"),
                    *("--ctrl", f"type=tcp,port={port + 1},bindaddr=127.0.0.1"),
                    *("--flags", "not-need-init,startup-clear"),
                ],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            if self._answers(port + 1):
                return
            self.stop()
        raise RuntimeError("swtpm does not start")

    def stop(self) -> None:
        """Switch it off."""
        process, self._process = self._process, None
        if process is not None:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(5)
            process.kill()
            process.wait()

    def restart(self) -> None:
        """Switch it off and on, as the machine's power does."""
        self.stop()
        self.start()

    def clear(self) -> None:
        """Give it back as it came from the factory."""
        self.stop()
        shutil.rmtree(self.folder)
        self.folder.mkdir()
        self.start()

    def _answers(self, control_port: int) -> bool:
        deadline_s = time.monotonic() + _READY_WITHIN_S
        assert self._process is not None
        while time.monotonic() < deadline_s and self._process.poll() is None:
            # The control channel: a look at the TPM's own would be taken for the one client that it serves.
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", control_port)) == 0:
                    return True
            time.sleep(0.02)
        return False
