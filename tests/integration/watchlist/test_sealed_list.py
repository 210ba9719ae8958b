"""What the gate learns of a number, by the list's content and its age."""

from base64 import b64encode
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from kiosk_disk import KioskDisk
from list_author import LAST_DAY, NOON, entry, number, some_rows
from published_tree import Station

import watchlist.lookup
from kiosk.domain.evidence import Listed, NotListed, Unavailable
from kiosk.domain.faults import Fault
from kiosk.domain.ids import Presence
from kiosk.domain.reasons import Reason
from kiosk.sqlite import open_sqlite
from watchlist import trust
from watchlist.device_key import KEY_FILE, FileDeviceKeys
from watchlist.look_ups import COUNT_FILE
from watchlist.lookup import Pace, SealedList
from watchlist.seal import SealedRow, index_of, open_record, stretch
from watchlist.store import LIST_FILE

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture(autouse=True)
def _person_1_is_listed_and_person_2_is_not(kiosk: KioskDisk) -> None:
    kiosk.station.add(1)
    kiosk.pull()


def test_a_listed_number_is_listed_and_any_other_is_not(kiosk: KioskDisk) -> None:
    assert kiosk.present(1, now=NOON + MINUTE) == Listed(entry(1), MINUTE)
    assert kiosk.present(2, now=NOON + MINUTE) == NotListed(MINUTE)
    assert kiosk.list.faults(NOON + MINUTE) == frozenset()


def test_a_withdrawn_number_no_longer_matches(kiosk: KioskDisk) -> None:
    assert isinstance(kiosk.present(1), Listed)
    kiosk.station.withdraw(1)
    kiosk.pull()
    assert kiosk.present(1) == NotListed(timedelta(0))


def test_someone_added_during_the_day_matches_at_the_next_visit(kiosk: KioskDisk) -> None:
    assert isinstance(kiosk.present(2), NotListed)
    kiosk.station.add(2)
    kiosk.pull()
    assert kiosk.present(2) == Listed(entry(2), timedelta(0))


def test_every_number_of_a_document_is_looked_up(kiosk: KioskDisk) -> None:
    assert kiosk.lay_down(number(2), number(1)) == Listed(entry(1), timedelta(0))


def test_every_number_of_a_person_is_listed_and_withdrawn_as_one(kiosk: KioskDisk) -> None:
    kiosk.station.add(3, number(3), number(4))
    kiosk.pull()
    assert kiosk.present(3) == kiosk.present(4) == Listed(entry(3), timedelta(0))
    kiosk.station.withdraw(3)
    kiosk.pull()
    assert kiosk.present(3) == kiosk.present(4) == NotListed(timedelta(0))


def test_a_number_listed_twice_stays_listed_when_one_listing_is_withdrawn(kiosk: KioskDisk) -> None:
    kiosk.station.add(5, number(1))
    kiosk.station.withdraw(1)
    kiosk.pull()
    assert kiosk.present(1) == Listed(entry(5), timedelta(0))


def test_an_entry_counts_on_its_last_day_in_china_and_not_on_the_next(kiosk: KioskDisk) -> None:
    last_evening_utc = NOON.replace(year=LAST_DAY.year, month=LAST_DAY.month, day=LAST_DAY.day, hour=15, minute=59)
    kiosk.pull(now=last_evening_utc)
    assert isinstance(kiosk.present(1, now=last_evening_utc), Listed)
    assert isinstance(kiosk.present(1, now=last_evening_utc + MINUTE), NotListed)


def test_an_entry_that_is_signed_again_counts_for_longer(kiosk: KioskDisk) -> None:
    later = NOON.replace(year=2028)
    kiosk.station.add(1, expires_on=later.date())
    kiosk.pull(now=later)
    assert isinstance(kiosk.present(1, now=later), Listed)


@pytest.mark.parametrize(
    ("age", "miss", "faults"),
    [
        (HOUR, NotListed(HOUR), set()),
        (HOUR + MINUTE, NotListed(HOUR + MINUTE), {Fault.LIST_AGEING}),
        (24 * HOUR, NotListed(24 * HOUR), {Fault.LIST_AGEING}),
        (24 * HOUR + MINUTE, Unavailable(Reason.LIST_TOO_OLD), {Fault.LIST_TOO_OLD}),
    ],
)
def test_a_list_older_than_a_day_admits_nobody_but_a_hit_is_still_a_hit(
    kiosk: KioskDisk, age: timedelta, miss: object, faults: set[Fault]
) -> None:
    assert kiosk.present(2, now=NOON + age) == miss
    assert kiosk.present(1, now=NOON + age) == Listed(entry(1), age)
    assert kiosk.list.faults(NOON + age) == faults


def test_a_bare_checkpoint_makes_the_list_young_again(kiosk: KioskDisk) -> None:
    kiosk.pull(now=NOON + 30 * HOUR)
    assert kiosk.present(2, now=NOON + 30 * HOUR) == NotListed(timedelta(0))


def test_a_clock_set_back_does_not_make_an_old_list_young(kiosk: KioskDisk) -> None:
    set_back = NOON - 6 * MINUTE
    assert kiosk.present(2, now=set_back) == Unavailable(Reason.CLOCK_FAULT)
    assert isinstance(kiosk.present(1, now=set_back), Listed)
    assert kiosk.list.faults(set_back) == {Fault.CLOCK}


def test_two_clocks_may_differ_by_minutes(kiosk: KioskDisk) -> None:
    assert kiosk.present(2, now=NOON - 4 * MINUTE) == NotListed(timedelta(0))


def test_before_enrolment_there_is_no_list(tmp_path: Path) -> None:
    empty = watchlist.lookup.SealedList(tmp_path)
    assert empty.look_up(Presence("reader", 1), (number(1),), NOON) == Unavailable(Reason.LIST_MISSING)
    assert empty.faults(NOON) == {Fault.LIST_MISSING}


def test_before_the_first_checkpoint_there_is_no_list_and_then_there_is_without_a_restart(tmp_path: Path) -> None:
    fresh = KioskDisk(tmp_path / "fresh", Station(tmp_path / "another"))
    with fresh.agent():
        assert fresh.present(1) == Unavailable(Reason.LIST_MISSING)
    fresh.pull()
    assert fresh.present(1) == NotListed(timedelta(0))
    fresh.list.close()


def remove_list(kiosk: KioskDisk) -> None:
    for file in kiosk.folder.glob(f"{LIST_FILE}*"):
        file.unlink()


def damage_list(kiosk: KioskDisk) -> None:
    remove_list(kiosk)
    (kiosk.folder / LIST_FILE).write_bytes(b"not a database" * 1000)


def lose_device_key(kiosk: KioskDisk) -> None:
    (kiosk.folder / KEY_FILE).write_bytes(bytes(32))
    kiosk.list.close()


def change_enrolment(kiosk: KioskDisk) -> None:
    other = msgspec.structs.replace(kiosk.station.trust(), group_key=bytes(32))
    trust.save(other, kiosk.folder / trust.TRUST_FILE, kiosk.keys)
    kiosk.list.close()


@pytest.mark.parametrize(
    ("harm", "reason"),
    [
        (remove_list, Reason.LIST_MISSING),
        (damage_list, Reason.LIST_FAULT),
        (lose_device_key, Reason.LIST_FAULT),
        (change_enrolment, Reason.LIST_FAULT),
    ],
)
def test_a_list_that_cannot_be_read_is_never_a_miss(
    kiosk: KioskDisk, harm: Callable[[KioskDisk], None], reason: Reason
) -> None:
    assert isinstance(kiosk.present(2), NotListed)
    harm(kiosk)
    assert kiosk.present(2) == Unavailable(reason)
    assert kiosk.present(1) == Unavailable(reason)
    assert kiosk.list.faults(NOON) == {Fault.LIST_MISSING}


def bring_back_an_old_format(kiosk: KioskDisk) -> None:
    with open_sqlite(kiosk.folder / LIST_FILE).begin() as connection:
        connection.exec_driver_sql("PRAGMA user_version = 1")


@pytest.mark.parametrize("harm", [remove_list, damage_list, bring_back_an_old_format])
def test_a_lost_or_damaged_copy_is_made_again_from_the_feed(
    kiosk: KioskDisk, harm: Callable[[KioskDisk], None]
) -> None:
    harm(kiosk)
    kiosk.pull()
    assert isinstance(kiosk.present(1), Listed)


def test_after_a_new_enrolment_the_running_gate_follows_the_new_list(kiosk: KioskDisk, tmp_path: Path) -> None:
    assert isinstance(kiosk.present(1), Listed)
    anew = KioskDisk(kiosk.folder, Station(tmp_path / "another"))
    anew.station.add(2)
    anew.pull()
    assert kiosk.present(2) == Unavailable(Reason.LIST_FAULT)  # the one visit that noticed
    assert isinstance(kiosk.present(2), Listed)
    assert isinstance(kiosk.present(1), NotListed)
    anew.list.close()


def test_a_row_that_was_found_but_does_not_open_is_no_miss(kiosk: KioskDisk) -> None:
    author = kiosk.station.author
    author.add_rows(7, (SealedRow(index_of(stretch(number(7), author.pepper)), some_rows()[0].ct),))
    kiosk.pull()
    assert kiosk.present(7) == Unavailable(Reason.LIST_FAULT)


@pytest.mark.parametrize("epochs", [1, 2])
def test_a_hit_and_a_miss_do_the_same_work(kiosk: KioskDisk, monkeypatch: pytest.MonkeyPatch, epochs: int) -> None:
    work: list[str] = []

    def counted(name: str, function: Callable[..., object]) -> Callable[..., object]:
        def call(*args: object) -> object:
            work.append(name)
            return function(*args)

        return call

    if epochs == 2:
        kiosk.station.begin_epoch()
        kiosk.pull()
    monkeypatch.setattr(watchlist.lookup, "stretch", counted("stretch", stretch))
    monkeypatch.setattr(watchlist.lookup, "open_record", counted("open", open_record))
    monkeypatch.setattr(FileDeviceKeys, "blind", counted("blind", FileDeviceKeys.blind))
    monkeypatch.setattr(FileDeviceKeys, "unlock", counted("unlock", FileDeviceKeys.unlock))
    assert isinstance(kiosk.present(1), Listed)
    work.clear()  # the first look-up opened the files
    assert isinstance(kiosk.present(1), Listed)
    hit = work.copy()
    work.clear()
    assert isinstance(kiosk.present(2), NotListed)
    assert work == hit
    assert [work.count(step) for step in ("stretch", "blind", "open")] == [epochs] * 3


def test_a_stolen_disk_without_the_device_key_says_nothing_of_anyone(kiosk: KioskDisk) -> None:
    with kiosk.agent() as agent:
        assert isinstance(kiosk.present(1), Listed)
        agent.apply(kiosk.station.author.batch(), NOON)
        files = {file.name: file.read_bytes() for file in kiosk.folder.rglob("*") if file.is_file()}
    assert {LIST_FILE, f"{LIST_FILE}-wal", f"{LIST_FILE}-shm"} < files.keys()
    author = kiosk.station.author
    (listed,) = author.changes[0].rows
    secrets = [number(1).value.encode(), entry(1).encode(), listed.idx, listed.ct]
    for secret in (*secrets, author.pepper.salt):
        for data in (data for name, data in files.items() if name not in (KEY_FILE, trust.TRUST_FILE)):
            assert secret not in data
            assert secret.hex().encode() not in data
            assert b64encode(secret) not in data


def test_one_presence_is_looked_up_once(kiosk: KioskDisk) -> None:
    lying = Presence("reader", 10**6)
    assert isinstance(kiosk.list.look_up(lying, (number(1),), NOON), Listed)
    assert kiosk.list.look_up(lying, (number(1),), NOON) == Unavailable(Reason.LIST_BUSY)
    assert kiosk.list.look_up(lying, (number(2),), NOON) == Unavailable(Reason.LIST_BUSY)
    laid_again = Presence("reader", 10**6 + 1)
    assert isinstance(kiosk.list.look_up(laid_again, (number(1),), NOON), Listed)


def test_whoever_asks_faster_than_people_lay_down_cards_gets_no_answer(kiosk: KioskDisk) -> None:
    kiosk.list = SealedList(kiosk.folder, pace=Pace(burst=2, monotonic=lambda: 0.0))
    assert isinstance(kiosk.present(1), Listed)
    assert isinstance(kiosk.present(2), NotListed)
    for person in (1, 2):
        assert kiosk.present(person) == Unavailable(Reason.LIST_BUSY)
    kiosk.list.close()


def test_every_number_that_was_looked_up_is_counted_through_restarts(kiosk: KioskDisk) -> None:
    def counted() -> int:
        with kiosk.agent() as agent:
            return agent.look_ups()

    assert counted() == 0
    kiosk.present(1)
    kiosk.lay_down(number(1), number(2))
    assert counted() == 3
    again = KioskDisk(kiosk.folder, kiosk.station)
    again.present(2)
    again.list.close()
    assert counted() == 4


def test_a_look_up_that_cannot_be_counted_is_not_answered(kiosk: KioskDisk) -> None:
    (kiosk.folder / COUNT_FILE).mkdir()
    assert kiosk.present(1) == Unavailable(Reason.LIST_FAULT)


def test_what_has_expired_does_not_match_again_when_the_clock_is_set_back_by_a_year(kiosk: KioskDisk) -> None:
    after = NOON.replace(year=LAST_DAY.year) + timedelta(days=1)
    kiosk.pull(now=after)
    assert isinstance(kiosk.present(1, now=after), NotListed)
    assert kiosk.present(1, now=after - timedelta(days=365)) == Unavailable(Reason.CLOCK_FAULT)
