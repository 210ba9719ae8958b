"""Counts of visitors are shown in groups of five at least, so that nobody can be singled out.

Rules
- In an order (hours, days): who is fewer than five goes together with what follows, and at the end with what came
  before. Nobody at all is shown as nobody.
- Without one (reasons, lanes): those who are fewer than five go together, and where these are fewer than five as well,
  with the next smallest.
- Where all of them together are fewer than five, no number is shown.

It hides from whoever reads a page. Who sets periods against one another can still find a small number, which names
nobody either: numbers are all that the station has (sync.station.visit_counts). Alarms are no visits: each of them is a
case that people handle, and is counted as it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

FEWEST: Final = 5

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Group(Generic[T]):
    """What is shown as one: one or several of what was counted, and how many they are; None is "fewer than five"."""

    of: tuple[T, ...]
    n: int | None


def in_order(counted: Sequence[tuple[T, int]]) -> tuple[Group[T], ...]:
    """Group neighbours."""
    groups: list[tuple[list[T], int]] = []
    gathering = False
    for what, n in counted:
        if gathering:
            so_far, few = groups[-1]
            groups[-1] = ([*so_far, what], few + n)
        else:
            groups.append(([what], n))
        gathering = 0 < groups[-1][1] < FEWEST
    while gathering and len(groups) > 1:
        last, few = groups.pop()
        before, more = groups[-1]
        groups[-1] = (before + last, more + few)
        gathering = groups[-1][1] < FEWEST
    return tuple(Group(tuple(of), None if 0 < n < FEWEST else n) for of, n in groups)


def by_size(counted: Mapping[T, int]) -> tuple[Group[T], ...]:
    """Group the smallest; the largest comes first, what was put together last."""
    largest = sorted((item for item in counted.items() if item[1]), key=lambda item: -item[1])
    together: list[T] = []
    n = 0
    while largest and (largest[-1][1] < FEWEST or 0 < n < FEWEST):
        what, few = largest.pop()
        together.append(what)
        n += few
    alone = [Group((what,), many) for what, many in largest]
    return (*alone, *([Group(tuple(together), n if n >= FEWEST else None)] if together else []))
