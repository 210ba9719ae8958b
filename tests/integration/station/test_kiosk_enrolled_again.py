"""A kiosk whose certificate was revoked or ran out is enrolled again in its folder, and no alarm is lost by it."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from kiosk_with_station import Kiosk, expired_at_the_station, forgotten, revoked
from sqlalchemy import select

from kiosk.domain.alarm import Alarm
from kiosk.domain.faults import Fault
from kiosk.domain.ids import AlarmId, VisitId
from kiosk.domain.verdict import AlarmKind
from sync.kiosk_end import agent
from sync.kiosk_end.enrol import EnrolError
from sync.kiosk_end.outbox import OUTBOX_FILE, OutboxFile
from sync.station.tables import alarms


def raise_alarms(outbox: OutboxFile, *numbers: int) -> list[str]:
    ids = [AlarmId(str(UUID(int=number))) for number in numbers]
    for one in ids:
        now = datetime.now(UTC)
        outbox.raise_alarm(Alarm(id=one, kind=AlarmKind.STAFF_PANIC, visit=VisitId("v"), raised_at=now))
    return list(ids)


def run_the_agent(kiosk: Kiosk, until: Callable[[], bool]) -> None:
    """Have the whole agent work in the kiosk's folder until this is so."""

    async def scene() -> None:
        settings = agent.AgentSettings(station_url=kiosk.world.url, data=kiosk.data, device_key="file")
        working = asyncio.create_task(agent.run(settings))
        async with asyncio.timeout(30):
            while not until():
                assert not working.done(), working.exception()
                await asyncio.sleep(0.02)
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)

    asyncio.run(scene())


def arrived(kiosk: Kiosk, ids: list[str]) -> list[tuple[str, str]]:
    """Which kiosk's and which alarms these are, in the order of their arrival."""
    with kiosk.world.station.store.read() as conn:
        rows = conn.execute(select(alarms.c.kiosk, alarms.c.id).where(alarms.c.id.in_(ids)).order_by(alarms.c.seq))
        return [(row.kiosk, row.id) for row in rows]


@pytest.mark.parametrize("under", ["its own name", "another name"])
@pytest.mark.parametrize(
    ("misfortune", "fault"),
    [
        (revoked, Fault.CERTIFICATE_REVOKED),
        (expired_at_the_station, Fault.CERTIFICATE_EXPIRED),
        (forgotten, Fault.CERTIFICATE_REJECTED),
    ],
)
def test_alarms_that_waited_arrive_after_the_new_enrolment_in_order_and_once(
    kiosk: Kiosk, misfortune: Callable[[Kiosk], None], fault: Fault, under: str
) -> None:
    first = int(kiosk.id[1:]) * 100
    outbox = OutboxFile(kiosk.data / OUTBOX_FILE)
    ids = raise_alarms(outbox, first + 2, first + 1)
    misfortune(kiosk)
    run_the_agent(kiosk, lambda: fault in outbox.link_faults(datetime.now(UTC)))
    ids += raise_alarms(outbox, first + 4, first + 3)
    assert arrived(kiosk, ids) == []
    name = kiosk.id if under == "its own name" else f"{kiosk.id}-new"
    kiosk.enrol(name)
    run_the_agent(kiosk, lambda: outbox.depth() == 0)
    assert arrived(kiosk, ids) == [(name, one) for one in ids]
    outbox.close()


def test_a_wrong_token_changes_nothing_at_a_kiosk_that_works(kiosk: Kiosk) -> None:
    def inside() -> dict[Path, bytes]:
        return {file: file.read_bytes() for file in kiosk.data.rglob("*") if file.is_file()}

    before = inside()
    ca = kiosk.world.folder / "ca.pem"
    with pytest.raises(EnrolError, match="does not know this token"):
        asyncio.run(agent.enrol_kiosk(kiosk.world.url, ca, "wrong", kiosk.data, "file"))
    assert inside() == before
    outbox = OutboxFile(kiosk.data / OUTBOX_FILE)
    run_the_agent(kiosk, lambda: outbox.link_faults(datetime.now(UTC)) == frozenset())
    outbox.close()
