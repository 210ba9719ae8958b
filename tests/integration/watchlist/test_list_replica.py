"""The copy takes the honest feed and nothing else, and what it had goes on."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from kiosk_disk import KioskDisk
from list_author import NOON, ListAuthor, some_rows

from kiosk.ports import FeedPosition, FeedRefusedError
from watchlist.store import ListStore

WITHIN = timedelta(minutes=4)


@pytest.fixture
def author() -> ListAuthor:
    author = ListAuthor()
    for person in (1, 2, 3):
        author.add_rows(person, some_rows())
    return author


@pytest.fixture
def replica(tmp_path: Path, author: ListAuthor) -> Iterator[ListStore]:
    with KioskDisk(tmp_path, author).replica() as replica:
        replica.apply(author.batch(up_to=2), NOON)
        yield replica


def listed(replica: ListStore, author: ListAuthor) -> list[bool]:
    """For each person, whether the row of their first listing is found."""
    found = replica.find([change.rows[0].idx for change in author.changes if change.rows])
    return [bool(rows) for rows in found.rows]


def test_an_honest_batch_is_applied_and_says_how_far(replica: ListStore, author: ListAuthor) -> None:
    assert replica.apply(author.batch(since=2), NOON) == FeedPosition(1, 3, author.heads[3])
    assert replica.position() == FeedPosition(1, 3, author.heads[3])
    assert listed(replica, author) == [True, True, True]


def test_the_same_batch_again_changes_nothing(replica: ListStore, author: ListAuthor) -> None:
    for _ in range(3):
        replica.apply(author.batch(), NOON)
        assert listed(replica, author) == [True, True, True]


def test_added_and_withdrawn_in_one_batch_is_not_listed(replica: ListStore, author: ListAuthor) -> None:
    author.withdraw(3)
    replica.apply(author.batch(since=2), NOON)
    assert listed(replica, author) == [True, True, False]


@pytest.mark.parametrize("forgery", ["forged", "gapped", "rolled back", "from the future"])
def test_after_a_refusal_the_last_good_list_goes_on(replica: ListStore, author: ListAuthor, forgery: str) -> None:
    before = replica.position(), replica.checked_at()
    author.withdraw(1)
    batch, why = {
        "forged": (ListAuthor(author.site).sign(author.changes[2:], seq=4, head=author.heads[4]), "bad-signature"),
        "gapped": (author.batch(since=3), "gap"),
        "rolled back": (author.batch(up_to=1), "rolled-back"),
        "from the future": (author.batch(since=2, at=NOON + timedelta(minutes=6)), "from-the-future"),
    }[forgery]
    with pytest.raises(FeedRefusedError) as refused:
        replica.apply(batch, NOON)
    assert refused.value.why == why
    assert (replica.position(), replica.checked_at()) == before
    assert listed(replica, author) == [True, True, False]
    replica.apply(author.batch(since=2), NOON)
    assert listed(replica, author) == [False, True, True]


def test_a_replayed_checkpoint_never_makes_the_list_younger_or_older(replica: ListStore, author: ListAuthor) -> None:
    replica.apply(author.batch(since=2, up_to=2, at=NOON + WITHIN), NOON)
    replica.apply(author.batch(since=2, up_to=2, at=NOON), NOON)
    assert replica.checked_at() == NOON + WITHIN


def test_a_copy_survives_the_agent(tmp_path: Path, author: ListAuthor) -> None:
    kiosk = KioskDisk(tmp_path, author)
    reached = kiosk.pull()
    with kiosk.replica() as replica:
        assert replica.position() == reached
        assert listed(replica, author) == [True, True, True]


def test_a_copy_of_another_enrolment_is_started_afresh(tmp_path: Path, author: ListAuthor) -> None:
    KioskDisk(tmp_path, author).pull()
    with KioskDisk(tmp_path, ListAuthor()).replica() as replica:
        assert replica.position().seq == 0
        assert replica.checked_at() is None
        assert listed(replica, author) == [False, False, False]
