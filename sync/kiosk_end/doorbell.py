"""The doorbell: the kiosk app rings after an alarm's commit, so that the agent need not wait for its next look.

Only a hint, over a Unix datagram socket in the data folder: it carries nothing, may be lost, and needs no network
(the app runs in an empty network namespace, where such a socket still works).
"""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

DOORBELL_FILE: Final = "doorbell.sock"


def ring(path: Path) -> None:
    """Wake the agent, if there is one. Never blocks, never fails."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as bell:
        bell.setblocking(False)
        try:
            bell.sendto(b"\0", str(path))
        except OSError:
            return  # no agent, or it has been rung often enough: it looks by itself every two seconds


@contextmanager
def listen(path: Path, rung: asyncio.Event) -> Iterator[None]:
    """Set ``rung`` whenever somebody rings, as long as the context lasts. Needs a running event loop."""
    loop = asyncio.get_running_loop()
    path.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as bell:
        bell.setblocking(False)
        bell.bind(str(path))
        path.chmod(0o600)

        def heard() -> None:
            bell.recv(1)
            rung.set()

        loop.add_reader(bell, heard)
        try:
            yield
        finally:
            loop.remove_reader(bell)
            path.unlink(missing_ok=True)
