"""What stands without anybody posting it: asked for afresh each time."""

from datetime import UTC, datetime
from pathlib import Path

from hardware.gate import LogGate
from kiosk.domain.faults import Fault
from kiosk.supervision import WATCHED, Supervision

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


class AllIsWell:
    def faults(self, now: datetime) -> frozenset[Fault]:
        return frozenset()

    link_faults = faults


def test_a_key_in_a_file_is_a_fault_that_stands_until_it_is_no_longer_there(tmp_path: Path) -> None:
    in_file = True
    supervision = Supervision(AllIsWell(), AllIsWell(), LogGate(), tmp_path, {Fault.DEVICE_KEY_FILE: lambda: in_file})
    assert Fault.DEVICE_KEY_FILE in supervision.standing(NOON)
    in_file = False
    assert Fault.DEVICE_KEY_FILE not in supervision.standing(NOON)


def test_a_wrong_clock_stands_until_it_is_right_and_the_gate_goes_on_looking_people_up(tmp_path: Path) -> None:
    wrong = True
    supervision = Supervision(AllIsWell(), AllIsWell(), LogGate(), tmp_path, {Fault.CLOCK: lambda: wrong})
    assert Fault.CLOCK in supervision.standing(NOON)
    wrong = False
    assert Fault.CLOCK not in supervision.standing(NOON)
    assert not Fault.CLOCK.stops_the_lane()


def test_a_key_in_a_file_stops_no_lane_and_is_watched() -> None:
    assert not Fault.DEVICE_KEY_FILE.stops_the_lane()
    assert Fault.DEVICE_KEY_FILE in WATCHED
