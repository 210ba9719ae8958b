"""An import of a hundred thousand people, which takes three minutes."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "unit" / "station"))

from list_desk import cheap_sealing, desk  # after the path to them
from test_large_import import (
    file,
    test_many_people_are_proposed_listed_and_taken_back_at_once,
    test_the_last_of_many_rows_refuses_all_of_them,
    test_trying_a_long_file_holds_little_of_it,
)

__all__ = [
    "cheap_sealing",
    "desk",
    "file",
    "test_many_people_are_proposed_listed_and_taken_back_at_once",
    "test_the_last_of_many_rows_refuses_all_of_them",
    "test_trying_a_long_file_holds_little_of_it",
]
pytestmark = pytest.mark.timeout(1200)


@pytest.fixture
def people() -> int:
    return 100_000
