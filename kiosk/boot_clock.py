"""The machine's clock that only grows, sleep included, and the boot within which it does.

Two times of one boot can be subtracted whatever the wall clock says; times of two boots cannot.
"""

import time
from functools import cache
from pathlib import Path
from typing import Final

_BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")


@cache
def boot_id() -> str:
    """Return the random name of this start of the machine."""
    return _BOOT_ID.read_text().strip()


def since_boot_s() -> float:
    """Return the seconds since the machine was started (CLOCK_BOOTTIME)."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)
