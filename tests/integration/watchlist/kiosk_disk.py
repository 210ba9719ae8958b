"""One kiosk's data folder, enrolled with a list's author."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from list_author import NOON, ListAuthor, number

from kiosk.domain.evidence import ListEvidence
from kiosk.ports import FeedPosition
from watchlist import trust
from watchlist.device_key import KEY_FILE, FileDeviceKeys
from watchlist.lookup import SealedList
from watchlist.store import LIST_FILE, ListStore


class KioskDisk:
    """The folder, the agent's writing end, and what the gate sees."""

    def __init__(self, folder: Path, author: ListAuthor) -> None:
        self.folder = folder
        self.author = author
        trust.save(author.trust(), folder / trust.TRUST_FILE)
        self.keys = FileDeviceKeys.load_or_make(folder / KEY_FILE)
        self.list = SealedList(folder)

    @contextmanager
    def replica(self) -> Iterator[ListStore]:
        store = ListStore.create(self.folder / LIST_FILE, self.author.trust(), self.keys)
        try:
            yield store
        finally:
            store.close()

    def pull(self, *, now: datetime = NOON) -> FeedPosition:
        """Apply what the author has, vouched for at ``now``."""
        with self.replica() as replica:
            return replica.apply(self.author.batch(since=replica.position().seq, at=now), now)

    def present(self, person: int, *, now: datetime = NOON) -> ListEvidence:
        return self.list.look_up((number(person),), now)
