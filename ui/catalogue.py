"""The catalogue of phrases: every word that a visitor reads or hears, in every language, keyed alike.

Rules
- One Qt Linguist file for each language in ``ui/i18n`` (``ui.linguist``); an id names a phrase: ``see-staff.headline``.
- The languages have the same phrases with the same ``{fields}``. This is checked when the program starts, so that no
  visitor is the one to find a hole.
- A phrase that nobody has translated yet is said in English: better than no kiosk. A test refuses to ship one.
- A child of ten understands every phrase (tests/unit/ui/test_phrases.py).
"""

import string
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, NewType

from ui import linguist

Language = NewType("Language", str)

ZH_CN: Final = Language("zh_CN")
ZH_TW: Final = Language("zh_TW")
EN: Final = Language("en")
JA: Final = Language("ja")
KO: Final = Language("ko")
RU: Final = Language("ru")
FR: Final = Language("fr")
ES: Final = Language("es")
AR: Final = Language("ar")
LANGUAGES: Final = (ZH_CN, ZH_TW, EN, JA, KO, RU, FR, ES, AR)
RIGHT_TO_LEFT: Final = frozenset({AR})

_FONT: Final = "Noto Sans CJK SC"
FONTS: Final[Mapping[Language, str]] = {
    **dict.fromkeys(LANGUAGES, _FONT),
    ZH_TW: "Noto Sans CJK TC",
    JA: "Noto Sans CJK JP",
    KO: "Noto Sans CJK KR",
}
"""The family in which a language is set. Chinese, Japanese and Korean share code points but not shapes (ui.fonts)."""

_ISOLATED: Final = "\u2068{}\u2069"
"""First-strong isolate (UAX 9): the text around it does not turn it round."""

_RIGHT_TO_LEFT_MARK: Final = "\u200f"
"""Before a phrase that begins with a field: an isolate says nothing of a line's direction, and its full stop strays."""

FOLDER: Final = Path(__file__).parent / "i18n"


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
        if self.language in RIGHT_TO_LEFT:
            # A telephone number would come out with its last group first.
            fields = {name: _ISOLATED.format(text) for name, text in fields.items()}
            if self.phrases[key].startswith("{"):
                return _RIGHT_TO_LEFT_MARK + self.phrases[key].format(**fields)
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
    first = read[EN]
    for other in read.values():
        if unlike := first.phrases.keys() ^ other.phrases.keys():
            raise ValueError(f"{other.language} and {first.language} differ in {', '.join(sorted(unlike))}")
        if unlike := {key for key in first.phrases if first.fields(key) != other.fields(key)}:
            raise ValueError(f"{other.language} fills other fields in {', '.join(sorted(unlike))}")
    return read


def _read(language: Language) -> Catalogue:
    messages = linguist.read(FOLDER / f"{language}.ts")
    return Catalogue(
        language,
        {key: message.translation if message.finished else message.source for key, message in messages.items()},
    )
