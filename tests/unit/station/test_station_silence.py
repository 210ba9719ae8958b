"""A silent kiosk is one alarm: never none, and never fifty."""

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.station.silence import (
    ACTS,
    ESCALATES_AFTER,
    GATHERS_FOR,
    NEVER_HEARD_AFTER,
    ONE_CAUSE_FROM,
    SILENT_AFTER,
    Act,
    Past,
    Silence,
    Voice,
    Watched,
    decide,
)

NOON = datetime(2026, 5, 1, 4, tzinfo=UTC)


def s(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


def kiosk(name: str = "g1", quiet_s: float = 0.0, **facts: object) -> Watched:
    well = {"lane": "A", "heard": True, "ever_heard": True, "excused": False, "silence": None}
    return Watched(kiosk=name, quiet_for=s(quiet_s), **(well | facts))  # type: ignore[arg-type]  # a test's shorthand


@dataclass
class Watch:
    """Kiosks that speak and fall silent, and a station that looks every second: all by one made-up clock."""

    speaks: dict[str, list[int]]
    """The seconds at which each kiosk's heartbeats arrive."""
    windows: dict[str, range] = field(default_factory=dict)
    silences: dict[str, Silence] = field(default_factory=dict)
    raised: list[tuple[int, str]] = field(default_factory=list)
    """When an alarm was raised, and for whom; several have one in common where the alarm is the same."""
    alarms: set[str] = field(default_factory=set)
    escalated: list[int] = field(default_factory=list)
    gathering: tuple[int, str] | None = None

    def quiet_s(self, name: str, at: int) -> int:
        return at - self.speaks[name][max(0, bisect_right(self.speaks[name], at) - 1)]

    def look(self, at: int) -> None:
        now = NOON + s(at)
        seen = [
            kiosk(
                name,
                self.quiet_s(name, at),
                heard=self.speaks[name][0] <= at,
                excused=at in self.windows.get(name, ()),
                silence=self.silences.get(name),
            )
            for name in self.speaks
        ]
        gathers = self.gathering is not None and s(at - self.gathering[0]) <= GATHERS_FOR
        decision = decide(seen, now, is_gathering=gathers)
        for one in decision.alone:
            self._raise(one.kiosk, f"{one.kiosk}@{at}", at)
        if decision.together and not gathers:
            self.gathering = at, f"all@{at}"
        for one in decision.together:
            assert self.gathering is not None
            self._raise(one.kiosk, self.gathering[1], at)
        for one in decision.again:
            self._set(one, returned_at=None)
        for one in decision.returned:
            self._set(one, returned_at=now)
        for name, silence in self.silences.items():
            if silence.alarm in decision.escalated and silence.returned_at is None:
                self.silences[name] = Silence(alarm=silence.alarm, returned_at=None, escalated=True)
        self.escalated += [at] * len(decision.escalated)

    def is_told(self, name: str) -> bool:
        silence = self.silences.get(name)
        return silence is not None and silence.returned_at is None

    def _raise(self, name: str, alarm: str, at: int) -> None:
        assert not self.is_told(name)
        self.raised.append((at, name))
        self.alarms.add(alarm)
        self.silences[name] = Silence(alarm=alarm, returned_at=None, escalated=False)

    def _set(self, one: Watched, returned_at: datetime | None) -> None:
        assert one.silence is not None
        self.silences[one.kiosk] = Silence(alarm=one.silence.alarm, returned_at=returned_at, escalated=False)


def spoken(stretches: list[tuple[int, int]]) -> list[int]:
    """Heartbeats of a kiosk that speaks for so long and is then silent for so long, again and again."""
    beats, at = [0], 0
    for speaks_s, silent_s in stretches:
        beats += range(at, at + speaks_s, 10)
        at += speaks_s + silent_s
    return sorted(set(beats))


stretches = st.lists(st.tuples(st.integers(1, 700), st.integers(1, 150)), min_size=1, max_size=5)


@settings(max_examples=8, deadline=None)
@given(st.lists(stretches, min_size=1, max_size=3))
def test_whoever_is_silent_is_told_at_any_moment_and_nobody_else_is(lives: list[list[tuple[int, int]]]) -> None:
    watch = Watch({f"g{i}": spoken(life) for i, life in enumerate(lives)})
    for at in range(max(sum(map(sum, life)) for life in lives)):
        watch.look(at)
        for name in watch.speaks:
            assert watch.is_told(name) is (watch.quiet_s(name, at) > 30)
            if watch.quiet_s(name, at) > 90:
                assert watch.silences[name].escalated


@settings(max_examples=15, deadline=None)
@given(stretches)
def test_a_kiosk_that_comes_and_goes_is_one_alarm(life: list[tuple[int, int]]) -> None:
    watch = Watch({"g1": spoken(life)})
    for at in range(sum(map(sum, life))):
        watch.look(at)
    ends = [*watch.speaks["g1"], at + 1]
    silences = [(last + 31, back) for last, back in pairwise(ends) if back > last + 31]
    calm = sum(begins - back > 600 for (_, back), (begins, _) in pairwise(silences))
    assert len(watch.alarms) == min(1, len(silences)) + calm


def test_fifty_silences_of_a_flapping_kiosk_are_one_alarm() -> None:
    watch = Watch({"g1": spoken([(20, 50)] * 50)})
    for at in range(50 * 70):
        watch.look(at)
    assert (len(watch.alarms), watch.escalated) == (1, [])


@settings(max_examples=15, deadline=None)
@given(stretches, st.integers(0, 600), st.integers(1, 600))
def test_in_a_maintenance_window_nothing_is_raised_and_at_its_end_silence_is(
    life: list[tuple[int, int]], begins: int, length: int
) -> None:
    window = range(begins, begins + length)
    watch = Watch({"g1": spoken(life)}, windows={"g1": window})
    for at in range(begins + length + 1):
        before = len(watch.raised), len(watch.escalated)
        was_told = watch.is_told("g1")
        watch.look(at)
        if at in window:
            assert (len(watch.raised), len(watch.escalated)) == before
            assert was_told or not watch.is_told("g1")
    assert watch.is_told("g1") is (watch.quiet_s("g1", begins + length) > SILENT_AFTER.total_seconds())


@pytest.mark.parametrize("fails_within_s", [1, 10, 60])
def test_a_network_that_fails_within_a_minute_is_one_alarm_that_holds_everybody(fails_within_s: int) -> None:
    chance = Random(fails_within_s)
    ends = [30 + chance.randrange(fails_within_s) for _ in range(120)]
    watch = Watch({f"g{i}": list(range(i % 10, end, 10)) for i, end in enumerate(ends)})
    for at in range(30, 190):
        watch.look(at)
    assert all(watch.is_told(name) for name in watch.speaks)
    assert len(watch.alarms) == 1
    assert len(watch.escalated) <= 2


def test_a_few_silent_kiosks_have_an_alarm_each() -> None:
    few = [kiosk(f"g{n}", 31) for n in range(ONE_CAUSE_FROM - 1)]
    assert len(decide(few, NOON, is_gathering=False).alone) == len(few)


def test_nobody_is_named_who_is_only_overdue() -> None:
    overdue = [kiosk(f"g{n}", 20 + n) for n in range(12)]
    assert [one.kiosk for one in decide(overdue, NOON, is_gathering=False).together] == ["g11"]


def test_kiosks_that_were_told_before_or_are_in_maintenance_make_no_common_cause() -> None:
    told = Silence(alarm="a", returned_at=None, escalated=True)
    others = [kiosk(f"g{n}", 60, silence=told) for n in range(4)] + [kiosk(f"m{n}", 60, excused=True) for n in range(4)]
    assert [one.kiosk for one in decide([kiosk("new", 31), *others], NOON, is_gathering=False).alone] == ["new"]


def test_a_kiosk_that_was_never_heard_has_five_minutes() -> None:
    def new(quiet_for: timedelta) -> Voice:
        return kiosk(quiet_s=quiet_for.total_seconds(), heard=False, ever_heard=False).voice

    assert new(NEVER_HEARD_AFTER) is Voice.QUIET
    assert new(NEVER_HEARD_AFTER + s(1)) is Voice.SILENT
    assert new(NEVER_HEARD_AFTER + ESCALATES_AFTER + s(1)) is Voice.SILENT_FOR_LONG


def test_who_has_not_been_heard_yet_is_not_back() -> None:
    told = Silence(alarm="a", returned_at=None, escalated=False)
    assert not decide([kiosk(heard=False, silence=told)], NOON, is_gathering=False)


def test_a_clock_that_jumps_makes_no_silence_and_no_return() -> None:
    told = Silence(alarm="a", returned_at=None, escalated=True)
    back = Silence(alarm="b", returned_at=NOON, escalated=False)
    kiosks = [kiosk("silent", 200, silence=told), kiosk("back", 3, silence=back), kiosk("well", 3)]
    for jump in (timedelta(days=-365), timedelta(days=365)):
        assert not decide(kiosks, NOON + jump, is_gathering=False)


def test_every_act_has_its_place_and_nothing_is_done_about_who_is_quiet() -> None:
    assert set(ACTS.values()) == set(Act)
    assert not any((past, Voice.QUIET) in ACTS for past in Past)
