"""Which font each language is set in, and whether every character has a picture in it.

- Chinese, Japanese and Korean share code points but not shapes: each has its own cut of Noto Sans CJK, which also has
  Latin and Cyrillic letters.
- Arabic comes from a second family for the letters that the first lacks. Naskh, because old readers know it from print.
- What is asked is what Qt would paint, fallback and all: a character that no font of this machine shows comes out as a
  box (glyph 0).
"""

from typing import Final

from PySide6.QtGui import QFont, QFontInfo, QTextLayout

from ui.catalogue import FONTS, ZH_CN, Language, catalogues

FAMILY: Final = FONTS[ZH_CN]
ARABIC_FAMILY: Final = "Noto Naskh Arabic"
_TITLE_FAMILY: Final = "Noto Serif CJK SC"
_PACKAGES: Final = {FAMILY: "fonts-noto-cjk", ARABIC_FAMILY: "fonts-noto-core"}


class FontsMissingError(Exception):
    """The words cannot be shown on this machine. The message says what to do."""


def set_up() -> None:
    """Make the fonts known to Qt; call once there is an application.

    Raises:
        FontsMissingError: a font is not installed, or a phrase of the catalogues has a character that none shows.
    """
    for wanted, package in _PACKAGES.items():
        if QFontInfo(QFont(wanted)).family() != wanted:
            raise FontsMissingError(f"the font {wanted} is missing: apt-get install {package}")
    for name in {_TITLE_FAMILY, *FONTS.values()}:
        QFont.insertSubstitution(name, ARABIC_FAMILY)
    for language, catalogue in catalogues().items():
        if lost := boxes("".join(catalogue.phrases.values()), language):
            raise FontsMissingError(f"no font shows {lost!r} in ui/i18n/{language}.ts")


def boxes(text: str, language: Language) -> str:
    """Return the characters of ``text`` that would be painted as a box; "" is what it should be."""
    characters = sorted({character for character in text if not character.isspace()})
    if not _is_a_box_in("".join(characters), language):
        return ""
    return "".join(character for character in characters if _is_a_box_in(character, language))


def _is_a_box_in(text: str, language: Language) -> bool:
    layout = QTextLayout(text, QFont(FONTS[language]))
    layout.beginLayout()
    layout.createLine()
    layout.endLayout()
    return any(0 in run.glyphIndexes() for run in layout.glyphRuns())
