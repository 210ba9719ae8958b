"""Traces of a conversation with a SAM, for a bug report: recorded from a simulated card, replayed without a reader.

- A trace holds a whole card, so a card whose numbers could be somebody's is never written, in any build.
- One JSON object a line: the command frame, the answer frame (hex) and the milliseconds between. What is read back is
  hostile input: a closed form, 64 KB a frame, 64 exchanges.
"""

import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Final

import msgspec

from kiosk.private_file import write_private
from reader.errors import FrameError
from reader.layouts import CardText
from reader.sam import Transceive

_MAX_BYTES: Final = 1024 * 1024
_MAX_EXCHANGES: Final = 64
_Frame = Annotated[str, msgspec.Meta(pattern="^([0-9a-f]{2})*$", max_length=2 * 65_535)]


class TraceError(Exception):
    """A trace that cannot be written or read. The message says what to do."""


class Exchange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One command and its answer, hex, and the time between in ms."""

    command: _Frame
    answer: _Frame
    ms: Annotated[float, msgspec.Meta(ge=0, le=60_000)]

    def __repr__(self) -> str:
        return f"Exchange({self.ms:.1f} ms)"


class Recorder:
    """A ``Transceive`` that remembers what went through it."""

    def __init__(self, transceive: Transceive) -> None:
        self._transceive = transceive
        self.exchanges: list[Exchange] = []

    def __call__(self, frame: bytes, deadline_s: float) -> bytes:
        """Pass a frame on, and return its answer."""
        started_s = time.perf_counter()
        answer = self._transceive(frame, deadline_s)
        self.exchanges.append(Exchange(frame.hex(), answer.hex(), (time.perf_counter() - started_s) * 1e3))
        return answer


def save(path: Path, exchanges: Iterable[Exchange], text: CardText) -> None:
    """Write a trace that was recorded while ``text`` was read, for its owner alone.

    Raises:
        TraceError: the card may be a real person's; the file exists; it cannot be written.
    """
    if not all(number.is_nobodys() for number in text.numbers):
        raise TraceError("this may be a real person's card: only the simulator's cards are recorded")
    if path.exists():
        raise TraceError(f"{path} exists already: choose another name")
    try:
        write_private(path, b"".join(msgspec.json.encode(exchange) + b"\n" for exchange in exchanges))
    except OSError as error:
        raise TraceError(f"{path}: {error.strerror}") from None


def load(path: Path) -> tuple[Exchange, ...]:
    """Return the exchanges of a trace. Raises TraceError."""
    try:
        with path.open("rb") as file:
            content = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise TraceError(f"{path}: {error.strerror}") from None
    lines = content.splitlines()
    if len(content) > _MAX_BYTES or not 0 < len(lines) <= _MAX_EXCHANGES:
        raise TraceError(f"{path} is no trace: 1 to {_MAX_EXCHANGES} lines, up to 1 MB")
    exchanges = []
    for number, line in enumerate(lines, start=1):
        try:
            exchanges.append(msgspec.json.decode(line, type=Exchange))
        except (msgspec.MsgspecError, UnicodeDecodeError):
            raise TraceError(f"{path}, line {number}: not an exchange with command, answer and ms") from None
    return tuple(exchanges)


def replay(exchanges: Iterable[Exchange]) -> Transceive:
    """Return a SAM that answers as it did when the trace was recorded.

    What it is asked must be what was asked then, in that order; anything else is a FrameError.
    """
    left: Iterator[Exchange] = iter(exchanges)

    def transceive(frame: bytes, _deadline_s: float) -> bytes:
        exchange = next(left, None)
        if exchange is None or bytes.fromhex(exchange.command) != frame:
            raise FrameError(0, "not what was asked when this was recorded")
        return bytes.fromhex(exchange.answer)

    return transceive
