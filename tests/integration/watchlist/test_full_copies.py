"""A new kiosk, or one that was away for long, takes the list as one file."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from inspect import signature

import pytest
from kiosk_disk import KioskDisk
from list_author import NOON, entry
from namesakes import list_namesakes

import watchlist.replica
from kiosk.domain.document import Document
from kiosk.domain.evidence import Listed, NotListed
from kiosk.ports import Watchlist
from watchlist import published, rows
from watchlist.feed import Change
from watchlist.seal import Record, SealedRow
from watchlist.snapshot import CopyHeader

MINUTE = timedelta(minutes=1)


def fetched(kiosk: KioskDisk, now: object = NOON) -> list[str]:
    """Refresh, and say which files of the list it took."""
    road = kiosk.station.road()
    kiosk.pull(now=now, road=road)
    return [path for path in road.fetched if path.startswith(("feed/", "targets/snapshots/"))]


@pytest.mark.usefixtures("quick_hash")
def test_a_new_kiosk_takes_the_newest_copy_and_what_came_after_it(kiosk: KioskDisk) -> None:
    station = kiosk.station
    station.add(1)
    station.add(2)
    station.withdraw(2)
    station.take_copy(station.author)
    station.add(3)
    took = fetched(kiosk)
    assert [path.rpartition(".")[2] for path in took] == ["list", "json"]
    assert [isinstance(kiosk.present(person), Listed) for person in (1, 2, 3)] == [True, False, True]
    station.withdraw(1)
    assert fetched(kiosk) == ["feed/1/head.json"]
    assert isinstance(kiosk.present(1), NotListed)


@pytest.mark.usefixtures("quick_hash")
def test_a_kiosk_far_behind_takes_a_copy_and_one_that_missed_little_takes_pieces(
    kiosk: KioskDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watchlist.replica, "FAR_BEHIND", 600)
    station = kiosk.station
    station.add(1)
    kiosk.pull()
    station.withdraw(1)
    station.add_fillers(599)
    station.take_copy(station.author)
    assert fetched(kiosk) == [
        "feed/1/head.json",
        "feed/1/1.json",
        "feed/1/head.json",
        "feed/1/501.json",
        "feed/1/head.json",
    ]
    station.add(1)
    station.add_fillers(600)
    station.take_copy(station.author)
    took = fetched(kiosk)
    assert [path.rpartition(".")[2] for path in took] == ["list", "json"]
    assert isinstance(kiosk.present(1), Listed)


@pytest.mark.usefixtures("quick_hash")
def test_where_the_pieces_between_are_no_longer_published_a_copy_is_taken(kiosk: KioskDisk) -> None:
    station = kiosk.station
    station.add(1)
    kiosk.pull()
    station.add_fillers(520)
    station.withdraw(1)
    station.take_copy(station.author)
    station.publish()
    (station.folder / published.piece_path(1, 1)).unlink()
    with kiosk.agent() as agent:
        agent.refresh(station.road(), NOON)
        assert agent.positions() == (station.author.position(),)
    assert isinstance(kiosk.present(1), NotListed)


@pytest.mark.usefixtures("quick_hash")
def test_a_withdrawal_is_at_work_at_once_even_while_a_large_copy_is_being_taken(
    kiosk: KioskDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    station = kiosk.station
    station.add(1)
    kiosk.pull()
    station.begin_epoch()
    station.withdraw(1, NOON + MINUTE)
    station.publish(NOON + MINUTE)
    filling, go_on = threading.Event(), threading.Event()
    fill = rows.Rows.fill

    def slowly(*args: object) -> None:
        fill(*args)
        filling.set()
        assert go_on.wait(10)

    monkeypatch.setattr(rows, "CHUNK", 1)
    for person in (3, 4, 5):
        station.epochs[1].base[entry(person)] = station.epochs[1].sealed(person)
    station.take_copy(station.epochs[1], after=station.epochs[1].begins_after)
    station.publish(NOON + MINUTE)
    with kiosk.agent() as agent:
        # Paused between two of the copy's transactions.
        real = rows.in_order

        def paused(*args: object) -> Iterator[list[tuple[bytes, bytes, bytes]]]:
            for chunk in real(*args):
                yield chunk
                filling.set()
                assert go_on.wait(10)

        monkeypatch.setattr("watchlist.store.in_order", paused)
        refresh = threading.Thread(target=agent.refresh, args=(station.road(), NOON + MINUTE))
        refresh.start()
        assert filling.wait(10)
        agent.apply(station.epochs[0].batch(at=NOON + MINUTE), NOON + MINUTE)
        assert isinstance(kiosk.present(1), NotListed)
        go_on.set()
        refresh.join()
        assert len(agent.positions()) == 2
    assert isinstance(kiosk.present(1), NotListed)


def test_nothing_that_a_kiosk_holds_or_asks_has_a_place_for_a_name() -> None:
    fields = [set(kind.__annotations__) for kind in (Change, SealedRow, Record, CopyHeader, Document)]
    assert fields[:3] == [{"seq", "op", "entry", "rows"}, {"idx", "ct"}, {"entry", "expires_on"}]
    assert not any("name" in field for field in set().union(*fields))
    assert set(signature(Watchlist.look_up).parameters) == {"self", "presence", "numbers", "now"}


@pytest.mark.usefixtures("quick_hash")
def test_twenty_thousand_same_name_records_give_no_hit_for_the_names_other_bearers(kiosk: KioskDisk) -> None:
    """Only a number finds a row. A million of them, which take half a minute, are in `make torture`."""
    list_namesakes(kiosk, 20_000)
    assert kiosk.present(1) == Listed(entry(1), timedelta(0))
    assert {type(kiosk.present(person)) for person in range(2, 100)} == {NotListed}
