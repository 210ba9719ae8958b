"""The clock that only grows: seconds since the machine was started, sleep included, and which start that was."""

import time
from functools import cache
from pathlib import Path


@cache
def boot_id() -> str:
    """Return the kernel's random name of this start of the machine."""
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def since_boot_s() -> float:
    """Return seconds that nobody can set back or forth (CLOCK_BOOTTIME)."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)
