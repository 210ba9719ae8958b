"""Who was started by whom, as the kernel knows it."""

from pathlib import Path


def descendants_of(pid: int) -> list[int]:
    """Return the process ids of all children, their children, and so on."""
    files = Path(f"/proc/{pid}/task").glob("*/children")
    children = [int(child) for file in files for child in file.read_text().split()]
    return [*children, *(one for child in children for one in descendants_of(child))]
