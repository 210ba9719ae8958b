"""Pages that repeat what the code says are held to it."""

from pathlib import Path

from kiosk.domain.faults import Fault
from kiosk.status import WHAT_TO_DO
from kiosk.visit import diagram

DOCS = Path(__file__).parents[3] / "docs"


def test_the_state_diagram_is_the_tables() -> None:
    page = (DOCS / "ARCHITECTURE.md").read_text(encoding="utf-8")
    assert diagram.insert(page) == page, "run `make docs`"


def test_staff_are_told_what_to_do_about_every_fault() -> None:
    guard = (DOCS / "guard.md").read_text(encoding="utf-8")
    for fault in Fault:
        chinese, english = WHAT_TO_DO[fault]
        assert f"| `{fault}` | {chinese} | {english} |" in guard
