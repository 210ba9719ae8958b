"""A doorbell between processes of one machine: a Unix datagram socket in a data folder, which saves waiting.

Only a hint: a ring carries nothing, may be lost, and needs no network (the kiosk app runs in an empty network
namespace, where such a socket still works). Whoever hears it looks for itself.

The path of a Unix socket has 107 bytes at most; a longer one is reached through its opened folder in /proc.
"""

import asyncio
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

DOORBELL_FILE: Final = "doorbell.sock"
_LONGEST_PATH: Final = 107


def ring(path: Path) -> None:
    """Wake whoever listens at ``path``, if somebody does. Never blocks, never fails."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as bell:
        bell.setblocking(False)
        try:
            with _reachable(path) as address:
                bell.sendto(b"\0", address)
        except OSError:
            return  # nobody there, or rung often enough already


@contextmanager
def listen(path: Path, heard: Callable[[], None]) -> Iterator[None]:
    """Call ``heard`` whenever somebody rings, as long as the context lasts. Needs a running event loop."""
    loop = asyncio.get_running_loop()
    path.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as bell:
        bell.setblocking(False)
        with _reachable(path) as address:
            bell.bind(address)
        path.chmod(0o600)

        def ringing() -> None:
            bell.recv(1)
            heard()

        loop.add_reader(bell, ringing)
        try:
            yield
        finally:
            loop.remove_reader(bell)
            path.unlink(missing_ok=True)


@contextmanager
def _reachable(path: Path) -> Iterator[str]:
    if len(os.fsencode(path)) <= _LONGEST_PATH:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
