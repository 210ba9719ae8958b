"""The two diagrams of docs/dispatcher.md, drawn from the tables of sync.station.alarm_life (``make docs``).

``python -m sync.station.alarm_diagram docs/dispatcher.md`` puts them between the two marks there; a test fails when the
page and the tables differ.
"""

import sys
from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Final, TypeVar

from kiosk import made_part
from sync.station.alarm_life import ENDED, ERRAND, LIFE, Sent, State

BEGIN: Final = "<!-- the life of an alarm: made by `make docs` -->\n"
END: Final = "<!-- end of the life of an alarm -->\n"

_S = TypeVar("_S", bound=StrEnum)
_A = TypeVar("_A", bound=StrEnum)


def draw() -> str:
    """Return the Mermaid text of both tables; what leads nowhere else is left out."""
    errand_ends = [state for state in Sent if state not in {before for before, _ in ERRAND}]
    alarm = _diagram(LIFE, [State.RAISED], sorted(ENDED))
    return f"An alarm:\n\n{alarm}\nWhoever is sent:\n\n{_diagram(ERRAND, [Sent.SENT, Sent.EXERCISE], errand_ends)}"


def insert(page: str) -> str:
    """Return the page with the present diagrams between its marks. Raises ValueError where a mark is missing."""
    return made_part.put(page, BEGIN, draw(), END)


def _diagram(
    table: Mapping[tuple[_S, _A], _S],
    begins: Iterable[StrEnum],
    ends: Iterable[StrEnum],
) -> str:
    arrows: dict[tuple[str, str], list[str]] = {}
    for (before, act), after in table.items():
        if before is not after:
            arrows.setdefault((_name(before), _name(after)), []).append(act)
    lines = [f"    [*] --> {_name(state)}" for state in begins]
    lines += [f"    {before} --> {after}: {', '.join(acts)}" for (before, after), acts in arrows.items()]
    lines += [f"    {_name(state)} --> [*]" for state in ends]
    return "\n".join(["```mermaid", "stateDiagram-v2", *lines, "```", ""])


def _name(state: StrEnum) -> str:
    return state.value.replace("-", "_")  # Mermaid reads a hyphen as part of an arrow


if __name__ == "__main__":
    made_part.write(Path(sys.argv[1]), BEGIN, draw(), END)
