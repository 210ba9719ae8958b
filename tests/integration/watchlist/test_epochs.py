"""A pepper epoch gives way to the next without a gap: at every moment the gate knows who is listed and who is not."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from kiosk_disk import KioskDisk
from list_author import NOON
from published_tree import Station

import watchlist.lookup
from kiosk.domain.evidence import Listed, NotListed
from kiosk.ports import FeedRefusedError
from watchlist.seal import Pepper, Secret, stretch

MINUTE = timedelta(minutes=1)
pytestmark = pytest.mark.usefixtures("quick_hash")


def knows(kiosk: KioskDisk, listed: set[int], now: object = NOON) -> bool:
    """Tell whether the gate finds exactly these of persons 1 to 4."""
    return {person for person in range(1, 5) if isinstance(kiosk.present(person, now=now), Listed)} == listed


def epochs(kiosk: KioskDisk) -> list[int]:
    with kiosk.agent() as agent:
        return [position.epoch for position in agent.positions()]


def test_both_epochs_answer_until_the_older_one_is_no_longer_named(kiosk: KioskDisk) -> None:
    station = kiosk.station
    station.add(1)
    station.add(2)
    kiosk.pull()
    assert (epochs(kiosk), knows(kiosk, {1, 2})) == ([1], True)
    station.begin_epoch()
    assert knows(kiosk, {1, 2})
    kiosk.pull(now=NOON + MINUTE)
    assert (epochs(kiosk), knows(kiosk, {1, 2})) == ([1, 2], True)
    station.add(3)
    station.withdraw(1)
    kiosk.pull(now=NOON + 2 * MINUTE)
    assert knows(kiosk, {2, 3})
    station.end_epoch()
    kiosk.pull(now=NOON + 3 * MINUTE)
    assert (epochs(kiosk), knows(kiosk, {2, 3})) == ([2], True)
    station.add(4)
    kiosk.pull(now=NOON + 4 * MINUTE)
    assert knows(kiosk, {2, 3, 4})


def in_turn(first: int) -> list[int]:
    return [first, 1 - first]


@pytest.mark.parametrize("first", [0, 1], ids=["older first", "newer first"])
def test_a_change_counts_as_soon_as_one_epoch_has_it(kiosk: KioskDisk, first: int) -> None:
    """Two feeds, two batches, and between them the gate is asked."""
    station = kiosk.station
    station.add(1)
    kiosk.pull()
    station.begin_epoch()
    kiosk.pull()
    now = NOON + MINUTE
    station.withdraw(1, now)
    with kiosk.agent() as agent:
        for which in in_turn(first):
            now += MINUTE
            agent.apply(station.epochs[which].batch(at=now), now)
            assert knows(kiosk, set(), now)
        station.add(1, at=now)
        for which in in_turn(first):
            now += MINUTE
            agent.apply(station.epochs[which].batch(at=now), now)
            assert knows(kiosk, {1}, now)


@pytest.mark.parametrize("lost", [0, 1], ids=["older lost", "newer lost"])
def test_an_epoch_that_fell_behind_says_nothing_against_the_one_that_did_not(kiosk: KioskDisk, lost: int) -> None:
    station = kiosk.station
    station.add(1)
    kiosk.pull()
    station.begin_epoch()
    kiosk.pull()
    station.withdraw(1, NOON + MINUTE)
    station.add(2, at=NOON + MINUTE)
    with kiosk.agent() as agent:
        agent.apply(station.epochs[1 - lost].batch(at=NOON + 2 * MINUTE), NOON + 2 * MINUTE)
        assert knows(kiosk, {2})
        kiosk.pull(now=NOON + 3 * MINUTE)
        assert knows(kiosk, {2})


def test_the_older_epoch_stays_until_the_newer_one_has_caught_up_with_it(kiosk: KioskDisk) -> None:
    """A kiosk that comes back late finds only the newer one named, and its copy is older than what it knows."""
    station = kiosk.station
    station.add(1)
    station.add(3)
    kiosk.pull()
    station.begin_epoch(NOON)
    station.withdraw(1, NOON + MINUTE)
    station.add(2, at=NOON + MINUTE)
    station.add_fillers(30, NOON + MINUTE)
    with kiosk.agent() as agent:
        agent.apply(station.epochs[0].batch(at=NOON + 2 * MINUTE), NOON + 2 * MINUTE)
        station.end_epoch()
        station.publish(NOON + 3 * MINUTE)
        (station.folder / "feed" / "2" / "1.json").unlink()
        with pytest.raises(Exception, match="not-published"):
            agent.refresh(station.road(), NOON + 3 * MINUTE)
        assert [position.epoch for position in agent.positions()] == [1, 2]
        assert knows(kiosk, {2, 3})
        agent.apply(station.epochs[1].batch(at=NOON + 4 * MINUTE), NOON + 4 * MINUTE)
        assert [position.epoch for position in agent.positions()] == [2]
        assert knows(kiosk, {2, 3})


def test_a_batch_of_an_epoch_that_is_not_held_waits_for_a_refresh(kiosk: KioskDisk) -> None:
    station = kiosk.station
    station.add(1)
    kiosk.pull()
    station.begin_epoch()
    station.publish()
    with kiosk.agent() as agent:
        with pytest.raises(FeedRefusedError, match="wrong-epoch"):
            agent.apply(station.author.batch(), NOON)
        assert knows(kiosk, {1})
        agent.refresh(station.road(), NOON)
        agent.apply(station.author.batch(), NOON)
    assert knows(kiosk, {1})


def test_what_goes_wrong_with_one_epoch_does_not_hold_up_the_other(kiosk: KioskDisk) -> None:
    station = kiosk.station
    station.add(1)
    kiosk.pull()
    station.begin_epoch()
    station.add(2, at=NOON + MINUTE)
    station.publish(NOON + MINUTE)
    (station.folder / "feed" / "1" / "head.json").write_bytes(b"{}")
    with kiosk.agent() as agent:
        with pytest.raises(FeedRefusedError, match="malformed"):
            agent.refresh(station.road(), NOON + MINUTE)
        assert agent.positions() == (station.epochs[0].position(1), station.epochs[1].position(2))
        assert agent.refused == "malformed"
    assert knows(kiosk, {1, 2})


@pytest.mark.parametrize("step", ["begins", "ends"])
def test_an_epoch_that_comes_or_goes_while_the_slow_hash_runs_is_no_gap(
    kiosk: KioskDisk, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    station: Station = kiosk.station
    station.add(1)
    kiosk.pull()
    station.begin_epoch()
    meanwhile: list[Callable[[], object]] = [kiosk.pull]
    if step == "ends":
        kiosk.pull()
        station.end_epoch()

    def interrupted(number: object, pepper: Pepper) -> Secret:
        if meanwhile:
            meanwhile.pop()()
        return stretch(number, pepper)  # type: ignore[arg-type]  # as it was asked

    monkeypatch.setattr(watchlist.lookup, "stretch", interrupted)
    assert isinstance(kiosk.present(1), Listed)
    assert isinstance(kiosk.present(2), NotListed)
    assert epochs(kiosk) == ([1, 2] if step == "begins" else [2])
