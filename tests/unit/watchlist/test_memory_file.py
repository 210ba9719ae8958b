"""What is written comes back, and the disk has nothing of it."""

import mmap
import os
from pathlib import Path

import pytest

from watchlist.memory_file import MemoryFile


def test_what_is_written_is_read_back_and_can_be_mapped() -> None:
    content = os.urandom(50_000)
    with MemoryFile(80_000) as file:
        for at in range(0, len(content), 3_000):
            assert file.write(content[at : at + 3_000]) == len(content[at : at + 3_000])
        file.truncate()
        file.seek(0)
        assert file.read() == content
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as pages:
            assert pages[:] == content


def test_it_is_on_no_disk() -> None:
    with MemoryFile(10) as file:
        where = Path(f"/proc/self/fd/{file.fileno()}").readlink()
        assert str(where).startswith("/memfd:")


def test_more_than_was_announced_does_not_fit() -> None:
    with MemoryFile(10) as file:
        file.write(b"x" * 10)
        with pytest.raises(ValueError, match="full"):
            file.write(b"x")


def test_a_file_for_nothing_is_empty_and_one_for_too_much_is_an_error_of_the_system() -> None:
    with MemoryFile(0) as file:
        file.truncate()
        assert file.read() == b""
    with pytest.raises(OSError, match="no memory"):
        MemoryFile(1 << 62)


def test_it_is_closed_for_good() -> None:
    file = MemoryFile(10)
    file.close()
    file.close()
    with pytest.raises(ValueError, match="closed"):
        file.read()
