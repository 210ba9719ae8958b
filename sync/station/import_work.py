"""Work on imports that takes longer than a request may: reading a file, keeping it, sealing what it adds.

One thread, so that a file of any length takes one core and the rest goes on. Nothing is remembered here: how far a file
has come is in its folder (sync.station.import_tries), how much of an import is sealed in the database. A station that
stops in the midst leaves both for whoever goes on.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID

import structlog

from kiosk.file_lock import HeldByAnotherError, holding
from sync.station import log as station_log
from sync.station.import_tries import FOLDER, Tries
from sync.station.importing import seal_import
from sync.station.refusals import ConflictError
from sync.station.store import Store
from watchlist.seal import Pepper

log = structlog.get_logger()

_SEALING: Final = "sealing-{}.lock"


class _StoppingError(Exception):
    """The station stops; what is half read is forgotten, what is half sealed goes on later."""


class ImportWork:
    """The thread that works on imports, and what waits for it."""

    def __init__(
        self, folder: Path, store: Store, peppers: Callable[[], Mapping[int, Pepper]], now: Callable[[], datetime]
    ) -> None:
        self.tries = Tries(folder)
        self._folder = folder / FOLDER
        self._store = store
        self._peppers = peppers
        self._now = now
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="imports")
        self._stopping = False

    def read(self, this: UUID) -> None:
        """Begin a dry run. Raises NotFoundError, ConflictError: see ``Tries.hold``."""
        self._begin(self.tries.hold(this), lambda: self.tries.read(self._store, this, self._now(), self._go_on))

    def propose(self, this: UUID, who: str) -> None:
        """Begin to propose a file.

        Raises:
            NotFoundError: there is no such try.
            ConflictError: somebody works on it, or it cannot be proposed.
        """
        lock = self.tries.hold(this)
        if not self.tries.one(this).may_be_proposed:
            lock.close()
            raise ConflictError("try-not-ready")

        def proposed() -> None:
            import_id = self.tries.propose(self._store, this, who, self._now(), self._go_on)
            if import_id is not None:
                self.seal(import_id)

        self._begin(lock, proposed)

    def seal(self, import_id: str) -> None:
        """Begin to seal what of this import is not sealed, unless that is being done."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        lock = ExitStack()
        try:
            lock.enter_context(holding(self._folder / _SEALING.format(UUID(import_id)), patience_s=0))
        except HeldByAnotherError:
            return
        self._begin(lock, lambda: seal_import(self._store, self._peppers(), import_id, lambda *_: self._go_on()))

    def close(self) -> None:
        """Stop at the next stopping place."""
        self._stopping = True
        self._thread.shutdown(wait=True)

    def _begin(self, lock: ExitStack, work: Callable[[], object]) -> None:
        def done() -> None:
            with lock:
                try:
                    self._go_on()
                    work()
                except _StoppingError:
                    return
                except Exception as error:
                    log.error("import.failed", error=type(error).__name__, where=station_log.where(error))

        try:
            self._thread.submit(done)
        except RuntimeError:  # the station stops
            lock.close()

    def _go_on(self) -> None:
        if self._stopping:
            raise _StoppingError
