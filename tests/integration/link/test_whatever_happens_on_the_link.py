"""A gate and a station in one process, and everything that may befall them, in an order that Hypothesis thinks of."""

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from link_machine import Link

QUICKLY = settings(
    max_examples=300,
    stateful_step_count=20,
    deadline=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)


def test_whatever_happens_every_alarm_is_at_the_station_in_the_end_once_and_in_order() -> None:
    run_state_machine_as_test(Link, settings=QUICKLY)
