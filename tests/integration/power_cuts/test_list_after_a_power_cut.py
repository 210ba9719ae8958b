"""Whenever the power is cut, the kiosk comes up with the list that it had promised, or one it had begun to take."""

import shutil
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import TypeAlias

import pytest
from cut_disk import Chance, contents
from disk_log import Op
from life_log import LifeLog
from list_life import ListLife
from lives import Lives

SEED = 5
NewFolder: TypeAlias = Callable[[], Path]


@pytest.fixture(scope="module")
def lived(agent: Lives, in_memory: NewFolder) -> tuple[ListLife, LifeLog]:
    """A life without a kill."""
    life = ListLife(in_memory(), Random(SEED))
    return life, life.live(agent)


def test_the_log_has_every_byte_that_the_agent_wrote(lived: tuple[ListLife, LifeLog], in_memory: NewFolder) -> None:
    life, log = lived
    end = len(log.events)
    ((_, left, _),) = log.cuts({end: Chance(SEED, share=1)}, in_memory())
    assert contents(left) == contents(life.kiosk)


def test_what_was_promised_is_there_after_a_power_cut_even_if_nothing_else_is(
    lived: tuple[ListLife, LifeLog],
) -> None:
    life, log = lived
    assert list(life.after_cuts(log, SEED, log.promises(), share=0)) == []


def test_a_power_cut_at_any_point_leaves_the_old_list_or_the_new_one(lived: tuple[ListLife, LifeLog]) -> None:
    life, log = lived
    chance = Random(SEED)
    points = {*chance.sample(log.syncs(), 50), *chance.sample(range(len(log.events)), 20)}
    assert list(life.after_cuts(log, SEED, points)) == []


def test_what_an_agent_promises_after_it_was_killed_outlives_a_power_cut_and_the_next_one(
    agent: Lives, in_memory: NewFolder
) -> None:
    chance = Random(SEED)
    life = ListLife(in_memory(), chance)
    for _ in range(2):
        log = life.live(agent, kills=[chance.randint(1, 120) for _ in range(10)])
        points = chance.sample(log.promises(), 10) + chance.sample(log.syncs(), 10)
        assert list(life.after_cuts(log, SEED, points)) == []
        life.go_on_after(log, chance.choice(log.syncs()[:100]), Chance(SEED))


def test_a_refresh_that_was_killed_between_two_files_and_done_again_outlives_a_power_cut(
    agent: Lives, in_memory: NewFolder
) -> None:
    life = ListLife(in_memory(), Random(SEED))
    life.live(agent, until=life.new_root)
    before, noted = shutil.copytree(life.kiosk, in_memory() / "before", symlinks=True), life.noted
    whole = life.live(agent, until=life.new_root + 1)
    for point in [at + 1 for at, event in enumerate(whole.events) if event.op is Op.RENAME]:
        life.go_on_from(before, noted)
        log = life.live(agent, kills=[point], until=life.new_root + 1)
        assert list(life.after_cuts(log, SEED, [len(log.events)], share=0)) == []


@pytest.mark.parametrize(
    ("fault", "complaint"),
    [
        ("commits are not synced", "epoch 1 at"),
        ("trust is not synced", "an older trust was"),
        ("look-ups are not synced", "look-ups"),
    ],
)
def test_a_build_that_skips_a_sync_is_caught(agent: Lives, in_memory: NewFolder, fault: str, complaint: str) -> None:
    life = ListLife(in_memory(), Random(SEED))
    log = life.live(agent, fault=fault)
    assert any(complaint in one for one in life.after_cuts(log, SEED, log.promises(), share=0))
