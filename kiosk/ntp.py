"""Does anything keep this machine's clock right? The kernel knows, whoever does it: chrony, timesyncd, another."""

import ctypes
import sys
from pathlib import Path
from typing import Final, Literal, TypeAlias

NtpState: TypeAlias = Literal["synchronised", "not-synchronised", "n/a"]

_STA_UNSYNC: Final = 0x0040
_TIMESYNCD: Final = Path("/run/systemd/timesync/synchronized")
"""timesyncd makes this file when it first sets the clock after a start of the machine."""


class _Timex(ctypes.Structure):
    """The head of ``struct timex``; the rest is left unread."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_byte * 256),
    )


def state() -> NtpState:
    """Return what adjtimex(2) says. "n/a": a sandbox forbids to ask (ProtectClock=), and timesyncd has left no word."""
    timex = _Timex()  # modes 0: read only, and allowed to everybody
    if sys.platform == "linux" and ctypes.CDLL(None).adjtimex(ctypes.byref(timex)) >= 0:
        return "not-synchronised" if timex.status & _STA_UNSYNC else "synchronised"
    return "synchronised" if _TIMESYNCD.exists() else "n/a"


def is_unset() -> bool:
    """Tell whether nothing keeps the clock right."""
    return state() == "not-synchronised"
