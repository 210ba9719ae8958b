"""Disks that fail: this process's own (a limit below SQLite), another's (libfiu), and a small one that is full."""

import os
import resource
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

FIU: Final = Path("/usr/lib/fiu")
WRITES: Final = "posix/io/rw/pwrite"
SYNCS: Final = "posix/io/sync/fsync"
"""What SQLite does to a disk."""


@contextmanager
def failing_disk(below: int | None) -> Iterator[None]:
    """Whatever this process writes meanwhile at this place of a file or beyond fails; None is a good disk."""
    limit, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most if below is None else below, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, most))


def with_libfiu(control: Path) -> tuple[str, ...]:
    """Return what to put before a command whose disk shall be able to fail."""
    libraries = ":".join(str(FIU / name) for name in ("fiu_run_preload.so", "fiu_posix_preload.so"))
    return ("env", f"LD_PRELOAD={libraries}", f"FIU_CTRL_FIFO={control}")


@contextmanager
def calls_fail(process: int, control: Path, error: int, *calls: str) -> Iterator[None]:
    """Have every one of these calls of a process that runs under ``with_libfiu`` fail with this errno meanwhile."""

    def tell(*commands: str) -> None:
        argv = ["fiu-ctrl", "-f", str(control), *(word for one in commands for word in ("-c", one)), str(process)]
        subprocess.run(argv, check=True, capture_output=True, timeout=30)

    tell(*(f"enable name={call},failinfo={error}" for call in calls))
    try:
        yield
    finally:
        tell(*(f"disable name={call}" for call in calls))


@contextmanager
def small_disk(at: Path, size: str) -> Iterator[Path]:
    """Mount a disk of its own for these files."""
    at.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "link-test", str(at)], check=True)
    try:
        yield at
    finally:
        subprocess.run(["umount", "--lazy", str(at)], check=True)


@contextmanager
def kept_full(disk: Path) -> Iterator[None]:
    """Have somebody else take every block of the disk, and every one that comes free, as long as this lasts."""
    done = threading.Event()

    def fill() -> None:
        with filler.open("wb", buffering=0) as file:
            while not done.wait(0.005):
                for size in (2**20, 4096, 1):
                    with suppress(OSError):
                        while file.write(bytes(size)) == size:
                            pass

    filler = disk / "somebody-elses"
    thread = threading.Thread(target=fill)
    thread.start()
    try:
        while os.statvfs(disk).f_bavail:
            done.wait(0.01)
        yield
    finally:
        done.set()
        thread.join()
        filler.unlink()
