"""A call that does not come back in time is noticed; one that does is left alone."""

import threading

from reader.watchdog import Watchdog


def test_a_call_that_is_not_back_in_time_is_told() -> None:
    expired = threading.Event()
    guard = Watchdog(expired.set)
    with guard(0.02):
        assert expired.wait(5.0)


def test_a_call_that_is_back_in_time_is_not_told() -> None:
    expired = threading.Event()
    guard = Watchdog(expired.set)
    for _ in range(50):
        with guard(0.2):
            pass
    assert not expired.wait(0.3)


def test_a_short_deadline_inside_a_long_one_counts() -> None:
    expired = threading.Event()
    guard = Watchdog(expired.set)
    with guard(60.0), guard(0.02):
        assert expired.wait(5.0)


def test_a_call_that_fails_is_over() -> None:
    expired = threading.Event()
    guard = Watchdog(expired.set)
    try:
        with guard(0.1):
            raise ValueError
    except ValueError:
        assert not expired.wait(0.2)
