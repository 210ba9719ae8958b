"""The agent's doorbell: the kiosk app rings after an alarm's commit, so that the agent need not wait for its next look.

It looks by itself every two seconds; see kiosk.doorbell for what a ring is worth.
"""

import asyncio
from contextlib import AbstractContextManager
from pathlib import Path

from kiosk import doorbell
from kiosk.doorbell import DOORBELL_FILE, ring

__all__ = ["DOORBELL_FILE", "listen", "ring"]


def listen(path: Path, rung: asyncio.Event) -> AbstractContextManager[None]:
    """Set ``rung`` whenever somebody rings, as long as the context lasts. Needs a running event loop."""
    return doorbell.listen(path, rung.set)
