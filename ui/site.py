"""What the screens say about the site, and how they look there: one file, and another site needs no code."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ui.catalogue import LANGUAGES, Catalogue, Language, catalogues
from ui.theme import Theme, read_theme


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteWords:
    """The site's own words in one language.

    ``staffed_lane`` says where that lane is, as a short sentence; ``phrases`` are said in place of the catalogue's.
    """

    name: str
    operator: str
    staffed_lane: str
    phrases: Mapping[str, str] = field(default_factory=dict)

    def everything(self) -> str:
        """Return all that is said, as one text."""
        return "".join((self.name, self.operator, self.staffed_lane, *self.phrases.values()))


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteInfo:
    """One site as a visitor meets it.

    ``default_language`` is the one in which every visit begins. ``words`` has every language of the screens.
    ``complaint_url`` is what the slip's QR code leads to. ``reduced_motion``: nothing moves unless a visitor wants it.
    ``sounds`` is the site's own folder of earcons and voices, laid out as ``ui/sounds`` is; what is not there
    comes from ours.
    """

    default_language: Language
    complaint_phone: str
    complaint_url: str
    words: Mapping[Language, SiteWords]
    theme: Theme
    reduced_motion: bool = False
    sounds: Path | None = None

    def __post_init__(self) -> None:
        if missing := set(LANGUAGES) - set(self.words):
            raise ValueError(f"the site has no words in {', '.join(sorted(missing))}")
        if self.default_language not in LANGUAGES:
            raise ValueError(f"the screens do not speak {self.default_language}")
        if not self.complaint_url.startswith("https://"):
            raise ValueError("complaint_url begins with https://")
        for language in self.words:
            _check_fields(catalogues()[language], self.catalogue(language))

    def catalogue(self, language: Language) -> Catalogue:
        """Return the phrases of one language as this site says them."""
        own = self.words[language].phrases
        common = catalogues()[language]
        return replace(common, phrases={**common.phrases, **own}) if own else common


def load_site(path: Path) -> SiteInfo:
    """Read a site's TOML file (ui/sites/gutian.toml explains each entry).

    Raises:
        OSError: the file cannot be read.
        ValueError: it is no TOML, an entry is missing or unknown, a language has no words, or the theme is no good.
    """
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    try:
        return SiteInfo(
            default_language=Language(_text(table.pop("default_language"))),
            complaint_phone=_text(table.pop("complaint_phone")),
            complaint_url=_text(table.pop("complaint_url")),
            reduced_motion=bool(table.pop("reduced_motion", False)),
            sounds=_folder(table.pop("sounds", None), path.parent),
            theme=read_theme(table.pop("theme"), path.parent),
            words={Language(language): _words(words) for language, words in table.items()},
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path.name} is not a site's file: {error}") from error


def _words(table: Mapping[str, Any]) -> SiteWords:
    words = dict(table)
    phrases = {
        f"{group}.{key}": _text(text) for group, own in words.pop("phrases", {}).items() for key, text in own.items()
    }
    return SiteWords(**{key: _text(value) for key, value in words.items()}, phrases=phrases)


def _check_fields(common: Catalogue, own: Catalogue) -> None:
    for key in own.phrases:
        if key not in common.phrases or own.fields(key) != common.fields(key):
            raise ValueError(f"the site's {own.language} phrase {key} is unknown, or fills other fields")


def _folder(name: str | None, beside: Path) -> Path | None:
    if name is None:
        return None
    folder = beside / _text(name)
    if not folder.is_dir():
        raise ValueError(f"sounds: there is no folder {folder}")
    return folder


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise TypeError("every entry is a text")
    return value
