"""The threat model names tests, and each of them is there."""

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
PAGE = TESTS.parent / "docs" / "security.md"


def test_every_test_that_the_threat_model_names_is_there() -> None:
    named = set(re.findall(r"\btest_\w+(?!\w|\.py)", PAGE.read_text("utf-8"))) - {"test_security_page"}
    there = {
        name for file in TESTS.rglob("test_*.py") for name in re.findall(r"def (test_\w+)", file.read_text("utf-8"))
    }
    assert named - there == set()
    assert len(named) > 40
