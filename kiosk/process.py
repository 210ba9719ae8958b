"""What the kiosk app asks of the operating system for its own process. Linux with glibc; elsewhere it does nothing."""

import ctypes
import resource
import sys
from typing import Final

_PR_SET_DUMPABLE: Final = 4
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8
_KEPT_BYTES: Final = 256 * 1024 * 1024


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
