"""Pages that repeat what the code says are held to it."""

from pathlib import Path

from kiosk.domain.faults import Fault
from kiosk.domain.reasons import Reason
from kiosk.domain.what_to_do import WHAT_TO_DO
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


def test_every_fault_of_the_reader_is_in_its_table() -> None:
    table = (DOCS / "reader-faults.md").read_text("utf-8")
    of_the_reader = [fault for fault in Fault if fault.startswith(("reader-", "photo-"))]
    assert len(of_the_reader) == 9
    for fault in of_the_reader:
        chinese, english = WHAT_TO_DO[fault]
        assert f"| `{fault}` | {chinese} · {english} |" in table
    for reason in ("unreadable", "unknown-kind", "number-invalid", "field-invalid"):
        assert f"`{Reason(f'document.{reason}')}`" in table
