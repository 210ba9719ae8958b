"""An alarm's face leaves its kiosk only against a signed request with a name and a reason, and is erased in time."""

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx
import msgspec
import numpy as np
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from evidence_gate import Gate, face_before_the_gate
from PIL import Image
from raised import panic
from sqlalchemy import select
from station_world import World

from kiosk.domain.alarm import Alarm
from sync import wire
from sync.http import Answer, StationClient
from sync.kiosk_end.erasure import erase
from sync.sealed_face import KEPT, Face, seal
from sync.signed_request import sign
from sync.station import evidence, tables
from sync.station.rights import Role
from sync.wire import EvidenceRequest, HeartbeatSeen, Released, SignedRequest

REASON = {"reason": "check whether the holder is the listed person"}


def acknowledged(gate: Gate, dispatcher: httpx.Client, persona: str = "lisa") -> Alarm:
    """An alarm that has arrived and that somebody has in hand."""
    alarm = gate.alarm(persona)
    gate.deliver()
    assert dispatcher.post(f"/api/alarms/{alarm.id}/acknowledge").status_code == 200
    return alarm


def ask(person: httpx.Client, alarm: Alarm) -> str:
    answer = person.post(f"/api/alarms/{alarm.id}/evidence", json=REASON)
    assert answer.status_code == 202, answer.text
    request: str = answer.json()["request"]
    return request


def look(person: httpx.Client, alarm: Alarm) -> httpx.Response:
    return person.get(f"/api/alarms/{alarm.id}/evidence")


def told(answer: httpx.Response) -> tuple[int, str, str | None]:
    return answer.status_code, answer.json()["error"], answer.json().get("why")


def audited(world: World, alarm: Alarm) -> list[tuple[str, str, str | None]]:
    """Who did what with the evidence of this alarm, and the reason or the why."""
    with world.station.store.read() as conn:
        rows = conn.execute(select(tables.audit).order_by(tables.audit.c.n)).all()
    return [
        (row.who, row.what, row.facts.get("reason", row.facts.get("why")))
        for row in rows
        if row.what.startswith("evidence.") and row.facts["alarm"] == alarm.id
    ]


def kept_at_the_station(world: World, request: str) -> bytes | None:
    with world.station.store.read() as conn:
        return conn.execute(select(tables.evidence.c.locked).where(tables.evidence.c.id == request)).scalar_one()


def is_the_face_of(persona: str, jpeg: bytes) -> bool:
    with Image.open(io.BytesIO(jpeg)) as picture:
        shown = np.asarray(picture.convert("RGB"))[:, :, ::-1].astype(int)
    return bool(np.abs(shown - face_before_the_gate(persona)).mean() < 4)


def dismiss(dispatcher: httpx.Client, alarm: Alarm) -> None:
    assert dispatcher.post(f"/api/alarms/{alarm.id}/dismiss", json={"why": "another person"}).status_code == 200


def put_in_place(world: World, request: str, signed: SignedRequest) -> None:
    """Change at the station what the kiosk is told: somebody has its database, and not its keys."""
    with world.station.store.write() as conn:
        row = tables.evidence.c.id == request
        conn.execute(tables.evidence.update().where(row).values(request=wire.encode(signed)))


def stored(world: World, request: str) -> tuple[SignedRequest, EvidenceRequest]:
    with world.station.store.read() as conn:
        raw = conn.execute(select(tables.evidence.c.request).where(tables.evidence.c.id == request)).scalar_one()
    signed = msgspec.json.decode(raw, type=SignedRequest)
    return signed, msgspec.json.decode(signed.request, type=EvidenceRequest)


# ---- asked for, released, looked at


def test_who_asks_with_a_reason_sees_the_face_and_every_step_is_in_the_audit_log(
    world: World, dispatcher: httpx.Client, gate: Gate
) -> None:
    alarm = acknowledged(gate, dispatcher)
    assert told(look(dispatcher, alarm)) == (403, "ask-first", None)
    ask(dispatcher, alarm)
    assert told(look(dispatcher, alarm)) == (404, "not-yet", None)
    gate.beat()
    seen = look(dispatcher, alarm)
    assert (seen.status_code, seen.headers["content-type"], seen.headers["cache-control"]) == (
        200,
        "image/jpeg",
        "no-store",
    )
    assert is_the_face_of("lisa", seen.content)
    look(dispatcher, alarm)
    assert audited(world, alarm) == [
        ("wang", "evidence.asked", REASON["reason"]),
        (gate.name, "evidence.received", None),
        ("wang", "evidence.seen", REASON["reason"]),
        ("wang", "evidence.seen", REASON["reason"]),
    ]


def test_another_officer_asks_for_himself(world: World, dispatcher: httpx.Client, gate: Gate) -> None:
    alarm = acknowledged(gate, dispatcher)
    ask(dispatcher, alarm)
    gate.beat()
    with world.person("liu", Role.DISPATCHER) as other:
        assert told(look(other, alarm)) == (403, "ask-first", None)
        ask(other, alarm)
        gate.beat()
        assert look(other, alarm).status_code == 200
    assert [who for who, what, _ in audited(world, alarm) if what == "evidence.seen"] == ["liu"]


def test_only_a_dispatcher_asks_and_only_of_an_alarm_from_the_list_that_is_in_hand(
    world: World, dispatcher: httpx.Client, gate: Gate
) -> None:
    alarm = gate.alarm()
    gate.outbox.raise_alarm(panic(3))
    gate.deliver()
    path = f"/api/alarms/{alarm.id}/evidence"
    assert told(dispatcher.post(path, json=REASON))[:2] == (409, "not-acknowledged")
    dispatcher.post(f"/api/alarms/{alarm.id}/acknowledge")
    assert told(dispatcher.post(path, json={"reason": " "}))[:2] == (400, "reason")
    with world.person("admin", Role.ADMIN, Role.APPROVER) as admin:
        assert told(admin.post(path, json=REASON))[:2] == (403, "right")
        assert told(admin.get(path))[:2] == (403, "right")
    dispatcher.post(f"/api/alarms/{panic(3).id}/acknowledge")
    assert told(dispatcher.post(f"/api/alarms/{panic(3).id}/evidence", json=REASON))[:2] == (404, "no-evidence")
    dismiss(dispatcher, alarm)
    assert told(dispatcher.post(path, json=REASON))[:2] == (409, "not-acknowledged")
    assert gate.evidence.held_or_0() == 1
    assert [what for _, what, _ in audited(world, alarm)] == []


def test_an_answer_that_got_lost_is_given_again_and_taken_once(
    world: World, dispatcher: httpx.Client, gate: Gate
) -> None:
    alarm = acknowledged(gate, dispatcher)
    signed, _ = stored(world, ask(dispatcher, alarm))

    async def twice(station: StationClient) -> None:
        for _ in range(2):
            release = gate.release(station)
            release.heed(HeartbeatSeen(now=datetime.now(UTC), evidence_wanted=(signed,)))
            await release.work()

    gate.with_station(twice)
    assert [what for _, what, _ in audited(world, alarm)] == ["evidence.asked", "evidence.received"]
    assert is_the_face_of("lisa", look(dispatcher, alarm).content)


# ---- what a kiosk does not honour


def test_over_a_link_that_is_not_declared_private_no_face_leaves_and_the_officer_is_told(
    world: World, dispatcher: httpx.Client, gate: Gate
) -> None:
    alarm = acknowledged(gate, dispatcher)
    request = ask(dispatcher, alarm)
    gate.beat(private_link=False)
    assert told(look(dispatcher, alarm)) == (404, "evidence-refused", "link-not-private")
    assert kept_at_the_station(world, request) is None
    assert audited(world, alarm)[-1] == (gate.name, "evidence.refused", "link-not-private")


def test_a_request_that_somebody_else_signed_is_refused(world: World, dispatcher: httpx.Client, gate: Gate) -> None:
    alarm = acknowledged(gate, dispatcher)
    request = ask(dispatcher, alarm)
    _, asked = stored(world, request)
    put_in_place(world, request, sign(asked, Ed25519PrivateKey.generate()))
    gate.beat()
    assert told(look(dispatcher, alarm)) == (404, "evidence-refused", "bad-signature")
    assert kept_at_the_station(world, request) is None


def test_a_request_whose_alarm_was_changed_releases_neither_face(
    world: World, dispatcher: httpx.Client, gate: Gate
) -> None:
    alarm, other = acknowledged(gate, dispatcher), acknowledged(gate, dispatcher, "p005")
    request = ask(dispatcher, alarm)
    signed, asked = stored(world, request)
    changed = wire.encode(msgspec.structs.replace(asked, alarm=other.id))
    put_in_place(world, request, SignedRequest(request=changed, signature=signed.signature))
    gate.beat()
    assert kept_at_the_station(world, request) is None
    assert told(look(dispatcher, alarm)) == (404, "not-yet", None)


def test_a_request_to_another_kiosk_is_refused(
    world: World, dispatcher: httpx.Client, make_gate: Callable[[], Gate]
) -> None:
    one, other = make_gate(), make_gate()
    alarm = acknowledged(one, dispatcher)
    request = ask(dispatcher, alarm)
    _, asked = stored(world, request)
    key = world.station.keyring.request_key
    put_in_place(world, request, sign(msgspec.structs.replace(asked, kiosk=other.name), key))
    one.beat()
    assert told(look(dispatcher, alarm)) == (404, "evidence-refused", "another-kiosk")
    assert kept_at_the_station(world, request) is None


def test_a_request_past_its_hour_is_refused(world: World, dispatcher: httpx.Client, gate: Gate) -> None:
    alarm = acknowledged(gate, dispatcher)
    request = ask(dispatcher, alarm)
    gate.clock.off = evidence.ASK_STANDS + timedelta(seconds=1)
    gate.beat()
    assert told(look(dispatcher, alarm)) == (404, "evidence-refused", "expired")
    assert kept_at_the_station(world, request) is None


def test_a_request_is_no_longer_listed_once_it_has_its_answer_or_its_hour_is_over(
    world: World, dispatcher: httpx.Client, gate: Gate
) -> None:
    alarm = acknowledged(gate, dispatcher)
    ask(dispatcher, alarm)
    now = datetime.now(UTC)
    with world.station.store.read() as conn:
        assert len(evidence.wanted(conn, gate.name, now)) == 1
        assert evidence.wanted(conn, gate.name, now + evidence.ASK_STANDS + timedelta(seconds=1)) == ()
    gate.beat()
    with world.station.store.read() as conn:
        assert evidence.wanted(conn, gate.name, now) == ()


# ---- what the station does not take


def posted(gate: Gate, released: Released) -> int:
    status: list[int] = []

    async def post(station: StationClient) -> None:
        outcome = await station.post("/v1/evidence", released)
        assert isinstance(outcome, Answer)
        status.append(outcome.status)

    gate.with_station(post)
    return status[0]


def sealed_for(world: World, alarm: str) -> bytes:
    face = Face(alarm=alarm, taken_at=datetime.now(UTC), pack="p", pack_digest="d", jpeg=b"\xff\xd8 a face")
    return seal(face, world.station.keyring.evidence_key.public_key().public_bytes_raw())


def test_one_kiosks_face_never_answers_anothers_request(
    world: World, dispatcher: httpx.Client, make_gate: Callable[[], Gate]
) -> None:
    one, other = make_gate(), make_gate()
    alarm = acknowledged(one, dispatcher)
    request = ask(dispatcher, alarm)
    assert posted(other, Released(request=request, alarm=alarm.id, sealed=sealed_for(world, alarm.id))) == 404
    assert kept_at_the_station(world, request) is None


def test_another_alarms_face_is_refused_as_it_arrives(world: World, dispatcher: httpx.Client, gate: Gate) -> None:
    alarm, other = acknowledged(gate, dispatcher), acknowledged(gate, dispatcher, "p005")
    request = ask(dispatcher, alarm)
    passed_off = gate.evidence.sealed(other.id)
    assert passed_off is not None
    assert posted(gate, Released(request=request, alarm=alarm.id, sealed=passed_off)) == 204
    assert told(look(dispatcher, alarm)) == (404, "evidence-refused", "not-this-alarms")
    assert kept_at_the_station(world, request) is None


@pytest.mark.parametrize("sealed", [b"", b"\0" * 200])
def test_what_is_no_sealed_face_is_refused_as_it_arrives(
    world: World, dispatcher: httpx.Client, gate: Gate, sealed: bytes
) -> None:
    alarm = acknowledged(gate, dispatcher)
    request = ask(dispatcher, alarm)
    assert posted(gate, Released(request=request, alarm=alarm.id, sealed=sealed)) == 204
    assert told(look(dispatcher, alarm)) == (404, "evidence-refused", "not-this-alarms")


# ---- erased


def test_what_is_dismissed_before_it_was_released_is_erased_at_the_kiosk_which_says_so(
    world: World, dispatcher: httpx.Client, gate: Gate
) -> None:
    alarm = acknowledged(gate, dispatcher)
    request = ask(dispatcher, alarm)
    sealed = gate.evidence.sealed(alarm.id)
    signed, _ = stored(world, request)
    dismiss(dispatcher, alarm)
    gate.beat()
    assert gate.evidence.sealed(alarm.id) is None
    gate.deliver()
    assert audited(world, alarm)[-1] == (gate.name, "evidence.erased", "dismissed")
    with world.station.store.read() as conn:
        assert evidence.ended(conn, gate.name) == ()
    assert sealed is not None
    assert posted(gate, Released(request=request, alarm=alarm.id, sealed=sealed)) == 409  # it was on its way
    assert kept_at_the_station(world, request) is None

    async def replay(station: StationClient) -> None:
        answer = gate.release(station)._answer_to(signed)
        assert answer == Released(request=request, alarm=alarm.id, refused="not-held")

    gate.with_station(replay)


def test_the_kiosk_is_told_of_a_dismissal_until_it_says_that_the_face_is_gone(
    world: World, dispatcher: httpx.Client, gate: Gate
) -> None:
    alarm = acknowledged(gate, dispatcher)
    dismiss(dispatcher, alarm)
    gate.beat()  # erased, and the word of it still lies in the outbox
    with world.station.store.read() as conn:
        assert evidence.ended(conn, gate.name) == (alarm.id,)
    gate.beat()
    gate.deliver()
    with world.station.store.read() as conn:
        assert evidence.ended(conn, gate.name) == ()
    assert [what for _, what, _ in audited(world, alarm)] == ["evidence.erased"]


def test_what_the_station_holds_of_a_dismissed_alarm_is_shredded(
    world: World, dispatcher: httpx.Client, gate: Gate
) -> None:
    alarm = acknowledged(gate, dispatcher)
    request = ask(dispatcher, alarm)
    gate.beat()
    locked, key = kept_at_the_station(world, request), world.folder / "evidence-keys" / request
    sealed = gate.evidence.sealed(alarm.id)
    assert locked is not None
    assert sealed is not None
    assert world.station.evidence_keys.unlock(request, locked) == sealed
    assert sealed not in (world.folder / "station.db-wal").read_bytes()
    dismiss(dispatcher, alarm)
    assert told(look(dispatcher, alarm)) == (404, "evidence-erased", "dismissed")
    assert kept_at_the_station(world, request) is None
    assert not key.exists()
    assert ("station", "evidence.erased", "dismissed") in audited(world, alarm)


def test_after_72_hours_the_station_has_shredded_its_copy(world: World, dispatcher: httpx.Client, gate: Gate) -> None:
    alarm = acknowledged(gate, dispatcher)
    request = ask(dispatcher, alarm)
    gate.beat()
    for after, is_there in ((KEPT - timedelta(minutes=1), True), (KEPT, False)):
        with world.station.store.write() as conn:
            evidence.erase_due(conn, world.station.evidence_keys, datetime.now(UTC) + after)
        assert (look(dispatcher, alarm).status_code == 200) is is_there
        assert (world.folder / "evidence-keys" / request).exists() is is_there
    assert audited(world, alarm)[-1] == ("station", "evidence.erased", "72-h")


def test_an_erasure_while_the_link_was_down_is_in_the_audit_log_once_it_is_back(
    world: World, dispatcher: httpx.Client, gate: Gate
) -> None:
    alarm = acknowledged(gate, dispatcher)
    gate.clock.off = KEPT
    erase(gate.evidence, gate.outbox, gate.clock)
    erase(gate.evidence, gate.outbox, gate.clock)
    assert gate.evidence.held_or_0() == 0
    assert gate.outbox.depth() == 1
    gate.deliver()
    assert audited(world, alarm) == [(gate.name, "evidence.erased", "72-h")]
    erase(gate.evidence, gate.outbox, gate.clock)
    assert gate.outbox.depth() == 0  # it is not told for ever
