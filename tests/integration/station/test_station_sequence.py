"""How far each kiosk's messages have come, what is noted where they do not go on by one, and how old an alarm is."""

import itertools
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec
from sqlalchemy import select
from station_world import World, alarm, beat, panic, running, upload

from sync import wire
from sync.station import alarms
from sync.station.store import DATABASE, open_store
from sync.station.tables import audit


def noted(world: World) -> list[tuple[str, dict[str, Any]]]:
    with world.station.store.read() as conn:
        rows = conn.execute(select(audit.c.what, audit.c.facts).where(audit.c.what.like("kiosk.sequence-%")))
        return [(row.what, row.facts) for row in rows]


def upto(kiosk: httpx.Client) -> int | None:
    answer = kiosk.post("/v1/heartbeat", content=beat())
    return msgspec.json.decode(answer.content, type=wire.HeartbeatSeen).upto_seq


def shown(world: World) -> list[dict[str, Any]]:
    with world.station.store.read() as conn:
        return alarms.changed_since(conn, 0)[1]


def test_a_heartbeats_answer_says_how_far_the_stations_books_go(world: World) -> None:
    with world.kiosk() as kiosk:
        assert upto(kiosk) == 0
        upload(kiosk, alarm(1), alarm(2), alarm(3))
        assert upto(kiosk) == 3
    assert noted(world) == []


def test_a_disk_that_was_set_back_loses_no_alarm_and_is_noted_once(world: World) -> None:
    with world.kiosk() as kiosk:
        upload(kiosk, *map(alarm, range(1, 8)))
        again = [alarm(seq) for seq in range(3, 10)]
        for message in again:
            assert upload(kiosk, message).taken == (message.id,)
        assert upto(kiosk) == 9
    assert noted(world) == [("kiosk.sequence-set-back", {"after": 7, "seq": 3})]
    assert [row["seq"] for row in shown(world)] == [*range(1, 8), *range(3, 10)]


def test_numbers_that_never_came_are_noted(world: World) -> None:
    with world.kiosk() as kiosk:
        upload(kiosk, alarm(1), alarm(2), alarm(5))
        upload(kiosk, alarm(6))
        upload(kiosk, alarm(8))
    gaps = [("kiosk.sequence-gap", {"first": 3, "last": 4}), ("kiosk.sequence-gap", {"first": 7, "last": 7})]
    assert noted(world) == gaps


def test_a_repeat_is_neither_a_gap_nor_set_back(world: World) -> None:
    messages = [alarm(seq) for seq in (1, 2, 3)]
    with world.kiosk() as kiosk:
        for some in itertools.chain(itertools.combinations(messages, 2), [messages]):
            upload(kiosk, *some)
    assert [what for what, _ in noted(world)] == []


def sent(message: wire.Message, **clock: Any) -> bytes:
    return wire.encode(wire.Upload(messages=(message,), **clock))


def aged(**clock: Any) -> wire.Message:
    return msgspec.structs.replace(panic(), **clock)


def test_an_alarm_that_waited_is_as_old_as_the_kiosks_growing_clock_says(world: World) -> None:
    wrong = datetime(2031, 1, 1, tzinfo=UTC)
    message = aged(created_at=wrong, boot="b1", created_s=1000.0)
    with world.kiosk() as kiosk:
        assert kiosk.post("/v1/messages", content=sent(message, boot="b1", sent_s=8200.0)).status_code == 200
    (row,) = shown(world)
    assert row["raised_at"] == wrong.isoformat()
    waited = datetime.fromisoformat(row["received_at"]) - datetime.fromisoformat(row["reckoned_at"])
    assert waited == timedelta(hours=2)


def test_absurd_clocks_hold_up_no_alarm(world: World) -> None:
    with world.kiosk() as kiosk:
        absurd = aged(boot="b1", created_s=-1e308)
        assert kiosk.post("/v1/messages", content=sent(absurd, boot="b1", sent_s=1e308)).status_code == 200
    assert [row["reckoned_at"] for row in shown(world)] == [None]


@contextmanager
def station_process(folder: Path) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    argv = ["-m", "sync.station", "run", "--data", str(folder), "--port", "0"]
    with subprocess.Popen([sys.executable, *argv], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as one:
        try:
            assert one.stdout is not None
            yield one, one.stdout.readline().split()[-1]
        finally:
            one.kill()


def test_a_station_killed_before_its_commit_has_acknowledged_nothing_and_the_retry_is_taken_once(
    tmp_path: Path,
) -> None:
    folder, message, answers = tmp_path / "station", alarm(), []
    with running(folder) as world:
        kiosk = world.kiosk()

    def send(url: str) -> None:
        try:
            answers.append(kiosk.post(f"{url}/v1/messages", content=sent(message)).status_code)
        except httpx.TransportError as error:
            answers.append(type(error).__name__)

    store = open_store(folder / DATABASE)
    with station_process(folder) as (process, url), store.write():  # so the station waits for its turn to write
        sending = threading.Thread(target=send, args=(url,))
        sending.start()
        time.sleep(1.0)
        assert answers == []
        process.send_signal(signal.SIGKILL)
        sending.join()
    with running(folder) as again:
        send(again.url)
        send(again.url)
    kiosk.close()
    assert isinstance(answers[0], str)
    assert answers[1:] == [200, 200]
    with store.read() as conn:
        assert [row["id"] for row in alarms.changed_since(conn, 0)[1]] == [message.id]
    store.close()
