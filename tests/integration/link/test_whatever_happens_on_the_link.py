"""A gate and a station in one process, and everything that may befall them, in an order that Hypothesis thinks of."""

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from link_machine import Link

QUICKLY = settings(
    max_examples=10, stateful_step_count=15, deadline=None, print_blob=True, suppress_health_check=list(HealthCheck)
)


@pytest.mark.timeout(900)  # to shrink what it has found
def test_whatever_happens_every_alarm_is_at_the_station_in_the_end_once_and_in_order() -> None:
    run_state_machine_as_test(Link, settings=QUICKLY)


@contextmanager
def a_link() -> Iterator[Link]:
    """One history told by hand, judged like every other in its end."""
    link = Link()
    try:
        yield link
    finally:
        link.teardown()


def test_a_station_restored_from_a_backup_gets_what_it_lost_also_if_an_alarm_comes_before_a_heartbeat() -> None:
    with a_link() as link:
        link.alarms_are_raised(5, None)
        link.agent_sends(0, [])
        link.the_station_is_restored(Random(1))
        link.agent_sends(1, ["answer lost"])


def test_an_alarm_that_no_station_takes_is_set_aside_and_blocks_nothing() -> None:
    with a_link() as link:
        link.alarms_are_raised(2, None)
        link.an_alarm_that_no_station_takes()
        link.alarms_are_raised(2, None)
        link.agent_sends(0, [])
        assert link.outbox.set_aside_count() == 1


def test_one_bad_answer_makes_nobody_give_up_a_lone_alarm() -> None:
    with a_link() as link:
        link.agent_sends(1, ["http-400"])
        assert link.outbox.set_aside_count() == 0
        link.agent_sends(0, ["http-400"])
        link.agent_sends(0, [])
