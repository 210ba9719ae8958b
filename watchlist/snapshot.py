"""A full copy of the list as one file: for a new kiosk, one that was away for long, and the beginning of an epoch.

A line that names the format, a line of JSON (``CopyHeader``), then one row of ``ROW_BYTES`` for each sealed number: the
entry's UUID (16 bytes), ``idx``, ``ct``. Rows of one entry stand together. The file carries no signature: TUF vouches
for its length and hash (watchlist.updates), so nothing of it is read before both hold.
"""

import mmap
from collections.abc import Callable, Iterable
from typing import IO, Final
from uuid import UUID

import msgspec

from kiosk.domain.ids import EntryId
from watchlist.feed import Checkpoint, Seq
from watchlist.seal import INDEX_BYTES, SEALED_BYTES, SealedRow

_ENTRY_BYTES: Final = 16
ROW_BYTES: Final = _ENTRY_BYTES + INDEX_BYTES + SEALED_BYTES
_FORMAT: Final = b"hongtu list v1\n"
_MAX_HEADER_BYTES: Final = 4096
_TELL_EVERY: Final = 10_000


class CopyDamagedError(Exception):
    """The file is no full copy, or not a whole one."""


class CopyHeader(Checkpoint, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose list this is and where it stood at ``at``. ``rows`` is how many follow."""

    rows: Seq


def write_copy(
    file: IO[bytes],
    header: CopyHeader,
    rows: Iterable[tuple[EntryId, SealedRow]],
    say: Callable[[int], None] = lambda written: None,
) -> None:
    """Write a full copy; ``say`` is told how many rows are written, every ten thousand and at the end.

    Raises:
        ValueError: if there are not ``header.rows`` rows.
    """
    file.write(_FORMAT + msgspec.json.encode(header) + b"\n")
    written = 0
    for entry, row in rows:
        file.write(UUID(entry).bytes + row.idx + row.ct)
        written += 1
        if written % _TELL_EVERY == 0:
            say(written)
    if written != header.rows:
        raise ValueError(f"{header.rows} rows were announced and {written} came")
    say(written)


def read_header(file: IO[bytes]) -> CopyHeader:
    """Return the header and leave the file at its first row (``row_at``). Raises CopyDamagedError."""
    if file.read(len(_FORMAT)) != _FORMAT:
        raise CopyDamagedError("not a full copy of a list")
    try:
        return msgspec.json.decode(file.readline(_MAX_HEADER_BYTES), type=CopyHeader)
    except (msgspec.MsgspecError, ValueError):
        raise CopyDamagedError("the header is damaged") from None


def check_size(size: int, header: CopyHeader, start: int) -> None:
    """Raise CopyDamagedError if a file of ``size`` bytes, whose rows begin at ``start``, has more or fewer of them."""
    if size != start + header.rows * ROW_BYTES:
        raise CopyDamagedError("not as many rows as announced")


def index_at(data: mmap.mmap | bytes, start: int) -> bytes:
    """Return the ``idx`` of the row that begins there."""
    return data[start + _ENTRY_BYTES : start + _ENTRY_BYTES + INDEX_BYTES]


def row_at(data: mmap.mmap | bytes, start: int) -> tuple[EntryId, SealedRow]:
    """Return the row that begins there."""
    name = data[start : start + _ENTRY_BYTES].hex()  # str(UUID(…)) takes four times as long
    entry = EntryId(f"{name[:8]}-{name[8:12]}-{name[12:16]}-{name[16:20]}-{name[20:]}")
    ct = data[start + _ENTRY_BYTES + INDEX_BYTES : start + ROW_BYTES]
    return entry, SealedRow(idx=index_at(data, start), ct=ct)
