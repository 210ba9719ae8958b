"""The process in which a vendor's photo library runs: ``reader.photo.vendor`` starts it and speaks to it.

Arguments: library, function, bgr or rgb, top-down or bottom-up, MiB of address space.

It is run by its path and imports nothing of ours. Before the library is loaded the process gives up what it does not
need: no core dump, no file larger than nothing, an address space of its own size. It has no environment and no open
file but its two pipes.
"""

import ctypes
import os
import resource
import sys
from typing import Final

READY, DONE, REFUSED, OVERRUN = b"r", b"d", b"n", b"o"
PIXEL_BYTES: Final = 102 * 126 * 3
_ROW_BYTES: Final = 102 * 3
_GUARD: Final = b"\xa5\x5a" * 2048
"""Behind the pixels: whoever changes it writes more than a photo."""
_SUCCESS: Final = 1


def main() -> None:
    """Decode photos until the worker goes away."""
    library, function, order, rows, memory_mib = sys.argv[1:]
    answers = os.dup(1)
    # What the library prints goes nowhere.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    _limit(int(memory_mib))
    unpack = getattr(ctypes.CDLL(library), function)
    unpack.restype = ctypes.c_int
    os.write(answers, READY)
    while (head := _read(2)) is not None:
        block = _read(int.from_bytes(head, "big"))
        if block is None:
            return
        room = ctypes.create_string_buffer(bytes(PIXEL_BYTES) + _GUARD)
        code = unpack(ctypes.create_string_buffer(block, len(block)), room)
        if room.raw[PIXEL_BYTES : PIXEL_BYTES + len(_GUARD)] != _GUARD:
            os.write(answers, OVERRUN)
        elif code != _SUCCESS:
            os.write(answers, REFUSED)
        else:
            _write(answers, DONE + _ordered(room.raw[:PIXEL_BYTES], order, rows))


def _limit(memory_mib: int) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory_mib << 20, memory_mib << 20))


def _ordered(pixels: bytes, order: str, rows: str) -> bytes:
    """Return the pixels blue-green-red, the top row first."""
    if rows == "bottom-up":
        pixels = b"".join(pixels[at : at + _ROW_BYTES] for at in range(PIXEL_BYTES - _ROW_BYTES, -1, -_ROW_BYTES))
    if order == "rgb":
        swapped = bytearray(pixels)
        swapped[0::3], swapped[2::3] = pixels[2::3], pixels[0::3]
        pixels = bytes(swapped)
    return pixels


def _read(count: int) -> bytes | None:
    """Return so many bytes of standard input, or None when the worker has gone."""
    received = b""
    while len(received) < count:
        chunk = os.read(0, count - len(received))
        if not chunk:
            return None
        received += chunk
    return received


def _write(descriptor: int, content: bytes) -> None:
    while content:
        content = content[os.write(descriptor, content) :]


if __name__ == "__main__":
    main()
