"""A process of its own for a piece of a test: quick to start, and it may be killed."""

import multiprocessing
from collections.abc import Callable
from typing import Any

_FORK = multiprocessing.get_context("fork")


def start(work: Callable[..., object], *args: Any) -> multiprocessing.process.BaseProcess:
    process = _FORK.Process(target=work, args=args)
    process.start()
    return process


def run(work: Callable[..., object], *args: Any) -> int | None:
    """Return the exit code: negative is the signal by which it died."""
    process = start(work, *args)
    process.join(60)
    return process.exitcode
