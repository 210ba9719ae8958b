"""A lock between processes: a file that one of them at a time may hold. It ends with the process, however that ends."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from math import inf
from pathlib import Path
from typing import Final

_LOOK_EVERY_S: Final = 0.05


class HeldByAnotherError(Exception):
    """Another process holds the lock, and did not let go in time."""


@contextmanager
def holding(path: Path, patience_s: float = inf) -> Iterator[None]:
    """Hold the lock file ``path``, which is made for its owner alone, as long as the context lasts.

    Raises:
        HeldByAnotherError: if another still holds it after ``patience_s``.
    """
    lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if patience_s == inf:
            fcntl.flock(lock, fcntl.LOCK_EX)
        else:
            _take(lock, time.monotonic() + patience_s)
        yield
    finally:
        os.close(lock)


def _take(lock: int, until_s: float) -> None:
    while True:
        try:
            return fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until_s:
                raise HeldByAnotherError from None
            time.sleep(_LOOK_EVERY_S)
