"""The settings of docs/admin.md are those by which the station works, and each has its words."""

from pathlib import Path

from sync.station.settings import BEGINS, ENDS, TABLE, Choice, docs_table
from sync.station.wording import Language, Words

PAGE = Path(__file__).parents[3] / "docs" / "admin.md"


def test_the_admins_guide_has_the_table_of_settings() -> None:
    after = PAGE.read_text(encoding="utf-8").partition(f"{BEGINS}\n")[2]
    assert after.partition(ENDS)[0] == docs_table()


def test_every_setting_has_a_name_a_hint_and_words_for_its_choices() -> None:
    for words in map(Words, Language):
        for name, setting in TABLE.items():
            assert words(f"setting.{name}")
            assert words(f"setting.{name}.hint")
            for option in setting.kind.options if isinstance(setting.kind, Choice) else ():
                assert words(f"setting.{name}.{option}")


def test_every_default_is_within_its_own_limits() -> None:
    assert all(setting.kind.takes(setting.default) for setting in TABLE.values())
