"""One figure of the bench: what was measured, in which unit, what was promised, and whether it holds."""

import json
import platform
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """``target`` is the promised upper limit, or None for a figure that is only reported; ``holds`` follows from it."""

    name: str
    value: float
    unit: str
    target: float | None = None

    @property
    def holds(self) -> bool | None:
        return None if self.target is None else self.value <= self.target


def percentile(values: Iterable[float], share: float) -> float:
    """Return the smallest value that at least ``share`` of the values do not exceed (nearest rank)."""
    ordered = sorted(values)
    rank = max(1, -(-len(ordered) * share // 1))
    return ordered[int(rank) - 1]


def write(rows: Sequence[Row], file: Path) -> None:
    """Write ``build/bench.json``."""
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps([{**asdict(row), "holds": row.holds} for row in rows], indent=1) + "\n")


def table(rows: Sequence[Row]) -> str:
    """Return the rows as one table."""
    lines = [f"{'':2}{'figure':<52}{'value':>10} {'unit':<8}{'target':>9}"]
    for row in rows:
        mark = {True: "✓", False: "✗", None: " "}[row.holds]
        target = "" if row.target is None else f"≤ {row.target:g}"
        lines.append(f"{mark:2}{row.name:<52}{row.value:>10.3f} {row.unit:<8}{target:>9}")
    return "\n".join([*lines, f"  {platform.processor() or platform.machine()}, Python {platform.python_version()}"])
