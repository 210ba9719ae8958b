"""How long to wait before the next try, so that a thousand kiosks do not come back in step."""

import random
from typing import Final

FIRST_S: Final = 0.5
LONGEST_S: Final = 30.0


class Backoff:
    """Full jitter: a random time up to a limit that doubles with each failure, and never beyond ``LONGEST_S``."""

    def __init__(self) -> None:
        self._limit_s = FIRST_S

    def reset(self) -> None:
        """Begin again after a success."""
        self._limit_s = FIRST_S

    def next_s(self) -> float:
        """Return the seconds to wait after one more failure."""
        wait_s = random.uniform(0, self._limit_s)  # noqa: S311 (jitter, no secret)
        self._limit_s = min(self._limit_s * 2, LONGEST_S)
        return wait_s
