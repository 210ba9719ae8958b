"""What an import file may be: UTF-8 or GB 18030, CSV or JSON Lines; everything else is refused with its line."""

from contextlib import suppress
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from list_desk import LAST_DAY, TODAY, facts_of, number

from sync.station.import_file import ImportFile, ImportFormat, format_of, inspect, records
from sync.station.import_rows import AddRow, RefusedRow, Row, WithdrawRow, rows
from sync.station.refusals import BadRequestError
from sync.station.wording import Language, Words

HEADER = "action,numbers,name,unit,contact,case_number,legal_basis,listed_on,expires_on,guidance"
LINE = f",{number(1)},张三,城南派出所,010-0000 0000,C-1,wanted-notice,2026-01-05,{LAST_DAY},"


def opened(folder: Path, content: bytes, name: str = "people.csv") -> ImportFile:
    path = folder / name
    path.write_bytes(content)
    return inspect(path, format_of(path))


def read(folder: Path, content: bytes | str, name: str = "people.csv") -> list[Row]:
    data = content if isinstance(content, bytes) else content.encode()
    return list(rows(records(opened(folder, data, name)), TODAY))


def refusals(found: list[Row]) -> list[tuple[int, str, Any]]:
    """Return line, code and facts of each refused row. Whatever is refused has its words in both languages."""
    refused = [(row.line, row.refusal.code, row.refusal.facts) for row in found if isinstance(row, RefusedRow)]
    for words, (_, code, facts) in product(map(Words, Language), refused):
        assert words(f"error.{code}").format(**facts)
    return refused


@pytest.mark.parametrize(
    ("encoding", "told"), [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("gb18030", "gb18030"), ("gbk", "gb18030")]
)
def test_both_chinese_encodings_are_read_with_or_without_a_byte_order_mark(
    tmp_path: Path, encoding: str, told: str
) -> None:
    content = f"{HEADER}\r\n{LINE}保持冷静\r\n".encode(encoding)
    assert opened(tmp_path, content).encoding == told
    (row,) = read(tmp_path, content)
    assert isinstance(row, AddRow)
    assert (row.line, row.proposal.name, row.proposal.guidance) == (2, "张三", "保持冷静")
    assert (row.proposal.listed_on, row.proposal.expires_on) == (date(2026, 1, 5), LAST_DAY)


def test_a_character_outside_gbk_is_read_from_gb_18030(tmp_path: Path) -> None:
    (row,) = read(tmp_path, f"{HEADER}\n{LINE.replace('张三', '张𠮷')}\n".encode("gb18030"))
    assert isinstance(row, AddRow)
    assert row.proposal.name == "张𠮷"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_utf_16_is_refused_and_said_to_be(tmp_path: Path, encoding: str) -> None:
    with pytest.raises(BadRequestError, match=r"nul-byte") as refused:
        opened(tmp_path, f"{HEADER}\n{LINE}\n".encode(encoding))
    assert refused.value.facts == {"line": 1}


def test_a_file_that_is_neither_is_refused_with_the_line_in_both(tmp_path: Path) -> None:
    content = f"{HEADER}\n名\nplain\n".encode("gb18030") + b"\xff\xff\n"
    with pytest.raises(BadRequestError, match="encoding") as refused:
        opened(tmp_path, content)
    assert refused.value.facts == {"utf8_line": 2, "gb18030_line": 4}


def test_half_a_character_at_the_end_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadRequestError, match="encoding"):
        opened(tmp_path, f"{HEADER}\n{LINE}".encode() + "张".encode()[:2])


def test_the_same_rows_come_from_csv_and_from_json_lines(tmp_path: Path) -> None:
    facts = facts_of(1, numbers=[number(1), number(2)], listed_on="2026-01-05", guidance='a, "b"\nc')
    cells = {**facts, "numbers": "; ".join(facts["numbers"]), "guidance": '"a, ""b""\nc"'}
    as_csv = ",".join(cells) + "\n" + ",".join(cells.values()) + "\n"
    (from_csv,) = read(tmp_path, as_csv)
    (from_json,) = read(tmp_path, msgspec.json.encode(facts), "people.jsonl")
    assert isinstance(from_csv, AddRow)
    assert isinstance(from_json, AddRow)
    assert sorted(from_csv.proposal.numbers) == sorted(from_json.proposal.numbers)
    assert from_csv.numbers == from_json.numbers
    assert from_csv.proposal.guidance == from_json.proposal.guidance == 'a, "b"\nc'


def test_a_row_is_told_by_the_line_on_which_it_begins(tmp_path: Path) -> None:
    long = LINE + '"two\nlines"'
    found = read(tmp_path, f"{HEADER}\n{long}\n\n,x\n{LINE}\n")
    assert [row.line for row in found] == [2, 5, 6]
    assert refusals(found) == [(5, "other-cells", {"cells": 2, "columns": 10})]


def test_a_withdrawal_needs_its_numbers_alone(tmp_path: Path) -> None:
    first, second = read(tmp_path, f"numbers,action\n{number(1)} {number(2)},withdraw\n,withdraw\n")
    assert isinstance(first, WithdrawRow)
    assert len(first.numbers) == 2
    assert refusals([second]) == [(3, "missing", {"field": "numbers"})]


@pytest.mark.parametrize(
    ("changes", "code", "facts"),
    [
        ({"legal_basis": ""}, "missing", {"field": "legal_basis"}),
        ({"name": None}, "missing", {"field": "name"}),
        ({"legal_basis": "because"}, "form-choice", {"field": "legal_basis"}),
        ({"expires_on": "31.12.2026"}, "form-day", {"field": "expires_on"}),
        ({"expires_on": "2026-02-30"}, "form-day", {"field": "expires_on"}),
        ({"expires_on": "2026-03-01"}, "expires-on", {}),
        ({"listed_on": "2026-03-02"}, "listed-on", {}),
        ({"numbers": [number(1)[:-1] + "?"]}, "number", {}),
        ({"numbers": [f"{number(1)}0"]}, "number", {}),
        ({"numbers": ["1.10105E+17"]}, "number", {}),
        ({"numbers": 5}, "form-numbers", {"field": "numbers", "most": 8}),
        ({"numbers": [number(n) for n in range(9)]}, "form-numbers", {"field": "numbers", "most": 8}),
        ({"name": "x" * 201}, "form-text", {"field": "name", "most": 200}),
        ({"name": 7}, "form-text", {"field": "name", "most": 200}),
        ({"ethnicity": "any"}, "unknown-field", {"field": "ethnicity"}),
        ({"action": "delete"}, "form-choice", {"field": "action", "choices": "add, withdraw"}),
        ({"action": ["add"]}, "form-choice", {"field": "action", "choices": "add, withdraw"}),
    ],
)
def test_a_row_that_breaks_a_rule_is_refused_with_the_rule_and_never_its_number(
    tmp_path: Path, changes: dict[str, Any], code: str, facts: dict[str, Any]
) -> None:
    found = read(tmp_path, msgspec.json.encode({**facts_of(1), **changes}), "people.jsonl")
    ((line, refused, told),) = refusals(found)
    assert (line, refused, {**told, **facts}) == (1, code, told)
    assert number(1)[:14] not in str(told)


@pytest.mark.parametrize("line", ["[1]", "{", "null", '"text"', "{}x", "[" * 100_000])
def test_a_line_that_is_no_object_is_refused_by_itself(tmp_path: Path, line: str) -> None:
    good = msgspec.json.encode(facts_of(1)).decode()
    found = read(tmp_path, f"{good}\n{line[:60_000]}\n{good}\n", "people.jsonl")
    assert [type(row) for row in found] == [AddRow, RefusedRow, AddRow]


def test_an_open_quote_ends_the_reading_and_swallows_nothing_in_silence(tmp_path: Path) -> None:
    found = read(tmp_path, f'{HEADER}\n{LINE}\n,"{LINE}\n{LINE}\n')
    assert [(type(row), row.line) for row in found] == [(AddRow, 2), (RefusedRow, 3)]


def test_a_line_without_end_is_not_taken_into_memory(tmp_path: Path) -> None:
    for name in ("people.csv", "people.jsonl"):
        found = read(tmp_path, f"{HEADER}\n" + "x" * 1_000_000, name)
        assert refusals(found)[-1] == (2, "line-too-long", {})


def test_unknown_columns_are_refused_row_by_row_and_a_column_twice_at_once(tmp_path: Path) -> None:
    found = read(tmp_path, f"{HEADER},mood\n{LINE},calm\n")
    assert refusals(found) == [(2, "unknown-field", {"field": "mood"})]
    with pytest.raises(BadRequestError, match="column-twice"):
        read(tmp_path, f"{HEADER},name\n")
    with pytest.raises(BadRequestError, match="no-header"):
        read(tmp_path, "")


def test_the_format_is_never_guessed(tmp_path: Path) -> None:
    with pytest.raises(BadRequestError, match="import-format"):
        format_of(tmp_path / "people.xlsx")
    assert format_of(tmp_path / "people.NDJSON") is ImportFormat.JSON_LINES


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(content=st.binary(max_size=300) | st.text(max_size=200).map(str.encode), form=st.sampled_from(ImportFormat))
def test_whatever_bytes_come_every_row_is_read_or_refused(tmp_path: Path, content: bytes, form: ImportFormat) -> None:
    path = tmp_path / "hostile"
    path.write_bytes(content)
    with suppress(BadRequestError):
        for row in rows(records(inspect(path, form)), TODAY):
            assert isinstance(row, AddRow | WithdrawRow | RefusedRow)
