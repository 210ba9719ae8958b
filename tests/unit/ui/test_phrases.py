"""What visitors read: the same in every language, in words for a child of ten, and silent about alarms."""

import re
from itertools import chain

import pytest

from kiosk.domain.guidance import Guidance
from kiosk.domain.reasons import ReasonClass
from kiosk.visit.screen import ScreenKind
from ui.catalogue import EN, LANGUAGES, ZH_CN, Language, catalogues

WANTED = {
    *chain.from_iterable((f"{kind}.headline", f"{kind}.sentence") for kind in ScreenKind),
    *chain.from_iterable((f"guidance.{hint}", f"guidance-note.{hint}") for hint in Guidance),
    *(f"reason.{reason}" for reason in ReasonClass),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_screen_every_hint_and_every_reason_has_its_words(language: Language) -> None:
    assert catalogues()[language].phrases.keys() >= WANTED


def test_the_languages_have_the_same_phrases_with_the_same_fields() -> None:
    first, *others = catalogues().values()
    for other in others:
        assert other.phrases.keys() == first.phrases.keys()
        assert all(other.fields(key) == first.fields(key) for key in first.phrases)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_screen_says_that_a_card_is_valid(language: Language) -> None:
    """RULES 13: a lost card's chip still answers."""
    everything = " ".join(catalogues()[language].phrases.values()).lower()
    assert not re.search(r"\bvalid\b|有效|genuine|verified|核验通过", everything)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_referred_visitor_reads_hints_at_no_list_and_no_alarm(language: Language) -> None:
    """RULES 3: a listed person's screen reads like any other. The notice, before any visit, does name the list."""
    phrases = catalogues()[language].phrases
    read = " ".join(text for key, text in phrases.items() if key.startswith(("see-staff.", "reason.")))
    assert not re.search(
        r"list|police|alarm|wanted|guard|stop|refus|wrong|名单|公安|警|通缉|拒|不符|异常", read.lower()
    )


def test_english_is_short_words_in_short_sentences() -> None:
    for text in catalogues()[EN].phrases.values():
        for sentence in re.split(r"[.?!\n]", re.sub(r"{\w+}", "", text)):
            words = re.findall(r"[A-Za-z]+", sentence)
            assert len(words) <= 15, sentence
            assert all(len(word) <= 9 for word in words), sentence


def test_chinese_is_short_clauses() -> None:
    for text in catalogues()[ZH_CN].phrases.values():
        for clause in re.split(r"[，。：、“”\n]", re.sub(r"{\w+}", "", text)):
            assert len(clause) <= 18, clause
