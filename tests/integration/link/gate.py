"""An enrolled gate's agent in the test's process: the real outbox, client, sender and heart; the list is paper."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from uuid import uuid4

from paper_list import PaperList
from raised import panic
from sqlalchemy import select, text
from station_world import World

from kiosk.clock import SystemClock
from kiosk.domain.alarm import Alarm
from kiosk.domain.faults import Fault
from kiosk.domain.ids import AlarmId
from sync.http import StationClient
from sync.kiosk_end.enrol import enrol
from sync.kiosk_end.heartbeat import Heart
from sync.kiosk_end.identity import Identity
from sync.kiosk_end.link import LinkState
from sync.kiosk_end.outbox import OUTBOX_FILE, OutboxFile
from sync.kiosk_end.uploader import Uploader
from sync.station.tables import alarms, taken_messages
from watchlist.device_key import open_device_keys

_GATES = count(1)


@dataclass
class Gate:
    """What a gate leaves on its disk, and what the station has of it."""

    id: str
    world: World
    identity: Identity
    outbox: OutboxFile
    raised: list[str]

    def raise_alarms(self, how_many: int = 1) -> None:
        for _ in range(how_many):
            alarm = an_alarm()
            self.outbox.raise_alarm(alarm)
            self.raised.append(alarm.id)

    def arrived(self) -> list[str]:
        """Its alarms at the station, in the order of their arrival."""
        query = select(alarms.c.id).join(taken_messages, taken_messages.c.id == alarms.c.id)
        with self.world.station.store.read() as conn:
            mine = query.where(alarms.c.kiosk == self.id, taken_messages.c.seq > 0)
            return list(conn.execute(mine.order_by(text("taken_messages.rowid"))).scalars())

    def shown(self) -> frozenset[Fault]:
        """What the kiosk app shows of the link."""
        return self.outbox.link_faults(datetime.now(UTC))

    @asynccontextmanager
    async def agent(self, url: str) -> AsyncIterator["Agent"]:
        """An agent that was just started, and whose station is at ``url``."""
        client = StationClient(url, self.identity.ca, self.identity.own)
        clock = SystemClock()
        link = LinkState(self.outbox, clock)
        uploader = Uploader(self.outbox, client, asyncio.Event(), clock)
        heart = Heart(
            outbox=self.outbox,
            replica=PaperList(),
            station=client,
            own=self.identity,
            link=link,
            clock=clock,
            station_is_back=uploader.station_is_back,
            look_ups=lambda: 0,
            device_key="tpm",
        )
        try:
            yield Agent(uploader, heart)
        finally:
            await client.close()


@dataclass(frozen=True, slots=True)
class Agent:
    """Its two parts that speak to the station in turn."""

    uploader: Uploader
    heart: Heart


def an_alarm() -> Alarm:
    return replace(panic(1), id=AlarmId(str(uuid4())), raised_at=datetime.now(UTC))


@contextmanager
def enrolled_gate(world: World, folder: Path) -> Iterator[Gate]:
    """Enrol a new gate whose files lie in ``folder``."""
    name = f"gate-{next(_GATES)}"
    identity = Identity(folder / "identity", open_device_keys(folder, "file", make=True))
    enrolled, own = asyncio.run(enrol(world.url, world.folder / "ca.pem", world.enrol_token(name)))
    identity.begin(own, enrolled.ca_pem.encode())
    outbox = OutboxFile(folder / OUTBOX_FILE)
    try:
        yield Gate(name, world, identity, outbox, [])
    finally:
        outbox.close()
