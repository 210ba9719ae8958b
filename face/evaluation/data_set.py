"""A consented set of pictures: ``pairs.csv`` and, where groups are known, ``info.csv``.

``pairs.csv`` has the columns ``idcard``, ``live`` (pictures, relative to the folder) and ``same`` (1 or 0). Who is who
follows from it: pictures that a pair calls the same are one person's. ``info.csv`` has ``id`` (the card picture's name
without its ending), ``age``, ``gender`` and a column that begins with ``ethnicity``; each may be empty. Groups exist
here, about people who agreed to it, and nowhere at the gate.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

from face.errors import EvaluationError

AGE_BANDS = ((0, 29, "under 30"), (30, 44, "30 to 44"), (45, 200, "45 and over"))


@dataclass(frozen=True, slots=True)
class Person:
    """What the set says of one person; "" where it says nothing."""

    sex: str = ""
    age_band: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Pair:
    """One comparison: a card's picture with a live one."""

    card: str
    live: str
    is_same: bool


@dataclass(frozen=True, slots=True)
class DataSet:
    """The pairs of a folder, and of every picture the person that it shows (a card picture's name stands for each)."""

    folder: Path
    pairs: tuple[Pair, ...]
    person_of: dict[str, str]
    people: dict[str, Person]

    @property
    def name(self) -> str:
        """The folder's own name."""
        return self.folder.resolve().name


def load(folder: Path) -> DataSet:
    """Return the set in this folder.

    Raises:
        EvaluationError: with one line that says what to put right.
    """
    file = folder / "pairs.csv"
    try:
        with file.open(newline="", encoding="utf-8") as stream:
            rows = list(csv.DictReader(stream))
    except (OSError, UnicodeDecodeError) as error:
        raise EvaluationError(f"{file} cannot be read: {getattr(error, 'strerror', None) or 'not UTF-8'}") from None
    if not rows or not {"idcard", "live", "same"} <= set(rows[0]):
        raise EvaluationError(f"{file} needs the columns idcard, live and same (1 or 0), and at least one pair")
    pairs = []
    for line, row in enumerate(rows, start=2):
        if row["same"] not in ("0", "1"):
            raise EvaluationError(f"{file}, line {line}: same is 1 or 0")
        for name in (row["idcard"], row["live"]):
            path = Path(name)
            if path.is_absolute() or ".." in path.parts or not (folder / path).is_file():
                raise EvaluationError(f"{file}, line {line}: no picture {name} in the folder")
        pairs.append(Pair(row["idcard"], row["live"], row["same"] == "1"))
    person_of = _who_is_who(pairs)
    for pair in pairs:
        if not pair.is_same and person_of[pair.card] == person_of[pair.live]:
            raise EvaluationError(f"{file}: {pair.card} and {pair.live} are called the same person and not the same")
    known = _information(folder / "info.csv")
    people = {person: known.get(Path(person).stem, Person()) for person in set(person_of.values())}
    return DataSet(folder, tuple(pairs), person_of, people)


def _who_is_who(pairs: list[Pair]) -> dict[str, str]:
    person_of = {pair.card: pair.card for pair in pairs}
    for pair in pairs:
        if pair.is_same:
            known = person_of.get(pair.live)
            if known is None:
                person_of[pair.live] = person_of[pair.card]
            else:  # one live picture beside several cards: all of them are one person's
                old = person_of[pair.card]
                person_of = {name: known if person == old else person for name, person in person_of.items()}
    for pair in pairs:
        person_of.setdefault(pair.live, pair.live)
    return person_of


def _information(file: Path) -> dict[str, Person]:
    if not file.exists():
        return {}
    with file.open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    found = {}
    for row in rows:
        origin = next((value for key, value in row.items() if key and key.startswith("ethnicity")), "") or ""
        found[row.get("id", "")] = Person(row.get("gender") or "", _age_band(row.get("age") or ""), origin.lower())
    return found


def _age_band(age: str) -> str:
    if not age.strip().isdigit():
        return ""
    return next((name for low, high, name in AGE_BANDS if low <= int(age) <= high), "")
