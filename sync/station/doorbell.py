"""The station's doorbell: a command beside a running server rings it, so that streams and consoles look at once.

A server that is not rung finds every change too, within a few seconds.
"""

from contextlib import AbstractContextManager
from pathlib import Path

from kiosk import doorbell
from sync.station.bell import Bell


def ring(folder: Path) -> None:
    """Wake the server whose data lie in ``folder``, if one runs. Never blocks, never fails."""
    doorbell.ring(folder / doorbell.DOORBELL_FILE)


def listen(folder: Path, *bells: Bell) -> AbstractContextManager[None]:
    """Ring these bells whenever a command rings, as long as the context lasts. Needs a running event loop."""

    def heard() -> None:
        for bell in bells:
            bell.ring()

    return doorbell.listen(folder / doorbell.DOORBELL_FILE, heard)
