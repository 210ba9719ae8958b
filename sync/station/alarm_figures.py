"""How many alarms of a day, a lane and a kind there were, how they ended, and how long each step took.

Theory of operation
- A repeat is no alarm of its own, and an exercise is none at all.
- The day is the one at the site on which the station received the alarm, so an alarm never comes into a day that is
  over. No act leads back: once all alarms of a day have ended, its figures never change. Then they are put down in
  ``alarm_days`` (``put_down``, every hour), and a year is read from a few thousand rows; days that are not there are
  counted anew each time.
- A step's time is from its event to the next one's, as people acted, to two digits: close enough for a median, and a
  year of them fits into a few hundred numbers. A step that an alarm did not take has no time.
- Nobody's login is in it: it is about the alarms, not about who handled them.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from math import floor, log10
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, func, insert, select

from sync.station.alarm_life import ENDED, State
from sync.station.period import Period
from sync.station.site_time import begin_of, site_day
from sync.station.store import Store
from sync.station.tables import alarm_days, alarm_events, alarms

N = TypeVar("N", int, float)

STEPS: Final = {
    "acknowledged": (State.RAISED, State.ACKNOWLEDGED),
    "dispatched": (State.ACKNOWLEDGED, State.DISPATCHED),
    "arrived": (State.DISPATCHED, State.ARRIVED),
    "resolved": (State.ARRIVED, State.RESOLVED),
    "raised-to-arrived": (State.RAISED, State.ARRIVED),
}
"""From which event to which. The last one is what somebody at the gate waits for."""
_EVENTS: Final = sorted({*(event for step in STEPS.values() for event in step), State.DISMISSED})
_COUNTED: Final = alarms.c.repeats_of.is_(None) & ~alarms.c.exercise


@dataclass(slots=True)
class Figures:
    """Of some alarms: how many, how they ended ("dismissed", or an outcome), and per step how many took how long."""

    alarms: int = 0
    ends: Counter[str] = field(default_factory=Counter)
    times: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, alarms: int, ends: Mapping[str, int], times: Mapping[str, Mapping[int, int]]) -> None:
        """Add those of other alarms."""
        self.alarms += alarms
        self.ends.update(ends)
        for step, seconds in times.items():
            self.times[step].update(seconds)

    @property
    def dismissed(self) -> int:
        """How many were false: somebody looked and found nothing."""
        return self.ends[State.DISMISSED]

    def took_s(self, step: str, share: float) -> int | None:
        """Return the seconds within which this share of those who took the step had (nearest rank); None: nobody."""
        return at_share(self.times.get(step, {}), share)


@dataclass(frozen=True, slots=True)
class Of:
    """Whose figures: a day at the site, a lane, a kind."""

    day: date
    lane: str
    kind: str


def figures(conn: Connection, period: Period, now: datetime) -> dict[Of, Figures]:
    """Return the figures of the period's alarms."""
    found: dict[Of, Figures] = defaultdict(Figures)
    for row in conn.execute(select(alarm_days).where(alarm_days.c.day >= period.first, alarm_days.c.day < period.end)):
        times = {step: {int(s): n for s, n in took.items()} for step, took in row.times.items()}
        found[Of(row.day, row.lane, row.kind)].add(row.alarms, row.ends, times)
    put_down = {of.day for of in found}
    for first, end in _spans(day for day in period.days() if day not in put_down and day <= site_day(now)):
        _count(conn, first, end, found)
    return found


def put_down(store: Store, now: datetime) -> int:
    """Put down the days that are over and whose alarms have all ended, each in its own transaction; return how many."""
    done = 0
    with store.read() as conn:
        due = _days_to_put_down(conn, now)
    for day in due:
        found: dict[Of, Figures] = defaultdict(Figures)
        with store.read() as conn:
            _count(conn, day, day + timedelta(days=1), found)
        if not found:
            continue
        with store.write() as conn:
            if day not in _put_down_already(conn):  # another instance that believes it leads
                conn.execute(insert(alarm_days), [_row(of, one) for of, one in found.items()])
                done += 1
    return done


def at_share(counted: Mapping[N, int], share: float) -> N | None:
    """Return the smallest value that at least ``share`` of what was counted does not exceed; None where nothing was."""
    rank = share * sum(counted.values())
    so_far = 0
    for value in sorted(counted):
        so_far += counted[value]
        if so_far >= rank:
            return value
    return None


def to_two_digits(seconds: float) -> int:
    """Return whole seconds, to two digits."""
    whole = max(0, round(seconds))
    return whole if whole < 100 else round(whole, 1 - floor(log10(whole)))


def _days_to_put_down(conn: Connection, now: datetime) -> list[date]:
    first: datetime | None = conn.execute(select(func.min(alarms.c.received_at))).scalar_one()
    if first is None:
        return []
    already = _put_down_already(conn)
    opened = select(alarms.c.received_at).where(_COUNTED, alarms.c.state.not_in(ENDED))
    still_open = {site_day(at) for at in conn.execute(opened).scalars()}
    over = (site_day(now) - site_day(first)).days
    days = (site_day(first) + timedelta(days=n) for n in range(over))
    return [day for day in days if day not in already and day not in still_open]


def _put_down_already(conn: Connection) -> set[date]:
    return set(conn.execute(select(alarm_days.c.day).distinct()).scalars())


def _count(conn: Connection, first: date, end: date, found: dict[Of, Figures]) -> None:
    """Count the alarms from ``first`` to before ``end``."""
    c, e = alarms.c, alarm_events.c
    within = (c.received_at >= begin_of(first)) & (c.received_at < begin_of(end))
    events = (
        select(c.id, c.received_at, c.lane, c.kind, e.event, e.at, e.facts)
        .join(alarm_events, e.alarm == c.id)
        .where(_COUNTED, within, e.event.in_(_EVENTS))
        .order_by(c.received_at, c.id, e.n)
    )
    for row, at, facts in _by_alarm(conn.execute(events)):
        ended = next((end for end in ENDED if end in at), None)
        outcome = None if ended is None else ended if ended == State.DISMISSED else facts.get("outcome", ended)
        times = {
            step: {to_two_digits((at[to] - at[begin]).total_seconds()): 1}
            for step, (begin, to) in STEPS.items()
            if begin in at and to in at
        }
        of = Of(site_day(row.received_at), row.lane, row.kind)
        found[of].add(1, {} if outcome is None else {outcome: 1}, times)


def _by_alarm(rows: Iterable[Any]) -> Iterator[tuple[Any, dict[str, datetime], Mapping[str, Any]]]:
    """Yield each alarm with the first time of each of its events, and the facts of its last one."""
    alarm: Any = None
    at: dict[str, datetime] = {}
    facts: Mapping[str, Any] = {}
    for row in rows:
        if alarm is not None and row.id != alarm.id:
            yield alarm, at, facts
            at = {}
        alarm, facts = row, row.facts or {}
        at.setdefault(row.event, row.at)
    if alarm is not None:
        yield alarm, at, facts


def _row(of: Of, one: Figures) -> dict[str, Any]:
    ends, times = dict(one.ends), {step: {str(s): n for s, n in took.items()} for step, took in one.times.items()}
    return {"day": of.day, "lane": of.lane, "kind": of.kind, "alarms": one.alarms, "ends": ends, "times": times}


def _spans(days: Iterable[date]) -> Sequence[tuple[date, date]]:
    """Return days in order as spans, each to before its end."""
    spans: list[tuple[date, date]] = []
    for day in days:
        if spans and spans[-1][1] == day:
            spans[-1] = (spans[-1][0], day + timedelta(days=1))
        else:
            spans.append((day, day + timedelta(days=1)))
    return spans
