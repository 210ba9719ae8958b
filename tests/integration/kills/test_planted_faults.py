"""Kills and cuts find a build that is broken on purpose: what they do not find in ours is then not there.

Here the three worst mistakes; tests/torture/test_kills_for_long.py has all that are in ``planted``.
"""

import pytest
from gates import OpenGates
from planted import PLANTED


@pytest.mark.torture
@pytest.mark.parametrize(
    "name", ["synchronous=NORMAL in the outbox", "acknowledged before the commit", "no idempotency key"]
)
def test_a_build_that_is_broken_on_purpose_is_caught(open_gates: OpenGates, name: str) -> None:
    plant, torture = PLANTED[name]
    assert torture(open_gates(plant=plant))
