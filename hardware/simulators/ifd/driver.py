"""Compiles the test driver and tells pcscd of it, both under ``build/``: nothing is installed."""

import subprocess
from pathlib import Path
from typing import Final

_SOURCE: Final = Path(__file__).with_name("ifd.c")
_BUILD: Final = Path(__file__).parents[3] / "build" / "ifd"
_VPCD: Final = Path("/etc/reader.conf.d/vpcd")
_FLAGS: Final = (
    "-std=c11",
    "-O2",
    "-fPIC",
    "-shared",
    "-Wall",
    "-Wextra",
    "-Werror",
    "-D_GNU_SOURCE",
    "-I/usr/include/PCSC",
)

ESCAPE_SOCKETS: Final = (Path("/run/hongtu-gate-test-reader-0"), Path("/run/hongtu-gate-test-reader-1"))
"""Where the two readers "Hongtu Test 00 00" and "Hongtu Test Second 00 00" look for whoever plays them."""

_NAMES: Final = ("Hongtu Test", "Hongtu Test Second")


def build_driver() -> Path:
    """Compile the driver if its source is younger; return the folder of pcscd's configuration (``pcscd -c``).

    vpcd's two readers stand in it too.

    Raises:
        FileNotFoundError: gcc is not installed.
        subprocess.CalledProcessError: it does not compile; libpcsclite-dev may be missing.
    """
    library, configuration = _BUILD / "libhongtu-test-ifd.so", _BUILD / "reader.conf.d"
    configuration.mkdir(parents=True, exist_ok=True)
    if not library.exists() or library.stat().st_mtime < _SOURCE.stat().st_mtime:
        unfinished = library.with_suffix(".unfinished")
        subprocess.run(["gcc", *_FLAGS, str(_SOURCE), "-o", str(unfinished), "-lpthread"], check=True)
        unfinished.rename(library)
    if _VPCD.exists():
        (configuration / "vpcd").write_text(_VPCD.read_text("ascii"), "ascii")
    (configuration / "hongtu-test").write_text(
        "".join(
            f'FRIENDLYNAME "{name}"\nDEVICENAME /dev/null:{path}\nLIBPATH {library}\nCHANNELID {channel}\n\n'
            for channel, (name, path) in enumerate(zip(_NAMES, ESCAPE_SOCKETS, strict=True), start=0x100)
        ),
        "ascii",
    )
    return configuration
