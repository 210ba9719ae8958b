"""What the screens say about the site: its names, who answers for it, where the staffed lane is."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ui.catalogue import LANGUAGES, Language


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteWords:
    """The site's own words in one language. ``staffed_lane`` says where that lane is, as a short sentence."""

    name: str
    operator: str
    staffed_lane: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteInfo:
    """One site as a visitor meets it.

    ``default_language`` is the one in which every visit begins. ``words`` has every language of the screens.
    """

    default_language: Language
    complaint_phone: str
    words: Mapping[Language, SiteWords]

    def __post_init__(self) -> None:
        if missing := set(LANGUAGES) - set(self.words):
            raise ValueError(f"the site has no words in {', '.join(sorted(missing))}")
        if self.default_language not in LANGUAGES:
            raise ValueError(f"the screens do not speak {self.default_language}")


def load_site(path: Path) -> SiteInfo:
    """Read a site's TOML file: ``default_language``, ``complaint_phone`` and one table for each language.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is no TOML, an entry is missing or unknown, or a language has no words.
    """
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    try:
        return SiteInfo(
            default_language=Language(_text(table.pop("default_language"))),
            complaint_phone=_text(table.pop("complaint_phone")),
            words={
                Language(language): SiteWords(**{key: _text(value) for key, value in words.items()})
                for language, words in table.items()
            },
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path.name} is not a site's file: {error}") from error


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise TypeError("every entry is a text")
    return value
