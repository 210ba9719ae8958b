"""A SAM frame inside SCardControl, between the bytes that the profile names: pure, but for the control it is given."""

from collections.abc import Callable
from typing import TypeAlias

from reader.errors import FrameError
from reader.profiles import Escape

Control: TypeAlias = Callable[[int, bytes], bytes]
"""Takes a control number and bytes to the reader's driver; returns what came back."""


def exchange(way: Escape, frame: bytes, control: Control) -> bytes:
    """Return the SAM's answer frame.

    Raises:
        FrameError: the answer does not begin as the profile says.
    """
    answer = control(way.control, bytes.fromhex(way.prefix) + frame)
    prefix = bytes.fromhex(way.answer_prefix)
    if not answer.startswith(prefix):
        raise FrameError(0, "not the answer prefix of the profile")
    return answer[len(prefix) :]
