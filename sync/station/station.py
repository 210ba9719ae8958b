"""One running station: its parts, made once and handed to every request."""

import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from anyio import CapacityLimiter

from sync.station import copies
from sync.station.attempts import Attempts
from sync.station.bell import Bell
from sync.station.connections import Connections
from sync.station.group_commit import GroupCommit
from sync.station.hearing import Hearing
from sync.station.import_work import ImportWork
from sync.station.item_keys import ItemKeys
from sync.station.keyring import EVIDENCE_ITEM_KEYS, KeyringError, load_keyring
from sync.station.leader import Leader
from sync.station.metrics import Metrics
from sync.station.once_for_all import OnceForAll
from sync.station.publisher import Publisher
from sync.station.readiness import Readiness
from sync.station.site_time import utc_now
from sync.station.store import database_of, open_store
from sync.station.streams import Streams
from sync.station.trust import TufTree


class Station:
    """The parts of the station whose data lie in ``folder``.

    Raises:
        KeyringError: ``folder`` is not a station's.
    """

    def __init__(
        self,
        folder: Path,
        *,
        now: Callable[[], datetime] = utc_now,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.folder = folder
        self.now = now
        self.monotonic = monotonic
        self.keyring = load_keyring(folder, now=now())
        self.store = open_store(database_of(folder))
        self.leader = Leader(self.store.server)
        self.metrics = Metrics()
        self.readiness = Readiness()
        self.commits = GroupCommit(self.store, self.metrics.committed)
        self.evidence_keys = ItemKeys(folder / EVIDENCE_ITEM_KEYS)
        self.alarm_bell = Bell()
        self.feed_bell = Bell()
        self.for_all = OnceForAll(self.alarm_bell, monotonic)
        self.tree = TufTree(self.keyring)
        if not self.tree.exists():
            self._publish_first()
        self.publisher = Publisher(self.store, self.keyring, self.tree, now)
        self.import_work = ImportWork(folder, self.store, lambda: self.keyring.peppers, now)
        self.streams = Streams(self.publisher, self.feed_bell)
        self.connections = Connections(self.store, now)
        self.attempts = Attempts(self.store, self.keyring.accounts_key)
        self.ports = {443}
        """Where browsers find the station: through a proxy, and at the port on which it listens."""
        self.hearing = Hearing(monotonic)
        # One password at a time: each hash takes 64 MiB, and a flood of log-ins must not take the machine.
        self.password_turn = CapacityLimiter(1)

    def _publish_first(self) -> None:
        if not self.keyring.root_keys_here():
            raise KeyringError("published/metadata is missing: bring it back from a backup, or from what was exported")
        self.tree.begin(copies.first_trust(self.store, self.keyring), self.now())

    def close(self) -> None:
        """Let go of the store, after whatever is being committed."""
        self.import_work.close()
        self.commits.close()
        self.leader.close()
        self.store.close()

    def end_streams(self) -> None:
        """Let every open stream end, so that the server can stop."""
        self.alarm_bell.silence()
        self.feed_bell.silence()
        self.connections.bell.silence()
