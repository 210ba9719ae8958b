"""A file of entries as records: CSV or JSON Lines, in UTF-8 or GB 18030, and nothing else.

Rules
- The whole file is decoded strictly before anything of it counts: as UTF-8, with or without a byte order mark, and if
  it is not, as GB 18030. A file that is neither is refused with the line at fault, and so is one with a NUL byte, which
  no text in either has (UTF-16 has many). Which of the two it was is told.
- CSV is RFC 4180, its first line names the columns. JSON Lines is an object a line.
- A record that cannot be told from the next (an open quote, a line without end) ends the reading.
- It streams: whatever the file's length, little of it is in memory.
"""

import codecs
import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, TextIO

import msgspec

from sync.station.refusals import BadRequestError

_BLOCK: Final = 1024 * 1024
_LONGEST_LINE: Final = 64 * 1024
_ENCODINGS: Final = ("utf-8", "gb18030")
_BOM: Final = "\ufeff"


class ImportFormat(StrEnum):
    """How the records stand in the file."""

    CSV = "csv"
    JSON_LINES = "jsonl"


@dataclass(frozen=True, slots=True)
class ImportFile:
    """A file whose encoding and contents are known."""

    path: Path
    format: ImportFormat
    encoding: str
    sha256: str


@dataclass(frozen=True, slots=True)
class FileRecord:
    """One record and the line on which it begins. ``fields`` are as in the file, or None: it is no record.

    ``why`` is then a code, and ``facts`` what belongs to it.
    """

    line: int
    fields: dict[str, Any] | None
    why: str = ""
    facts: dict[str, str | int] = field(default_factory=dict)


def format_of(path: Path) -> ImportFormat:
    """Return the format that the file's name says.

    Raises:
        BadRequestError: it says none.
    """
    known = {".csv": ImportFormat.CSV, ".jsonl": ImportFormat.JSON_LINES, ".ndjson": ImportFormat.JSON_LINES}
    try:
        return known[path.suffix.lower()]
    except KeyError:
        raise BadRequestError("import-format") from None


def inspect(path: Path, form: ImportFormat) -> ImportFile:
    """Read the file once, to learn its encoding and its digest.

    Raises:
        BadRequestError: it is neither UTF-8 nor GB 18030.
        OSError: it cannot be read.
    """
    wrong: list[int] = []
    for encoding in _ENCODINGS:
        try:
            return ImportFile(path, form, encoding, _digest(path, encoding))
        except _NotInThisEncodingError as err:
            wrong.append(err.line)
    raise BadRequestError("encoding", utf8_line=wrong[0], gb18030_line=wrong[1])


def records(file: ImportFile) -> Iterator[FileRecord]:
    """Yield the file's records.

    Raises:
        BadRequestError: the file has no header, or a column twice.
    """
    with file.path.open(encoding=file.encoding, errors="strict", newline="") as text:
        if text.read(1) != _BOM:
            text.seek(0)
        yield from _csv(text) if file.format is ImportFormat.CSV else _json_lines(text)


class _NotInThisEncodingError(Exception):
    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def _digest(path: Path, encoding: str) -> str:
    decoder, sha256, line = codecs.getincrementaldecoder(encoding)("strict"), hashlib.sha256(), 1
    with path.open("rb") as file:
        while True:
            block = file.read(_BLOCK)
            if (nul := block.find(b"\0")) >= 0:
                raise BadRequestError("nul-byte", line=line + block.count(b"\n", 0, nul))
            try:
                decoder.decode(block, final=not block)
            except UnicodeDecodeError as err:
                raise _NotInThisEncodingError(line + err.object.count(b"\n", 0, err.start)) from None
            if not block:
                return sha256.hexdigest()
            sha256.update(block)
            line += block.count(b"\n")


def _lines(text: TextIO) -> Iterator[str]:
    """Yield each line with its end. One that is too long comes without an end, and nothing comes after it."""
    while line := text.readline(_LONGEST_LINE + 1):
        yield line[:_LONGEST_LINE]
        if len(line) > _LONGEST_LINE:
            return


def _csv(text: TextIO) -> Iterator[FileRecord]:
    reader = csv.reader(_lines(text), strict=True)
    begins = 1
    columns: list[str] | None = None
    while True:
        try:
            cells = next(reader, None)
        except csv.Error:
            yield FileRecord(begins, None, "quote-open")
            return
        if cells is None:
            break
        line, begins = begins, reader.line_num + 1
        if columns is None:
            columns = _columns(cells)
        elif any(len(cell) >= _LONGEST_LINE for cell in cells) or sum(map(len, cells)) >= _LONGEST_LINE - len(cells):
            yield FileRecord(line, None, "line-too-long")
            return
        elif cells and len(cells) != len(columns):
            yield FileRecord(line, None, "other-cells", {"cells": len(cells), "columns": len(columns)})
        elif cells:
            yield FileRecord(line, {column: cell for column, cell in zip(columns, cells, strict=True) if cell.strip()})
    if columns is None:
        raise BadRequestError("no-header")


def _columns(cells: list[str]) -> list[str]:
    columns = [cell.strip() for cell in cells]
    if len(set(columns)) != len(columns):
        raise BadRequestError("column-twice")
    return columns


def _json_lines(text: TextIO) -> Iterator[FileRecord]:
    for number, line in enumerate(_lines(text), start=1):
        if len(line) == _LONGEST_LINE:
            yield FileRecord(number, None, "line-too-long")
        elif line.strip():
            yield _json_record(number, line)


def _json_record(number: int, line: str) -> FileRecord:
    try:
        return FileRecord(number, msgspec.json.decode(line, type=dict[str, Any]))
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        return FileRecord(number, None, "no-json-object")
