"""RULES 2: a visit without an alarm leaves nothing that identifies a person."""

import mmap
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from hardware.simulators.card.blocks import CardBlocks
from hardware.simulators.personas import PERSONAS, Persona
from hardware.simulators.scenario.day import Outcome
from hardware.simulators.scenario.house import House

pytestmark = [pytest.mark.pcsc, pytest.mark.models, pytest.mark.timeout(300)]

ORDINARY = ("1", "2", "3", "4", "7", "8")


def traces_of(persona: Persona) -> dict[str, bytes]:
    """Return what would give a visitor away, in the forms in which a program might have written it."""
    chip = CardBlocks.of(persona)
    return {
        "number": persona.number.encode(),
        "first seventeen digits": persona.number[:17].encode(),
        "number in UTF-16": persona.number.encode("utf-16-le"),
        "name": persona.name.encode(),
        "name in UTF-16": persona.name.encode("utf-16-le"),
        "birth date in the card's text": chip.text[36:52],
        "face bytes": chip.photo[64:128],
        "picture before the camera": persona.live[0].read_bytes()[2048:2112],
    }


def files_below(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file() and path.stat().st_size)


def found_in(folder: Path, traces: dict[str, bytes]) -> list[str]:
    found = []
    for path in files_below(folder):
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            found += [f"{what} in {path.name}" for what, trace in traces.items() if content.find(trace) >= 0]
    return found


def test_the_scan_itself_finds_each_trace(tmp_path: Path) -> None:
    traces = traces_of(PERSONAS["lisa"])
    for what, trace in traces.items():
        (tmp_path / "log").write_bytes(b"x" * 5000 + trace)
        assert any(entry.startswith(what) for entry in found_in(tmp_path, traces))


def test_visits_without_an_alarm_leave_no_number_and_no_face_in_any_file(
    day: Mapping[str, Outcome], house: House
) -> None:
    """Not even on a day on which others were listed, sought and found."""
    ordinary = [outcome.visitor for outcome in day.values() if outcome.visitor.number in ORDINARY]
    assert [visitor.number for visitor in ordinary] == list(ORDINARY)
    came = {visitor.card.key for visitor in ordinary if visitor.card is not None}
    for key in came:
        assert found_in(house.root, traces_of(replace(PERSONAS[key], valid_until=date(2040, 12, 31)))) == []


def test_the_log_says_what_happened_all_the_same(day: Mapping[str, Outcome], house: House) -> None:
    log = house.kiosk_log.read_text(encoding="utf-8")
    assert log.count('"visit.decided"') >= len(day)
    assert "document.expired" in log
