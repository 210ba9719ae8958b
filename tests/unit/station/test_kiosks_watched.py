"""However many consoles are open, the kiosks are looked at once for all of them."""

import pytest
from list_desk import NOON, ListDesk
from sqlalchemy import insert, update

from sync.station.bell import Bell
from sync.station.fleet import FRESH_S, Watched
from sync.station.tables import kiosks


class Clock:
    s = 100.0

    def __call__(self) -> float:
        return self.s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def bell() -> Bell:
    return Bell()


@pytest.fixture
def watched(desk: ListDesk, bell: Bell, clock: Clock) -> Watched:
    with desk.store.write() as conn:
        conn.execute(insert(kiosks).values(id="g1", lane="A", enrolled_at=NOON, heard_at=NOON, heartbeat={}))
    return Watched(desk.store, bell, desk.time, clock)


def a_fault_begins(desk: ListDesk) -> None:
    with desk.store.write() as conn:
        conn.execute(update(kiosks).values(heartbeat={"faults": ["camera-lost"]}))


def states(watched: Watched) -> list[str]:
    return [kiosk["state"] for kiosk in watched.health()]


def test_all_who_ask_within_a_second_are_told_what_was_read_once(watched: Watched, clock: Clock) -> None:
    first = watched.health()
    clock.s += FRESH_S * 0.9
    assert watched.health() is first


def test_a_fault_is_seen_within_a_second(desk: ListDesk, watched: Watched, clock: Clock) -> None:
    assert states(watched) == ["well"]
    a_fault_begins(desk)
    clock.s += FRESH_S
    assert states(watched) == ["faulty"]


@pytest.mark.parametrize("ring", [Bell.ring, Bell.ring_here], ids=["here", "at another instance"])
def test_what_a_bell_was_rung_for_is_seen_at_once(desk: ListDesk, watched: Watched, bell: Bell, ring: object) -> None:
    assert states(watched) == ["well"]
    a_fault_begins(desk)
    assert callable(ring)
    ring(bell)
    assert states(watched) == ["faulty"]
