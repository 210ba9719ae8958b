"""The reader worker: a process of its own, because a PC/SC transmit cannot be cancelled, and card bytes are hostile.

``python -m reader.worker --profile PATH [--production]`` speaks ``reader.messages`` on its standard input and output.

- One thread watches the reader and tells the status; another reads cards, one at a time; the main thread listens.
  When the kiosk goes away, however it ends, the input closes and the worker ends with it, even in mid-transmit.
- A call that does not come back in time ends the process (``reader.watchdog``) once it has told READER_STALLED.
- An error that nobody foresaw ends the process: a worker that limps is worse than one that is replaced.
- Core dumps are off: one would hold a whole card. Neither does any of it go to the swap.
"""

import argparse
import os
import queue
import resource
import sys
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, Final

from kiosk.domain.faults import Fault
from kiosk.process import keep_out_of_swap
from reader import profiles
from reader.errors import ProfileError
from reader.lane import ReaderLane
from reader.messages import Card, FromWorker, Status, decode_to_worker, encode, take_body
from reader.watchdog import Watchdog

_PROFILE_RETRY_S: Final = 1.0
_STALLED: Final = 3
"""The exit code of a worker that a hung call ended."""


def main() -> None:
    """Serve the kiosk until it closes our standard input."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    keep_out_of_swap()  # the kiosk app says so where it may not
    parser = argparse.ArgumentParser()
    parser.add_argument("--profile", type=Path, required=True)
    parser.add_argument("--production", action="store_true")
    arguments = parser.parse_args()

    tell = _speak_on(_claim_standard_output())
    cards: queue.SimpleQueue[Card] = queue.SimpleQueue()
    _run_for_life("reader-worker", lambda: _work(arguments.profile, arguments.production, cards, tell))
    _listen(sys.stdin.fileno(), cards)
    # Not sys.exit: a thread may hang in a transmit for ever.
    os._exit(0)


def _work(path: Path, production: bool, cards: "queue.SimpleQueue[Card]", tell: Callable[[FromWorker], None]) -> None:
    profile = _load_profile(path, production, tell)

    def stalled() -> None:
        tell(Status(frozenset({Fault.READER_STALLED}), None))
        os._exit(_STALLED)

    lane = ReaderLane(profile, Watchdog(stalled))
    _run_for_life("reader-monitor", lambda: lane.watch(tell))
    while True:
        tell(lane.read(cards.get()))


def _load_profile(path: Path, production: bool, tell: Callable[[FromWorker], None]) -> profiles.Profile:
    """Return the profile as soon as there is a good one; until then the fault is told."""
    while True:
        try:
            return profiles.load(path, production=production)
        except ProfileError:
            tell(Status(frozenset({Fault.READER_PROFILE}), None))
        time.sleep(_PROFILE_RETRY_S)


def _listen(descriptor: int, cards: "queue.SimpleQueue[Card]") -> None:
    received = bytearray()
    while chunk := os.read(descriptor, 4096):
        received += chunk
        while (body := take_body(received)) is not None:
            cards.put(decode_to_worker(body).card)


def _claim_standard_output() -> BinaryIO:
    """Return the way to the kiosk, for messages alone; what a library prints goes to standard error instead."""
    messages = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return os.fdopen(messages, "wb")


def _speak_on(out: BinaryIO) -> Callable[[FromWorker], None]:
    lock = threading.Lock()

    def tell(message: FromWorker) -> None:
        with lock:
            out.write(encode(message))
            out.flush()

    return tell


def _run_for_life(name: str, target: Callable[[], None]) -> None:
    """Run ``target`` in a thread whose end, by whatever error, is the end of the process."""

    def run() -> None:
        try:
            target()
        except BaseException as error:
            # Where and what kind, but not the text: an unforeseen exception may quote what a card holds.
            traceback.print_tb(error.__traceback__)
            print(type(error).__name__, file=sys.stderr, flush=True)  # noqa: T201  # the worker's only last word
        os._exit(1)

    threading.Thread(target=run, name=name, daemon=True).start()


if __name__ == "__main__":
    main()
