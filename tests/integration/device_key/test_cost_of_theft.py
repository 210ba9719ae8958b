"""``watchlist cost-of-theft``: measured here, told in plain words, with no digit more than is known."""

import itertools
import re

import pytest
from typer.testing import CliRunner

from sync.list_commands import theft
from sync.list_commands.__main__ import app

DAY_S = 86_400.0


def rows(guesses_per_s: float) -> dict[str, list[str]]:
    """The table: what is tried, and the three columns after it."""
    lines = list(theft.report(guesses_per_s))
    table = {}
    for space in theft.SPACES:
        (line,) = [line for line in lines if line.startswith(space.whose)]
        table[space.whose] = re.split(r"\s{2,}", line[len(space.whose) :].strip())
    return table


def test_the_command_measures_and_prints_within_a_hundred_columns() -> None:
    result = CliRunner().invoke(app, ["cost-of-theft", "--seconds", "0.3"])
    assert result.exit_code == 0
    assert max(map(len, result.stdout.splitlines())) <= 100
    assert re.search(r"One guess \(Argon2id, 32 MiB, one pass\) takes about \d+ ms", result.stdout)


def test_what_is_measured_is_the_look_ups_own_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = itertools.count(0, 0.5)
    monkeypatch.setattr(theft, "stretch", lambda number, pepper: None)
    assert theft.measure(2.0, lambda: next(ticks)) == pytest.approx(1.5)
    monkeypatch.undo()
    assert 5 < theft.measure(0.3) < 500


def test_the_spaces_are_those_of_the_facts() -> None:
    guesses = {space.whose: space.guesses for space in theft.SPACES}
    assert guesses["every resident number (18 characters)"] == 3_500 * 36_500 * 1_000
    assert guesses["a resident of known region and birth date"] == 1_000
    assert guesses["every travel permit of eight digits"] == 10**8
    assert guesses["the same, and those with H or M before them"] == 3 * 10**8


def test_time_is_guesses_over_speed_in_units_of_people() -> None:
    table = rows(50.0)
    assert table["every resident number (18 characters)"] == ["130,000,000,000", "81 years", "100 days"]
    assert table["a resident of known region and birth date"] == ["1,000", "20 seconds", "< 2 seconds"]
    assert table["every travel permit of eight digits"] == ["100,000,000", "23 days", "120 minutes"]


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0.02, "< 2 seconds"),
        (2.0, "2 seconds"),
        (100.0, "100 seconds"),
        (200.0, "3 minutes"),
        (5 * 3600.0, "5 hours"),
        (33.4 * DAY_S, "33 days"),
        (119 * 365.25 * DAY_S, "120 years"),
        (12_345 * 365.25 * DAY_S, "12,000 years"),
    ],
)
def test_a_time_is_told_with_two_digits_at_the_most(seconds: float, told: str) -> None:
    assert theft.duration(seconds) == told


def test_each_thing_that_a_thief_may_have_is_told_with_what_it_is_good_for() -> None:
    text = "\n".join(theft.report(40.0))
    for has in (
        "the disk of a kiosk with a TPM",
        "and the whole machine",
        "with its key in a file",
        "the published list",
        "the group's key",
    ):
        assert has in text
    assert "not measured here" in text
