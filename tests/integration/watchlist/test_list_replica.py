"""The copy takes the honest feed and nothing else, and what it had goes on."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from kiosk_disk import KioskDisk
from list_author import NOON, ListAuthor, number
from published_tree import Station

from kiosk.domain.evidence import Listed, NotListed
from kiosk.ports import FeedPosition, FeedRefusedError
from kiosk.sqlite import reading
from watchlist.replica import ListFollower
from watchlist.store import ListStore

WITHIN = timedelta(minutes=4)
pytestmark = pytest.mark.usefixtures("quick_hash")


@pytest.fixture
def author(station: Station) -> ListAuthor:
    """Persons 1, 2 and 3 will be listed."""
    for person in (1, 2, 3):
        station.add(person)
    return station.author


@pytest.fixture
def replica(kiosk: KioskDisk, author: ListAuthor) -> Iterator[ListFollower]:
    """The copy stands after the second."""
    later = author.changes.pop(), author.heads.pop(), author.times.pop()
    kiosk.pull()
    for held, one in zip((author.changes, author.heads, author.times), later, strict=True):
        held.append(one)  # type: ignore[attr-defined]  # each list takes its own back
    with kiosk.agent() as replica:
        yield replica


def listed(kiosk: KioskDisk) -> list[bool]:
    """For persons 1, 2 and 3."""
    return [isinstance(kiosk.present(person), Listed) for person in (1, 2, 3)]


def test_an_honest_batch_is_applied_and_says_how_far(
    kiosk: KioskDisk, replica: ListFollower, author: ListAuthor
) -> None:
    assert listed(kiosk) == [True, True, False]
    assert replica.apply(author.batch(since=2), NOON) == FeedPosition(1, 3, author.heads[3])
    assert replica.positions() == (FeedPosition(1, 3, author.heads[3]),)
    assert listed(kiosk) == [True, True, True]


def test_the_same_batch_again_changes_nothing(kiosk: KioskDisk, replica: ListFollower, author: ListAuthor) -> None:
    for _ in range(3):
        replica.apply(author.batch(), NOON)
        assert listed(kiosk) == [True, True, True]


def test_added_and_withdrawn_in_one_batch_is_not_listed(
    kiosk: KioskDisk, replica: ListFollower, author: ListAuthor
) -> None:
    author.withdraw(3)
    replica.apply(author.batch(since=2), NOON)
    assert listed(kiosk) == [True, True, False]


def test_withdrawn_and_added_again_in_one_batch_is_listed(
    kiosk: KioskDisk, replica: ListFollower, author: ListAuthor
) -> None:
    author.withdraw(1)
    author.add(1)
    replica.apply(author.batch(since=2), NOON)
    assert listed(kiosk) == [True, True, True]


def test_a_number_that_stands_twice_in_one_entry_is_listed_once_and_withdrawn_with_it(
    kiosk: KioskDisk, replica: ListFollower, author: ListAuthor
) -> None:
    author.add(4, number(4), number(4))
    replica.apply(author.batch(since=2), NOON)
    assert isinstance(kiosk.present(4), Listed)
    author.withdraw(4)
    replica.apply(author.batch(since=4), NOON)
    assert isinstance(kiosk.present(4), NotListed)


def forgeries() -> dict[str, Callable[[ListAuthor], bytes]]:
    def elsewhere(author: ListAuthor, **where: object) -> bytes:
        facts = {"site": author.site, "group": author.group, "epoch": 1, "key": author.key} | where
        return ListAuthor(**facts).sign(author.changes[2:], seq=4, head=author.heads[4])

    def reordered(author: ListAuthor) -> bytes:
        return author.sign([author.changes[3], author.changes[2]], seq=4, head=author.heads[4])

    return {
        "bad-signature": lambda a: elsewhere(a, key=None),
        "malformed": lambda a: a.batch(since=2)[:-7],
        "gap: reordered": reordered,
        "gap": lambda a: a.batch(since=3),
        "rolled-back": lambda a: a.batch(up_to=1),
        "wrong-site": lambda a: elsewhere(a, site="east-gate"),
        "wrong-group": lambda a: elsewhere(a, group="offices"),
        "wrong-epoch": lambda a: elsewhere(a, epoch=2),
        "broken-chain": lambda a: a.sign(
            [a.changes[2], a.changes[3].__class__(seq=4, op="withdraw", entry=a.changes[1].entry)],
            seq=4,
            head=a.heads[4],
        ),
        "from-the-future": lambda a: a.batch(since=2, at=NOON + timedelta(minutes=6)),
    }


@pytest.mark.parametrize("forgery", forgeries())
def test_after_a_refusal_the_last_good_list_goes_on(
    kiosk: KioskDisk, replica: ListFollower, author: ListAuthor, forgery: str
) -> None:
    before = replica.positions(), replica.checked_at()
    author.withdraw(1)
    with pytest.raises(FeedRefusedError) as refused:
        replica.apply(forgeries()[forgery](author), NOON)
    assert refused.value.why == forgery.split(":")[0]
    assert (replica.positions(), replica.checked_at()) == before
    assert listed(kiosk) == [True, True, False]
    replica.apply(author.batch(since=2), NOON)  # the honest one passes
    assert listed(kiosk) == [False, True, True]


def test_a_replayed_checkpoint_never_makes_the_list_younger_or_older(replica: ListFollower, author: ListAuthor) -> None:
    replica.apply(author.batch(since=2, up_to=2, at=NOON + WITHIN), NOON)
    replica.apply(author.batch(since=2, up_to=2, at=NOON), NOON)
    assert replica.checked_at() == NOON + WITHIN


def test_a_clock_set_back_by_a_year_refuses_what_is_new_and_takes_it_when_it_is_right_again(
    kiosk: KioskDisk, replica: ListFollower, author: ListAuthor
) -> None:
    with pytest.raises(FeedRefusedError, match="from-the-future"):
        replica.apply(author.batch(since=2), NOON - timedelta(days=365))
    assert listed(kiosk) == [True, True, False]
    replica.apply(author.batch(since=2), NOON)
    assert listed(kiosk) == [True, True, True]


def test_a_copy_survives_the_agent(kiosk: KioskDisk, author: ListAuthor) -> None:
    (reached,) = kiosk.pull()
    with kiosk.agent() as replica:
        assert replica.positions() == (reached,)
        assert listed(kiosk) == [True, True, True]


def test_a_copy_of_another_enrolment_is_started_afresh(kiosk: KioskDisk, author: ListAuthor, tmp_path: Path) -> None:
    kiosk.pull()
    with KioskDisk(kiosk.folder, Station(tmp_path / "another")).agent() as replica:
        assert replica.positions() == ()
        assert replica.checked_at() is None
    again = KioskDisk(kiosk.folder, kiosk.station)
    again.pull()
    assert listed(again) == [True, True, True]
    again.list.close()


def test_what_is_let_go_of_is_gone_from_the_file(kiosk: KioskDisk, author: ListAuthor) -> None:
    kiosk.pull()
    kiosk.station.begin_epoch()
    kiosk.pull()
    kiosk.station.end_epoch()
    kiosk.pull()
    store = ListStore.open(kiosk.folder / "watchlist.db", kiosk.station.trust(), kiosk.keys)
    with reading(store._engine).begin() as connection:
        tables = connection.exec_driver_sql("SELECT count(*) FROM sqlite_schema WHERE name LIKE 'rows_%'").scalar_one()
    store.close()
    assert tables == 2  # one table, and its index


def test_why_the_last_update_was_refused_is_told_until_something_good_comes(
    replica: ListFollower, author: ListAuthor
) -> None:
    assert replica.refused is None
    with pytest.raises(FeedRefusedError):
        replica.apply(b"{}", NOON)
    assert replica.refused == "malformed"
    with pytest.raises(FeedRefusedError):
        replica.apply(author.batch(since=3), NOON)  # out of step is no refusal
    assert replica.refused == "malformed"
    replica.apply(author.batch(), NOON)
    assert replica.refused is None
