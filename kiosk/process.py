"""What a process of the kiosk asks of the operating system for itself. Linux with glibc; elsewhere it does nothing.

Memory and the swap: the list's keys, a card's number and a face are in memory for a while, and what the kernel swaps
out stays on the disk for years. Two ways against it, since one of them is not for every process:
- ``keep_out_of_swap`` locks all memory, now and to come (mlockall). For processes without QML.
- ``lock_memory_beside_qml`` locks what is there when it is called, and is called again and again. QML's heap is left
  out: its collector hands pages back with MADV_DONTNEED and relies on getting them cleared, which the kernel refuses
  for locked memory (EINVAL; Qt 6.11 goes on with old contents, later ones abort). It holds the words on the screen.
"""

import ctypes
import resource
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_PR_SET_DUMPABLE: Final = 4
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8
_KEPT_BYTES: Final = 256 * 1024 * 1024
_MCL_CURRENT, _MCL_FUTURE, _MCL_ONFAULT = 1, 2, 4
_MLOCK_ONFAULT: Final = 1
_CAP_IPC_LOCK: Final = 14
_MAPS, _STATUS = Path("/proc/self/maps"), Path("/proc/self/status")
_QML_HEAP: Final = "QtQml"
"""QML's reservations are memfds with this in their names."""


def harden() -> None:
    """Allow no core dump and no debugger: the memory of this process holds a face for a few seconds (RULES 2)."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def keep_freed_memory() -> None:
    """Let malloc keep what is freed, up to 256 MiB, instead of handing it back and faulting it in anew.

    The look-up's Argon2id takes 32 MiB and a camera picture 2.7 MiB, each for a moment: with fresh pages the look-up
    costs 40 ms, with kept ones 20 (docs/adr/0007). Argon2 wipes its memory itself, pictures are overwritten by us, so
    nothing is kept in what is kept.
    """
    libc = ctypes.CDLL(None)
    if sys.platform != "linux" or not hasattr(libc, "mallopt"):
        return
    for option, value in ((_M_MMAP_THRESHOLD, _KEPT_BYTES), (_M_TRIM_THRESHOLD, _KEPT_BYTES), (_M_ARENA_MAX, 1)):
        libc.mallopt(option, value)


def keep_out_of_swap() -> bool:
    """Lock this process's memory, present and future, page by page as it is used; tell whether it is.

    Never in a process with QML (see above). Without the right to lock as much as it likes (LimitMEMLOCK=infinity, or
    CAP_IPC_LOCK) nothing is locked: with less, later allocations would fail.
    """
    if sys.platform != "linux" or not _may_lock_everything():
        return False
    return bool(ctypes.CDLL(None).mlockall(_MCL_CURRENT | _MCL_FUTURE | _MCL_ONFAULT) == 0)


def lock_memory_beside_qml() -> bool:
    """Lock the memory that this process can write to, but for QML's heap; tell whether all of it is locked.

    What is mapped later is not locked: call it again, every few seconds and whenever keys have been loaded.
    """
    if sys.platform != "linux":
        return False
    mlock2 = ctypes.CDLL(None).mlock2
    mlock2.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_uint)
    # A mapping may be gone by now (ENOMEM, as when there is no right): only what is still there counts.
    failed = {area for area in _own_areas() if mlock2(area[0], area[1] - area[0], _MLOCK_ONFAULT) != 0}
    return not failed or failed.isdisjoint(_own_areas())


def _own_areas() -> Iterator[tuple[int, int]]:
    """Yield begin and end of each private mapping that can be written to; only such pages go to the swap."""
    for line in _MAPS.read_text("utf-8", errors="replace").splitlines():
        addresses, flags, *rest = line.split(maxsplit=5)
        if flags.startswith("rw") and flags.endswith("p") and not (len(rest) == 4 and _QML_HEAP in rest[3]):
            begin, _, end = addresses.partition("-")
            yield int(begin, 16), int(end, 16)


def _may_lock_everything() -> bool:
    _, hard = resource.getrlimit(resource.RLIMIT_MEMLOCK)
    if hard == resource.RLIM_INFINITY:
        resource.setrlimit(resource.RLIMIT_MEMLOCK, (hard, hard))
        return True
    capabilities = next(line for line in _STATUS.read_text("ascii").splitlines() if line.startswith("CapEff:"))
    return bool(int(capabilities.split()[1], 16) >> _CAP_IPC_LOCK & 1)
