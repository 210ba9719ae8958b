"""A disk as a power cut could leave it: what was synced is there, and of the rest whatever chance lets be.

The model of the disk
- ``fsync`` of a file makes its bytes and its length durable; ``fsync`` of a folder, the names in it. Neither does the
  other's work, as POSIX leaves it. Many file systems keep more than that (ext4 writes a new file's name along with its
  bytes, and bytes before a name that replaces another); software that relies on it loses data on others (ALICE, OSDI
  2014, "All File Systems Are Not Created Equal").
- Bytes that were not synced reach the disk in any order: each sector of each write is there, is not, or is torn, a
  beginning or an end of it being there (SQLite, "Atomic Commit", 2: a sector is written linearly, from either end),
  never within an aligned word of 8 bytes. Bytes beside those that were written do not change (SQLite, "Powersafe
  Overwrite").
- A file that was made longer or shorter may have its new length or not, whether or not its bytes are there; where they
  are not, there are zeros or what another file left behind (as SQLite assumes, ibid.).
- Names of one folder change in their order: after a cut some first ones of the changes have happened. A rename within
  one folder happens whole. Two folders know nothing of one another: a file moved between them may be in either, in both
  or in none.
- SQLite's ``-shm`` is a mapping of memory; after a cut there is none.

What it leaves out: sectors that were synced and go bad, and disks that say "synced" and lie.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Final, TypeAlias

from disk_log import Event, Op

SECTOR: Final = 512
WORD: Final = 8
"""Bytes that are never torn: no bus or drive moves less at a time."""
NOT_ON_DISK: Final = "-shm"
SHARES: Final = (0.0, 0.1, 0.5, 0.9, 1.0)
"""How much of what was not synced is there: nothing and everything are as likely as what lies between."""
TORN: Final = 0.3
"""How many of the sectors that are not whole."""


class Chance:
    """What becomes of what was not synced, in one power cut."""

    def __init__(self, seed: object, share: float | None = None) -> None:
        """Decide by ``seed``; with ``share`` 0 nothing is left, with 1 everything."""
        self._random = Random(repr(seed))
        self._share = self._random.choice(SHARES) if share is None else share
        self._zeros = self._share == 1 or self._random.random() < 0.5

    def happened(self) -> bool:
        """Tell whether one thing got to the disk."""
        return self._random.random() < self._share

    def first_of(self, count: int) -> int:
        """Return how many of ``count`` things that come in their order did."""
        return round(count * self._share) if self._share in (0, 1) else self._random.randint(0, count)

    def part_of(self, start: int, end: int) -> tuple[int, int]:
        """Return from where to where the bytes of a sector did."""
        if self.happened():
            return start, end
        if self._share == 0 or self._random.random() >= TORN:
            return start, start
        torn = min(start - start % WORD + WORD * self._random.randint(1, SECTOR // WORD), end)
        return self._random.choice(((start, torn), (torn, end)))

    def left_behind(self, count: int) -> bytes:
        """Return what lies where nothing was written."""
        return bytes(count) if self._zeros else self._random.randbytes(count)


@dataclass
class File:
    """Its durable bytes, and what was done since: (offset, bytes), or a new length."""

    durable: bytes = b""
    since: list[tuple[int, bytes] | int] = field(default_factory=list)

    def sync(self) -> None:
        """Make everything durable."""
        self.durable = self.after_cut(Chance(0, share=1))
        self.since.clear()

    def after_cut(self, chance: Chance) -> bytes:
        """Return the bytes that are left."""
        data = bytearray(self.durable)
        for change in self.since:
            match change:
                case int(length):
                    if chance.happened():
                        del data[length:]
                        _grow(data, length, chance)
                case (at, new):
                    if chance.happened():
                        _grow(data, at + len(new), chance)
                    for sector in _sectors(at, at + len(new)):
                        start, end = chance.part_of(*sector)
                        if start < end:
                            _grow(data, start, chance)
                            data[start:end] = new[start - at : end - at]
        return bytes(data)


@dataclass
class Folder:
    """Its names now, those that are durable, and the changes since: names and what they stand for, or None."""

    names: "dict[str, Node]" = field(default_factory=dict)
    durable: "dict[str, Node]" = field(default_factory=dict)
    since: "list[dict[str, Node | None]]" = field(default_factory=list)

    def change(self, change: "dict[str, Node | None]") -> None:
        """Give names another meaning, all at once."""
        self.since.append(change)
        _rename(self.names, change)

    def sync(self) -> None:
        """Make the names durable."""
        self.durable = dict(self.names)
        self.since.clear()

    def after_cut(self, chance: Chance) -> "dict[str, Node]":
        """Return the names that are left."""
        left = dict(self.durable)
        for change in self.since[: chance.first_of(len(self.since))]:
            _rename(left, change)
        return left


Node: TypeAlias = File | Folder | str
"""What a name stands for; a string is the target of a symbolic link."""


class CutDisk:
    """One folder's disk. It begins with everything durable that lies there now."""

    def __init__(self, folder: Path) -> None:
        """Begin with ``folder`` as it is; its events are to be played from here on."""
        self._place = folder.resolve()
        self._nodes: dict[int, File | Folder] = {}
        self._top = self._found(self._place)

    def play(self, events: Iterable[Event]) -> None:
        """Do what happened to the folder."""
        for event in events:
            self._play(event)

    def leave(self, target: Path, chance: Chance) -> Path:
        """Make the new folder ``target`` what a power cut at this moment leaves; return it."""
        _write(target, self._top, chance)
        return target

    def _play(self, event: Event) -> None:
        match event.op:
            case Op.NOTE:
                pass
            case Op.OPEN:
                folder, name = self._parent(event.path)
                if name not in folder.names:
                    folder.change({name: self._new(event.inode, File())})
                elif event.at:
                    self._file(event).since.append(0)
            case Op.WRITE:
                self._file(event).since.append((event.at, event.data))
            case Op.TRUNCATE:
                self._file(event).since.append(event.at)
            case Op.SYNC:
                self._nodes[event.inode].sync()
            case Op.UNLINK:
                folder, name = self._parent(event.path)
                folder.change({name: None})
            case Op.RENAME:
                (folder, name), (to, other) = self._parent(event.path), self._parent(event.other)
                node = folder.names[name]
                if folder is to:
                    folder.change({name: None, other: node})
                else:
                    to.change({other: node})
                    folder.change({name: None})
            case Op.LINK:
                (folder, name), (to, other) = self._parent(event.path), self._parent(event.other)
                to.change({other: folder.names[name]})
            case Op.SYMLINK:
                folder, name = self._parent(event.path)
                folder.change({name: event.other})
            case Op.MKDIR:
                folder, name = self._parent(event.path)
                folder.change({name: self._new(event.inode, Folder())})

    def _new(self, inode: int, node: File | Folder) -> File | Folder:
        self._nodes[inode] = node
        return node

    def _file(self, event: Event) -> File:
        file = self._nodes[event.inode]
        assert isinstance(file, File), event
        return file

    def _parent(self, path: str) -> tuple[Folder, str]:
        *folders, name = Path(path).relative_to(self._place).parts
        folder: Node = self._top
        for one in folders:
            assert isinstance(folder, Folder), path
            folder = folder.names[one]
        assert isinstance(folder, Folder), path
        return folder, name

    def _found(self, place: Path) -> Folder:
        folder = Folder()
        self._new(place.stat().st_ino, folder)
        for path in place.iterdir():
            if path.is_symlink():
                folder.names[path.name] = str(path.readlink())
            elif path.is_dir():
                folder.names[path.name] = self._found(path)
            else:
                folder.names[path.name] = self._new(path.stat().st_ino, File(path.read_bytes()))
        folder.sync()
        return folder


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder that a power cut may leave, and every link's target, by name."""
    return {
        str(path.relative_to(folder)): bytes(path.readlink()) if path.is_symlink() else path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if not path.name.endswith(NOT_ON_DISK) and (path.is_symlink() or path.is_file())
    }


def _rename(names: dict[str, Node], change: dict[str, Node | None]) -> None:
    for name, node in change.items():
        if node is None:
            names.pop(name, None)
        else:
            names[name] = node


def _grow(data: bytearray, length: int, chance: Chance) -> None:
    if length > len(data):
        data += chance.left_behind(length - len(data))


def _sectors(start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end:
        next_one = min(start - start % SECTOR + SECTOR, end)
        yield start, next_one
        start = next_one


def _write(target: Path, folder: Folder, chance: Chance) -> None:
    target.mkdir(mode=0o700)
    for name, node in folder.after_cut(chance).items():
        path = target / name
        match node:
            case str():
                path.symlink_to(node)
            case Folder():
                _write(path, node, chance)
            case File() if not name.endswith(NOT_ON_DISK):
                path.touch(mode=0o600)
                path.write_bytes(node.after_cut(chance))
