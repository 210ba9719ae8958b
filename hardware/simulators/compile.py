"""C sources of the simulators as shared libraries under ``build/``: nothing is installed."""

import subprocess
from pathlib import Path
from typing import Final

BUILD: Final = Path(__file__).parents[2] / "build"
_FLAGS: Final = ("-std=c11", "-O2", "-fPIC", "-shared", "-Wall", "-Wextra", "-Werror", "-D_GNU_SOURCE")


def shared_library(source: Path, library: Path, *flags: str) -> Path:
    """Return ``library``, compiled anew if its source is younger.

    Raises:
        FileNotFoundError: gcc is not installed.
        subprocess.CalledProcessError: it does not compile; its headers may be missing.
    """
    library.parent.mkdir(parents=True, exist_ok=True)
    if not library.exists() or library.stat().st_mtime < source.stat().st_mtime:
        unfinished = library.with_suffix(".unfinished")
        subprocess.run(["gcc", *_FLAGS, *flags, str(source), "-o", str(unfinished)], check=True)
        unfinished.rename(library)
    return library
