"""The state diagram of the visit, drawn from the machine's own table (``make docs``).

``python -m kiosk.visit.diagram docs/ARCHITECTURE.md`` puts it between the two marks there; a test fails when the page
and the table differ.
"""

import sys
from pathlib import Path
from typing import Final

from kiosk import made_part
from kiosk.visit.machine import TABLE
from kiosk.visit.states import OutOfService

BEGIN: Final = "<!-- state diagram: made by `make docs` -->\n"
END: Final = "<!-- end of the state diagram -->\n"


def draw() -> str:
    """Return the Mermaid text: one arrow for each pair of states, labelled with its events; loops are left out."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for (state, event), rule in TABLE.items():
        for target in rule.to:
            if target is not state:
                arrows.setdefault((state.__name__, target.__name__), []).append(event.__name__)
    lines = [f"    {start} --> {end}: {', '.join(names)}" for (start, end), names in arrows.items()]
    return "\n".join(["```mermaid", "stateDiagram-v2", f"    [*] --> {OutOfService.__name__}", *lines, "```", ""])


def insert(page: str) -> str:
    """Return the page with the present diagram between its marks. Raises ValueError where a mark is missing."""
    return made_part.put(page, BEGIN, draw(), END)


if __name__ == "__main__":
    made_part.write(Path(sys.argv[1]), BEGIN, draw(), END)
