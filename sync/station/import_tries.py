"""A file that somebody tries before it is proposed, and what would become of each of its rows.

- It lies in a folder of its own below the station's, for its owner alone: ``file``, the verdicts row by row, and
  ``state.json``, so that any instance can tell how far it has come. Whoever works on it holds its lock: work that
  nobody holds any more was interrupted, and can be begun again.
- A dry run tells who is on the list: the audit log says who tried which file.
- The file and the verdicts are erased once it is proposed or let go, and after a day at the latest.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, Final
from uuid import UUID, uuid4

import msgspec

from kiosk.file_lock import HeldByAnotherError, holding
from kiosk.private_file import shred, write_private
from sync.station import audit
from sync.station.import_check import AT_ONCE, Fate, FileCheck, Verdict
from sync.station.import_file import ImportFile, ImportFormat, inspect, records
from sync.station.import_loading import propose_import
from sync.station.import_rows import rows
from sync.station.in_chunks import in_chunks
from sync.station.proposals import masked
from sync.station.refusals import BadRequestError, ConflictError, NotFoundError, RefusedError
from sync.station.site_time import site_day
from sync.station.store import Store

FOLDER: Final = "imports"
MAX_FILE_BYTES: Final = 32 * 1024 * 1024
"""Some hundred thousand rows."""
MOST: Final = 10
KEPT: Final = timedelta(days=1)
ROWS_AT_ONCE: Final = 200
_FILE, _STATE, _LOCK = "file", "state.json", "work.lock"
_ALL_ROWS, _REFUSED_ROWS = "rows.jsonl", "refused.jsonl"
_LETS_GO_WITHIN_S: Final = 0.5
"""Whoever has worked on a try says so in its state first, and then lets go of it."""


class TryState(StrEnum):
    """How far a try has come."""

    READING = "reading"
    READ = "read"
    FAILED = "failed"
    KEEPING = "keeping"
    PROPOSED = "proposed"
    INTERRUPTED = "interrupted"
    """Nobody works on it any more though it was not done; the list is as it was."""


class Refusal(msgspec.Struct, frozen=True):
    """Why the file, or a row of it, is refused: never a number."""

    code: str
    facts: dict[str, str | int]


class Try(msgspec.Struct, frozen=True, kw_only=True):
    """One file, and how far it has come."""

    id: str
    who: str
    at: datetime
    format: ImportFormat
    state: TryState = TryState.READING
    encoding: str = ""
    read: int = 0
    counts: dict[Fate, int] = msgspec.field(default_factory=dict)
    refusal: Refusal | None = None
    import_id: str | None = None

    def count(self, fate: Fate) -> int:
        """Return how many rows have this fate so far."""
        return self.counts.get(fate, 0)

    @property
    def may_be_proposed(self) -> bool:
        """Tell whether all of its rows hold, and something is to be done."""
        does = self.count(Fate.ADD) + self.count(Fate.WITHDRAW)
        return self.state is TryState.READ and not self.count(Fate.REFUSE) and does > 0


class TriedRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row and what becomes of it, its numbers masked."""

    line: int
    fate: Fate
    case_number: str
    name: str
    numbers: tuple[str, ...]
    refusal: Refusal | None


class Tries:
    """The files that are tried at this station."""

    def __init__(self, station_folder: Path) -> None:
        self._folder = station_folder / FOLDER

    def new(self, who: str, form: ImportFormat, now: datetime) -> tuple[UUID, int]:
        """Return a new try and the open descriptor of its empty file.

        Raises:
            ConflictError: there are too many.
        """
        if len(list(self.all())) >= MOST:
            raise ConflictError("too-many-tries", n=MOST)
        this = uuid4()
        self._folder.mkdir(mode=0o700, exist_ok=True)
        self._of(this).mkdir(mode=0o700)
        self._write(Try(id=str(this), who=who, at=now, format=form))
        return this, os.open(self._of(this) / _FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)

    def all(self) -> Iterator[Try]:
        """Yield every try, newest first."""
        there = [UUID(folder.name) for folder in self._folder.glob("*-*-*-*-*") if (folder / _STATE).exists()]
        found = []
        for this in there:
            with suppress(NotFoundError):  # let go meanwhile
                found.append(self.one(this))
        yield from sorted(found, key=lambda one: one.at, reverse=True)

    def one(self, this: UUID) -> Try:
        """Return a try as it stands now.

        Raises:
            NotFoundError: there is none.
        """
        try:
            found = msgspec.json.decode((self._of(this) / _STATE).read_bytes(), type=Try)
        except FileNotFoundError:
            raise NotFoundError("no-such-try") from None
        at_work = found.state in (TryState.READING, TryState.KEEPING)
        if at_work and not self._is_held(this):
            # It may have ended between the two looks.
            again = msgspec.json.decode((self._of(this) / _STATE).read_bytes(), type=Try)
            if again.state == found.state:
                return msgspec.structs.replace(again, state=TryState.INTERRUPTED)
            return again
        return found

    def rows(self, this: UUID, *, refused: bool, after: int = 0) -> tuple[list[TriedRow], int | None]:
        """Return some rows, from this place of the verdicts on, and the place of the next ones if there are any."""
        try:
            with (self._of(this) / (_REFUSED_ROWS if refused else _ALL_ROWS)).open("rb") as told:
                told.seek(after)
                lines = [line for line in (told.readline() for _ in range(ROWS_AT_ONCE)) if line.endswith(b"\n")]
                place, more = told.tell(), told.read(1)
        except FileNotFoundError:
            return [], None
        try:
            return [msgspec.json.decode(line, type=TriedRow) for line in lines], place if more else None
        except msgspec.DecodeError:  # ``after`` is no row's beginning
            raise BadRequestError("malformed") from None

    def hold(self, this: UUID, *, patience_s: float = _LETS_GO_WITHIN_S) -> ExitStack:
        """Return the lock of a try, held: whoever closes it has finished working on it.

        Raises:
            NotFoundError: there is none.
            ConflictError: somebody works on it.
        """
        if not (self._of(this) / _STATE).exists():
            raise NotFoundError("no-such-try")
        lock = ExitStack()
        try:
            lock.enter_context(holding(self._of(this) / _LOCK, patience_s=patience_s))
        except HeldByAnotherError:
            raise ConflictError("try-busy") from None
        return lock

    def read(self, store: Store, this: UUID, now: datetime, go_on: Callable[[], None] = lambda: None) -> None:
        """Look at every row, and keep what would become of it. The caller holds the try; ``go_on`` may raise."""
        found = msgspec.structs.replace(self._stored(this), state=TryState.READING, refusal=None, read=0, counts={})
        self._write(found)
        try:
            file = inspect(self._of(this) / _FILE, found.format)
            found = msgspec.structs.replace(found, encoding=file.encoding)
            found = self._verdicts(store, found, file, now, go_on)
        except RefusedError as refused:
            found = msgspec.structs.replace(
                found, state=TryState.FAILED, refusal=Refusal(refused.code, dict(refused.facts))
            )
        self._write(found)

    def propose(self, store: Store, this: UUID, who: str, now: datetime, go_on: Callable[[], None]) -> str | None:
        """Propose the whole file and erase it; return its import. None: it does not hold any more, see its rows.

        The caller holds the try.
        """
        found = msgspec.structs.replace(self._stored(this), state=TryState.KEEPING, read=0)

        def say(read: int, _of: int) -> None:
            go_on()
            self._write(msgspec.structs.replace(found, read=read))

        self._write(found)
        try:
            proposed = propose_import(store, inspect(self._of(this) / _FILE, found.format), who, now, say)
        except RefusedError:  # the list has changed since the dry run
            self.read(store, this, now, go_on)
            return None
        self._erase(this)
        self._write(msgspec.structs.replace(found, state=TryState.PROPOSED, import_id=proposed.import_id))
        return proposed.import_id

    def forget(self, this: UUID) -> None:
        """Erase a try and its file.

        Raises:
            NotFoundError, ConflictError: see ``hold``.
        """
        with self.hold(this):
            self._erase(this)
            shutil.rmtree(self._of(this), ignore_errors=True)

    def forget_old(self, now: datetime) -> None:
        """Erase the tries whose day is over, but for those at work."""
        for one in self.all():
            if one.at <= now - KEPT:
                with suppress(ConflictError, NotFoundError):
                    self.forget(UUID(one.id))

    def _verdicts(self, store: Store, found: Try, file: ImportFile, now: datetime, go_on: Callable[[], None]) -> Try:
        folder, counts = file.path.parent, dict.fromkeys(Fate, 0)
        with FileCheck() as check, _new(folder / _ALL_ROWS) as every, _new(folder / _REFUSED_ROWS) as refused:
            for some in in_chunks(rows(records(file), site_day(now)), AT_ONCE):
                go_on()
                with store.read() as conn:
                    told = check.verdicts(conn, some)
                for verdict in told:
                    counts[verdict.fate] += 1
                    line = msgspec.json.encode(_row(verdict)) + b"\n"
                    every.write(line)
                    if verdict.fate is Fate.REFUSE:
                        refused.write(line)
                found = msgspec.structs.replace(found, read=found.read + len(some), counts=dict(counts))
                self._write(found)
        told_of = {fate.value: n for fate, n in counts.items()}
        with store.write() as conn:
            audit.record(conn, now, found.who, "import.tried", sha256=file.sha256, **told_of)
        return msgspec.structs.replace(found, state=TryState.READ)

    def _stored(self, this: UUID) -> Try:
        return msgspec.json.decode((self._of(this) / _STATE).read_bytes(), type=Try)

    def _write(self, found: Try) -> None:
        write_private(self._folder / found.id / _STATE, msgspec.json.encode(found))

    def _is_held(self, this: UUID) -> bool:
        try:
            self.hold(this, patience_s=0).close()
        except ConflictError:
            return True
        return False

    def _erase(self, this: UUID) -> None:
        for name in (_FILE, _ALL_ROWS, _REFUSED_ROWS):
            shred(self._of(this) / name)

    def _of(self, this: UUID) -> Path:
        return self._folder / str(this)


def _row(verdict: Verdict) -> TriedRow:
    refusal = verdict.refusal
    return TriedRow(
        line=verdict.line,
        fate=verdict.fate,
        case_number=verdict.case_number,
        name=verdict.add.proposal.name if verdict.add is not None else "",
        numbers=tuple(masked(number) for number in verdict.numbers),
        refusal=Refusal(refusal.code, dict(refusal.facts)) if refusal is not None else None,
    )


def _new(path: Path) -> BinaryIO:
    """Open a new file for its owner alone."""
    path.unlink(missing_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
