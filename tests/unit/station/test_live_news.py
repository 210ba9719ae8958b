"""What every open console hears of the kiosks, though they are looked at once for all of them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from list_desk import NOON
from sqlalchemy import insert, update

from sync.station.api import live_news
from sync.station.bell import Bell
from sync.station.station import Station
from sync.station.tables import kiosks
from sync.station.wording import Language, Words
from tests.blank_station import lay_out_station

FRESH_S = live_news._KIOSKS_FRESH_S


class Grown:
    s = 100.0

    def __call__(self) -> float:
        return self.s


@pytest.fixture
def grown() -> Grown:
    return Grown()


@pytest.fixture
def station(tmp_path: Path, grown: Grown) -> Iterator[Station]:
    station = Station(lay_out_station(tmp_path, "west-gate", NOON), now=lambda: NOON, monotonic=grown)
    with station.store.write() as conn:
        conn.execute(insert(kiosks).values(id="g1", lane="A", enrolled_at=NOON, heard_at=NOON, heartbeat={}))
    yield station
    station.close()


def a_fault_begins(station: Station) -> None:
    with station.store.write() as conn:
        conn.execute(update(kiosks).values(heartbeat={"faults": ["camera-lost"]}))


def said(station: Station) -> str:
    return live_news._read(station, Words(Language.EN), 0, acts=True).said.decode()


def test_all_who_ask_within_a_second_are_told_what_was_read_once(station: Station, grown: Grown) -> None:
    first = said(station)
    a_fault_begins(station)
    grown.s += FRESH_S * 0.9
    assert said(station) == first


def test_a_fault_is_seen_within_a_second(station: Station, grown: Grown) -> None:
    assert "kiosks well: 1" in said(station)
    a_fault_begins(station)
    grown.s += FRESH_S
    assert "tone-warn" in said(station)
    assert FRESH_S <= 1


@pytest.mark.parametrize("ring", [Bell.ring, Bell.ring_here], ids=["here", "at another instance"])
def test_what_a_bell_was_rung_for_is_seen_at_once(station: Station, ring: object) -> None:
    assert "tone-warn" not in said(station)
    a_fault_begins(station)
    assert callable(ring)
    ring(station.alarm_bell)
    assert "tone-warn" in said(station)
