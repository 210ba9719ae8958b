"""The station's whole API under thousands of generated requests (`make torture`)."""

import os
import subprocess
import sys

import pytest

QUICK = "tests/integration/station/test_station_api_description.py"


@pytest.mark.timeout(3600)
def test_every_call_does_what_its_description_says_for_long() -> None:
    for_long = {**os.environ, "STATION_API_FOR_LONG": "60"}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", QUICK]
    ended = subprocess.run(command, env=for_long, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout[-20_000:]
