"""Whatever may happen between a station and one kiosk, as rules of a machine; what must hold then is its heirs' to say.

The station is the real one without its server (list_world), its keepers' acts are theirs (list_desk), and the kiosk is
the agent's writing end and the gate's reading end of one data folder (kiosk_disk). Of the product only sizes are
changed: a piece has four changes, so that a few people fill several, and the slow hash takes 8 KiB.

Time: ``true`` is the right time. The station's and the kiosk's clocks are never ahead of it, and may be behind.
"""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, precondition, rule
from list_world import NOON, LiveRoad, Site
from structlog.testing import capture_logs

sys.path.insert(0, str(Path(__file__).parents[2] / "unit" / "station"))
sys.path.insert(0, str(Path(__file__).parents[2] / "unit" / "watchlist"))
sys.path.insert(0, str(Path(__file__).parents[2] / "integration" / "watchlist"))

from kiosk_disk import KioskDisk
from list_desk import ListDesk, facts_of, number
from list_history import ListHistory

from kiosk.domain.numbers import DocumentNumber
from kiosk.ports import FeedPosition, FeedRefusedError, NotPublishedError, Road, RoadError
from sync.folder_road import FolderRoad
from sync.station import clearances, copies, epochs, upkeep
from sync.station.files import write_tree
from sync.station.refusals import BadRequestError, ConflictError, NotFoundError
from sync.station.site_time import end_of, site_day
from watchlist.replica import ListFollower
from watchlist.store import LIST_FILE, ListStore

NAME: Final = "张伟"
"""Everybody's: a list is matched by number and by nothing else."""
NUMBERS: Final = {1: [number(1)], 2: [number(2), number(12)]}
PIECE: Final = 4
_SIZES: Final = {
    "watchlist.seal.ARGON2_MEMORY_KIB": 8,
    "watchlist.published.PIECE": PIECE,
    "sync.station.publisher.PIECE": PIECE,
    "sync.station.copies.PIECE": PIECE,
    "sync.station.publisher.HEAD_CHANGES": 2,
    "sync.station.copies.HEAD_CHANGES": 2,
    "watchlist.replica.FAR_BEHIND": 3 * PIECE,
}
NO_TIME, TICK, MINUTE, HOUR = timedelta(0), timedelta(milliseconds=1), timedelta(minutes=1), timedelta(hours=1)
PEOPLE: Final = st.sampled_from(sorted(NUMBERS))
DAYS: Final = st.sampled_from([1, 2, 100])
EPOCHS: Final = st.sampled_from([(), (0,), (-1,), (0, -1)])
"""In whose streams a reader is told at once: nobody's, the older epoch's, the newer one's, both."""
MOST_KEYS: Final = 3
UNTIMELY: Final = {"gap", "rolled-back", "wrong-epoch", "from-the-future", "bad-signature"}
"""All that an honest batch may be called: too early or too late, also for the key that signed it."""
_IN_MEMORY: Final = Path("/dev/shm")  # noqa: S108  # a thousand commits in a second; power cuts are other tests'

Held = dict[int, tuple[FeedPosition, datetime | None]]


@dataclass(frozen=True, slots=True)
class Trouble:
    """What becomes of the ``nth`` file of a road: it is missing, or at a share ``where`` cut off or changed."""

    what: str
    nth: int
    where: float
    bit: int = 0

    def befalls(self, data: bytes) -> Iterator[bytes]:
        """Yield what is left of the file."""
        place = int(self.where * len(data))
        if self.what == "missing":
            raise NotPublishedError
        if self.what == "breaks":
            yield data[:place]
            raise RoadError("reset")
        yield data[:place] + bytes([data[place] ^ 1 << self.bit]) + data[place + 1 :]


TROUBLES: Final = st.builds(
    Trouble,
    st.sampled_from(["breaks", "changed", "missing"]),
    st.integers(0, 6),
    st.floats(0, 1, exclude_max=True),
    st.integers(0, 7),
)


class TroubledRoad:
    """A road on which one file fares badly."""

    def __init__(self, road: Road, trouble: Trouble | None) -> None:
        self._road = road
        self._trouble = trouble
        self._fetched = 0

    @contextmanager
    def fetch(self, path: str) -> Iterator[Iterator[bytes]]:
        self._fetched += 1
        with self._road.fetch(path) as pieces:
            if self._trouble is None or self._fetched - 1 != self._trouble.nth:
                yield pieces
            else:
                yield self._trouble.befalls(b"".join(pieces))


class ListOnItsWay(RuleBasedStateMachine):
    """The station, the kiosk, and the roads between them."""

    sticks = Bundle("sticks")
    """Folders to which the published files were copied at some moment: mirrors that lag, sticks."""
    batches = Bundle("batches")
    """What the station has ever pushed or answered; it may arrive late, twice, or never."""

    def __init__(self) -> None:
        super().__init__()
        self.around = ExitStack()
        self.around.enter_context(capture_logs())
        sizes = self.around.enter_context(pytest.MonkeyPatch.context())
        for name, size in _SIZES.items():
            sizes.setattr(name, size)
        self.folder = Path(tempfile.mkdtemp(prefix="list-on-its-way-", dir=_IN_MEMORY if _IN_MEMORY.is_dir() else None))
        self.true = NOON
        self.station_is_behind = self.kiosk_is_behind = NO_TIME
        self.site = Site(self.folder / "station")
        self.desk = ListDesk(self.site.store, self.folder, NOON, self.site.keyring.peppers)
        self.history = ListHistory(self.site, NOON)
        self.imports: list[str] = []
        self.strangers = self.sticks_written = 0
        self.disk = KioskDisk(self.folder / "kiosk", self.site)
        self.open_kiosk()

    def teardown(self) -> None:
        try:
            if sys.exc_info()[0] is None:  # what has failed is told as it is
                self.a_good_road_brings_everything()
        finally:
            self.close_kiosk()
            self.site.close()
            self.around.close()
            shutil.rmtree(self.folder)

    # ---- the parts

    def open_kiosk(self) -> None:
        self.agent = ListFollower(self.disk.folder, self.disk.trusted, self.disk.keys)
        self.reader = ListStore.open(self.disk.folder / LIST_FILE, self.disk.trusted, self.disk.keys)

    def close_kiosk(self) -> None:
        self.agent.close()
        self.reader.close()
        self.disk.list.close()

    @property
    def kiosk_now(self) -> datetime:
        return self.true - self.kiosk_is_behind

    def held(self) -> Held:
        """Return what the kiosk holds of each epoch: how far it has come, and when it was vouched for."""
        found = self.reader.find({})
        return {one.epoch: (one, found[one.epoch].checked_at) for one in self.agent.positions()}

    def pass_time(self, how_long: timedelta) -> None:
        self.true += how_long
        self.site.now = self.desk.now = self.true - self.station_is_behind

    def refusal_of(self, batch: bytes) -> str | None:
        try:
            self.agent.apply(batch, self.kiosk_now)
        except FeedRefusedError as error:
            return error.why
        return None

    def follow(self, road: Road) -> None:
        with suppress(FeedRefusedError, RoadError):
            self.agent.refresh(road, self.kiosk_now)

    @contextmanager
    def act(self, *, ends_something: bool = True) -> Iterator[None]:
        """Let the keepers do something, or be refused; whom they take off is listed in no checkpoint of that moment."""
        if ends_something:
            self.pass_time(TICK)
        with suppress(ConflictError, BadRequestError):
            yield
        self.history.take_note(self.true)

    def entry(self, person: int) -> str | None:
        """Return the person's entry if they are listed."""
        return next(iter(self.history.commits[-1].listed.get(NUMBERS[person][0], ())), None)

    def day(self, days: int) -> date:
        return site_day(self.desk.now) + timedelta(days=days)

    def facts(self, person: int, days: int) -> dict[str, Any]:
        numbers = NUMBERS.get(person, [number(person)])
        return facts_of(person, name=NAME, numbers=numbers, expires_on=self.day(days).isoformat())

    @initialize(last_days=st.dictionaries(PEOPLE, DAYS, min_size=1), two_epochs=st.booleans())
    def some_are_listed(self, last_days: dict[int, int], two_epochs: bool) -> None:
        """Begin amid an epoch's life, or between two."""
        for person, days in last_days.items():
            self.list_or_withdraw(person, days, ())
        if two_epochs:
            self.begin_or_end_an_epoch()
        self.a_good_road_brings_everything()

    # ---- what the keepers do

    @rule(person=PEOPLE, days=DAYS, heard_in=EPOCHS)
    def list_or_withdraw(self, person: int, days: int, heard_in: tuple[int, ...]) -> None:
        entry = self.entry(person)
        with self.act(ends_something=entry is not None):
            if entry is None:
                self.desk.listed(**self.facts(person, days))
            else:
                self.desk.withdraw(entry)
        self.push(heard_in)

    @rule(person=PEOPLE, days=DAYS)
    def renew(self, person: int, days: int) -> None:
        if (entry := self.entry(person)) is not None:
            with self.act():
                self.desk.renewed(entry, self.day(days))

    @rule(person=PEOPLE)
    def clear_or_lift_the_clearance(self, person: int) -> None:
        with self.act():
            try:
                with self.site.store.read() as conn:
                    clearance = clearances.clearance_with(conn, DocumentNumber(NUMBERS[person][0]))
            except NotFoundError:
                self.desk.clear_number(NUMBERS[person][0])
            else:
                self.desk.grant(self.desk.ask_to_lift(clearance))

    @rule(person=PEOPLE, others=st.integers(0, 2 * PIECE), withdrawn=st.none() | PEOPLE, days=DAYS)
    def import_a_file(self, person: int, others: int, withdrawn: int | None, days: int) -> None:
        """Many at once fill pieces, which end in mid-transaction."""
        crowd = [100 + self.strangers + n for n in range(others)]
        self.strangers += others
        rows = [self.facts(one, days) for one in (person, *crowd)]
        rows += [] if withdrawn is None else [{"action": "withdraw", "numbers": NUMBERS[withdrawn]}]
        with self.act():
            self.imports.append(self.desk.imported(self.desk.json_lines(*rows)))

    @precondition(lambda self: self.imports)
    @rule()
    def take_an_import_back(self) -> None:
        with self.act():
            self.desk.take_back(self.imports.pop())

    # ---- what the station does

    @rule()
    def begin_or_end_an_epoch(self) -> None:
        station = self.site.station
        with self.act():
            if len(station.publisher.open_epochs()) == 1:
                epochs.begin(station.store, station.keyring, station.tree, "lin", station.now)
            else:
                epochs.end(station.store, station.keyring, station.tree, "lin", self.site.now, force=True)

    @rule(what=st.sampled_from(["its daily upkeep", "full copies", "another feed key", "one feed key less"]))
    def station_sees_to(self, what: str) -> None:
        station, keys = self.site.station, self.site.keyring.feed_keys
        if what == "its daily upkeep":
            upkeep.look(station)
        elif what == "full copies":
            for epoch in station.publisher.open_epochs():
                copies.make_copy(station.store, station.keyring, station.tree, epoch, self.site.now)
        elif what == "one feed key less":
            keys.revoke(keys.trusted()[0].id, self.site.now)
            copies.publish_trust(station.store, station.keyring, station.tree, self.site.now)
        elif len(keys.trusted()) < MOST_KEYS:
            keys.rotate(self.site.now)
            copies.publish_trust(station.store, station.keyring, station.tree, self.site.now)

    # ---- what the kiosk is given

    @rule(heard_in=EPOCHS)
    def push(self, heard_in: tuple[int, ...]) -> None:
        for which in heard_in:
            self.something_said_arrives(self.station_says_something(which, PIECE), None)

    @rule(target=batches, which=st.sampled_from([0, -1]), missed=st.none() | st.integers(0, 2 * PIECE))
    def station_says_something(self, which: int, missed: int | None) -> Any:
        """Sign what streams and long polls are told: from where a reader may stand, or the head."""
        epoch = self.site.publisher.open_epochs()[which]
        since = None if missed is None else max(0, self.site.standing(epoch).seq - missed)
        said = self.site.publisher.news(epoch, since)
        assert said is not None
        return said.signed

    @rule(batch=batches, trouble=st.none() | TROUBLES)
    def something_said_arrives(self, batch: bytes, trouble: Trouble | None) -> None:
        before, changed = self.held(), trouble is not None and trouble.what == "changed"
        why = self.refusal_of(b"".join(trouble.befalls(batch)) if trouble is not None and changed else batch)
        if why is not None:
            assert self.held() == before
            assert changed or why in UNTIMELY

    @rule(trouble=st.none() | TROUBLES)
    def refresh_from_the_station(self, trouble: Trouble | None) -> None:
        self.follow(TroubledRoad(LiveRoad(self.site), trouble))

    @rule(target=sticks)
    def copy_the_files(self) -> Path:
        self.sticks_written += 1
        stick = self.folder / f"stick-{self.sticks_written}"
        write_tree(self.site.publisher, self.site.tree, stick)
        return stick

    @rule(stick=sticks, trouble=st.none() | TROUBLES)
    def refresh_from_files(self, stick: Path, trouble: Trouble | None) -> None:
        self.follow(TroubledRoad(FolderRoad(stick), trouble))

    @rule()
    def restart_the_kiosk(self) -> None:
        self.close_kiosk()
        self.open_kiosk()

    # ---- time

    @rule(how_long=st.sampled_from([TICK, 3 * MINUTE, 7 * HOUR, 24 * HOUR, 100 * HOUR]))
    def time_passes(self, how_long: timedelta) -> None:
        self.pass_time(how_long)

    @rule(days=st.integers(0, 1), just=st.sampled_from([-TICK, NO_TIME]))
    def a_day_ends_at_the_site(self, days: int, just: timedelta) -> None:
        self.pass_time(end_of(site_day(self.true - just) + timedelta(days=days)) + just - self.true)

    @rule(behind=st.sampled_from([NO_TIME, 4 * MINUTE, 8 * HOUR, timedelta(days=365)]))
    def the_kiosks_clock_is_set(self, behind: timedelta) -> None:
        self.kiosk_is_behind = behind

    @rule(behind=st.sampled_from([NO_TIME, 2 * MINUTE, 20 * HOUR]))
    def the_stations_clock_is_set(self, behind: timedelta) -> None:
        self.station_is_behind = behind
        self.pass_time(TICK)

    # ---- in the end

    @rule()
    def a_good_road_brings_everything(self) -> None:
        """Whatever went before."""
        self.station_is_behind = self.kiosk_is_behind = NO_TIME
        self.pass_time(timedelta(seconds=1))
        upkeep.look(self.site.station)
        self.agent.refresh(LiveRoad(self.site), self.kiosk_now)
        assert self.agent.positions() == tuple(map(self.site.standing, self.site.publisher.open_epochs()))
        self.has_everything()

    def has_everything(self) -> None:
        """Judge a kiosk that stands where the station does."""
