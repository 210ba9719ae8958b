"""What processes do to the files of one folder, in order and with every byte (disk_log.c), as a list of events.

A process that logs says with ``note`` what it has promised by then; a note stands among the events, so "promised before
the power went" has one meaning. It may have itself killed right after a chosen event. Several processes, at once or one
after the other, make one list of events.
"""

import ctypes
import os
import struct
import sys
from collections.abc import Iterator
from enum import IntEnum
from pathlib import Path
from typing import Final, NamedTuple

from hardware.simulators.compile import BUILD, shared_library

_HEADER: Final = struct.Struct("=4I2Q")


class Op(IntEnum):
    """As in disk_log.c."""

    OPEN = 0
    WRITE = 1
    TRUNCATE = 2
    SYNC = 3
    RENAME = 4
    UNLINK = 5
    LINK = 6
    SYMLINK = 7
    MKDIR = 8
    NOTE = 9


class Event(NamedTuple):
    """One call that changed the disk, or a note.

    ``other`` is the new name of RENAME and LINK, the target of SYMLINK; ``at`` the offset of WRITE, the length of
    TRUNCATE, 1 for an OPEN that empties the file; ``data`` the bytes of WRITE, the text of NOTE.
    """

    op: Op
    path: str
    other: str
    inode: int
    at: int
    data: bytes


def preloaded() -> dict[str, str]:
    """Return the environment of a process that can log. Its Python finds what ours does."""
    library = shared_library(Path(__file__).with_suffix(".c"), BUILD / "power_cuts" / "disk_log.so", "-pthread")
    return os.environ | {"LD_PRELOAD": str(library), "PYTHONPATH": os.pathsep.join(sys.path)}


def begin(folder: Path, file: Path) -> None:
    """Log from now on what this process does in ``folder``, at the end of ``file``, which lies elsewhere."""
    _library().disk_log_begin(os.fsencode(folder.resolve()), os.fsencode(file))


def note(text: str) -> None:
    """Add a note to this process's log."""
    _library().disk_log_note(text.encode())


def die_after(events: int) -> None:
    """Have this process killed right after so many more events; 0: not at all."""
    _library().disk_log_die_after(ctypes.c_long(events))


def events(file: Path) -> list[Event]:
    """Return what has happened so far."""
    return list(_events(file.read_bytes())) if file.exists() else []


def _library() -> ctypes.CDLL:
    return ctypes.CDLL(None)  # whatever is loaded: it came with LD_PRELOAD


def _events(log: bytes) -> Iterator[Event]:
    start = 0
    while start < len(log):
        op, path, other, data, inode, at = _HEADER.unpack_from(log, start)
        start += _HEADER.size
        parts = []
        for length in (path, other, data):
            parts.append(log[start : start + length])
            start += length
        yield Event(Op(op), parts[0].decode(), parts[1].decode(), inode, at, parts[2])
