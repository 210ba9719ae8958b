"""What a process did to a disk in its life, what it noted meanwhile, and what a power cut at any point of it leaves."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from pathlib import Path

from cut_disk import Chance, CutDisk
from disk_log import Event, Op


class LifeLog:
    """What happened to the disk in a life, and what a power cut at any point of it leaves."""

    def __init__(self, disk: CutDisk, happened: list[Event], noted: Sequence[str]) -> None:
        """Take the disk as it was at the beginning, what happened since, and what had been noted before."""
        self._disk = disk
        self._noted = noted
        self.events = happened

    def syncs(self) -> list[int]:
        """Return the points right before and right after each sync: so many events have happened."""
        return sorted({at + side for at, event in enumerate(self.events) if event.op is Op.SYNC for side in (0, 1)})

    def promises(self) -> list[int]:
        """Return the points at which something has just been promised."""
        return [at for at in range(1, len(self.events) + 1) if last("done", notes(self.events[at - 1 : at])) >= 0]

    def cuts(self, chances: Mapping[int, Chance], into: Path) -> Iterator[tuple[int, Path, list[str]]]:
        """Yield each point at which the power is cut, the folder that is left, and what had been noted by then."""
        disk, played = deepcopy(self._disk), 0
        for point, chance in sorted(chances.items()):
            disk.play(self.events[played:point])
            played = point
            yield point, disk.leave(into / f"cut-{point}", chance), [*self._noted, *notes(self.events[:point])]


def notes(happened: Iterable[Event]) -> list[str]:
    """Return what was noted among these events."""
    return [event.data.decode() for event in happened if event.op is Op.NOTE]


def last(word: str, noted: Sequence[str]) -> int:
    """Return the number of the step that was noted last as begun or done; -1 if none was."""
    return next((int(one.split()[1]) for one in reversed(noted) if one.startswith(word)), -1)
