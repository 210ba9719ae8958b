"""What the gate learns of a number, by the list's content and its age."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from kiosk_disk import KioskDisk
from list_author import LAST_DAY, NOON, ListAuthor, entry, number, some_rows

import watchlist.lookup
from kiosk.domain.evidence import Listed, NotListed, Unavailable
from kiosk.domain.faults import Fault
from kiosk.domain.reasons import Reason
from watchlist.device_key import KEY_FILE, FileDeviceKeys
from watchlist.seal import SealedRow, index_of, open_record, seal, stretch
from watchlist.store import LIST_FILE
from watchlist.trust import TRUST_FILE

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def kiosk(tmp_path: Path) -> Iterator[KioskDisk]:
    """Person 1 is listed, person 2 is not."""
    kiosk = KioskDisk(tmp_path, ListAuthor())
    kiosk.author.add(1)
    kiosk.pull()
    yield kiosk
    kiosk.list.close()


def test_a_listed_number_is_listed_and_any_other_is_not(kiosk: KioskDisk) -> None:
    assert kiosk.present(1, now=NOON + MINUTE) == Listed(entry(1), MINUTE)
    assert kiosk.present(2, now=NOON + MINUTE) == NotListed(MINUTE)
    assert kiosk.list.faults(NOON + MINUTE) == frozenset()


def test_a_withdrawn_number_no_longer_matches(kiosk: KioskDisk) -> None:
    assert isinstance(kiosk.present(1), Listed)
    kiosk.author.withdraw(1)
    kiosk.pull()
    assert kiosk.present(1) == NotListed(timedelta(0))


def test_someone_added_during_the_day_matches_at_the_next_visit(kiosk: KioskDisk) -> None:
    assert isinstance(kiosk.present(2), NotListed)
    kiosk.author.add(2)
    kiosk.pull()
    assert kiosk.present(2) == Listed(entry(2), timedelta(0))


def test_every_number_of_a_document_is_looked_up(kiosk: KioskDisk) -> None:
    assert kiosk.list.look_up((number(2), number(1)), NOON) == Listed(entry(1), timedelta(0))


def test_every_number_of_a_person_is_listed_and_withdrawn_as_one(kiosk: KioskDisk) -> None:
    kiosk.author.add(3, number(3), number(4))
    kiosk.pull()
    assert kiosk.present(3) == kiosk.present(4) == Listed(entry(3), timedelta(0))
    kiosk.author.withdraw(3)
    kiosk.pull()
    assert kiosk.present(3) == kiosk.present(4) == NotListed(timedelta(0))


def test_a_number_listed_twice_stays_listed_when_one_listing_is_withdrawn(kiosk: KioskDisk) -> None:
    kiosk.author.add(5, number(1))
    kiosk.author.withdraw(1)
    kiosk.pull()
    assert kiosk.present(1) == Listed(entry(5), timedelta(0))


def test_an_entry_counts_on_its_last_day_in_china_and_not_on_the_next(kiosk: KioskDisk) -> None:
    last_evening_utc = NOON.replace(year=LAST_DAY.year, month=LAST_DAY.month, day=LAST_DAY.day, hour=15, minute=59)
    kiosk.pull(now=last_evening_utc)
    assert isinstance(kiosk.present(1, now=last_evening_utc), Listed)
    assert isinstance(kiosk.present(1, now=last_evening_utc + MINUTE), NotListed)


def test_an_entry_that_is_signed_again_counts_for_longer(kiosk: KioskDisk) -> None:
    later = NOON.replace(year=2028)
    kiosk.author.add(1, expires_on=later.date())
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
    assert empty.look_up((number(1),), NOON) == Unavailable(Reason.LIST_MISSING)
    assert empty.faults(NOON) == {Fault.LIST_MISSING}


def test_before_the_first_checkpoint_there_is_no_list_and_then_there_is_without_a_restart(tmp_path: Path) -> None:
    kiosk = KioskDisk(tmp_path, ListAuthor())
    with kiosk.replica():
        assert kiosk.present(1) == Unavailable(Reason.LIST_MISSING)
    kiosk.pull()
    assert kiosk.present(1) == NotListed(timedelta(0))
    kiosk.list.close()


def remove_list(kiosk: KioskDisk) -> None:
    for file in kiosk.folder.glob(f"{LIST_FILE}*"):
        file.unlink()


def damage_list(kiosk: KioskDisk) -> None:
    remove_list(kiosk)
    (kiosk.folder / LIST_FILE).write_bytes(b"not a database" * 1000)


def lose_device_key(kiosk: KioskDisk) -> None:
    (kiosk.folder / KEY_FILE).write_bytes(bytes(32))
    kiosk.list.close()


def change_pepper(kiosk: KioskDisk) -> None:
    text = (kiosk.folder / TRUST_FILE).read_text()
    start = text.index('"salt":"') + 8
    (kiosk.folder / TRUST_FILE).write_text(text[:start] + ("B" if text[start] == "A" else "A") + text[start + 1 :])
    kiosk.list.close()


@pytest.mark.parametrize(
    ("harm", "reason"),
    [
        (remove_list, Reason.LIST_MISSING),
        (damage_list, Reason.LIST_FAULT),
        (lose_device_key, Reason.LIST_FAULT),
        (change_pepper, Reason.LIST_FAULT),
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


@pytest.mark.parametrize("harm", [remove_list, damage_list])
def test_a_lost_or_damaged_copy_is_made_again_from_the_feed(
    kiosk: KioskDisk, harm: Callable[[KioskDisk], None]
) -> None:
    harm(kiosk)
    kiosk.pull()
    assert isinstance(kiosk.present(1), Listed)


def test_after_a_new_enrolment_the_running_gate_follows_the_new_list(kiosk: KioskDisk) -> None:
    assert isinstance(kiosk.present(1), Listed)
    anew = KioskDisk(kiosk.folder, ListAuthor())
    anew.author.add(2)
    anew.pull()
    assert kiosk.present(2) == Unavailable(Reason.LIST_FAULT)  # the one visit that noticed
    assert isinstance(kiosk.present(2), Listed)
    assert isinstance(kiosk.present(1), NotListed)
    anew.list.close()


def test_a_row_that_was_found_but_does_not_open_is_no_miss(kiosk: KioskDisk) -> None:
    idx = index_of(stretch(number(7), kiosk.author.pepper))
    kiosk.author.add_rows(7, (SealedRow(idx, some_rows()[0].ct),))
    kiosk.pull()
    assert kiosk.present(7) == Unavailable(Reason.LIST_FAULT)


def test_a_hit_and_a_miss_do_the_same_work(kiosk: KioskDisk, monkeypatch: pytest.MonkeyPatch) -> None:
    work: list[str] = []

    def counted(name: str, function: Callable[..., object]) -> Callable[..., object]:
        def call(*args: object) -> object:
            work.append(name)
            return function(*args)

        return call

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
    assert work == hit == ["stretch", "blind", "unlock", "open"]


def test_a_stolen_disk_without_the_device_key_says_nothing_of_anyone(kiosk: KioskDisk) -> None:
    row = seal(
        number(8),
        open_record(stretch(number(1), kiosk.author.pepper), kiosk.author.changes[0].rows[0]),
        kiosk.author.pepper,
    )
    kiosk.author.add_rows(8, (row,))
    with kiosk.replica() as replica:
        replica.apply(kiosk.author.batch(since=1), NOON)
        files = [file.read_bytes() for file in kiosk.folder.glob(f"{LIST_FILE}*")]
    listed = kiosk.author.changes[0].rows[0]
    assert len(files) == 3  # the database, its log and the log's index
    for secret in (number(1).value.encode(), entry(1).encode(), entry(8).encode(), listed.idx, listed.ct, row.idx):
        assert all(secret not in data and secret.hex().encode() not in data for data in files)
