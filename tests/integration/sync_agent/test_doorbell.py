import asyncio
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk import doorbell


@pytest.fixture
def bell() -> Iterator[Path]:
    # Not tmp_path: the path of a Unix socket has about a hundred characters.
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder) / doorbell.DOORBELL_FILE


def test_a_ring_wakes_the_agent(bell: Path) -> None:
    async def scene() -> None:
        rung = asyncio.Event()
        with doorbell.listen(bell, rung.set):
            doorbell.ring(bell)
            await asyncio.wait_for(rung.wait(), 5)

    asyncio.run(scene())


def test_ringing_where_nobody_listens_does_no_harm(bell: Path) -> None:
    doorbell.ring(bell)
    bell.touch()
    doorbell.ring(bell)


def test_ringing_at_a_stuck_agent_never_blocks(bell: Path) -> None:
    async def scene() -> None:
        with doorbell.listen(bell, asyncio.Event().set):
            for _ in range(2000):
                doorbell.ring(bell)

    asyncio.run(scene())


def test_a_bell_left_by_a_killed_agent_is_hung_anew(bell: Path) -> None:
    async def scene() -> None:
        rung = asyncio.Event()
        with doorbell.listen(bell, asyncio.Event().set), doorbell.listen(bell, rung.set):
            doorbell.ring(bell)
            await asyncio.wait_for(rung.wait(), 5)

    asyncio.run(scene())
    assert not bell.exists()
