"""The limit on log-ins: by address, for a minute."""

import pytest

from sync.station.attempts import WINDOW_S, WRONG_PER_WINDOW, Attempts
from sync.station.refusals import TooManyError


@pytest.fixture
def used_up() -> Attempts:
    attempts = Attempts()
    for second in range(WRONG_PER_WINDOW):
        attempts.begin("192.0.2.1", float(second))
    return attempts


def test_who_has_used_up_the_attempts_waits(used_up: Attempts) -> None:
    with pytest.raises(TooManyError) as refusal:
        used_up.begin("192.0.2.1", 10.0)
    assert refusal.value.facts == {"retry_after_s": 50}


def test_another_address_is_not_held_up(used_up: Attempts) -> None:
    used_up.begin("192.0.2.2", 10.0)


def test_after_a_minute_the_oldest_attempt_is_forgotten(used_up: Attempts) -> None:
    used_up.begin("192.0.2.1", WINDOW_S + 0.5)
    with pytest.raises(TooManyError):
        used_up.begin("192.0.2.1", WINDOW_S + 0.6)


def test_log_ins_that_succeed_do_not_count() -> None:
    attempts = Attempts()
    for second in range(10 * WRONG_PER_WINDOW):
        attempts.begin("192.0.2.1", float(second) / 100)
        attempts.succeeded("192.0.2.1")
