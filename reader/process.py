"""The kiosk's reader: a worker process that is watched, ended when it hangs or misbehaves, and started again.

Theory of operation
- One thread owns all state: it starts workers and turns what they tell into events. ``read``, ``stop`` and the
  workers' messages reach it through one queue.
- A worker is given up when it ends, breaks the protocol, falls silent (it tells its status every second), or lets a
  read exceed the time limit. It is killed; the pending read fails, its card counts as removed, and READER_LOST
  stands until the next worker tells its status.
- A worker whose call to the reader hung says READER_STALLED as its last word, and that stands in place of READER_LOST
  until a later one has got through to the reader.
- ``Presence.worker`` counts the workers, so a card that still lies there is a new presence to the next one.
- Every ``read`` is answered exactly once, before the removal of its card is told; a document counts only while its
  card lies there.
"""

import functools
import itertools
import queue
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kiosk.domain.faults import Fault
from kiosk.domain.ids import Presence
from kiosk.domain.reasons import Reason
from kiosk.ports import Post
from kiosk.visit.events import CardPresented, CardRead, CardRemoved, FaultCleared, FaultRaised, ReadFailed
from reader.child import WorkerProcess
from reader.messages import Card, CardDocument, FromWorker, MessageError, NotRead, Read, Status

SILENCE_S: Final = 5.0
"""A worker that tells no status for so long is given up: five times its longest pause, and time to start."""

RESTART_PAUSE_S: Final = 0.5
LONGEST_PAUSE_S: Final = 4.0
"""Between two workers: the first, and what it doubles to while they die without a word of a working reader."""


@dataclass(frozen=True, slots=True)
class _Heard:
    """What worker number ``worker`` said; None: it has ended."""

    worker: int
    message: FromWorker | None


@dataclass(frozen=True, slots=True)
class _Pending:
    """A read that is not answered yet."""

    presence: Presence
    deadline_s: float


class ReaderProcess:
    """A card reader (``kiosk.ports.Reader``) in a process of its own.

    Args:
        profile: the reader profile, a TOML file (``reader.profiles``).
        read_timeout_s: after this, a read has failed and its worker is replaced.
        production: refuse a test profile, which is then the fault READER_PROFILE.
    """

    def __init__(self, profile: Path, read_timeout_s: float = 6.0, *, production: bool = False) -> None:
        self._profile = profile
        self._production = production
        self._read_timeout_s = read_timeout_s
        self._notes: queue.SimpleQueue[Presence | _Heard | None] = queue.SimpleQueue()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="reader", daemon=True)
        self._post: Post
        # From here on the thread's own.
        self._present: Presence | None = None
        self._faults = frozenset({Fault.READER_LOST})  # what the lane believes at boot
        self._pending: _Pending | None = None
        self._pause_s = RESTART_PAUSE_S

    def start(self, post: Post) -> None:
        """Begin to watch; a fault that stands at start is posted like any other."""
        self._post = post
        self._thread.start()

    def read(self, presence: Presence) -> None:
        """Read the card of this presence; exactly one CardRead or ReadFailed for it follows within the time limit."""
        self._notes.put(presence)

    def stop(self) -> None:
        """Let go of the reader and end its worker. Nothing is posted afterwards."""
        self._stopping.set()
        self._notes.put(None)
        self._thread.join()

    def _run(self) -> None:
        for number in itertools.count(1):
            worker = WorkerProcess(self._profile, self._production, functools.partial(self._hear, number))
            self._serve(worker, number)
            worker.end()
            if self._stopping.is_set():
                return
            # The end of a worker says nothing about the card: laying it down again may help.
            self._fail_pending(Reason.CARD_UNREADABLE, again=True)
            lost = Fault.READER_STALLED if Fault.READER_STALLED in self._faults else Fault.READER_LOST
            self._show(None, frozenset({lost}))
            self._stopping.wait(self._pause_s)
            self._pause_s = min(2 * self._pause_s, LONGEST_PAUSE_S)

    def _hear(self, worker: int, message: FromWorker | None) -> None:
        self._notes.put(_Heard(worker, message))

    def _serve(self, worker: WorkerProcess, number: int) -> None:
        """Take notes until the worker is to be given up, or the kiosk wants no more."""
        silent_until_s = time.monotonic() + SILENCE_S
        while not self._stopping.is_set():
            deadline_s = min(silent_until_s, self._pending.deadline_s) if self._pending else silent_until_s
            try:
                note = self._notes.get(timeout=max(0.0, deadline_s - time.monotonic()))
            except queue.Empty:
                return
            match note:
                case None:
                    pass
                case Presence():
                    self._begin(note, worker)
                case _Heard(worker=speaker) if speaker != number:
                    pass  # a predecessor's last words
                case _Heard(message=Status() as status):
                    silent_until_s = time.monotonic() + SILENCE_S
                    if Fault.READER_STALLED not in status.faults:
                        self._pause_s = RESTART_PAUSE_S
                    self._take_status(status, number)
                case _Heard(message=NotRead() | CardDocument() as result):
                    try:
                        self._take_result(result, number)
                    except MessageError:
                        return
                case _Heard(message=None):
                    return

    def _begin(self, presence: Presence, worker: WorkerProcess) -> None:
        if presence != self._present:
            self._post(ReadFailed(presence, Reason.CARD_UNREADABLE, again=True))
        elif self._pending is None:
            self._pending = _Pending(presence, time.monotonic() + self._read_timeout_s)
            worker.send(Read(Card(presence.reader, presence.counter)))

    def _take_status(self, status: Status, number: int) -> None:
        present = _presence(status.card, number) if status.card else None
        if present != self._present:
            if status.faults - {Fault.READER_STALLED}:
                self._fail_pending(Reason.READER_FAULT, again=False)
            else:
                self._fail_pending(Reason.CARD_UNREADABLE, again=True)
        self._show(present, status.faults)

    def _take_result(self, result: NotRead | CardDocument, number: int) -> None:
        presence = _presence(result.card, number)
        if self._pending is None or self._pending.presence != presence:
            return  # answered already: the card had gone
        match result:
            case NotRead(reason=reason, again=again):
                self._fail_pending(reason, again=again)
            case CardDocument():
                document = result.document()
                self._pending = None
                self._post(CardRead(presence, document))

    def _fail_pending(self, reason: Reason, *, again: bool) -> None:
        if self._pending is not None:
            presence, self._pending = self._pending.presence, None
            self._post(ReadFailed(presence, reason, again=again))

    def _show(self, present: Presence | None, faults: frozenset[Fault]) -> None:
        """Post what differs from what was posted before: first what is gone, last the card that is there."""
        if self._present is not None and self._present != present:
            self._post(CardRemoved(self._present))
        for fault in sorted(faults - self._faults):
            self._post(FaultRaised(fault))
        for fault in sorted(self._faults - faults):
            self._post(FaultCleared(fault))
        if present is not None and present != self._present:
            self._post(CardPresented(present))
        self._present, self._faults = present, faults


def _presence(card: Card, worker: int) -> Presence:
    return Presence(card.reader, card.counter, worker)
