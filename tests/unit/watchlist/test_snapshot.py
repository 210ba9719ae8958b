"""A full copy is read as it was written, or not at all."""

import io

import pytest
from list_author import NOON, entry, some_rows

from watchlist.feed import GENESIS
from watchlist.snapshot import ROW_BYTES, CopyDamagedError, CopyHeader, check_size, read_header, row_at, write_copy

ROWS = [(entry(person), row) for person in range(3) for row in some_rows(2)]
HEADER = CopyHeader(site="west-gate", group="gates", epoch=2, seq=7, head=GENESIS, at=NOON, rows=len(ROWS))


def written(header: CopyHeader = HEADER) -> bytes:
    file = io.BytesIO()
    write_copy(file, header, ROWS)
    return file.getvalue()


def test_every_row_comes_back() -> None:
    data = written()
    file = io.BytesIO(data)
    assert read_header(file) == HEADER
    start = file.tell()
    check_size(len(data), HEADER, start)
    assert [row_at(data, start + number * ROW_BYTES) for number in range(len(ROWS))] == ROWS


def test_who_writes_is_told_how_far_it_is() -> None:
    told: list[int] = []
    row = some_rows()[0]
    rows = 20_001
    header = CopyHeader(site="west-gate", group="gates", epoch=2, seq=7, head=GENESIS, at=NOON, rows=rows)
    write_copy(io.BytesIO(), header, ((entry(1), row) for _ in range(rows)), told.append)
    assert told == [10_000, 20_000, rows]


@pytest.mark.parametrize("more", [-1, 1])
def test_another_number_of_rows_than_announced_is_neither_written_nor_read(more: int) -> None:
    header = CopyHeader(site="west-gate", group="gates", epoch=2, seq=7, head=GENESIS, at=NOON, rows=len(ROWS) + more)
    with pytest.raises(ValueError, match="announced"):
        written(header)
    file = io.BytesIO(written())
    read_header(file)
    with pytest.raises(CopyDamagedError):
        check_size(len(written()), header, file.tell())


@pytest.mark.parametrize("data", [b"", b"hongtu list v2\n{}\n", b"hongtu list v1\n{}\n", b"hongtu list v1\n\xff"])
def test_what_is_no_copy_says_so(data: bytes) -> None:
    with pytest.raises(CopyDamagedError):
        read_header(io.BytesIO(data))
