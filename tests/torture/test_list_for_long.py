"""The list through everything for ten minutes, and a million records of one name (`make torture`)."""

import sys
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

sys.path.insert(0, str(Path(__file__).parents[1] / "unit" / "watchlist"))
sys.path.insert(0, str(Path(__file__).parents[1] / "integration" / "watchlist"))
sys.path.insert(0, str(Path(__file__).parents[1] / "integration" / "station_list"))

from kiosk_disk import KioskDisk
from list_author import entry
from list_on_its_way import ListOnItsWay
from namesakes import list_namesakes
from published_tree import Station
from test_list_converges import ListOverEveryRoad
from test_never_after_its_withdrawal import GateMeanwhile

from kiosk.domain.evidence import Listed, NotListed

pytestmark = pytest.mark.timeout(3600)
FOR_LONG = settings(max_examples=400, stateful_step_count=60, deadline=None)


@pytest.mark.parametrize("machine", [ListOverEveryRoad, GateMeanwhile])
def test_whatever_happens_on_the_way_the_list_at_the_gate_is_right(machine: type[ListOnItsWay]) -> None:
    run_state_machine_as_test(machine, settings=FOR_LONG)


def test_a_million_same_name_records_give_no_hit_for_the_names_other_bearers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("watchlist.seal.ARGON2_MEMORY_KIB", 8)
    kiosk = KioskDisk(tmp_path / "kiosk", Station(tmp_path / "published"))
    list_namesakes(kiosk, 1_000_000)
    try:
        assert kiosk.present(1) == Listed(entry(1), timedelta(0))
        assert {type(kiosk.present(person)) for person in range(2, 1000)} == {NotListed}
    finally:
        kiosk.list.close()
