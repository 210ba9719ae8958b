"""An enrolled kiosk and the parts of its agent that show its certificate, before a real station."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import TypeVar

import msgspec
from sqlalchemy import delete, update
from station_world import World, beat

from sync import wire
from sync.http import Answer, Outcome, OwnCertificate, StationClient, WebRoad
from sync.kiosk_end.agent import enrol_kiosk
from sync.kiosk_end.identity import IDENTITY_FOLDER, Identity
from sync.kiosk_end.renewal import Renewal
from sync.kiosk_end.roads import station_road
from sync.station import certificates
from sync.station.tables import kiosk_certificates
from watchlist.device_key import open_device_keys

T = TypeVar("T")
NUMBERS = count(1)
HEARTBEAT = msgspec.json.decode(beat(), type=wire.Heartbeat)


@dataclass
class Calendar:
    """A clock that the test sets."""

    today: datetime = field(default_factory=lambda: datetime.now(UTC))

    def now(self) -> datetime:
        return self.today

    def monotonic(self) -> float:
        return 0.0


class Kiosk:
    """An enrolled kiosk, and its agent's clients while a scene is played."""

    def __init__(self, world: World, data: Path) -> None:
        self.world, self.data, self.id = world, data, f"k{next(NUMBERS)}"
        self.calendar = Calendar()
        self.enrol()

    def enrol(self, name: str | None = None) -> None:
        token = self.world.enrol_token(name or self.id)
        asyncio.run(enrol_kiosk(self.world.url, self.world.folder / "ca.pem", token, self.data, "file"))

    def identity(self) -> Identity:
        """As an agent reads it when it starts."""
        return Identity(self.data / IDENTITY_FOLDER, open_device_keys(self.data))

    def play(self, scene: Callable[["Agent"], Awaitable[T]]) -> T:
        async def played() -> T:
            agent = Agent(self)
            try:
                return await scene(agent)
            finally:
                await agent.station.close()
                agent.road.close()

        return asyncio.run(played())

    def heartbeat(self) -> Outcome:
        return self.play(lambda agent: agent.heartbeat())


class Agent:
    """The parts of the agent that show the certificate."""

    def __init__(self, kiosk: Kiosk) -> None:
        self.identity = kiosk.identity()
        self.station = StationClient(kiosk.world.url, self.identity.ca, self.identity.own)
        self.road: WebRoad = station_road(kiosk.world.url, self.identity, lambda: datetime.now(UTC))
        self.renewal = Renewal(self.identity, self.station, self.use, kiosk.calendar)

    async def use(self, own: OwnCertificate) -> None:
        await self.station.use(own)
        self.road.use(own)

    async def heartbeat(self) -> Outcome:
        return await self.station.post("/v1/heartbeat", HEARTBEAT)

    def head_of_the_list(self) -> bytes:
        with self.road.fetch("feed/1/head.json") as pieces:
            return b"".join(pieces)


def is_well(outcome: Outcome) -> bool:
    return isinstance(outcome, Answer) and outcome.status == 200


def revoked(kiosk: Kiosk) -> None:
    with kiosk.world.station.store.write() as conn:
        certificates.revoke(conn, kiosk.id, "stolen", "lin", datetime.now(UTC))


def expired_at_the_station(kiosk: Kiosk) -> None:
    this = kiosk_certificates.c.kiosk == kiosk.id
    with kiosk.world.station.store.write() as conn:
        conn.execute(update(kiosk_certificates).where(this).values(until=datetime.now(UTC)))


def forgotten(kiosk: Kiosk) -> None:
    with kiosk.world.station.store.write() as conn:
        conn.execute(delete(kiosk_certificates).where(kiosk_certificates.c.kiosk == kiosk.id))
