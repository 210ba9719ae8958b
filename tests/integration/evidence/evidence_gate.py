"""A gate without camera and screen: an enrolled data folder, outbox, crop keeper, and what the agent does in turn."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import numpy as np
from paper_list import PaperList
from PIL import Image
from raised import wanted
from station_world import World

from hardware.simulators.personas import PERSONAS
from kiosk.domain.alarm import Alarm
from kiosk.domain.ids import AlarmId, EntryId
from kiosk.ports import BgrImage, LiveFace
from sync.http import StationClient
from sync.kiosk_end.agent import enrol_kiosk
from sync.kiosk_end.crop_keeper import CropKeeper
from sync.kiosk_end.evidence_file import EvidenceFile
from sync.kiosk_end.heartbeat import Heart
from sync.kiosk_end.identity import IDENTITY_FOLDER, Identity
from sync.kiosk_end.link import LinkState
from sync.kiosk_end.outbox import OUTBOX_FILE, OutboxFile
from sync.kiosk_end.release import Release
from sync.kiosk_end.uploader import Uploader
from watchlist.device_key import open_device_keys


class GateClock:
    """The gate's clock, which a test may put forward or back."""

    def __init__(self) -> None:
        self.off = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.off

    def monotonic(self) -> float:
        return time.monotonic()

    def is_wrong(self) -> bool:
        return False

    def hear_station(self, said: datetime, asked_s: float) -> float:
        return 0.0


def face_before_the_gate(persona: str = "lisa") -> BgrImage:
    """A persona's live picture, at the size at which the face thread hands it over."""
    with Image.open(PERSONAS[persona].live[0]) as file:
        small = file.convert("RGB").resize((420, 420))
    return np.ascontiguousarray(np.asarray(small)[:, :, ::-1])


class Gate:
    """One kiosk. ``alarm`` is the app's work; ``deliver`` and ``beat`` are the agent's."""

    def __init__(self, world: World, folder: Path) -> None:
        self.name = f"gate-{uuid4()}"
        self.data, self.clock = folder, GateClock()
        self.url = world.url
        token = world.enrol_token(self.name)
        self.trusted = asyncio.run(enrol_kiosk(world.url, world.folder / "ca.pem", token, folder, "file"))
        self.keys = open_device_keys(folder)
        self.outbox = OutboxFile(folder / OUTBOX_FILE)
        self.evidence = EvidenceFile(folder)
        self.keeper = CropKeeper(folder, self.outbox, self.clock)
        self.keeper.start()

    def close(self) -> None:
        self.keeper.stop()
        self.evidence.close()
        self.outbox.close()

    def alarm(self, persona: str = "lisa") -> Alarm:
        """An alarm from the list, whose crop is on the disk when this returns."""
        image = face_before_the_gate(persona)
        hit = wanted(1).hit
        assert hit is not None
        # Another person each time: a second alarm of the same entry would be the same presence.
        hit = replace(hit, listed=replace(hit.listed, entry=EntryId(str(uuid4()))))
        alarm = replace(wanted(1), id=AlarmId(str(uuid4())), hit=hit, raised_at=self.clock.now())
        before = self.evidence.held_or_0()
        self.outbox.raise_alarm(alarm)
        self.keeper.keep(alarm, LiveFace(image, self.clock.monotonic() - 0.5, "sface-yunet", "ab" * 32))
        ends = time.monotonic() + 10
        while self.evidence.held_or_0() == before or image.any():
            assert time.monotonic() < ends
            time.sleep(0.005)
        return alarm

    def deliver(self) -> None:
        """Send what the outbox holds."""

        async def drained(station: StationClient) -> None:
            assert await Uploader(self.outbox, station, asyncio.Event(), self.clock).drain()

        self.with_station(drained)

    def beat(self, *, private_link: bool = True) -> None:
        """Send a heartbeat and do what the answer asks for."""

        async def beaten(station: StationClient) -> None:
            release = self.release(station, private_link=private_link)
            heart = Heart(
                outbox=self.outbox,
                replica=PaperList(),
                station=station,
                own=Identity(self.data / IDENTITY_FOLDER, self.keys),
                link=LinkState(self.outbox, self.clock),
                clock=self.clock,
                station_is_back=lambda: None,
                look_ups=lambda: 0,
                device_key="file",
                heed=release.heed,
                evidence_held=self.evidence.held_or_0,
            )
            await heart.beat()
            await release.work()

        self.with_station(beaten)

    def release(self, station: StationClient, *, private_link: bool = True) -> Release:
        return Release(
            evidence=self.evidence,
            outbox=self.outbox,
            station=station,
            clock=self.clock,
            kiosk=self.trusted.kiosk,
            request_key=self.trusted.request_key,
            private_link=private_link,
        )

    def with_station(self, scene: Callable[[StationClient], Awaitable[None]]) -> None:
        """Play a scene over a connection with this gate's certificate."""

        async def play() -> None:
            identity = Identity(self.data / IDENTITY_FOLDER, self.keys)
            station = StationClient(self.url, identity.ca, identity.own)
            try:
                await scene(station)
            finally:
                await station.close()

        asyncio.run(play())

    def raw_files(self) -> bytes:
        """Everything that lies in the data folder, logs of the databases included."""
        return b"\0".join(file.read_bytes() for file in self.data.rglob("*") if file.is_file())
