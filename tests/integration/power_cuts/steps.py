"""What an agent does to its list, step by step, and where it stands when a step has returned."""

from datetime import datetime
from typing import Literal

from msgspec import Struct


class Step(Struct, frozen=True, kw_only=True):
    """One thing that is done, with what (a file, a folder, a number), and what holds from its return on.

    ``seqs`` is how far each held epoch is, ``keys`` the feed's keys, ``tree`` the newest published tree that was seen
    (-1: none), ``look_ups`` the count.
    """

    does: Literal["apply", "refresh", "count", "restart"]
    what: str = ""
    at: datetime
    seqs: dict[int, int] = {}
    keys: tuple[bytes, ...] = ()
    tree: int = -1
    look_ups: int = 0
