"""Words to the service manager: ready, alive, stopping (sd_notify(3)). Where none listens they go nowhere.

One datagram to the Unix socket that ``NOTIFY_SOCKET`` names. With ``WatchdogSec=`` in its unit a service says that it
lives at least that often, or it is killed and started anew; what a process looks at before it says so is its own rule:
the app, that screen and engine both turn; agent and station, that their event loop does.
"""

import asyncio
import os
import socket
from typing import Final

READY: Final = "READY=1"
ALIVE: Final = "WATCHDOG=1"
STOPPING: Final = "STOPPING=1"
SETUP_WANTED: Final = 10
"""The app's exit code by which it asks its shell for the installer's screens (kiosk.shell)."""


def tell(word: str) -> None:
    """Say it. Never blocks, never fails: a service manager that cannot be told will find out."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.setblocking(False)
        try:
            line.sendto(word.encode(), address.replace("@", "\0", 1) if address.startswith("@") else address)
        except OSError:
            return


def pulse_s() -> float | None:
    """Return how often to say ``ALIVE``: half of what the watchdog waits; None where it does not watch us."""
    if os.environ.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None  # meant for the process that started us
    try:
        return int(os.environ["WATCHDOG_USEC"]) / 2e6
    except (KeyError, ValueError):
        return None


async def keep_told() -> None:
    """Say that this event loop turns, as long as the service manager wants to know. Ends at once where it does not."""
    every_s = pulse_s()
    while every_s is not None:
        tell(ALIVE)
        await asyncio.sleep(every_s)
