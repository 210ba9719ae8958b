"""A gate that can be looked at: every opening is a line in a file, and the visitor walks through a moment later."""

import json
import os
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from kiosk.domain.ids import VisitId
from kiosk.ports import Post
from kiosk.visit.events import PersonPassed

WALK_THROUGH_S = 1.5


class SimulatedGate:
    """Records openings as JSON lines (``visit``, ``at``) and posts PersonPassed after ``walk_through_s``."""

    def __init__(self, record: Path, post: Post, walk_through_s: float = WALK_THROUGH_S) -> None:
        self._record = record
        self._post = post
        self._walk_through_s = walk_through_s

    def answers(self) -> bool:
        """Tell whether the record can be written."""
        return os.access(self._record if self._record.exists() else self._record.parent, os.W_OK)

    def open(self, visit: VisitId) -> None:
        """Record the opening. Raises OSError when the record cannot be written."""
        with self._record.open("a", encoding="ascii") as lines:
            lines.write(json.dumps({"visit": visit, "at": datetime.now(UTC).isoformat()}) + "\n")
        self._later(lambda: self._post(PersonPassed()))

    def _later(self, walk: Callable[[], None]) -> None:
        timer = threading.Timer(self._walk_through_s, walk)
        timer.daemon = True
        timer.start()
