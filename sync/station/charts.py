"""Charts as shapes: where each bar, line and word lies. The template draws them as SVG with plain attributes.

- What goes on in time stands as columns over an axis, with a table beside it.
- What has no order is a table whose rows have a strip each.

A chart is an aid for the eye: everything that it shows is in its table, so it needs no colour and no mouse.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import Final

WIDTH: Final = 560.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 56.0, 8.0, 12.0, 34.0
_TALL: Final = 210.0
_TICKS: Final = 8


@dataclass(frozen=True, slots=True)
class Value:
    """What one bar stands for: ``size`` is its length and ``part`` how much of it is hatched. None: too few to say."""

    label: str
    size: float | None
    part: float = 0.0
    wide: int = 1
    """How many places on the axis it takes: an hour, or several that are shown as one."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle; ``look`` is "whole", "part" or "few"."""

    x: float
    y: float
    width: float
    height: float
    look: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A word at a place; ``anchor`` is SVG's text-anchor."""

    x: float
    y: float
    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything that is drawn, in units of its own width and height."""

    height: float
    bars: tuple[Bar, ...]
    marks: tuple[Mark, ...]
    lines: tuple[float, ...] = ()
    width: float = WIDTH


@dataclass(frozen=True, slots=True)
class Strip:
    """The bar of one row of a table, in percent of its room: all of it, and what of it is hatched."""

    whole: float
    part: float


def columns(values: Sequence[Value]) -> Chart:
    """Stand bars side by side, over an axis of time. What is several places wide is drawn as high as one of them."""
    places = sum(value.wide for value in values) or 1
    top = _rounded_up(max((_height(value) for value in values), default=0.0))
    place, scale = (WIDTH - _LEFT - _RIGHT) / places, (_TALL - _TOP - _BOTTOM) / top
    floor_y = _TALL - _BOTTOM
    bars, marks, at = [], [], 0
    every = ceil(places / _TICKS)
    for value in values:
        x, width = _LEFT + at * place, max(1.0, value.wide * place - min(3.0, place / 4))
        if value.size is None:
            bars.append(_bar(x, floor_y - 6, width, 6, "few"))
        else:
            height, part = _height(value) * scale, value.part / value.wide * scale
            bars += [_bar(x, floor_y - height, width, height, "whole")] if height else []
            bars += [_bar(x, floor_y - part, width, part, "part")] if part else []
        if at % every == 0 or value.wide >= every:
            marks.append(Mark(round(x + width / 2, 1), floor_y + 22, value.label, "middle"))
        at += value.wide
    lines = (0.0, top / 2, top)
    marks += [Mark(_LEFT - 8, round(floor_y - line * scale + 5, 1), f"{line:g}", "end") for line in lines]
    return Chart(_TALL, tuple(bars), tuple(marks), tuple(round(floor_y - line * scale, 1) for line in lines))


def strips(values: Sequence[Value]) -> tuple[Strip, ...]:
    """Return each value's strip, as long as its share of the longest one."""
    longest = max((value.size or 0.0 for value in values), default=0.0) or 1.0
    return tuple(
        Strip(round(100 * (value.size or 0.0) / longest, 1), round(100 * value.part / longest, 1)) for value in values
    )


def _height(value: Value) -> float:
    return (value.size or 0.0) / value.wide


def _bar(x: float, y: float, width: float, height: float, look: str) -> Bar:
    return Bar(round(x, 1), round(y, 1), round(width, 1), round(height, 1), look)


def _rounded_up(most: float) -> float:
    """Return the end of an axis: 2, 4, 10, 20, 40, 100 …, so that its half is whole."""
    if most <= 2:
        return 2.0
    power = 10.0 ** floor(log10(most))
    return next(step * power for step in (1, 2, 4, 6, 8, 10) if most <= step * power)
