"""A list of nothing but numbers, for the tests of the roads: how far each epoch has come, and whose word it was.

A signed batch is a line of JSON here: {"epoch": 1, "after": 2, "seq": 3, "by": "k1"}; what a road refreshes from is one
file, ``feed/state.json``, with {"keys": ["k1"], "epochs": {"1": 3}}. The real list is in the tests of the whole way.
"""

import json
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime

from kiosk.ports import FeedPosition, FeedRefusedError, Road

STATE = "feed/state.json"


def batch(seq: int, *, after: int | None = None, epoch: int = 1, by: str = "k1") -> bytes:
    return json.dumps({"epoch": epoch, "after": seq - 1 if after is None else after, "seq": seq, "by": by}).encode()


def line(seq: int, *, after: int | None = None, epoch: int = 1, by: str = "k1") -> bytes:
    return b"data: " + batch(seq, after=after, epoch=epoch, by=by) + b"\n\n"


def state(*seqs: int, first_epoch: int = 1, keys: tuple[str, ...] = ("k1",)) -> bytes:
    epochs = {str(first_epoch + n): seq for n, seq in enumerate(seqs)}
    return json.dumps({"keys": keys, "epochs": epochs}).encode()


@dataclass
class PaperList:
    """A ``kiosk.ports.ListReplica``."""

    epochs: dict[int, int] = field(default_factory=dict)
    keys: tuple[str, ...] = ("k1",)
    may_apply: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.may_apply.set()

    def positions(self) -> tuple[FeedPosition, ...]:
        return tuple(FeedPosition(epoch, seq, f"{seq:064x}") for epoch, seq in sorted(self.epochs.items()))

    def apply(self, batch: bytes, now: datetime) -> FeedPosition:
        self.may_apply.wait(20)
        try:
            told = json.loads(batch)
        except ValueError:
            raise FeedRefusedError("malformed") from None
        epoch, seq = told["epoch"], told["seq"]
        if told["by"] not in self.keys:
            raise FeedRefusedError("bad-signature")
        if epoch not in self.epochs:
            raise FeedRefusedError("wrong-epoch")
        if seq < self.epochs[epoch]:
            raise FeedRefusedError("rolled-back")
        if told["after"] > self.epochs[epoch]:
            raise FeedRefusedError("gap")
        self.epochs[epoch] = seq
        return FeedPosition(epoch, seq, f"{seq:064x}")

    def refresh(self, road: Road, now: datetime) -> None:
        with road.fetch(STATE) as pieces:
            data = b"".join(pieces)
        try:
            told = json.loads(data)
        except ValueError:
            raise FeedRefusedError("malformed") from None
        for epoch, seq in told["epochs"].items():
            if seq < self.epochs.get(int(epoch), 0):
                raise FeedRefusedError("rolled-back")
        self.keys = tuple(told["keys"])
        self.epochs = {int(epoch): seq for epoch, seq in told["epochs"].items()}

    def checked_at(self) -> datetime | None:
        return datetime.now(UTC) if self.epochs else None
