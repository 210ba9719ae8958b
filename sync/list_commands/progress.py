"""How far a long command has come, on standard error: one line that moves on a terminal, else now and then a line."""

import sys
import time
from collections.abc import Callable
from typing import Final, Self

_ON_TERMINAL_S: Final = 0.5
_ELSEWHERE_S: Final = 30.0


class Progress:
    """Says "sealing: 640 of 10000 (about 12 min left)" while its block lasts.

    ``with Progress() as progress: seal(say=progress.of("sealing"))``
    """

    def __init__(self) -> None:
        self._moving = sys.stderr.isatty()
        self._every_s = _ON_TERMINAL_S if self._moving else _ELSEWHERE_S
        self._in_a_line = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._leave_line()

    def of(self, what: str) -> Callable[[int, int], None]:
        """Return what to call with how much is done, and of how much; 0 where that is not known."""
        begun = said = time.monotonic()

        def say(done: int, of: int) -> None:
            nonlocal said
            now = time.monotonic()
            if now - said < self._every_s and not (self._moving and done == of):
                return
            said = now
            self._say(f"{what}: {done}" if not of else f"{what}: {done} of {of}{_left(done, of, now - begun)}")
            if done == of:
                self._leave_line()

        return say

    def _say(self, text: str) -> None:
        print(f"\r{text:<60}" if self._moving else text, end="" if self._moving else "\n", file=sys.stderr, flush=True)
        self._in_a_line = self._moving

    def _leave_line(self) -> None:
        if self._in_a_line:
            print(file=sys.stderr)
        self._in_a_line = False


def _left(done: int, of: int, took_s: float) -> str:
    minutes = took_s / done * (of - done) / 60 if done else 0.0
    return f" (about {minutes:.0f} min left)" if minutes >= 1 else ""
