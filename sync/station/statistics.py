"""The statistics of a period as sheets: what the page draws, the CSV holds and the JSON call answers. Never a person.

- Visits come from the counts that kiosks send: in groups of five at least (sync.station.small_numbers).
- A stage's times come as how many took how long, in classes (sync.wire.class_of_time); a median is the upper end of the
  class that it is in.
- Alarms come from sync.station.alarm_figures; exercises and repeats are not among them.
- A day and a week are read by the hour. What needs no day of a month, and all of a year, comes from the counts by
  month: a year costs what a day does, or little more.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import inf
from typing import Any, Final, TypeAlias

from sqlalchemy import Column, ColumnElement, Connection, Table, func, select

from sync.station import alarm_figures, small_numbers
from sync.station.alarm_figures import STEPS, Figures, Of
from sync.station.period import Length, Period
from sync.station.site_time import SITE_TIME
from sync.station.small_numbers import FEWEST, Group
from sync.station.tables import counts, counts_by_month, kiosks
from sync.wire import STAGE

Cell: TypeAlias = str | int | float | None
"""A code, a number, or None: nothing to be said. A number of visitors that is too small to be said is ``FEW``."""

FEW: Final = f"<{FEWEST}"
TOGETHER: Final = "together"
"""The code of those who are shown as one because they are few."""
SHEETS: Final = (
    *("visits", "hours", "days", "verdicts", "reasons", "stages", "lanes"),
    *("alarms", "alarm-days", "alarm-lanes", "alarm-kinds", "outcomes", "steps"),
)
_MEDIAN, _NINE_OF_TEN = 0.5, 0.9


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table. A column's name says what its cells are, so that a page can put them into words."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def sheets(conn: Connection, period: Period, now: datetime) -> dict[str, Sheet]:
    """Return every sheet of ``SHEETS``, by its name."""
    made = (*_visits(conn, period), *_alarms(alarm_figures.figures(conn, period, now), period))
    return {sheet.name: sheet for sheet in made}


# ---- visits


def _visits(conn: Connection, period: Period) -> Iterable[Sheet]:
    by_hour, by_step = _over_time(conn, period)
    keys, by_lane = _by_key(conn, period), _by_lane(conn, period)
    endings = {key: n for key, n in keys.items() if not key.startswith(STAGE)}
    verdicts: Counter[str] = Counter()
    for key, n in endings.items():
        verdicts[key.partition("/")[0]] += n
    # An alarm is no visitor among others: people handle each one, so it is shown as it is.
    alarms = verdicts.pop("alarm", 0)
    reasons = {key.partition("/")[2] or "unknown": n for key, n in endings.items() if key.startswith("refer")}
    shown = _rows(small_numbers.by_size(verdicts))
    yield Sheet("visits", ("visits",), ((_said(sum(endings.values())),),))
    yield Sheet("hours", ("hour", "to-hour", "visits"), _ranges(small_numbers.in_order(by_hour)))
    yield Sheet("days", (*_names_of(period), "visits"), _ranges(small_numbers.in_order(by_step)))
    yield Sheet("verdicts", ("verdict", "visits"), (*shown, *([("alarm", alarms)] if alarms else [])))
    yield Sheet("reasons", ("reason", "visits"), _rows(small_numbers.by_size(reasons)))
    yield Sheet("stages", ("stage", "visits", "median-most-s", "nine-of-ten-most-s"), tuple(_stages(keys)))
    yield Sheet("lanes", ("lane", "visits"), _rows(small_numbers.by_size(by_lane)))


def _over_time(conn: Connection, period: Period) -> tuple[list[tuple[int, int]], list[tuple[date, int]]]:
    """Return the visits by hour of the day, and by day or, of a year, by month."""
    hours: Counter[int] = Counter()
    steps: Counter[date] = Counter()
    if period.length is Length.YEAR:
        c = counts_by_month.c
        read = select(c.month, c.hour, func.sum(c.n)).where(_within(counts_by_month, period), _is_ending(c.key))
        for month, hour, n in conn.execute(read.group_by(c.month, c.hour)):
            hours[hour] += int(n)
            steps[month] += int(n)
    else:
        h = counts.c
        by_hour = select(h.hour, func.sum(h.n)).where(_within(counts, period), _is_ending(h.key))
        for at, n in conn.execute(by_hour.group_by(h.hour)):
            there = at.astimezone(SITE_TIME)
            hours[there.hour] += int(n)
            steps[there.date()] += int(n)
    places = period.months() if period.length is Length.YEAR else period.days()
    return [(hour, hours[hour]) for hour in range(24)], [(place, steps[place]) for place in places]


def _by_key(conn: Connection, period: Period) -> dict[str, int]:
    table = _coarse(period)
    read = select(table.c.key, func.sum(table.c.n)).where(_within(table, period)).group_by(table.c.key)
    return {key: int(n) for key, n in conn.execute(read)}


def _by_lane(conn: Connection, period: Period) -> dict[str, int]:
    table = _coarse(period)
    lane = func.coalesce(kiosks.c.lane, "–")
    read = select(lane, func.sum(table.c.n)).select_from(table.outerjoin(kiosks, kiosks.c.id == table.c.kiosk))
    return {
        one: int(n)
        for one, n in conn.execute(read.where(_within(table, period), _is_ending(table.c.key)).group_by(lane))
    }


def _coarse(period: Period) -> Table:
    """Return where what needs no day is read."""
    return counts_by_month if period.length in (Length.MONTH, Length.YEAR) else counts


def _within(table: Table, period: Period) -> ColumnElement[bool]:
    if table is counts_by_month:
        return (table.c.month >= period.first) & (table.c.month < period.end)
    return (table.c.hour >= period.begins) & (table.c.hour < period.ends)


def _is_ending(key: Column[Any]) -> ColumnElement[bool]:
    return ~key.startswith(STAGE)


def _stages(keys: Mapping[str, int]) -> Iterable[tuple[Cell, ...]]:
    stages: dict[str, Counter[float]] = defaultdict(Counter)
    for key, n in keys.items():
        if key.startswith(STAGE) and key.count("/") == STAGE.count("/") + 1:
            stage, _, most = key.removeprefix(STAGE).partition("/")
            stages[stage][_seconds(most)] += n
    for stage, took in sorted(stages.items()):
        enough = sum(took.values()) >= FEWEST
        shown = [_most(took, share) if enough else None for share in (_MEDIAN, _NINE_OF_TEN)]
        yield stage, _said(sum(took.values())), *shown


def _seconds(most: str) -> float:
    try:
        return float(most)
    except ValueError:
        return inf


def _most(took: Mapping[float, int], share: float) -> float | None:
    most = alarm_figures.at_share(took, share)
    return None if most == inf else most


def _said(n: int | None) -> Cell:
    return FEW if n is None or 0 < n < FEWEST else n


def _rows(groups: Sequence[Group[str]]) -> tuple[tuple[Cell, ...], ...]:
    # Too few to be counted are too few to be named as well.
    return tuple(
        (group.of[0] if len(group.of) == 1 and group.n is not None else TOGETHER, _said(group.n)) for group in groups
    )


def _ranges(groups: Sequence[Group[Any]]) -> tuple[tuple[Cell, ...], ...]:
    return tuple((_code(group.of[0]), _code(group.of[-1]), _said(group.n)) for group in groups)


def _code(place: int | date) -> Cell:
    return place.isoformat() if isinstance(place, date) else place


def _names_of(period: Period) -> tuple[str, str]:
    return ("month", "to-month") if period.length is Length.YEAR else ("day", "to-day")


# ---- alarms


def _alarms(found: Mapping[Of, Figures], period: Period) -> Iterable[Sheet]:
    every = _sum_by(found, lambda _of: "")[""]
    yearly = period.length is Length.YEAR
    places = period.months() if yearly else period.days()
    by_day = _sum_by(found, lambda of: of.day.replace(day=1) if yearly else of.day)
    by_lane, by_kind = _sum_by(found, lambda of: of.lane), _sum_by(found, lambda of: of.kind)
    figures = ("alarms", "dismissed", "dismissed-share", "acknowledged-s", "arrived-s")
    yield Sheet("alarms", figures, (_figures(every),))
    days = tuple((day.isoformat(), *_figures(by_day[day])) for day in places)
    yield Sheet("alarm-days", (_names_of(period)[0], *figures), days)
    lanes = tuple((lane, *_figures(one)) for lane, one in sorted(by_lane.items()))
    yield Sheet("alarm-lanes", ("lane", *figures), lanes)
    kinds = sorted(by_kind.items(), key=lambda item: -item[1].alarms)
    yield Sheet("alarm-kinds", ("kind", *figures), tuple((kind, *_figures(one)) for kind, one in kinds))
    opened = every.alarms - every.ends.total()
    ends = (*every.ends.most_common(), *([("open", opened)] if opened else []))
    yield Sheet("outcomes", ("outcome", "alarms"), ends)
    steps = tuple(
        (step, sum(every.times[step].values()), every.took_s(step, _MEDIAN), every.took_s(step, _NINE_OF_TEN))
        for step in STEPS
    )
    yield Sheet("steps", ("step", "alarms", "median-s", "nine-of-ten-s"), steps)


def _figures(of: Figures) -> tuple[Cell, ...]:
    share = round(of.dismissed / of.alarms, 3) if of.alarms else None
    return (of.alarms, of.dismissed, share, of.took_s("acknowledged", _MEDIAN), of.took_s("raised-to-arrived", _MEDIAN))


def _sum_by(found: Mapping[Of, Figures], place: Callable[[Of], Any]) -> dict[Any, Figures]:
    sums: dict[Any, Figures] = defaultdict(Figures)
    for of, one in found.items():
        sums[place(of)].add(one.alarms, one.ends, one.times)
    return sums
