"""Room for alarms on a full disk: blocks that are the outbox's own before somebody else has filled the disk.

What lies inside a file is overwritten in place, and no other process can take it. Commits need blocks in three places:

- *The database.* ``FREE_PAGES`` lie on its own list of free pages, written and checkpointed, so that the file has their
  blocks; an alarm takes from there first. Counts stop at half of them. Alarms stop at the last few, without which the
  agent could not even note what it has delivered, and so make room.
- *The log.* It is ``LOG_BYTES`` long from the start, twice what is in it when SQLite begins it anew (1,000 pages).
  SQLite takes its name away when the last process closes the file; a second name keeps the blocks, and ``lend_log``
  gives them the first name back, as an empty log.
- *The log's index* (``-shm``). SQLite empties it whenever the first process opens the file, so its eight pages cannot
  be held. A spare file is given up instead, piece by piece: whoever fills the disk needs longer for two megabytes than
  SQLite for 32 KiB, and loses the race. A piece also goes where the file must grow all the same.

Whatever is missing is made again as soon as the disk has room for twice as much. A file system that never writes in
place (btrfs, ZFS) needs a quota instead.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from kiosk.sqlite import Cursor, SqliteError, quick_connection, quick_reading, quick_writing

PAGE_BYTES: Final = 4096
FREE_PAGES: Final = 1024
"""Some 6,000 alarms."""
_COUNTS_NEED_PAGES: Final = FREE_PAGES // 2
_REFILL_BELOW_PAGES: Final = FREE_PAGES * 3 // 4
_LAST_PAGES: Final = 16
LOG_BYTES: Final = 8 * 1024 * 1024
PIECE_BYTES: Final = 2 * 1024 * 1024
SPARE_BYTES: Final = 8 * PIECE_BYTES
_PLENTY_BYTES: Final = 2 * (FREE_PAGES * PAGE_BYTES + LOG_BYTES + SPARE_BYTES)
_LOG_HEADER_BYTES: Final = 32


class Reserve:
    """The reserve of one outbox file. What needs the file open is told its engine."""

    def __init__(self, outbox: Path) -> None:
        self._folder = outbox.parent
        self._log = outbox.with_name(f"{outbox.name}-wal")
        self._kept_log = outbox.with_name(f"{outbox.name}-reserve-wal")
        self._spare = outbox.with_name(f"{outbox.name}-reserve")

    def lend_log(self) -> None:
        """Before the file is opened: give it the log that was kept, emptied, where it has none."""
        if self._log.exists() or not self._kept_log.exists():
            return
        log = os.open(self._kept_log, os.O_WRONLY)
        try:
            os.pwrite(log, bytes(_LOG_HEADER_BYTES), 0)
            os.fsync(log)
        finally:
            os.close(log)
        with suppress(FileExistsError):
            self._log.hardlink_to(self._kept_log)

    def give_up_a_piece(self, keep_bytes: int = 0) -> bool:
        """Free a piece of the spare file; tell whether that can be of any use: the disk is full, and there was one."""
        spare_bytes = _size(self._spare)
        if self._room_bytes() >= PIECE_BYTES or spare_bytes <= keep_bytes:
            return False
        os.truncate(self._spare, max(0, spare_bytes - PIECE_BYTES))
        return True

    @contextmanager
    def helping(self, engine: Engine) -> Iterator[None]:
        """Where what is written within finds no room, give up pieces until the next try has some.

        Half of them stay for the next starts: without its index the file cannot even be read.
        """
        try:
            yield
        except (SQLAlchemyError, SqliteError):
            while self.give_up_a_piece(keep_bytes=SPARE_BYTES // 2):
                with suppress(SqliteError):
                    _checkpoint(engine)
                    break
            raise

    def spares_room(self, engine: Engine) -> bool:
        """Tell whether there is room for anything but alarms: in the file, or on the disk. Raises SqliteError."""
        with quick_reading(engine) as cursor:
            return free_pages(cursor) >= _COUNTS_NEED_PAGES or self._room_bytes() >= _PLENTY_BYTES

    def is_used_up(self, cursor: Cursor) -> bool:
        """Tell whether not even an alarm can be taken."""
        return free_pages(cursor) < _LAST_PAGES and self._room_bytes() < PIECE_BYTES

    def make(self, engine: Engine) -> None:
        """Make whole what is missing, where the disk has room. Raises OSError or SqliteError."""
        with quick_reading(engine) as cursor:
            free = free_pages(cursor)
        pages = FREE_PAGES - free if free < _REFILL_BELOW_PAGES else 0
        log_bytes = max(0, LOG_BYTES - _size(self._log))
        spare_bytes = max(0, SPARE_BYTES - _size(self._spare))
        missing_bytes = pages * PAGE_BYTES + log_bytes + spare_bytes
        if not missing_bytes or self._room_bytes() < 2 * missing_bytes:
            return
        with quick_writing(engine):  # while it lasts nobody else makes the log longer
            _lengthen(self._log, LOG_BYTES)
        self._keep_log()
        _lengthen(self._spare, SPARE_BYTES)
        if pages:
            self._make_free_pages(engine)

    def _keep_log(self) -> None:
        with suppress(FileNotFoundError):
            if self._kept_log.samefile(self._log):
                return
        self._kept_log.unlink(missing_ok=True)
        self._kept_log.hardlink_to(self._log)

    def _make_free_pages(self, engine: Engine) -> None:
        with quick_writing(engine) as cursor:
            # A blob of the whole size takes the pages that are free and adds what is missing. Deleted, all are free,
            # and have been written: secure_delete leaves no holes in the file.
            cursor.execute("CREATE TABLE reserve (room BLOB)")
            cursor.execute("INSERT INTO reserve VALUES (zeroblob(?))", (FREE_PAGES * PAGE_BYTES,))
            cursor.execute("DROP TABLE reserve")
        while True:
            try:
                return _checkpoint(engine)
            except SqliteError:
                if not self.give_up_a_piece():
                    raise

    def _room_bytes(self) -> int:
        disk = os.statvfs(self._folder)
        return disk.f_bavail * disk.f_frsize


def free_pages(cursor: Cursor) -> int:
    """Return how many pages of the file nothing lies in."""
    pages: int = cursor.execute("PRAGMA freelist_count").fetchone()[0]
    return pages


def _checkpoint(engine: Engine) -> None:
    with quick_connection(engine) as cursor:
        cursor.execute("PRAGMA wal_checkpoint(FULL)")


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _lengthen(path: Path, length: int) -> None:
    """Add zeros. Not posix_fallocate, which without the file system's help writes into the part that is there."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        at = os.fstat(file).st_size
        while at < length:
            at += os.pwrite(file, bytes(min(length - at, PIECE_BYTES)), at)
    finally:
        os.close(file)
