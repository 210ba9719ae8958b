"""The kiosk's window as a visitor meets it: what is seen on it, and what is touched."""

import json
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from kiosk.visit.screen import ScreenKind

_START_WITHIN_S: Final = 60.0
Found = TypeVar("Found")


class NotSeenError(Exception):
    """What should have been seen on the screen did not come in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A screen that the visitor saw, and when (monotonic seconds of this machine)."""

    kind: ScreenKind
    reason_class: str | None
    slip: str | None
    guidance: str | None
    faults: tuple[str, ...]
    at: float


class Window:
    """Listens on ``path`` for one kiosk app after another (it may be killed and started again)."""

    def __init__(self, path: Path) -> None:
        path.unlink(missing_ok=True)
        self._server = socket.socket(socket.AF_UNIX)
        self._server.bind(str(path))
        self._server.listen(1)
        self._line: socket.socket | None = None
        self._changed = threading.Condition()
        self._seen: list[Seen] = []
        self._done: list[str] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def seen_since(self, mark: int) -> tuple[Seen, ...]:
        """Return the screens that came after the first ``mark`` ones."""
        with self._changed:
            return tuple(self._seen[mark:])

    def mark(self) -> int:
        """Return how many screens have been seen so far."""
        with self._changed:
            return len(self._seen)

    def wait(self, *kinds: ScreenKind, since: int = 0, timeout_s: float = 20.0) -> Seen:
        """Return the first screen of one of these kinds after ``since``; raises NotSeenError."""

        def found() -> Seen | None:
            return next((seen for seen in self._seen[since:] if seen.kind in kinds), None)

        return self._wait(found, f"{' or '.join(kinds)} within {timeout_s:g} s", timeout_s)

    def wait_until_shown(self, kind: ScreenKind, *, timeout_s: float = 20.0) -> Seen:
        """Return when the present screen is of this kind; raises NotSeenError."""

        def found() -> Seen | None:
            return self._seen[-1] if self._seen and self._seen[-1].kind is kind else None

        return self._wait(found, f"{kind} within {timeout_s:g} s", timeout_s)

    def touch(self, name: str) -> None:
        """Touch the item with this object name."""
        self._order("touch", name)

    def picture(self, path: Path) -> None:
        """Save what the window shows now."""
        self._order("picture", str(path))

    def keep_pictures(self, folder: Path | None) -> None:
        """Save every screen to come in ``folder``, by its kind; None ends it."""
        self._order("keep", None if folder is None else str(folder))

    def close(self) -> None:
        """Let go of the app, which then ends."""
        self._server.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits in accept
        if self._line is not None:
            self._line.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._server.close()

    def _order(self, what: str, of: str | None) -> None:
        deadline = time.monotonic() + _START_WITHIN_S
        while self._line is None and time.monotonic() < deadline:
            time.sleep(0.05)
        if self._line is None:
            raise NotSeenError("the kiosk app did not start")
        self._line.sendall(json.dumps({what: of}).encode() + b"\n")

        def answered() -> str | None:
            return self._done.pop(self._done.index(what)) if what in self._done else None

        self._wait(answered, f"an answer to {what}", 10.0)

    def _wait(self, found: Callable[[], Found | None], what: str, timeout_s: float) -> Found:
        deadline = time.monotonic() + timeout_s
        with self._changed:
            while (result := found()) is None:
                if not self._changed.wait(deadline - time.monotonic()):
                    last = self._seen[-1] if self._seen else None
                    raise NotSeenError(f"not seen: {what}; the screen shows {last}")
        return result

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._server.accept()
            except OSError:
                return
            self._line = line
            with line, line.makefile("rb") as lines:
                for text in lines:
                    self._take(json.loads(text))
            self._line = None

    def _take(self, words: dict[str, Any]) -> None:
        with self._changed:
            if "done" in words:
                self._done.append(words["done"])
            else:
                self._seen.append(
                    Seen(
                        kind=ScreenKind(words["screen"]),
                        reason_class=words["reason_class"],
                        slip=words["slip"],
                        guidance=words["guidance"],
                        faults=tuple(words["faults"]),
                        at=words["at"],
                    )
                )
            self._changed.notify_all()
