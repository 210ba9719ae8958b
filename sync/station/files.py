"""The published tree as plain files: for a web server, for a CDN, on a stick.

Order, so that whoever reads meanwhile sees one state or the next: targets, metadata, pieces, heads, and last
timestamp.json, which was read first; then what is published no more is removed. Each file is written beside its place
and put there whole. A head may be newer than the timestamp, never older: no full copy is ahead of its feed.
"""

import io
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from kiosk.private_file import sync_folder
from sync.station.publisher import Publisher
from sync.station.trust import TufTree

_OURS: Final = re.compile(
    r"(metadata|targets|targets/snapshots|feed/[0-9]+)/[0-9A-Za-z][0-9A-Za-z._-]*\.(json|list)(\.new)?", re.ASCII
)
"""What may be removed from a folder: files that this module wrote, of an earlier time, or left unfinished."""

_CHUNK_BYTES: Final = 1024 * 1024
_TIMESTAMP: Final = "metadata/timestamp.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What became of the folder."""

    files: int
    written: int
    removed: int


def write_tree(
    publisher: Publisher, tree: TufTree, folder: Path, say: Callable[[int, int], None] = lambda done, of: None
) -> Written:
    """Bring ``folder`` up to date, safely on the disk. ``say`` is told how many files are done, and of how many."""
    timestamp = (tree.folder / _TIMESTAMP).read_bytes()
    fixed = sorted(_below(tree.folder, "targets")) + sorted(_below(tree.folder, "metadata") - {_TIMESTAMP})
    paths = [*fixed, *publisher.paths(), _TIMESTAMP]
    written = 0
    _make_folder(folder)
    for done, path in enumerate(paths, start=1):
        content = timestamp if path == _TIMESTAMP else publisher.file(path)
        written += content is not None and _write(folder / path, content)
        say(done, len(paths))
    there = _below(folder, "metadata") | _below(folder, "targets") | _below(folder, "feed")
    gone = [path for path in there - set(paths) if _OURS.fullmatch(path)]
    for path in gone:
        (folder / path).unlink()
    for one in (folder, *(below for below in folder.rglob("*") if below.is_dir())):
        sync_folder(one)
    return Written(files=len(paths), written=written, removed=len(gone))


def _below(folder: Path, name: str) -> set[str]:
    def found() -> Iterator[str]:
        for file in (folder / name).rglob("*"):
            if file.is_file() and not file.name.startswith("."):
                yield file.relative_to(folder).as_posix()

    return set(found())


def _write(place: Path, content: bytes | Path) -> bool:
    """Put ``content`` in its place unless it is there; return whether it was not."""
    if isinstance(content, Path):
        try:
            with content.open("rb") as source:
                return _write_from(source, place)
        except FileNotFoundError:
            if content.exists():
                raise
            # Pruned since it was listed: nothing that the timestamp leads to.
            return False
    return _write_from(io.BytesIO(content), place)


def _write_from(source: IO[bytes], place: Path) -> bool:
    if place.exists() and _same(source, place):
        return False
    source.seek(0)
    _make_folder(place.parent)
    new = place.with_name(place.name + ".new")
    with new.open("wb") as out:
        shutil.copyfileobj(source, out, _CHUNK_BYTES)
        out.flush()
        os.fsync(out.fileno())
    # For the web server, whatever the umask is. A stick's file system may know no modes.
    with suppress(OSError):
        new.chmod(0o644)
    new.replace(place)
    return True


def _same(source: IO[bytes], place: Path) -> bool:
    with place.open("rb") as there:
        while True:
            ours, theirs = source.read(_CHUNK_BYTES), there.read(_CHUNK_BYTES)
            if ours != theirs:
                return False
            if not ours:
                return True


def _make_folder(folder: Path) -> None:
    if folder.exists():
        return
    _make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    with suppress(OSError):
        folder.chmod(0o755)
