"""The catalogue of phrases: every word that a visitor reads, in every language, keyed alike.

Rules
- One TOML file for each language in ``ui/i18n``; a table and a key name a phrase: ``see-staff.headline``.
- The languages have the same phrases with the same ``{fields}``. This is checked when the program starts, so that no
  visitor is the one to find a hole.
- A child of ten understands every phrase (tests/unit/ui/test_phrases.py).
"""

import string
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, NewType

Language = NewType("Language", str)

ZH_CN: Final = Language("zh_CN")
EN: Final = Language("en")
LANGUAGES: Final = (ZH_CN, EN)

_FOLDER = Path(__file__).parent / "i18n"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The phrases of one language, by key."""

    language: Language
    phrases: Mapping[str, str]

    def say(self, key: str, **fields: str) -> str:
        """Return the phrase with its fields filled in.

        Raises:
            KeyError: no such phrase, or a field is missing. Both are bugs that a test finds.
        """
        return self.phrases[key].format(**fields)

    def fields(self, key: str) -> frozenset[str]:
        """Return the names of the fields that the phrase wants."""
        return frozenset(name for _, name, _, _ in string.Formatter().parse(self.phrases[key]) if name)


@cache
def catalogues() -> Mapping[Language, Catalogue]:
    """Read the catalogues of all languages.

    Raises:
        ValueError: two languages differ in their phrases or in a phrase's fields.
    """
    read = {language: _read(language) for language in LANGUAGES}
    first = read[LANGUAGES[0]]
    for other in read.values():
        if unlike := first.phrases.keys() ^ other.phrases.keys():
            raise ValueError(f"{other.language} and {first.language} differ in {', '.join(sorted(unlike))}")
        if unlike := {key for key in first.phrases if first.fields(key) != other.fields(key)}:
            raise ValueError(f"{other.language} fills other fields in {', '.join(sorted(unlike))}")
    return read


def _read(language: Language) -> Catalogue:
    tables = tomllib.loads((_FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
    return Catalogue(
        language,
        {f"{table}.{key}": phrase for table, phrases in tables.items() for key, phrase in phrases.items()},
    )
