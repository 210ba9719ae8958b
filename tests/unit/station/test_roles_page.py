"""The page of roles says what the station does."""

from pathlib import Path

from sync.station.rights import MEANING, RIGHTS, Right, Role
from sync.station.roles_page import BEGINS, table

PAGE = Path(__file__).parents[3] / "docs" / "roles.md"


def test_the_page_of_roles_is_the_table_by_which_the_station_decides() -> None:
    assert PAGE.read_text(encoding="utf-8").partition(f"{BEGINS}\n")[2] == table()


def test_every_right_has_a_meaning_and_somebody_who_has_it() -> None:
    assert set(MEANING) == set(RIGHTS) == set(Right)
    assert all(RIGHTS.values())


def test_who_keeps_the_accounts_decides_about_nobody() -> None:
    for right in (Right.APPROVE, Right.DECIDE, Right.REVIEW_OVERRIDE, Right.SEE_EVIDENCE, Right.SEE_AUDIT):
        assert Role.ADMIN not in RIGHTS[right]
