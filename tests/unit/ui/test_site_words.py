from pathlib import Path

import pytest

import ui
from ui.catalogue import EN, ZH_CN
from ui.site import load_site

GUTIAN = Path(ui.__file__).parent / "sites" / "gutian.toml"


def test_the_site_of_gutian_is_read() -> None:
    site = load_site(GUTIAN)
    assert site.default_language == ZH_CN
    assert site.words[ZH_CN].name == "古田会议会址"
    assert site.words[EN].operator == "Gutian Conference Memorial Hall"


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
    ],
)
def test_a_site_that_is_not_whole_is_refused_when_it_is_read(tmp_path: Path, written: str, instead: str) -> None:
    text = GUTIAN.read_text(encoding="utf-8")
    assert written in text
    broken = tmp_path / "site.toml"
    broken.write_text(text.replace(written, instead), encoding="utf-8")
    with pytest.raises(ValueError, match=r".+"):
        load_site(broken)
