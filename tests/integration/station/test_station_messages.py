"""Alarms and counts on their way in."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from uuid import uuid4

import httpx
import msgspec
import pytest
from station_world import ON_BOTH, World, alarm, beat, listed_entry, panic, running, upload

from sync import wire
from sync.station import alarms, certificates
from sync.station.rights import Role

pytestmark = ON_BOTH


def seen(world: World) -> list[str]:
    with world.station.store.read() as conn:
        return [row["id"] for row in alarms.changed_since(conn, 0)[1]]


def test_an_acknowledged_alarm_is_still_there_after_a_restart(world: World) -> None:
    message = alarm()
    with world.kiosk() as kiosk:
        assert upload(kiosk, message).taken == (message.id,)
    with running(world.folder) as again:
        assert seen(again) == [message.id]


def test_nothing_is_acknowledged_that_was_not_committed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def full_disk(*_args: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(alarms, "take_alarms", full_disk)
    with world.kiosk() as kiosk:
        answer = kiosk.post("/v1/messages", content=wire.encode(wire.Upload(messages=(alarm(),))))
        assert (answer.status_code, answer.json()) == (500, {"error": "internal"})
    assert seen(world) == []


def test_an_alarm_sent_three_times_is_acknowledged_three_times_and_shown_once(world: World) -> None:
    message = alarm()
    with world.kiosk() as kiosk:
        for _ in range(3):
            assert upload(kiosk, message).taken == (message.id,)
    assert seen(world) == [message.id]


def test_alarms_keep_the_order_of_their_sequence_even_in_a_shuffled_upload(world: World) -> None:
    messages = [alarm(seq) for seq in (1, 2, 3, 4, 5)]
    with world.kiosk() as kiosk:
        upload(kiosk, messages[3], messages[1], messages[0])
        upload(kiosk, messages[4], messages[2])
    assert seen(world) == [messages[i].id for i in (0, 1, 3, 2, 4)]


def test_uploads_that_wait_together_are_taken_whoever_is_refused_among_them(world: World) -> None:
    with world.kiosk("g1") as one, world.kiosk("g2") as revoked, world.kiosk("g3") as other, ThreadPoolExecutor() as at:
        for kiosk in (one, revoked, other):
            upload(kiosk, alarm(1))
        with world.station.store.write() as conn:
            certificates.revoke(conn, "g2", "stolen", "lin", datetime.now(UTC))
        messages = [alarm(2) for _ in range(3)]
        bodies = [wire.encode(wire.Upload(messages=(message,))) for message in messages]
        with world.station.store.write():  # nobody has a turn until all three wait
            asked = [
                at.submit(kiosk.post, "/v1/messages", content=body)
                for kiosk, body in zip((one, revoked, other), bodies, strict=True)
            ]
            time.sleep(0.3)
        assert [answer.result().status_code for answer in asked] == [200, 403, 200]
    assert {messages[0].id, messages[2].id} <= set(seen(world))
    assert messages[1].id not in seen(world)


def test_a_bad_message_is_refused_alone(world: World) -> None:
    good, bad_fact = alarm(1), msgspec.to_builtins(alarm(2))
    bad_fact["body"]["similarity"] = 7
    nameless_person = msgspec.to_builtins(alarm(3)) | {"name": "测试甲"}
    body = {"messages": [msgspec.to_builtins(good), bad_fact, nameless_person]}
    with world.kiosk() as kiosk:
        answer = msgspec.json.decode(kiosk.post("/v1/messages", json=body).content, type=wire.Uploaded)
    assert answer.taken == (good.id,)
    assert [one.why for one in answer.refused] == ["invalid", "invalid"]


def test_an_alarm_of_a_kind_that_this_station_does_not_know_is_shown_as_it_is(world: World) -> None:
    message = alarm(kind="roof-opened", entry=None)
    with world.kiosk() as kiosk, world.person("lin", Role.DISPATCHER) as lin:
        assert upload(kiosk, message).taken == (message.id,)
        assert "roof-opened" in lin.get("/").text


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'{"messages": []}',
        b'{"messages": [{}]}',
        b'{"messages": [{"id": 1}]}',
        b"\xff\xfe",
        b"[" * 9999,
    ],
)
def test_what_is_no_upload_is_a_typed_400(world: World, body: bytes) -> None:
    with world.kiosk() as kiosk:
        answer = kiosk.post("/v1/messages", content=body)
    assert (answer.status_code, answer.json()) == (400, {"error": "malformed"})


def test_a_body_beyond_the_limit_is_refused_while_it_is_read(world: World) -> None:
    sent = 0

    def endless() -> object:
        nonlocal sent
        while sent < 64 * wire.MAX_REQUEST_BYTES:
            sent += 65_536
            yield b" " * 65_536

    with world.kiosk() as kiosk:
        try:
            answer = kiosk.post("/v1/messages", content=endless())  # type: ignore[arg-type]  # a body in pieces
            assert answer.json()["error"] == "too-large"
        except httpx.TransportError:
            pass  # the station may close before it has read what it will not keep
    assert sent < 64 * wire.MAX_REQUEST_BYTES


def test_counts_of_one_hour_add_up_and_a_repeat_adds_nothing(world: World) -> None:
    hour = datetime(2026, 3, 1, 9, tzinfo=UTC)

    def counted(seq: int, **numbers: int) -> wire.Message:
        body = wire.CountsBody(hour=hour, counts=numbers)
        return wire.Message(id=str(uuid4()), seq=seq, created_at=hour, body=body)

    first, second = counted(1, admit=3), counted(2, admit=2, refer=1)
    with world.kiosk() as kiosk:
        upload(kiosk, first)
        upload(kiosk, first, second)
    with world.person("lin", Role.DISPATCHER) as lin:
        assert lin.get("/api/counts").json() == {"counts": {"admit": 5, "refer": 1}}


def test_an_alarm_says_whether_its_entry_was_still_listed_when_it_came(world: World) -> None:
    entry = listed_entry(world)
    with world.kiosk() as kiosk, world.person("lin", Role.ADMIN) as lin:
        still, since, never, help_call = alarm(1, entry=entry), alarm(2, entry=entry), alarm(3), panic(4)
        upload(kiosk, still)
        lin.post(f"/api/list/{entry}/withdraw", json={"why": "cleared"})
        upload(kiosk, since, never, help_call)
        shown = [row["listed"] for row in lin.get("/api/alarms").json()["alarms"]]
    assert shown == ["still-listed", "withdrawn-since", "unknown-here", "n/a"]


def test_the_second_to_acknowledge_is_told_who_was_first(world: World) -> None:
    message = alarm()
    with (
        world.kiosk() as kiosk,
        world.person("lin", Role.DISPATCHER) as lin,
        world.person("zhou", Role.DISPATCHER) as zhou,
    ):
        upload(kiosk, message)
        assert lin.post(f"/api/alarms/{message.id}/acknowledge").json() == {"id": message.id, "state": "acknowledged"}
        second = zhou.post(f"/api/alarms/{message.id}/acknowledge")
    assert second.status_code == 409
    assert (second.json()["error"], second.json()["who"]) == ("already", "lin")


def test_who_asks_for_what_is_new_gets_what_is_new(world: World) -> None:
    first, second = alarm(1), alarm(2)
    with world.kiosk() as kiosk, world.person("lin", Role.DISPATCHER) as lin:
        upload(kiosk, first)
        upto = lin.get("/api/alarms").json()["upto"]
        assert lin.get(f"/api/alarms?since={upto}").json() == {"upto": upto, "alarms": []}
        upload(kiosk, second)
        lin.post(f"/api/alarms/{first.id}/acknowledge")
        news = lin.get(f"/api/alarms?since={upto}").json()["alarms"]
    assert [(row["id"], row["state"]) for row in news] == [(second.id, "raised"), (first.id, "acknowledged")]


def test_a_heartbeat_shows_a_kiosks_faults_and_its_place_in_the_list(world: World) -> None:
    with world.kiosk("g1", "A") as kiosk, world.kiosk("g2", "B"), world.person("lin", Role.DISPATCHER) as lin:
        kiosk.post("/v1/heartbeat", content=beat(faults=("camera-lost",)))
        health = {row["kiosk"]: row for row in lin.get("/api/kiosks").json()["kiosks"]}
    assert (health["g1"]["state"], health["g1"]["faults"], health["g1"]["list_seq"]) == ("faulty", ["camera-lost"], 0)
    assert health["g2"]["state"] == "never-heard"
    assert health["g2"]["list_seq"] is None
