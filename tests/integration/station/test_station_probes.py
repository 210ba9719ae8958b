"""What machines may ask about the station: is it there, can it work, how does it do. Never who."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import update
from station_world import SITE, World, alarm, beat, upload
from structlog.testing import capture_logs
from typer.testing import CliRunner

from sync.station import audit, readiness
from sync.station.__main__ import app
from sync.station.alarms import Act, act
from sync.station.metrics import exposition
from sync.station.rights import Role
from sync.station.station import Station
from sync.station.tables import alarms
from tests.blank_station import lay_out_station

DASHBOARD = Path("hardware/wiring/grafana/station.json")


def figures(station: Station) -> dict[str, float]:
    lines = exposition(station).decode().splitlines()
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines if line[0] != "#")}


@pytest.fixture
def station(tmp_path: Path) -> Any:
    station = Station(lay_out_station(tmp_path, SITE))
    yield station
    station.close()


def test_anybody_learns_that_the_station_is_well_and_nothing_else(shared_world: World) -> None:
    with shared_world.browser() as stranger:
        alive, ready = stranger.get("/healthz"), stranger.get("/readyz")
    assert (alive.status_code, alive.json()) == (200, {"alive": True})
    assert (ready.status_code, ready.json()) == (200, {"ready": True})


def test_a_station_that_is_not_ready_says_so_and_only_its_log_says_why(world: World) -> None:
    with world.station.store.write() as conn:
        audit.record(conn, datetime.now(UTC) + timedelta(hours=1), "lin", "entry.approved")
    with world.browser() as stranger, capture_logs() as logs:
        answer = stranger.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"ready": False})
    assert {"event": "station.not-ready", "why": "clock", "log_level": "warning"} in logs


def test_a_key_that_is_missing_is_trouble(station: Station) -> None:
    assert readiness.trouble(station) is None
    (station.folder / "group.key").rename(station.folder / "elsewhere")
    assert readiness.trouble(station) == "keys"


def test_a_disk_without_room_is_trouble(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "LEAST_FREE_BYTES", 2**60)
    assert readiness.trouble(station) == "disk"


def test_a_database_that_cannot_be_written_is_trouble(station: Station) -> None:
    with station.store.write() as conn:
        conn.exec_driver_sql("DROP TABLE settings")
    assert readiness.trouble(station) == "database"


def test_the_look_leaves_nothing_behind(station: Station) -> None:
    for _ in range(2):
        assert readiness.trouble(station) is None
    with station.store.read() as conn:
        assert conn.exec_driver_sql("SELECT count(*) FROM settings").scalar_one() == 0


def test_a_thousand_questions_cost_one_look(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[Station] = []
    monkeypatch.setattr(readiness, "trouble", looks.append)
    assert all(station.readiness.is_ready(station) for _ in range(1000))
    assert len(looks) == 1


def test_the_figures_need_the_token_that_the_command_printed(shared_world: World) -> None:
    def asked(**headers: str) -> int:
        with shared_world.browser() as scraper:
            return scraper.get("/metrics", headers=headers).status_code

    assert asked(Authorization="Bearer x") == 401  # there is none yet
    tokens = []
    for _ in range(2):
        printed = CliRunner().invoke(app, ["metrics-token", "--data", str(shared_world.folder)])
        tokens.append(printed.stdout.strip())
    first, second = tokens
    assert asked() == asked(Authorization=f"Bearer {first}") == asked(Authorization=f"Basic {second}") == 401
    assert asked(Authorization=f"Bearer {second}") == 200
    assert second not in (shared_world.folder / "metrics-token").read_text()


def test_the_figures_say_how_it_stands_and_an_exercise_is_not_counted(world: World) -> None:
    with world.kiosk() as kiosk:
        one, exercise, mine = alarm(1), alarm(2), alarm(3)
        upload(kiosk, one, exercise, mine)
        assert kiosk.post("/v1/heartbeat", content=beat(list_age_s=77.0, outbox_depth=3)).status_code == 200
    with world.station.store.write() as conn:
        conn.execute(update(alarms).where(alarms.c.id == exercise.id).values(exercise=True))
        act(conn, mine.id, Act.ACKNOWLEDGE, "lin", datetime.now(UTC))
    said = figures(world.station)
    assert said['hongtu_alarms{state="raised"}'] == 1
    assert said['hongtu_alarms{state="acknowledged"}'] == 1
    assert said["hongtu_alarm_oldest_waiting_seconds"] > 0
    assert said['hongtu_kiosks{state="well"}'] == 1
    assert said['hongtu_kiosk_list_age_seconds{kiosk="g1"}'] == 77
    assert said['hongtu_kiosk_outbox_depth{kiosk="g1"}'] == 3
    assert said['hongtu_messages_total{outcome="taken"}'] == 3
    assert said["hongtu_commit_seconds_count"] >= 2


def test_every_figure_of_the_dashboard_is_one_that_the_station_gives(shared_world: World) -> None:
    panels = json.loads(DASHBOARD.read_text())["panels"]
    used = {name for one in panels for target in one["targets"] for name in re.findall(r"hongtu_\w+", target["expr"])}
    with shared_world.browser() as stranger:  # a refusal, so that there is one to count
        assert stranger.get("/api/me").status_code == 401
    with shared_world.kiosk() as kiosk:
        kiosk.post("/v1/heartbeat", content=beat())
    given = {name.partition("{")[0] for name in figures(shared_world.station)} | {"hongtu_alarms"}
    assert used <= given
    labels = {label for name in figures(shared_world.station) for label in re.findall(r'(\w+)="', name)}
    assert labels <= {"state", "outcome", "status", "kiosk", "of", "le"}
    assert len(used) > 12


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/me", 401),
        ("GET", "/no/such/page", 404),
        ("DELETE", "/api/me", 405),
        ("POST", "/api/login", 400),
    ],
)
def test_each_refusal_is_one_event_of_the_log(shared_world: World, method: str, path: str, status: int) -> None:
    with shared_world.browser() as stranger, capture_logs() as logs:
        answer: httpx.Response = stranger.request(method, path, content=b"{")
    assert answer.status_code == status
    told = [one for one in logs if one["event"].startswith("request.")]
    assert [(one["event"], one["status"]) for one in told] == [("request.refused", status)]


def test_each_error_of_ours_is_one_event_and_is_counted(world: World) -> None:
    with world.person("desk", Role.DISPATCHER) as desk, capture_logs() as logs:
        with world.station.store.write() as conn:
            conn.exec_driver_sql("UPDATE people SET roles = '[\"dispatcher\", \"nobody\"]' WHERE login = 'desk'")
        assert desk.get("/api/counts").status_code == 500  # a role that this station never gave
    assert [one["event"] for one in logs if one["event"].startswith("request.")] == ["request.failed"]
    assert figures(world.station)["hongtu_requests_failed_total"] == 1
