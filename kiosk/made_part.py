"""The part of a docs page that is made from code, between two marks (``make docs``)."""

from pathlib import Path


def put(page: str, begin: str, part: str, end: str) -> str:
    """Return the page with ``part`` between its marks. Raises ValueError where one is missing."""
    before, _, rest = page.partition(begin)
    _, found, after = rest.partition(end)
    if not found:
        raise ValueError(f"the page lacks {begin.strip()} or {end.strip()}")
    return before + begin + part + end + after


def write(file: Path, begin: str, part: str, end: str) -> None:
    """Put it into a file. Raises ValueError, OSError."""
    file.write_text(put(file.read_text(encoding="utf-8"), begin, part, end), encoding="utf-8")
