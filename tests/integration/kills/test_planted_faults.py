"""Kills and cuts find a build that is broken on purpose: what they do not find in ours is then not there."""

import pytest
from gates import OpenGates
from planted import PLANTED


@pytest.mark.parametrize("name", PLANTED)
def test_a_build_that_is_broken_on_purpose_is_caught(open_gates: OpenGates, name: str) -> None:
    plant, torture = PLANTED[name]
    assert torture(open_gates(plant=plant))
