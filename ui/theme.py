"""What a site looks like: its colours and pictures, and whether they can be read.

A theme is part of the site's file. It is refused where an old eye in the sun could not read it: words 7:1 (WCAG 1.4.6),
drawings and rings 4.5:1 (WCAG 1.4.11 asks 3:1). What is then on the screen is measured in the screens' tests.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any, Final, Literal, get_args

Side = Literal["below", "left", "right"]
ReaderKind = Literal["plate", "slot"]

_COLOUR: Final = re.compile(r"#[0-9A-Fa-f]{6}")
_GROUNDS: Final = ("paper", "surface")
_INKS: Final = {"ink": 7.0, "ink_soft": 7.0, "accent": 7.0, "go": 7.0, "staff": 7.0, "quiet": 4.5}
"""What stands on either ground, and the least contrast of each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """One site's look. Colours are "#RRGGBB"; there is one accent to a state: ``accent``, ``go`` or ``staff``.

    Raises:
        ValueError: a colour is none, or what is to be read would not stand out.
    """

    paper: str
    """The ground of every screen."""
    surface: str
    """Tiles and buttons, and the words on an accent."""
    wall: str
    """What separates, and the ground of an empty mirror."""
    quiet: str
    """Drawings that are not meant now."""
    ink: str
    ink_soft: str
    accent: str
    accent_pale: str
    go: str
    staff: str
    serif: str
    """The typeface of the site's name."""
    emblem: Path
    """SVG, drawn in a square beside the site's name."""
    scene: Path
    """SVG, ten times as wide as high, with what matters in its middle 268 units of 90 units' height."""
    reader: Side
    """Where the card reader is, seen from the screen."""
    reader_kind: ReaderKind = "plate"
    """Whether a card is laid flat on the reader or put into it: so it is drawn."""

    def __post_init__(self) -> None:
        for name, colour in self.colours().items():
            if not _COLOUR.fullmatch(colour):
                raise ValueError(f"theme.{name}: {colour} is no colour such as #8C2B1C")
        for (ink, least), ground in product(_INKS.items(), _GROUNDS):
            ratio = contrast(getattr(self, ink), getattr(self, ground))
            if ratio < least:
                raise ValueError(f"theme.{ink} on theme.{ground} is {ratio:.1f}:1, and must be {least}:1")
        for name, choices in (("reader", get_args(Side)), ("reader_kind", get_args(ReaderKind))):
            if getattr(self, name) not in choices:
                raise ValueError(f"theme.{name}: {getattr(self, name)} is none of {', '.join(choices)}")

    def colours(self) -> Mapping[str, str]:
        """Return the colours by their names."""
        names = ("paper", "surface", "wall", "quiet", "ink", "ink_soft", "accent", "accent_pale", "go", "staff")
        return {name: getattr(self, name) for name in names}


def read_theme(table: Mapping[str, Any], folder: Path) -> Theme:
    """Return the theme in a site's ``theme`` table; pictures are files beside the site's.

    Raises:
        ValueError: an entry is missing, unknown or unusable, or a picture is not there.
    """
    entries = dict(table)
    for name in ("emblem", "scene"):
        path = folder / str(entries.get(name, ""))
        if not path.is_file():
            raise ValueError(f"theme.{name}: there is no file {path}")
        entries[name] = path
    try:
        return Theme(**entries)
    except TypeError as error:
        raise ValueError(f"theme: {error}") from error


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours (WCAG 2.2, 1.4.3), from 1 to 21."""
    dark, bright = sorted((_luminance(one), _luminance(other)))
    return (bright + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
