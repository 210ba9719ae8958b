"""What the station does about a silent kiosk: real store and real alarms, by a clock that the test sets."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import httpx
import msgspec
import pytest
from click.testing import Result
from sqlalchemy import insert, select, update
from station_world import SITE, World, beat, running
from typer.testing import CliRunner

from sync.station import alarms, audit, maintenance, pki, upkeep
from sync.station.__main__ import app
from sync.station.refusals import BadRequestError, ConflictError, NotFoundError
from sync.station.rights import Role
from sync.station.site_time import SITE_TIME
from sync.station.station import Station
from sync.station.supervision import Supervision
from sync.station.tables import kiosk_certificates, kiosks
from sync.wire import HeartbeatSeen
from tests.blank_station import lay_out_station


@dataclass
class Watch:
    """A station without a network, its clocks, and kiosks that the test lets speak."""

    folder: Path
    now: datetime = datetime(2026, 5, 1, 4, tzinfo=UTC)
    now_s: float = 1000.0
    speaking: set[str] = field(default_factory=set)

    def start(self) -> None:
        self.station = Station(self.folder, now=lambda: self.now, monotonic=lambda: self.now_s)
        self.supervision = Supervision(self.station)
        self.supervision.look()

    def enrol(self, *names: str, heard: bool = True) -> None:
        with self.station.store.write() as conn:
            for name in names:
                conn.execute(insert(kiosks).values(id=name, lane=f"lane {name}", enrolled_at=self.now, upto_seq=0))
                period = {"issued_at": self.now, "until": self.now + timedelta(days=30)}
                paper = pki.fingerprint(name.encode())
                conn.execute(insert(kiosk_certificates).values(fingerprint=paper, kiosk=name, **period))
        if heard:
            self.speaking.update(names)
            self.speak()

    def speak(self) -> None:
        """Each kiosk that speaks sends a heartbeat, which is committed."""
        for name in self.speaking:
            with self.station.hearing.arriving(name.encode()), self.station.store.write() as conn:
                conn.execute(update(kiosks).where(kiosks.c.id == name).values(heard_at=self.now))

    def pass_s(self, seconds: int, step: int = 1) -> None:
        for _ in range(0, seconds, step):
            self.now += timedelta(seconds=step)
            self.now_s += step
            if int(self.now_s) % 10 == 0:
                self.speak()
            self.supervision.look()

    def board(self) -> list[dict[str, Any]]:
        with self.station.store.read() as conn:
            return alarms.board(conn)

    def events(self) -> list[str]:
        (one,) = self.board()
        return [event["event"] for event in one["history"]]


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Watch]:
    watch = Watch(tmp_path / "station")
    lay_out_station(watch.folder, SITE, watch.now)
    watch.start()
    yield watch
    watch.station.store.close()


def test_a_kiosk_that_falls_silent_is_an_alarm_that_escalates_and_ends_when_it_is_back(watch: Watch) -> None:
    watch.enrol("g1", "g2")
    watch.pass_s(20)
    watch.speaking.remove("g1")
    watch.pass_s(30)
    assert watch.board() == []
    watch.pass_s(1)
    (alarm,) = watch.board()
    assert (alarm["kind"], alarm["kiosk"], alarm["lane"], alarm["state"]) == ("kiosk-silent", "g1", "lane g1", "raised")
    assert [(event["event"], event["who"]) for event in alarm["history"]] == [("raised", "station")]
    watch.pass_s(59)
    assert watch.events() == ["raised"]
    watch.pass_s(60)
    assert watch.events() == ["raised", "escalated"]
    watch.speaking.add("g1")
    watch.pass_s(20)
    assert watch.events() == ["raised", "escalated", "returned"]


def test_a_kiosk_that_comes_and_goes_is_one_alarm_that_counts(watch: Watch) -> None:
    watch.enrol("g1")
    for _ in range(5):
        watch.speaking.discard("g1")
        watch.pass_s(50)
        watch.speaking.add("g1")
        watch.pass_s(20)
    (alarm,) = watch.board()
    (silence,) = alarm["silence"]
    assert (silence["times"], silence["kiosk"], silence["returned_at"] is not None) == (5, "g1", True)
    assert watch.events() == ["raised", "returned", *["silent-again", "returned"] * 4]


def test_a_silence_after_ten_calm_minutes_is_a_new_alarm(watch: Watch) -> None:
    watch.enrol("g1")
    for _ in range(2):
        watch.speaking.discard("g1")
        watch.pass_s(40)
        watch.speaking.add("g1")
        watch.pass_s(620, step=10)
    assert len(watch.board()) == 2


def test_after_its_return_an_alarm_is_acknowledged_once_and_the_second_is_told_who_was_first(watch: Watch) -> None:
    watch.enrol("g1")
    watch.speaking.clear()
    watch.pass_s(31)
    (alarm,) = watch.board()
    with watch.station.store.write() as conn:
        alarms.act(conn, alarm["id"], alarms.Act.ACKNOWLEDGE, "lin", watch.now)
    watch.speaking.add("g1")
    watch.pass_s(11)
    assert watch.events() == ["raised", "acknowledged", "returned"]
    with watch.station.store.write() as conn, pytest.raises(ConflictError) as told:
        alarms.act(conn, alarm["id"], alarms.Act.ACKNOWLEDGE, "zhou", watch.now)
    assert (told.value.facts["who"], told.value.facts["state"]) == ("lin", "acknowledged")


def test_a_kiosk_that_was_never_heard_is_an_alarm_after_five_minutes(watch: Watch) -> None:
    watch.pass_s(100, step=50)
    watch.enrol("g1", heard=False)
    watch.supervision.look()
    watch.pass_s(300, step=10)
    assert watch.board() == []
    watch.pass_s(2)
    assert [alarm["kiosk"] for alarm in watch.board()] == ["g1"]


def test_a_revoked_kiosk_is_not_missed(watch: Watch) -> None:
    watch.enrol("g1")
    watch.speaking.clear()
    with watch.station.store.write() as conn:
        conn.execute(update(kiosk_certificates).values(ended_at=watch.now))
    watch.pass_s(400, step=10)
    assert watch.board() == []


def test_a_station_that_starts_listens_for_half_a_minute_before_it_misses_anybody(watch: Watch) -> None:
    watch.enrol("g1", "g2")
    watch.speaking.remove("g2")
    watch.station.store.close()
    watch.now += timedelta(days=1)
    watch.now_s += 86_400
    watch.start()
    watch.pass_s(30)
    assert watch.board() == []
    watch.pass_s(1)
    assert [alarm["kiosk"] for alarm in watch.board()] == ["g2"]


def test_a_silence_from_before_the_stations_start_goes_on_in_the_same_alarm(watch: Watch) -> None:
    watch.enrol("g1")
    watch.speaking.clear()
    watch.pass_s(35)
    watch.station.store.close()
    watch.start()
    watch.pass_s(120)
    assert watch.events() == ["raised", "escalated"]


def test_a_clock_of_the_station_that_jumps_raises_nothing(watch: Watch) -> None:
    watch.enrol(*(f"g{n}" for n in range(5)))
    watch.pass_s(20)
    for jump in (timedelta(days=400), timedelta(days=-800)):
        watch.now += jump
        watch.pass_s(60)
    assert watch.board() == []


def test_a_station_that_was_held_up_has_not_listened_and_takes_nobody_for_back(watch: Watch) -> None:
    watch.enrol("g1", "g2")
    watch.speaking.remove("g2")
    watch.pass_s(40)
    assert watch.events() == ["raised"]
    watch.now_s += 300
    watch.supervision.listen_anew()
    watch.supervision.look()
    assert watch.events() == ["raised"]
    watch.pass_s(30)
    assert [alarm["kiosk"] for alarm in watch.board()] == ["g2"]


def test_a_network_that_fails_is_one_alarm_for_all_and_one_that_stays_away_is_named(watch: Watch) -> None:
    names = [f"g{n}" for n in range(8)]
    watch.enrol(*names)
    watch.pass_s(20)
    watch.speaking.clear()
    watch.pass_s(40)
    (alarm,) = watch.board()
    assert (alarm["kind"], [one["kiosk"] for one in alarm["silence"]]) == ("kiosks-silent", names)
    watch.speaking.update(names[1:])
    watch.pass_s(20)
    (alarm,) = watch.board()
    assert [one["kiosk"] for one in alarm["silence"] if one["returned_at"] is None] == ["g0"]
    assert watch.events() == ["raised", "fewer-silent"]
    watch.speaking.add("g0")
    watch.pass_s(60)
    assert watch.events()[-1] == "returned"


def test_in_a_maintenance_window_silence_raises_nothing_and_at_its_end_it_does(watch: Watch) -> None:
    watch.enrol("g1")
    with watch.station.store.write() as conn:
        maintenance.announce(conn, "g1", watch.now, timedelta(hours=1), "new camera", "lin", watch.now)
    watch.speaking.clear()
    watch.pass_s(3590, step=10)
    assert watch.board() == []
    watch.pass_s(11)
    assert [alarm["kiosk"] for alarm in watch.board()] == ["g1"]


def test_a_window_that_is_ended_early_no_longer_excuses(watch: Watch) -> None:
    watch.enrol("g1")
    with watch.station.store.write() as conn:
        maintenance.announce(conn, "g1", watch.now, timedelta(hours=1), "new camera", "lin", watch.now)
    watch.speaking.clear()
    watch.pass_s(60)
    assert watch.board() == []
    with watch.station.store.write() as conn:
        maintenance.end(conn, "g1", "lin", watch.now)
    watch.pass_s(1)
    assert len(watch.board()) == 1
    with watch.station.store.read() as conn:
        told = conn.execute(select(audit.audit.c.what).where(audit.audit.c.who == "lin")).scalars().all()
    assert told == ["maintenance.announced", "maintenance.ended"]


@pytest.mark.parametrize(
    ("kiosk", "starts", "hours", "why", "refusal"),
    [
        ("g1", 0, 24.1, "new camera", BadRequestError("maintenance-length")),
        ("g1", 0, 0, "new camera", BadRequestError("maintenance-length")),
        ("g1", -3, 2, "new camera", BadRequestError("maintenance-over")),
        ("g1", 0, 2, " ", BadRequestError("why")),
        ("g9", 0, 2, "new camera", NotFoundError("no-such-kiosk")),
        ("g2", 20, 24, "and again", ConflictError("maintenance-announced")),
    ],
)
def test_a_window_that_would_hide_a_kiosk_for_long_or_for_no_reason_is_refused(
    watch: Watch, kiosk: str, starts: float, hours: float, why: str, refusal: Exception
) -> None:
    watch.enrol("g1", "g2")
    with watch.station.store.write() as conn:
        maintenance.announce(conn, "g2", watch.now, timedelta(hours=24), "new camera", "lin", watch.now)
    begins_at = watch.now + timedelta(hours=starts)
    with watch.station.store.write() as conn, pytest.raises(type(refusal), match=str(refusal)):
        maintenance.announce(conn, kiosk, begins_at, timedelta(hours=hours), why, "lin", watch.now)


def test_a_heartbeat_counts_from_its_arrival_and_a_refused_one_does_not_count(world: World) -> None:
    station = world.station
    with world.kiosk("g1") as kiosk, world.person("lin", Role.ADMIN):
        with station.store.read() as conn:
            paper = conn.execute(select(kiosk_certificates.c.fingerprint)).scalar_one()
        assert kiosk.post("/v1/heartbeat", content=b"{}").status_code == 400
        assert station.hearing.heard_s(paper) is None
        assert kiosk.post("/v1/heartbeat", content=beat()).status_code == 200
        heard_s = station.hearing.heard_s(paper)
        assert heard_s is not None
        assert kiosk.post("/v1/heartbeat", content=b"{}").status_code == 400
        assert station.hearing.heard_s(paper) == heard_s
        with station.store.write() as conn:
            conn.execute(update(kiosk_certificates).values(ended_at=datetime.now(UTC), ended_why="revoked: test"))
        assert kiosk.post("/v1/heartbeat", content=beat()).status_code == 403
        assert station.hearing.heard_s(paper) == heard_s


def test_a_window_announced_at_the_console_is_told_to_the_kiosk_until_it_is_ended(world: World) -> None:
    def told(kiosk: httpx.Client) -> datetime | None:
        return msgspec.json.decode(
            kiosk.post("/v1/heartbeat", content=beat()).content, type=HeartbeatSeen
        ).maintenance_until

    with world.kiosk("g1") as kiosk, world.person("lin", Role.ADMIN) as lin:
        assert told(kiosk) is None
        begins = datetime.now(SITE_TIME).strftime("%Y-%m-%dT%H:%M")
        answer = lin.post("/api/kiosks/g1/maintenance", json={"begins": begins, "hours": 1.5, "why": "new camera"})
        assert answer.status_code == 201
        until = told(kiosk)
        assert until == datetime.fromisoformat(answer.json()["until"])
        (shown,) = lin.get("/api/kiosks").json()["kiosks"]
        assert (shown["state"], shown["maintenance"]["why"]) == ("maintenance", "new camera")
        again = lin.post("/api/kiosks/g1/maintenance", json={"begins": begins, "hours": 1, "why": "and again"})
        assert (again.status_code, again.json()["who"]) == (409, "lin")
        assert lin.post("/api/kiosks/g1/maintenance/end").status_code == 204
        assert told(kiosk) is None
        assert lin.post("/api/kiosks/g1/maintenance/end").status_code == 404


@pytest.mark.parametrize("begins", ["", "2026-02-31T10:00", "2026-05-01", "yesterday", "2026-05-01T10:00:00Z"])
def test_a_window_that_begins_at_no_time_is_refused(world: World, begins: str) -> None:
    with world.kiosk("g1"), world.person("lin", Role.ADMIN) as lin:
        answer = lin.post("/api/kiosks/g1/maintenance", json={"begins": begins, "hours": 1, "why": "x"})
    assert (answer.status_code, answer.json()) == (400, {"error": "malformed"})


def test_a_window_is_announced_listed_and_ended_by_command_beside_the_running_station(world: World) -> None:
    def station(*arguments: str) -> Result:
        return CliRunner().invoke(app, ["maintenance", "--data", str(world.folder), *arguments])

    with world.kiosk("g1"):
        refused = station("--kiosk", "g1", "--hours", "25", "--why", "new camera")
        assert (refused.exit_code, "24 h at most" in refused.stderr) == (1, True)
        done = station("--kiosk", "g1", "--from", "2126-05-01 14:00", "--hours", "2", "--why", "new camera")
        assert done.stdout == "g1  2126-05-01 14:00 – 2126-05-01 16:00  station: new camera\n"
        assert station().stdout == done.stdout
        assert station("--kiosk", "g1", "--end").stdout == station().stdout == ""
        assert "No maintenance is planned for g1" in station("--kiosk", "g1", "--end").stderr


@pytest.mark.parametrize(("part", "look"), [(Supervision, "look_if_leading"), (upkeep, "look"), (upkeep, "erase")])
def test_a_station_that_stops_lets_its_work_come_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: object, look: str
) -> None:
    begun, ended = Event(), Event()

    def slow_look(of: Supervision | Station) -> None:
        with (of if isinstance(of, Station) else of._station).store.read():
            begun.set()
            time.sleep(0.3)
        ended.set()

    monkeypatch.setattr(part, look, slow_look)
    monkeypatch.setattr(upkeep, "SETTLE_S", 0.0)
    with running(tmp_path / "station"):
        assert begun.wait(5)
    assert ended.is_set(), "the store was closed under it"


@pytest.mark.parametrize("look", ["look", "erase"])
def test_a_station_that_has_just_started_leaves_its_upkeep_for_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, look: str
) -> None:
    begun = Event()
    monkeypatch.setattr(upkeep, look, lambda _station: begun.set())
    monkeypatch.setattr(upkeep, "SETTLE_S", 3600.0)  # a loaded machine may be slow to ask
    with running(tmp_path / "station"):
        assert not begun.wait(0.3)
