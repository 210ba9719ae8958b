"""A TPM for a test: swtpm behind two sockets in a folder of their own, its state in another."""

import shutil
import socket
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

TPM_VARIABLE = "HONGTU_TPM"
COMMANDS, CONTROL = "chip", "chip.ctrl"
"""The names of a TPM's two sockets, as the library wants them."""


def listening_at(path: Path) -> socket.socket:
    """Return a socket that is connected to from now on."""
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(path))
    listening.listen()
    return listening


class SoftwareTpm:
    """One TPM 2.0. ``folder`` is its whole memory: a copy of it is a copy of the chip."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.folder.mkdir(exist_ok=True)
        self._process: subprocess.Popen[bytes] | None = None
        self.sockets = Path()

    @property
    def tcti(self) -> str:
        return f"swtpm:path={self.sockets / COMMANDS}"

    def start(self) -> None:
        """Switch it on, in a new place. Whoever comes before it is ready waits: its sockets are there at once."""
        self.sockets = Path(tempfile.mkdtemp(prefix="tpm-"))  # a short path: a socket's name may have 108 bytes
        with listening_at(self.sockets / COMMANDS) as commands, listening_at(self.sockets / CONTROL) as control:
            self._process = subprocess.Popen(
                [
                    *("swtpm", "socket", "--tpm2", "--tpmstate", f"dir={self.folder}"),
                    *("--server", f"type=unixio,fd={commands.fileno()}"),
                    *("--ctrl", f"type=unixio,fd={control.fileno()}"),
                    *("--flags", "not-need-init,startup-clear"),
                ],
                pass_fds=(commands.fileno(), control.fileno()),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )

    def stop(self) -> None:
        """Switch it off."""
        process, self._process = self._process, None
        if process is not None:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(5)
            process.kill()
            process.wait()
            shutil.rmtree(self.sockets)

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
