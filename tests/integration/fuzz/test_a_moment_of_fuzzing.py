"""Hostile bytes, made up by a fuzzer that sees which lines they reach; ten minutes of it: `make fuzz`."""

import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[3]
pytest.importorskip("atheris", reason="atheris has no wheel for this machine")


def fuzz(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.fuzz", *arguments], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )


def test_no_bytes_from_a_card_or_a_worker_break_a_parser() -> None:
    done = fuzz("6")
    assert done.returncode == 0, done.stdout + done.stderr
    for line in done.stdout.splitlines():
        assert int(line.split()[1]) > 1000, line


def test_a_fault_that_is_there_is_found() -> None:
    done = fuzz("10", "planted")
    assert done.returncode == 1
    assert "IndexError" in done.stdout
