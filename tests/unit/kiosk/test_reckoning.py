"""What time it is for a kiosk, whatever its own clock says."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.reckoning import CLOCK_TOLERANCE, PLAUSIBLE, Moment, reckon

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
MINUTE, HOUR, DAY, YEAR = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1), timedelta(days=365)
SAID = Moment(NOON, 1000.0)
AN_HOUR_ON = 1000.0 + 3600.0

moments = st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds of aware ones
seconds = st.floats(0, 1e8)


@pytest.mark.parametrize(
    ("off", "is_wrong"),
    [
        (timedelta(0), False),
        (4 * MINUTE, False),
        (-4 * MINUTE, False),
        (6 * MINUTE, True),
        (-6 * MINUTE, True),
        (YEAR, True),
        (-YEAR, True),
    ],
)
def test_a_clock_that_differs_from_the_stations_word_is_wrong_and_time_goes_on_from_there(
    off: timedelta, is_wrong: bool
) -> None:
    reckoned = reckon(NOON + HOUR + off, AN_HOUR_ON, anchor=SAID, floor=None)
    assert reckoned.is_wrong is is_wrong
    assert reckoned.now == NOON + HOUR + (timedelta(0) if is_wrong else off)
    assert reckoned.proven == NOON + HOUR


@pytest.mark.parametrize(
    ("since_checkpoint", "is_wrong"),
    [
        (-YEAR, True),
        (HOUR - 6 * MINUTE, True),
        (HOUR - 4 * MINUTE, False),
        (HOUR, False),
        (3 * DAY, False),
        (8 * DAY, True),
        (YEAR, True),
    ],
)
def test_without_the_stations_word_a_clock_before_the_checkpoint_or_far_beyond_it_is_wrong(
    since_checkpoint: timedelta, is_wrong: bool
) -> None:
    wall = NOON + since_checkpoint
    reckoned = reckon(wall, AN_HOUR_ON, anchor=None, floor=SAID)
    assert reckoned.is_wrong is is_wrong
    assert reckoned.now == (NOON + HOUR if is_wrong else max(wall, NOON + HOUR))
    assert reckoned.proven == NOON + HOUR


def test_a_kiosk_that_knows_nothing_yet_has_only_its_clock() -> None:
    reckoned = reckon(NOON, 5.0, anchor=None, floor=None)
    assert (reckoned.now, reckoned.proven, reckoned.is_wrong) == (NOON, NOON, False)


def test_a_checkpoint_that_was_held_back_makes_no_list_young_once_the_station_has_spoken() -> None:
    held_back = Moment(NOON - 30 * HOUR, AN_HOUR_ON)
    assert reckon(NOON - 30 * HOUR, AN_HOUR_ON, anchor=SAID, floor=held_back).now == NOON + HOUR


def test_a_clock_that_was_set_right_is_right_at_once() -> None:
    assert reckon(NOON + HOUR + YEAR, AN_HOUR_ON, anchor=SAID, floor=None).is_wrong
    assert not reckon(NOON + HOUR, AN_HOUR_ON, anchor=SAID, floor=None).is_wrong


@given(walls=st.lists(moments, min_size=1, max_size=10), steps=st.lists(seconds, min_size=10, max_size=10))
def test_time_never_goes_back_below_the_checkpoint_whatever_the_clock_does(
    walls: list[datetime], steps: list[float]
) -> None:
    elapsed_s, floor = 1000.0, SAID
    for wall, step_s in zip(walls, steps, strict=False):
        elapsed_s += step_s
        reckoned = reckon(wall, elapsed_s, anchor=None, floor=floor)
        assert floor.later(elapsed_s) <= reckoned.now <= floor.later(elapsed_s) + PLAUSIBLE
        assert reckoned.proven <= reckoned.now


@given(wall=moments, step_s=seconds)
def test_once_the_station_has_spoken_no_clock_moves_the_time_by_more_than_minutes(
    wall: datetime, step_s: float
) -> None:
    reckoned = reckon(wall, 1000.0 + step_s, anchor=SAID, floor=None)
    assert abs(reckoned.now - SAID.later(1000.0 + step_s)) <= CLOCK_TOLERANCE
