"""A made-up week, whose answers are known."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from list_desk import NOON, ListDesk
from sqlalchemy import delete, insert, select, update

from sync.station import alarm_figures, alarms, statistics, visit_counts
from sync.station.alarm_life import State
from sync.station.certificates import Kiosk
from sync.station.period import Length, Period, period_of
from sync.station.site_time import SITE_TIME
from sync.station.small_numbers import FEWEST, by_size, in_order
from sync.station.statistics import FEW, TOGETHER, Cell
from sync.station.tables import alarm_days, alarm_events, counts, kiosks
from sync.station.tables import alarms as alarms_table
from sync.wire import class_of_time

MONDAY = date(2026, 2, 23)
WEEK = period_of(Length.WEEK, MONDAY)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of the week at the site."""
    return datetime(2026, 2, 23, hour, minute, tzinfo=SITE_TIME) + timedelta(days=day)


@pytest.fixture
def week(desk: ListDesk) -> ListDesk:
    """Two lanes, seven days: on each 40 admitted at ten and 8 referred at eleven; two at three at night, on Monday."""
    desk.now = at(7, 1)
    with desk.store.write() as conn:
        for kiosk, lane in (("g1", "A"), ("g2", "B")):
            conn.execute(insert(kiosks).values(id=kiosk, lane=lane, enrolled_at=NOON, upto_seq=0, last_seq=0))
        for day in range(7):
            slow = {class_of_time("read", 2.4): 30, class_of_time("read", 9.0): 10}
            visit_counts.add(conn, at(day, 10), "g1", {"admit": 40, **slow})
            visit_counts.add(conn, at(day, 11), "g2", {"refer/face.differs": 6, "refer/choice.staffed-lane": 2})
        visit_counts.add(conn, at(0, 3), "g1", {"admit": 1, "refer/document.expired": 1})
        visit_counts.add(conn, at(0, 10), "g1", {"alarm": 1})
        visit_counts.add(conn, at(8, 10), "g1", {"admit": 999})
    return desk


def an_alarm(desk: ListDesk, raised: datetime, *events: tuple[str, float], **facts: Any) -> str:
    """An alarm raised at this time, and what people did so many seconds later."""
    lane = facts.pop("lane", "A")
    with desk.store.write() as conn:
        alarm = alarms.raise_own(conn, Kiosk(f"g-{lane}", lane), facts.pop("kind", "staff-panic"), raised)
        for event, after_s in events:
            outcome = {"outcome": "handed-over"} if event == State.RESOLVED else {}
            alarms.note(conn, alarm, event, raised + timedelta(seconds=after_s), "lin", **outcome)
        state = events[-1][0] if events else State.RAISED
        conn.execute(update(alarms_table).where(alarms_table.c.id == alarm).values(state=state, **facts))
    return alarm


def sheet(desk: ListDesk, name: str, period: Period = WEEK) -> list[tuple[Cell, ...]]:
    with desk.store.read() as conn:
        return list(statistics.sheets(conn, period, desk.now)[name].rows)


def test_every_sheet_is_there_in_its_order(week: ListDesk) -> None:
    with week.store.read() as conn:
        assert tuple(statistics.sheets(conn, WEEK, week.now)) == statistics.SHEETS


def test_visits_are_counted_by_the_hour_at_the_site(week: ListDesk) -> None:
    assert sheet(week, "visits") == [(7 * 48 + 3,)]
    assert (11, 11, 56) in sheet(week, "hours")
    assert (0, 0, 0) in sheet(week, "hours")


def test_an_hour_with_two_visits_is_shown_together_with_the_hours_after_it(week: ListDesk) -> None:
    assert (3, 10, 7 * 40 + 3) in sheet(week, "hours")


def test_visits_are_counted_by_day_and_the_day_after_the_week_is_not_in_it(week: ListDesk) -> None:
    days = sheet(week, "days")
    assert days[0] == ("2026-02-23", "2026-02-23", 51)
    assert days[1:] == [((MONDAY + timedelta(days=n)).isoformat(),) * 2 + (48,) for n in range(1, 7)]


def test_verdicts_and_reasons_are_counted_and_rare_reasons_go_together(week: ListDesk) -> None:
    assert sheet(week, "verdicts") == [("admit", 281), ("refer", 57), ("alarm", 1)]
    assert sheet(week, "reasons") == [("face.differs", 42), (TOGETHER, 15)]


def test_lanes_are_counted(week: ListDesk) -> None:
    assert sheet(week, "lanes") == [("A", 283), ("B", 56)]


def test_half_of_the_visits_were_read_within_three_seconds_and_nine_of_ten_within_twelve(week: ListDesk) -> None:
    assert sheet(week, "stages") == [("read", 280, 3.0, 12.0)]


def test_a_day_with_four_visits_shows_no_number(week: ListDesk) -> None:
    with week.store.write() as conn:
        conn.execute(delete(counts))
        visit_counts.add(conn, at(2, 9), "g1", {"admit": 3, "refer/face.differs": 1, class_of_time("read", 1.0): 4})
    day = period_of(Length.DAY, MONDAY + timedelta(days=2))
    assert sheet(week, "visits", day) == [(FEW,)]
    assert sheet(week, "hours", day) == [(0, 23, FEW)]
    for name in ("verdicts", "reasons", "lanes"):
        assert sheet(week, name, day) == [(TOGETHER, FEW)]
    assert sheet(week, "stages", day) == [("read", FEW, None, None)]


@pytest.mark.parametrize("length", [Length.MONTH, Length.YEAR])
def test_a_month_says_what_its_days_say_and_a_year_what_its_months_say(week: ListDesk, length: Length) -> None:
    march = {"admit": 100, "refer/face.differs": 50}
    with week.store.write() as conn:
        visit_counts.add(conn, at(-5, 9), "g1", march)
    period = period_of(length, MONDAY)
    parts = {period_of(Length.DAY if length is Length.MONTH else Length.MONTH, day) for day in period.days()}
    whole = sum(n for part in parts for (n,) in sheet(week, "visits", part) if isinstance(n, int))
    assert sheet(week, "visits", period) == [(whole,)]
    assert (3, 9, 152) in sheet(week, "hours", period)


def test_alarms_are_counted_and_what_was_dismissed_is_a_share_of_them(week: ListDesk) -> None:
    acted = (("acknowledged", 10), ("confirmed", 40), ("dispatched", 70), ("arrived", 250), ("resolved", 850))
    an_alarm(week, at(0, 9), *acted)
    an_alarm(week, at(0, 10), ("acknowledged", 20), ("dismissed", 60), lane="B")
    an_alarm(week, at(1, 10), ("acknowledged", 31), ("dismissed", 60), kind="tailgating")
    an_alarm(week, at(6, 23))
    assert sheet(week, "alarms") == [(4, 2, 0.5, 20, 250)]
    assert sheet(week, "alarm-days")[:2] == [("2026-02-23", 2, 1, 0.5, 10, 250), ("2026-02-24", 1, 1, 1.0, 31, None)]
    assert [row[:4] for row in sheet(week, "alarm-lanes")] == [("A", 3, 1, 0.333), ("B", 1, 1, 1.0)]
    assert [row[:3] for row in sheet(week, "alarm-kinds")] == [("staff-panic", 3, 1), ("tailgating", 1, 1)]
    assert sheet(week, "outcomes") == [("dismissed", 2), ("handed-over", 1), ("open", 1)]
    assert sheet(week, "steps") == [
        ("acknowledged", 3, 20, 31),
        ("dispatched", 1, 60, 60),
        ("arrived", 1, 180, 180),
        ("resolved", 1, 600, 600),
        ("raised-to-arrived", 1, 250, 250),
    ]


def test_exercises_and_repeats_are_in_no_statistic(week: ListDesk) -> None:
    first = an_alarm(week, at(0, 9), ("acknowledged", 10), ("dismissed", 20))
    an_alarm(week, at(0, 10), ("acknowledged", 10), ("dismissed", 20), exercise=True)
    an_alarm(week, at(0, 11), repeats_of=first)
    assert sheet(week, "alarms") == [(1, 1, 1.0, 10, None)]
    week.now = at(9, 1)
    alarm_figures.put_down(week.store, week.now)
    assert sheet(week, "alarms") == [(1, 1, 1.0, 10, None)]


def test_a_day_that_is_over_and_all_whose_alarms_ended_is_put_down_once_and_says_the_same(week: ListDesk) -> None:
    acted = (("acknowledged", 10), ("dispatched", 70), ("arrived", 250), ("resolved", 850))
    for lane in "AB":
        an_alarm(week, at(0, 9), *acted, lane=lane)
        an_alarm(week, at(2, 9), ("acknowledged", 15), ("dismissed", 20), lane=lane)
    waits = an_alarm(week, at(2, 10), ("acknowledged", 33))
    an_alarm(week, at(7, 0), ("acknowledged", 1), ("dismissed", 2))
    before = {name: sheet(week, name) for name in statistics.SHEETS}
    assert alarm_figures.put_down(week.store, week.now) == 1  # Monday: Wednesday's still waits, today is not over
    assert alarm_figures.put_down(week.store, week.now) == 0
    assert {name: sheet(week, name) for name in statistics.SHEETS} == before
    with week.store.write() as conn:
        alarms.act(conn, waits, alarms.Act.DISMISS, "lin", week.now)
    assert alarm_figures.put_down(week.store, week.now) == 1
    with week.store.write() as conn:  # as when their year is over
        old = select(alarms_table.c.id).where(alarms_table.c.received_at < at(6, 0))
        conn.execute(delete(alarm_events).where(alarm_events.c.alarm.in_(old)))
        conn.execute(delete(alarms_table).where(alarms_table.c.received_at < at(6, 0)))
    assert sheet(week, "alarms") == [(5, 3, 0.6, 15, 250)]
    with week.store.read() as conn:
        assert "lin" not in str(conn.execute(select(alarm_days)).all())


@given(st.lists(st.integers(0, 12), max_size=30))
def test_no_group_of_neighbours_shows_fewer_than_five_and_none_is_lost(numbers: list[int]) -> None:
    groups = in_order(list(enumerate(numbers)))
    assert [place for group in groups for place in group.of] == list(range(len(numbers)))
    assert all(group.n is None or group.n == 0 or group.n >= FEWEST for group in groups)
    if sum(numbers) >= FEWEST:
        assert sum(group.n or 0 for group in groups) == sum(numbers)


@given(st.dictionaries(st.sampled_from("abcdefghijkl"), st.integers(0, 12), max_size=12))
def test_no_group_of_reasons_shows_fewer_than_five_and_none_is_lost(numbers: dict[str, int]) -> None:
    groups = by_size(numbers)
    assert sorted(of for group in groups for of in group.of) == sorted(of for of, n in numbers.items() if n)
    assert all(group.n is None or group.n >= FEWEST for group in groups)
    if sum(numbers.values()) >= FEWEST:
        assert sum(group.n or 0 for group in groups) == sum(numbers.values())


@pytest.mark.parametrize(
    ("length", "first", "end"),
    [
        (Length.DAY, date(2026, 2, 28), date(2026, 3, 1)),
        (Length.WEEK, date(2026, 2, 23), date(2026, 3, 2)),
        (Length.MONTH, date(2026, 2, 1), date(2026, 3, 1)),
        (Length.YEAR, date(2026, 1, 1), date(2027, 1, 1)),
    ],
)
def test_a_period_is_a_calendar_one_at_the_site(length: Length, first: date, end: date) -> None:
    period = period_of(length, date(2026, 2, 28))
    assert (period.first, period.end) == (first, end)
    assert period.begins == datetime(first.year, first.month, first.day, tzinfo=UTC) - timedelta(hours=8)


def test_a_stage_is_counted_in_the_class_that_it_is_in() -> None:
    assert class_of_time("read", 0.2) == "stage/read/0.2"
    assert class_of_time("read", 0.21) == "stage/read/0.5"
    assert class_of_time("total", 31.0) == "stage/total/more"
