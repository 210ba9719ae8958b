"""A long run of things, some at a time (itertools.batched comes with Python 3.12)."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def in_chunks(things: Iterable[T], size: int) -> Iterator[tuple[T, ...]]:
    """Yield ``size`` things at a time; the last time perhaps fewer."""
    rest = iter(things)
    while chunk := tuple(islice(rest, size)):
        yield chunk
