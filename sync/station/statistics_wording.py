"""The sheets of the statistics in the reader's words, each with its chart."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from sync.station import charts
from sync.station.charts import Chart, Strip, Value
from sync.station.statistics import FEW, TOGETHER, Cell, Sheet
from sync.station.wording import Words

_RANGES: Final = {"hour": "to-hour", "day": "to-day", "month": "to-month"}
"""Two columns that are read as one."""
_HEADLINES: Final = frozenset({"visits", "alarms"})
_IN_TIME: Final = frozenset({"hours", "days", "alarm-days"})


@dataclass(frozen=True, slots=True)
class Shown:
    """One sheet on the page: its name, the words of its table, and the chart beside it."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    chart: Chart | None
    """Where its rows are hours or days: many, so the chart is read first."""
    strips: tuple[Strip, ...]
    """Of each row, where there is no chart."""
    has_parts: bool
    """A part of its bars is hatched: what was dismissed, or the time until half were done."""


def in_words(sheets: Mapping[str, Sheet], words: Words) -> dict[str, Shown]:
    """Return every sheet as it is shown."""
    return {name: _shown(sheet, words) for name, sheet in sheets.items()}


def seconds(n: float, words: Words) -> str:
    """Return a time in its two largest units."""
    if n < 60:
        return words("duration.second", n=f"{n:g}")
    minutes, rest = divmod(round(n), 60)
    if minutes < 60:
        return " ".join([words("duration.minute", n=minutes), *([words("duration.second", n=rest)] if rest else [])])
    hours, minutes = divmod(minutes, 60)
    return " ".join([words("duration.hour", n=hours), *([words("duration.minute", n=minutes)] if minutes else [])])


def _shown(sheet: Sheet, words: Words) -> Shown:
    kept = [n for n, column in enumerate(sheet.columns) if column not in _RANGES.values()]
    header = tuple(words(f"stats.column.{sheet.columns[n]}") for n in kept)
    rows = tuple(tuple(_cell(sheet, row, n, words) for n in kept) for row in sheet.rows)
    values = [] if sheet.name in _HEADLINES else [_value(sheet, *both) for both in zip(sheet.rows, rows, strict=True)]
    in_time = sheet.name in _IN_TIME
    chart, strips = (charts.columns(values), ()) if in_time else (None, charts.strips(values))
    return Shown(sheet.name, header, rows, chart, strips, any(value.part for value in values))


def _cell(sheet: Sheet, row: Sequence[Cell], n: int, words: Words) -> str:
    column, cell = sheet.columns[n], row[n]
    if cell is None:
        return words("stats.none")
    if cell == FEW:
        return words("stats.few")
    if column in _RANGES:
        return _RANGE[column](cell, row[n + 1] if _RANGES[column] in sheet.columns else cell)
    if column.endswith("share"):
        return f"{float(cell):.0%}"
    if column.endswith("-most-s"):
        return words("stats.at-most", time=seconds(float(cell), words))
    if column.endswith("-s"):
        return seconds(float(cell), words)
    return _code(column, cell, words) if isinstance(cell, str) else f"{cell:,}"


def _code(column: str, code: str, words: Words) -> str:
    """Return a code of this column in words: ours, or those that the desk has for it anyway."""
    if code == TOGETHER:
        return words("stats.together")
    if column == "lane":
        return code
    return words.known(f"stats.{column}.{code}") or words.of_code(column, code)


def _value(sheet: Sheet, row: Sequence[Cell], text: Sequence[str]) -> Value:
    """Return the bar of a row: its number, what of it was dismissed, or how long nine of ten took and half of them."""
    by_name = dict(zip(sheet.columns, row, strict=True))
    if sheet.name in ("steps", "stages"):
        return Value(text[0], _number(row[3]) or 0.0, _number(row[2]) or 0.0)
    n = by_name.get("alarms", by_name.get("visits"))
    first, last = row[0], row[1] if sheet.columns[1] in _RANGES.values() else row[0]
    label = _TICK.get(sheet.columns[0], lambda _row: text[0])(row)
    wide = _WIDE[sheet.columns[0]](first, last) if sheet.name in _IN_TIME else 1
    return Value(label, _number(n), _number(by_name.get("dismissed")) or 0.0, wide)


def _number(cell: Cell) -> float | None:
    return float(cell) if isinstance(cell, int | float) else None


def _hours(first: Any, last: Any) -> str:
    return f"{first:02}–{last + 1:02}"


def _days(first: Any, last: Any) -> str:
    return first[5:] if first == last else f"{first[5:]} – {last[5:]}"


def _months(first: Any, last: Any) -> str:
    return first[:7] if first == last else f"{first[:7]} – {last[:7]}"


def _months_between(first: Any, last: Any) -> int:
    one, other = date.fromisoformat(first), date.fromisoformat(last)
    return (other.year - one.year) * 12 + other.month - one.month + 1


def _days_between(first: Any, last: Any) -> int:
    return (date.fromisoformat(last) - date.fromisoformat(first)) // timedelta(days=1) + 1


_RANGE: Final[dict[str, Callable[[Any, Any], str]]] = {"hour": _hours, "day": _days, "month": _months}
_WIDE: Final[dict[str, Callable[[Any, Any], int]]] = {
    "hour": lambda first, last: int(last - first + 1),
    "day": _days_between,
    "month": _months_between,
}
_TICK: Final[dict[str, Callable[[Any], str]]] = {
    "hour": lambda row: f"{row[0]}",
    "day": lambda row: row[0][5:],
    "month": lambda row: row[0][5:7],
}
