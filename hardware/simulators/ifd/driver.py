"""Compiles the test driver and tells pcscd of it, both under ``build/``: nothing is installed."""

from pathlib import Path
from typing import Final

from hardware.simulators.compile import BUILD, shared_library

_SOURCE: Final = Path(__file__).with_name("ifd.c")
_FOLDER: Final = BUILD / "ifd"
_VPCD: Final = Path("/etc/reader.conf.d/vpcd")

ESCAPE_SOCKETS: Final = (Path("/run/hongtu-gate-test-reader-0"), Path("/run/hongtu-gate-test-reader-1"))
"""Where the two readers "Hongtu Test 00 00" and "Hongtu Test Second 00 00" look for whoever plays them."""

_NAMES: Final = ("Hongtu Test", "Hongtu Test Second")


def build_driver() -> Path:
    """Compile the driver if its source is younger; return the folder of pcscd's configuration (``pcscd -c``).

    vpcd's two readers stand in it too. Raises what ``shared_library`` raises; the headers are libpcsclite-dev's.
    """
    library = shared_library(_SOURCE, _FOLDER / "libhongtu-test-ifd.so", "-I/usr/include/PCSC", "-lpthread")
    configuration = _FOLDER / "reader.conf.d"
    configuration.mkdir(exist_ok=True)
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
