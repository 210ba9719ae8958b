"""However many consoles are open, what they all show is read and put into words once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import sleep

import pytest

from sync.station.bell import Bell
from sync.station.once_for_all import OnceForAll

FRESH_S = 1.0


class Clock:
    s = 100.0

    def __call__(self) -> float:
        return self.s


class Books:
    """What is to be read, and how often it was."""

    def __init__(self) -> None:
        self.page, self.read = 1, 0

    def __call__(self) -> int:
        self.read += 1
        sleep(0.01)  # time for others to ask
        return self.page


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def bell() -> Bell:
    return Bell()


@pytest.fixture
def for_all(bell: Bell, clock: Clock) -> OnceForAll:
    return OnceForAll(bell, clock)


def test_fifty_who_ask_for_the_same_at_once_are_told_what_was_read_once(for_all: OnceForAll) -> None:
    books = Books()
    with ThreadPoolExecutor(50) as many:
        told = list(many.map(lambda _: for_all.read("page", books, fresh_s=FRESH_S), range(50)))
    assert told == [1] * 50
    assert books.read == 1


def test_whoever_asks_for_something_else_is_told_that(for_all: OnceForAll) -> None:
    assert for_all.read(("zh", 7), lambda: "zh", fresh_s=FRESH_S) == "zh"
    assert for_all.read(("en", 7), lambda: "en", fresh_s=FRESH_S) == "en"
    assert for_all.read(("zh", 7), lambda: "read anew", fresh_s=FRESH_S) == "zh"


def test_what_no_bell_was_rung_for_is_seen_a_moment_later(for_all: OnceForAll, clock: Clock) -> None:
    books = Books()
    assert for_all.read("page", books, fresh_s=FRESH_S) == 1
    books.page = 2
    clock.s += FRESH_S * 0.9
    assert for_all.read("page", books, fresh_s=FRESH_S) == 1
    clock.s += FRESH_S * 0.1
    assert for_all.read("page", books, fresh_s=FRESH_S) == 2


@pytest.mark.parametrize("ring", [Bell.ring, Bell.ring_here], ids=["here", "at another instance"])
def test_what_a_bell_was_rung_for_is_seen_at_once(
    for_all: OnceForAll, bell: Bell, ring: Callable[[Bell], None]
) -> None:
    books = Books()
    assert for_all.read("page", books, fresh_s=FRESH_S) == 1
    books.page = 2
    ring(bell)
    assert for_all.read("page", books, fresh_s=FRESH_S) == 2


def test_a_ring_during_the_reading_is_no_news_missed(for_all: OnceForAll, bell: Bell) -> None:
    books = Books()

    def too_early() -> int:
        page = books()
        books.page = 2
        bell.ring()
        return page

    assert for_all.read("page", too_early, fresh_s=FRESH_S) == 1
    assert for_all.read("page", books, fresh_s=FRESH_S) == 2


def test_one_who_reads_may_ask_for_a_part_of_it(for_all: OnceForAll) -> None:
    page, books = Books(), Books()
    for _ in range(2):
        both = for_all.read("both", lambda: (page(), for_all.read("page", books, fresh_s=FRESH_S)), fresh_s=FRESH_S)
        assert both == (1, 1)
    assert (page.read, books.read) == (1, 1)


@pytest.mark.parametrize("passes", ["a ring", "time"])
def test_what_nobody_will_be_told_any_more_is_not_kept(
    for_all: OnceForAll, bell: Bell, clock: Clock, passes: str
) -> None:
    for since in range(100):
        for_all.read(since, lambda: "news", fresh_s=FRESH_S)
        if passes == "time":
            clock.s += FRESH_S
        else:
            bell.ring_here()
    assert len(for_all._kept) <= 1
