"""An alarm as CAP 1.2, by OASIS's own schema."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from lxml import etree
from sqlalchemy import update
from station_world import SITE, World, alarm, upload

from sync.station import alarm_log
from sync.station.alarms import Act, act
from sync.station.cap import NAMESPACE, cap
from sync.station.refusals import NotFoundError
from sync.station.rights import Role
from sync.station.tables import alarms

SCHEMA = etree.XMLSchema(file=str(Path(__file__).parent / "cap" / "CAP-v1.2.xsd"))


def raised(world: World, **facts: object) -> str:
    with world.kiosk(f"g{datetime.now(UTC).timestamp()}") as kiosk:
        one = alarm(**facts)
        upload(kiosk, one)
    return one.id


def exported(world: World, alarm_id: str) -> etree._Element:
    with world.station.store.read() as conn:
        message = etree.fromstring(cap(conn, alarm_id, SITE))
    SCHEMA.assertValid(message)
    return message


def said(message: etree._Element, name: str) -> str:
    return message.findtext(f".//{{{NAMESPACE}}}{name}", "")


def happens(world: World, alarm_id: str, event: str, state: str | None = None) -> None:
    with world.station.store.write() as conn:
        if state is not None:
            conn.execute(update(alarms).where(alarms.c.id == alarm_id).values(state=state))
        now = datetime.now(UTC) + timedelta(seconds=1)
        alarm_log.append(conn, [{"alarm": alarm_id, "event": event, "who": "lin", "at": now}])


def test_each_step_of_an_alarm_is_a_message_that_names_those_before_it(shared_world: World) -> None:
    alarm_id = raised(shared_world)
    first = exported(shared_world, alarm_id)
    assert (said(first, "status"), said(first, "msgType"), said(first, "references")) == ("Actual", "Alert", "")
    assert said(first, "certainty") == "Possible"

    before = first
    for event, kind, certainty in (
        ("acknowledged", "Ack", "Possible"),
        ("confirmed", "Update", "Likely"),
        ("dispatched", "Update", "Likely"),
        ("arrived", "Update", "Likely"),
        ("resolved", "Cancel", "Likely"),
    ):
        happens(shared_world, alarm_id, event, event)
        message = exported(shared_world, alarm_id)
        assert (said(message, "msgType"), said(message, "certainty")) == (kind, certainty)
        named = ",".join(said(before, name) for name in ("sender", "identifier", "sent"))
        assert said(message, "references").split(" ")[-1] == named
        before = message
    assert len(said(before, "references").split(" ")) == 5
    assert (said(before, "urgency"), said(before, "responseType")) == ("Past", "AllClear")


def test_a_dismissal_takes_the_alarm_back(shared_world: World) -> None:
    alarm_id = raised(shared_world)
    with shared_world.station.store.write() as conn:
        for step in (Act.ACKNOWLEDGE, Act.DISMISS):
            act(conn, alarm_id, step, "lin", datetime.now(UTC))
    message = exported(shared_world, alarm_id)
    assert (said(message, "msgType"), said(message, "certainty")) == ("Cancel", "Unlikely")


def test_the_same_event_is_always_the_same_message(shared_world: World) -> None:
    alarm_id = raised(shared_world)
    assert etree.tostring(exported(shared_world, alarm_id)) == etree.tostring(exported(shared_world, alarm_id))


def test_an_exercise_says_so(shared_world: World) -> None:
    alarm_id = raised(shared_world)
    with shared_world.station.store.write() as conn:
        conn.execute(update(alarms).where(alarms.c.id == alarm_id).values(exercise=True))
    message = exported(shared_world, alarm_id)
    assert said(message, "status") == "Exercise"
    assert said(message, "headline").startswith("EXERCISE ")


@pytest.mark.parametrize("kind", ["<alert/>&\x00\x1b\ud800", "]]>", "", "歌" * 200])
def test_whatever_a_kiosk_calls_its_alarm_the_message_is_valid(shared_world: World, kind: str) -> None:
    alarm_id = raised(shared_world)
    with shared_world.station.store.write() as conn:
        text = kind.encode("utf-8", "replace").decode()
        conn.execute(update(alarms).where(alarms.c.id == alarm_id).values(kind=text, lane=text))
    exported(shared_world, alarm_id)


def test_it_is_served_to_who_may_see_alarms_and_to_nobody_else(shared_world: World) -> None:
    alarm_id = raised(shared_world)
    road = f"/api/alarms/{alarm_id}/cap"
    with shared_world.person("desk", Role.DISPATCHER) as desk, shared_world.person("guard", Role.GUARD) as guard:
        answer = desk.get(road)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/cap+xml")
        assert guard.get(road).status_code == 403
    with shared_world.browser() as stranger:
        assert stranger.get(road).status_code == 401


def test_of_no_alarm_there_is_no_message(shared_world: World) -> None:
    with shared_world.station.store.read() as conn, pytest.raises(NotFoundError):
        cap(conn, "nothing", SITE)
