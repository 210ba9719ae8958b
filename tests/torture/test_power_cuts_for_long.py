"""Many kiosks' lives with kills, and a power cut at the end of each, from which the next one goes on."""

import sys
import tempfile
from pathlib import Path
from random import Random

import pytest

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS / "unit" / "watchlist"), str(TESTS / "integration" / "power_cuts")]

from cut_disk import Chance  # noqa: E402  # after the path to them
from list_life import ListLife  # noqa: E402  # as above
from lives import given_by  # noqa: E402  # as above

KIOSKS = 10
LIVES = 3
CUTS = 20
"""In each life: 600 in all."""


@pytest.mark.timeout(1800)
def test_six_hundred_power_cuts_lose_nothing_that_was_promised_and_damage_nothing() -> None:
    agent_at_work = TESTS / "integration" / "power_cuts" / "agent_at_work.py"
    for seed in range(KIOSKS):
        chance = Random(seed)
        with tempfile.TemporaryDirectory(dir="/dev/shm") as name, given_by(agent_at_work) as agent:
            life = ListLife(Path(name), chance)
            for number in range(LIVES):
                log = life.live(agent, kills=[chance.randint(1, 150) for _ in range(5)])
                points = chance.sample(log.syncs(), CUTS // 2) + chance.sample(log.promises(), 3)
                points += chance.sample(range(len(log.events)), CUTS - len(points))
                assert list(life.after_cuts(log, seed, points)) == [], (seed, number)
                life.go_on_after(log, chance.choice(log.syncs()[: len(log.syncs()) // 3]), Chance((seed, number)))
