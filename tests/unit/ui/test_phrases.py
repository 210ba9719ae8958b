"""What visitors read and hear: the same in every language, in words for a child of ten, and silent about alarms."""

import re
import shutil
import subprocess
import sys
from itertools import chain
from pathlib import Path

import pytest

from kiosk.domain.guidance import Guidance
from kiosk.domain.reasons import ReasonClass
from kiosk.visit.screen import ScreenKind
from ui import linguist
from ui.catalogue import AR, EN, ES, FOLDER, FR, JA, KO, LANGUAGES, RU, ZH_CN, ZH_TW, Language, catalogues

WANTED = {
    *chain.from_iterable((f"{kind}.headline", f"{kind}.sentence") for kind in ScreenKind),
    *chain.from_iterable((f"guidance.{hint}", f"guidance-note.{hint}") for hint in Guidance),
    *(f"reason.{reason}" for reason in ReasonClass),
}
SCRIPTS = {ZH_CN: "一-鿿", ZH_TW: "一-鿿", JA: "぀-ヿ一-鿿", KO: "가-힣", RU: "А-яё", AR: "ء-ي"}
"""What a phrase must have a letter of; the others are written in Latin letters."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_screen_every_hint_and_every_reason_has_its_words(language: Language) -> None:
    assert catalogues()[language].phrases.keys() >= WANTED


def test_the_languages_have_the_same_phrases_with_the_same_fields() -> None:
    first, *others = catalogues().values()
    for other in others:
        assert other.phrases.keys() == first.phrases.keys()
        assert all(other.fields(key) == first.fields(key) for key in first.phrases)


@pytest.mark.parametrize("language", LANGUAGES)
def test_somebody_has_translated_every_phrase_from_what_english_says_now(language: Language) -> None:
    english = catalogues()[EN].phrases
    for key, message in linguist.read(FOLDER / f"{language}.ts").items():
        assert message.finished, f"{key} is unfinished in {language}.ts"
        assert message.translation.strip(), key
        assert message.source == english[key], f"{key} says something else in English now: make phrases"


@pytest.mark.parametrize("language", sorted(set(LANGUAGES) - {EN}))
def test_no_phrase_is_left_in_english(language: Language) -> None:
    english = catalogues()[EN].phrases
    for key, phrase in catalogues()[language].phrases.items():
        words = re.sub(r"{\w+}", "", phrase)
        if not re.search(r"\w", words):
            continue
        if language in SCRIPTS:
            assert re.search(f"[{SCRIPTS[language]}]", words), (key, phrase)
            assert not re.search("[A-Za-z]", words), (key, phrase)
        assert phrase != english[key], (key, phrase)


def test_the_two_chineses_are_written_each_in_its_own_characters() -> None:
    simplified, traditional = (" ".join(catalogues()[language].phrases.values()) for language in (ZH_CN, ZH_TW))
    assert not set("这証證讀臉請號碼員線鏡進時說過還語") - set("这") & set(simplified)
    assert not set("证读脸请号码员线镜进时说过还语这个开关机边让为") & set(traditional)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translator_can_open_the_catalogue_in_qt_linguist(language: Language, tmp_path: Path) -> None:
    """Qt's own release tool reads the file whole and finds every phrase finished."""
    lrelease = shutil.which("pyside6-lrelease", path=Path(sys.executable).parent)
    assert lrelease is not None
    wanted = tmp_path / f"{language}.qm"
    said = subprocess.run(
        [lrelease, FOLDER / f"{language}.ts", "-qm", wanted], capture_output=True, text=True, check=True
    )
    count = len(catalogues()[language].phrases)
    assert f"{count} finished and 0 unfinished" in said.stdout
    assert wanted.stat().st_size > count


def test_a_change_in_english_is_unfinished_elsewhere_until_a_person_has_seen_it(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path, dirs_exist_ok=True)
    english = tmp_path / "en.ts"
    english.write_text(english.read_text("utf-8").replace("<translation>Please go in<", "<translation>Do come in<"))
    assert linguist.main(tmp_path) == 1
    for language in set(LANGUAGES) - {EN}:
        messages = linguist.read(tmp_path / f"{language}.ts")
        assert [key for key, message in messages.items() if not message.finished] == ["go-in.headline"]
        assert messages["go-in.headline"].source == "Do come in"


def test_bringing_catalogues_up_to_date_that_are_so_changes_no_byte(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path, dirs_exist_ok=True)
    assert linguist.main(tmp_path) == 0
    for path in FOLDER.glob("*.ts"):
        assert (tmp_path / path.name).read_bytes() == path.read_bytes()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_screen_says_that_a_card_is_valid(language: Language) -> None:
    """RULES 13: a lost card's chip still answers."""
    everything = " ".join(catalogues()[language].phrases.values())
    assert not re.search(
        r"\bvalid|有效|genuine|verified|核验通过|驗|真伪|本物|有効|진짜|유효|действител|подлинн|valable|vérifié|válid|verificad|صالح|سارية",
        everything.lower(),
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_referred_visitor_reads_or_hears_hints_at_no_list_and_no_alarm(language: Language) -> None:
    """RULES 3: a listed person's screen reads like any other. The notice, before any visit, does name the list."""
    phrases = catalogues()[language].phrases
    told = ("see-staff.", "reason.", "spoken.see-staff")
    read = " ".join(text for key, text in phrases.items() if key.startswith(told))
    forbidden = {
        EN: r"list|police|alarm|wanted|guard|stop|refus|wrong",
        ZH_CN: "名单|公安|警|通缉|拒|不符|异常",
        ZH_TW: "名單|公安|警|通緝|拒|不符|異常",
        JA: "名簿|警察|警報|手配|警備|拒|異常|止め",
        KO: "명단|경찰|경보|수배|경비|거부|이상",
        RU: "спис|полиц|тревог|розыск|охран|отказ|ошиб",
        FR: r"liste|polic|alarme|recherch|\bgardes?\b|refus|erreur",
        ES: "lista|polic|alarma|buscad|guardia|rechaz|error",
        AR: "قائمة|شرطة|إنذار|مطلوب|حارس|رفض|خطأ",
    }
    assert not re.search(forbidden[language], read.lower())


@pytest.mark.parametrize("language", [EN, FR, ES, RU])
def test_sentences_are_short_in_languages_that_part_their_words(language: Language) -> None:
    longest = {EN: 9, FR: 11, ES: 11, RU: 14}
    for text in catalogues()[language].phrases.values():
        for sentence in re.split(r"[.?!:;\n]", re.sub(r"{\w+}", "", text)):
            words = re.findall(r"[^\W\d_]+", sentence)
            assert len(words) <= 16, sentence
            assert all(len(word) <= longest[language] for word in words), sentence


def test_chinese_is_short_clauses() -> None:
    for language in (ZH_CN, ZH_TW):
        for text in catalogues()[language].phrases.values():
            for clause in re.split(r"[，。：、“”「」\n]", re.sub(r"{\w+}", "", text)):
                assert len(clause) <= 18, clause
