"""A bell is heard at once, in a flood not at every ring, and never not at all."""

import asyncio
from threading import Thread
from time import sleep

import pytest

from sync.station.bell import BREATH_S, Bell


def test_a_ring_is_heard_at_once_and_no_ring_after_the_time() -> None:
    async def scene() -> None:
        bell = Bell()
        with bell.listening() as ear:
            bell.ring()
            assert await ear.wait(60)
            assert not await ear.wait(BREATH_S * 3)

    asyncio.run(scene())


def test_in_a_flood_each_listener_looks_now_and_then_and_sees_the_last_of_it() -> None:
    async def scene() -> None:
        bell, rings, seen, looks = Bell(), 200, 0, 0
        written = [0]

        def flood() -> None:
            for number in range(1, rings + 1):
                written[0] = number  # the commit
                bell.ring()
                sleep(0.001)

        with bell.listening() as ear:
            thread = Thread(target=flood)
            thread.start()
            async with asyncio.timeout(60):
                while seen < rings:
                    assert await ear.wait(60)
                    seen, looks = written[0], looks + 1
            thread.join()
            assert looks < rings / 4

    asyncio.run(scene())


@pytest.mark.parametrize("ring", [Bell.ring, Bell.ring_here, Bell.silence])
def test_a_ring_while_a_listener_reads_is_heard_afterwards(ring: object) -> None:
    async def scene() -> None:
        bell = Bell()
        with bell.listening() as ear:
            bell.ring()
            assert await ear.wait(60)
            assert callable(ring)
            ring(bell)  # it reads, and has not come back to wait
            assert await ear.wait(60)

    asyncio.run(scene())
