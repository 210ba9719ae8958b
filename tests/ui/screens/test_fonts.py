"""Every language's words as Qt paints them: no boxes, and nothing turned round that is read from left to right."""

from dataclasses import replace

import pytest
from PySide6.QtGui import QFont, QGuiApplication, QTextLayout
from screen_gate import SITE, StillCamera

from kiosk.domain.ids import SlipCode
from kiosk.domain.reasons import ReasonClass
from kiosk.visit.screen import Screen, ScreenKind, Slip
from ui import fonts
from ui.catalogue import AR, FONTS, LANGUAGES, RIGHT_TO_LEFT, ZH_CN, Language, catalogues
from ui.presenter import present
from ui.window import KioskWindow, ScreenSetupError

pytestmark = pytest.mark.usefixtures("qapp")
IN_NO_FONT = "\U00040000"


def laid_out(text: str, language: Language) -> QTextLayout:
    layout = QTextLayout(text, QFont(FONTS[language]))
    layout.beginLayout()
    layout.createLine()
    layout.endLayout()
    return layout


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_phrase_is_painted_with_a_box_in_it(language: Language) -> None:
    for key, phrase in catalogues()[language].phrases.items():
        glyphs = [
            glyph for run in laid_out(phrase.replace("\n", " "), language).glyphRuns() for glyph in run.glyphIndexes()
        ]
        assert glyphs, key
        assert 0 not in glyphs, (key, phrase)


@pytest.mark.parametrize("language", LANGUAGES)
def test_most_letters_of_a_language_come_from_the_font_that_was_chosen_for_it(language: Language) -> None:
    wanted = fonts.ARABIC_FAMILY if language == AR else FONTS[language]
    runs = laid_out("".join(catalogues()[language].phrases.values()).replace("\n", " "), language).glyphRuns()
    glyphs = dict.fromkeys((wanted,), 0)
    for run in runs:
        family = run.rawFont().familyName()
        glyphs[family] = glyphs.get(family, 0) + len(run.glyphIndexes())
    assert max(glyphs, key=lambda family: glyphs[family]) == wanted, glyphs


def test_japanese_and_chinese_each_have_their_own_shape_of_the_same_character() -> None:
    """骨 bends the other way in China; a Japanese reader takes the Chinese shape for a mistake."""
    shapes = {
        laid_out("骨", language).glyphRuns()[0].rawFont().familyName() for language in ("zh_CN", "zh_TW", "ja", "ko")
    }
    assert len(shapes) == 4


def test_a_site_whose_name_no_font_shows_is_refused_before_a_visitor_sees_a_box() -> None:
    words = replace(SITE.words[ZH_CN], name=f"古田{IN_NO_FONT}")
    site = replace(SITE, words={**SITE.words, ZH_CN: words})
    with pytest.raises(ScreenSetupError, match="zh_CN"):
        KioskWindow(StillCamera(None), lambda event: None, site)


def test_a_machine_without_the_arabic_font_says_which_package_is_missing(
    qapp: QGuiApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fonts, "_PACKAGES", {"Noto Nowhere": "fonts-nowhere"})
    with pytest.raises(fonts.FontsMissingError, match="apt-get install fonts-nowhere"):
        fonts.set_up()


def test_a_phrase_that_no_font_shows_stops_the_start(qapp: QGuiApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = replace(catalogues()[ZH_CN], phrases={"go-in.headline": f"请进{IN_NO_FONT}"})
    monkeypatch.setattr(fonts, "catalogues", lambda: {ZH_CN: broken})
    with pytest.raises(fonts.FontsMissingError, match="zh_CN"):
        fonts.set_up()


@pytest.mark.parametrize("language", sorted(RIGHT_TO_LEFT))
def test_a_telephone_number_reads_from_left_to_right_in_a_language_that_does_not(language: Language) -> None:
    slip = Slip(code=SlipCode("A7K-2P9"), reason_class=ReasonClass.CHECK)
    complaint = present(Screen(kind=ScreenKind.SEE_STAFF, slip=slip), language, SITE).complaint
    layout = laid_out(complaint, language)
    line = layout.lineAt(0)
    start = complaint.index(SITE.complaint_phone)
    # From the second character: a cursor between two directions stands at two places.
    places = [line.cursorToX(start + place)[0] for place in range(1, len(SITE.complaint_phone))]
    assert places == sorted(places)
