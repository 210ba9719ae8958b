"""The bells of all instances: one that is rung here is heard by the others, over the shared database.

- A bell is a hint here too (sync.station.bell): whoever hears it reads the store on from where it stands. What is
  called while this instance has no connection is lost; so when it has one again every bell is rung.
- An instance that hears nothing at all, since the database is away, looks by itself every few seconds as ever.
"""

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import Final
from uuid import uuid4

import structlog

from sync.station import log as station_log
from sync.station import postgres
from sync.station.bell import Bell

_AGAIN_S: Final = 1.0
_LOOK_EVERY_S: Final = 60.0

log = structlog.get_logger()


async def run(server: postgres.Server | None, bells: Mapping[str, Bell]) -> None:
    """Carry the rings to and fro until cancelled. Alone on a file there is nobody to carry them to."""
    while server is not None:
        try:
            await _connected(server, bells)
        except* postgres.Unreachable as lost:
            log.warning("hints.trouble", error=type(lost.exceptions[0]).__name__, where=station_log.where(lost))
        await asyncio.sleep(_AGAIN_S)


async def _connected(server: postgres.Server, bells: Mapping[str, Bell]) -> None:
    own_name = uuid4().hex
    async with AsyncExitStack() as ends:
        ears = await postgres.Hints.connect(server)
        ends.push_async_callback(ears.close)
        mouth = await postgres.Hints.connect(server)
        ends.push_async_callback(mouth.close)
        await ears.listen()
        for bell in bells.values():
            bell.ring_here()
        async with asyncio.TaskGroup() as both_ways:
            for name, bell in bells.items():
                both_ways.create_task(_call(mouth, f"{own_name} {name}", bell))
            both_ways.create_task(_hear(ears, own_name, bells))


async def _call(mouth: postgres.Hints, word: str, bell: Bell) -> None:
    with bell.listening(to_own=True) as ear:
        while not bell.silenced:
            if await ear.wait(_LOOK_EVERY_S):
                await mouth.call(word)


async def _hear(ears: postgres.Hints, own_name: str, bells: Mapping[str, Bell]) -> None:
    async for word in ears.heard():
        caller, _, name = word.partition(" ")
        if caller != own_name and name in bells:
            bells[name].ring_here()
