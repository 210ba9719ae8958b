import shutil
from pathlib import Path

import pytest

import ui
from kiosk.visit.screen import Screen, ScreenKind
from ui.catalogue import EN, ZH_CN
from ui.site import load_site
from ui.voice import SOUNDS, Voice

GUTIAN = Path(ui.__file__).parent / "sites" / "gutian.toml"


def test_the_site_of_gutian_is_read() -> None:
    site = load_site(GUTIAN)
    assert site.default_language == ZH_CN
    assert site.words[ZH_CN].name == "古田会议会址"
    assert site.words[EN].operator == "Gutian Conference Memorial Hall"


def test_a_site_says_a_phrase_in_its_own_way_and_keeps_the_others() -> None:
    site = load_site(GUTIAN.parent / "harbour.toml")
    assert site.catalogue(EN).say("attract.sentence") == "Lay it flat on the reader at your right."
    assert site.catalogue(EN).say("attract.headline") == "Lay your ID card"


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        ('default_language = "zh_CN"', 'default_language = "de"'),
        ('default_language = "zh_CN"', ""),
        ("[en]", "[fr]"),
        ('complaint_phone = "0597-000-0000"', "complaint_phone = 5970000000"),
        ('name = "Gutian Conference Site"', 'name = " "'),
        ('name = "Gutian Conference Site"', 'nickname = "Gutian"'),
        ("[en]", "[en"),
        ('complaint_url = "https://', 'complaint_url = "http://'),
        ('accent = "#8C2B1C"', 'accent = "red"'),
        ('accent = "#8C2B1C"', 'accent = "#D08070"'),  # too pale to be read
        ('quiet = "#6F6A66"', 'quiet = "#B0ABA6"'),
        ('emblem = "gutian-emblem.svg"', 'emblem = "nothing.svg"'),
        ('reader = "below"', 'reader = "above"'),
        ('reader_kind = "plate"', 'reader_kind = "drawer"'),
        ("complaint_phone", 'sounds = "nowhere"\ncomplaint_phone'),
        ("[en]\n", '[en.phrases.attract]\nheadline = "Lay {what}"\n[en]\n'),
    ],
)
def test_a_site_that_is_not_whole_is_refused_when_it_is_read(tmp_path: Path, written: str, instead: str) -> None:
    text = GUTIAN.read_text(encoding="utf-8")
    assert written in text
    shutil.copytree(GUTIAN.parent, tmp_path, dirs_exist_ok=True)
    broken = tmp_path / "site.toml"
    broken.write_text(text.replace(written, instead), encoding="utf-8")
    with pytest.raises(ValueError, match=r".+"):
        load_site(broken)


def test_a_site_is_heard_by_its_own_earcons_and_what_it_has_none_of_comes_from_ours() -> None:
    heard: list[Path] = []

    class Ears:
        def start(self) -> None: ...
        def stop(self) -> None: ...
        def hush(self) -> None: ...
        def play(self, sounds: tuple[Path, ...], *, headphones: bool) -> None:
            heard.extend(sounds)

    harbour = load_site(GUTIAN.parent / "harbour.toml")
    Voice(Ears(), recordings=harbour.sounds).show(Screen(kind=ScreenKind.GO_IN), EN)
    assert heard == [GUTIAN.parent / "harbour_sounds" / "earcons" / "go-in.mp3", SOUNDS / "en" / "spoken.go-in.mp3"]
