"""Qt Linguist's TS files, in which translators work: read here, and brought up to date when English changes.

- A message has an id, the English it says (``source``) and its translation; the part of the id before the dot is the
  context under which Linguist shows it.
- ``en.ts`` is the source of all others. Who adds or changes a phrase writes it there and runs ``make phrases``: the
  other files then have it as unfinished, which a test refuses until a person has translated it. (Qt's ``lupdate`` does
  the same from ``qsTr`` in code; our words are chosen in Python, by id.)
- Only a person makes a translation finished: in Linguist with Ctrl+Return, in an editor by taking the mark away.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from xml.etree import ElementTree
from xml.sax import saxutils

_HEAD = '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n'


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One phrase of one language. ``note`` is for the translator."""

    source: str
    translation: str
    finished: bool = True
    note: str = ""


def read(path: Path) -> dict[str, Message]:
    """Return the messages of a TS file by id, in the order of the file.

    Raises:
        ValueError: it is no TS file, or an id is missing or comes twice.
    """
    try:
        root = ElementTree.parse(path).getroot()  # noqa: S314 - our own file, installed with the program
    except ElementTree.ParseError as error:
        raise ValueError(f"{path.name} is not a TS file: {error}") from error
    messages: dict[str, Message] = {}
    for element in root.iter("message"):
        key = element.get("id", "")
        if not key or key in messages:
            raise ValueError(f"{path.name}: the id {key!r} is missing or comes twice")
        translation = element.find("translation")
        messages[key] = Message(
            source=element.findtext("source", ""),
            translation=(translation is not None and translation.text) or "",
            finished=translation is not None and translation.get("type") is None,
            note=element.findtext("extracomment", ""),
        )
    return messages


def write(path: Path, language: str, messages: Mapping[str, Message]) -> None:
    """Write a TS file as Linguist itself lays it out, so that a translator's save changes nothing else."""
    lines = [f'<TS version="2.1" language="{language}" sourcelanguage="en">']
    for context, members in groupby(messages.items(), key=lambda item: item[0].partition(".")[0]):
        lines += ["<context>", f"    <name>{_text(context)}</name>"]
        for key, message in members:
            unfinished = "" if message.finished else ' type="unfinished"'
            lines += [f'    <message id="{key}">', f"        <source>{_text(message.source)}</source>"]
            if message.note:
                lines.append(f"        <extracomment>{_text(message.note)}</extracomment>")
            lines += [f"        <translation{unfinished}>{_text(message.translation)}</translation>", "    </message>"]
        lines.append("</context>")
    path.write_text(_HEAD + "\n".join([*lines, "</TS>", ""]), encoding="utf-8")


def _text(text: str) -> str:
    return saxutils.escape(text, {'"': "&quot;", "'": "&apos;"})


def brought_up_to_date(english: Mapping[str, Message], other: Mapping[str, Message]) -> dict[str, Message]:
    """Return ``other`` with exactly the messages of ``english``; what is new or says something else is unfinished."""
    nothing = Message(source="", translation="", finished=False)
    return {
        key: Message(
            source=said.translation,
            translation=(old := other.get(key, nothing)).translation,
            finished=old.finished and old.source == said.translation,
            note=said.note,
        )
        for key, said in english.items()
    }


def main(folder: Path) -> int:
    """Bring every TS file in ``folder`` up to date with ``en.ts``; the exit code is 1 where words are to be written."""
    english = {key: replace(said, source=said.translation) for key, said in read(folder / "en.ts").items()}
    to_do = 0
    for path in sorted(folder.glob("*.ts")):
        messages = english if path.stem == "en" else brought_up_to_date(english, read(path))
        write(path, path.stem, messages)
        if unfinished := [key for key, message in messages.items() if not message.finished]:
            sys.stdout.write(f"{path.name}: {', '.join(unfinished)}\n")
        to_do += len(unfinished)
    return 1 if to_do else 0


if __name__ == "__main__":
    sys.exit(main(Path(__file__).parent / "i18n"))
