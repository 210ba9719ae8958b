"""One kiosk's data folder, enrolled with a station that publishes into a folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import count
from pathlib import Path

from list_author import NOON, number
from published_tree import Station

from kiosk.domain.evidence import ListEvidence
from kiosk.domain.ids import Presence
from kiosk.domain.numbers import DocumentNumber
from kiosk.ports import FeedPosition, Road
from watchlist import trust
from watchlist.device_key import KEY_FILE, FileDeviceKeys
from watchlist.lookup import Pace, SealedList
from watchlist.replica import ListFollower

PRESENCES = count(1)
AT_ANY_PACE = 10**9


class KioskDisk:
    """The folder, the agent's writing end, and what the gate sees."""

    def __init__(self, folder: Path, station: Station) -> None:
        self.folder = folder
        self.station = station
        folder.mkdir(exist_ok=True)
        self.trusted = station.trust()
        self.keys = FileDeviceKeys.load_or_make(folder / KEY_FILE)
        trust.save(self.trusted, folder / trust.TRUST_FILE, self.keys)
        self.list = SealedList(folder, pace=Pace(burst=AT_ANY_PACE))

    @contextmanager
    def agent(self) -> Iterator[ListFollower]:
        follower = ListFollower(self.folder, self.trusted, self.keys)
        try:
            yield follower
        finally:
            follower.close()

    def pull(self, *, now: datetime = NOON, road: Road | None = None) -> tuple[FeedPosition, ...]:
        """Have the station publish as of ``now``, and take it."""
        self.station.publish(now)
        with self.agent() as agent:
            agent.refresh(road or self.station.road(), now)
            return agent.positions()

    def lay_down(self, *numbers: DocumentNumber, now: datetime = NOON) -> ListEvidence:
        """Look up a card that has these numbers."""
        return self.list.look_up(Presence("reader", next(PRESENCES)), numbers, now)

    def present(self, person: int, *, now: datetime = NOON) -> ListEvidence:
        return self.lay_down(number(person), now=now)
