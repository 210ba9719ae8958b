"""Files written whole or not at all, files for their owner alone, and secrets that are gone when they are erased."""

import os
from pathlib import Path


def replace_file(path: Path, data: bytes) -> None:
    """Write ``data`` in place of ``path``, whose mode stays: a power cut leaves the old file, from now on the new."""
    new = path.with_name(path.name + ".new")
    with new.open("wb") as file:
        file.write(data)
        file.flush()
        os.fchmod(file.fileno(), path.stat().st_mode & 0o777)
        os.fsync(file.fileno())
    new.replace(path)
    sync_folder(path.parent)


def write_private(path: Path, data: bytes) -> None:
    """Write ``data`` to ``path`` with mode 0600: a power cut leaves the old file, or from now on the new one."""
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    sync_folder(path.parent)


def shred(path: Path) -> None:
    """Overwrite ``path`` and delete it, where it is: a power cut brings neither name nor bytes back. Raises OSError."""
    try:
        file = path.open("r+b")
    except FileNotFoundError:
        return
    with file:
        file.write(bytes(path.stat().st_size))
        file.flush()
        os.fsync(file.fileno())
    path.unlink(missing_ok=True)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Have the names in ``folder`` survive a power cut, as ``fsync`` has a file's bytes. Raises OSError."""
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
