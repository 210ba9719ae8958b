"""No dispatch without a confirmation, no alarm forgotten, no presence twice: at the store, without a network."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from itertools import product
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from list_desk import NOON, ListDesk
from sqlalchemy import Connection, func, insert, select

from kiosk.domain.verdict import AlarmKind
from sync.station import alarm_acts, alarms, dispatches, escalation, exercise, intake, overrides
from sync.station.alarm_life import Act, Answer, Outcome
from sync.station.certificates import Kiosk
from sync.station.escalation import Escalation
from sync.station.refusals import RefusedError
from sync.station.station import Station
from sync.station.store import Store
from sync.station.tables import alarm_events, kiosks, people, shifts, team_members, teams
from sync.station.tables import dispatches as sent_teams
from sync.wire import AlarmBody, Message, Upload
from tests.blank_station import lay_out_station

GATE = Kiosk("g1", "A")
TEAM = "team-1"


def hit(seq: int, at: Any = NOON, **facts: Any) -> Message:
    unmeasured = dict.fromkeys(("similarity", "accept_threshold", "pack", "pack_digest", "face_reason"))
    body = {"kind": "wanted-person", "visit": "v", "entry": "e", "band": "accept", "liveness": "n/a"}
    whole = {**unmeasured, "list_age_s": 1.0, "document_expired": False, **body, **facts}
    return Message(id=str(uuid4()), seq=seq, created_at=at, body=AlarmBody(**whole))


def staffed(store: Store) -> None:
    """A kiosk, a guard on duty, and his team."""
    with store.write() as conn:
        conn.execute(insert(kiosks).values(id=GATE.id, lane=GATE.lane, enrolled_at=NOON))
        conn.execute(insert(people).values(login="wei", password_hash="", roles=["guard"], since=NOON))
        conn.execute(insert(teams).values(id=TEAM, name="one", for_exercises=False))
        conn.execute(insert(team_members).values(team=TEAM, login="wei"))
        hours = {"begins_at": NOON - timedelta(days=1), "ends_at": NOON + timedelta(days=9)}
        conn.execute(insert(shifts).values(id="s", login="wei", team=TEAM, planned_by="x", **hours))


def taken(desk: ListDesk, *messages: Message) -> None:
    with desk.store.write() as conn:
        intake.take(conn, GATE, Upload(messages=messages), desk.now)


def shown(desk: ListDesk) -> list[dict[str, Any]]:
    with desk.store.read() as conn:
        return alarms.changed_since(conn, 0)[1]


@pytest.fixture
def gate(desk: ListDesk) -> ListDesk:
    staffed(desk.store)
    return desk


def attempt(store: Store, alarm: str, way: str, who: str) -> None:
    """One act in a transaction of its own."""
    with suppress(RefusedError), store.write() as conn:
        do(conn, alarm, way, who)


def do(conn: Connection, alarm: str, way: str, who: str) -> None:
    """One act, by its function: as if every door before it stood open."""
    match way:
        case "acknowledge":
            alarms.act(conn, alarm, Act.ACKNOWLEDGE, who, NOON)
        case "confirm-blindly":
            alarm_acts.confirm(conn, alarm, "0" * 64, who, NOON)
        case "dismiss":
            alarm_acts.dismiss(conn, alarm, "x", who, NOON)
        case "dispatch":
            dispatches.send(conn, alarm, TEAM, "go", who, NOON)
        case "override-without-a-reason":
            overrides.override(conn, alarm, TEAM, "go", " ", who, NOON)
        case "review":
            overrides.review(conn, alarm, True, "", who, NOON)
        case "resolve":
            alarm_acts.resolve(conn, alarm, Outcome.HELPED, "", who, NOON)
        case "note":
            alarm_acts.talk_back(conn, alarm, "confirmed", who, NOON)
        case answer:
            dispatches.answer(conn, alarm, Answer(answer), who, NOON)


class _Undone(Exception):
    pass


WAYS = ("acknowledge", "confirm-blindly", "dismiss", "dispatch", "override-without-a-reason", "review", "resolve")
STEPS = tuple(product((*WAYS, "note", *Answer), ("lin", "wei", "nobody")))


def test_a_thousand_scripts_without_a_confirmation_send_nobody(gate: ListDesk) -> None:
    """A thousand of all the pairs of acts and of longer ones; the same thousand every time."""
    chance = Random(7)  # not a secret: the same scripts every time
    scripts = [*product(STEPS, repeat=2), *(chance.choices(STEPS, k=5) for _ in range(1000))]
    with suppress(_Undone), gate.store.write() as conn:  # what is undone costs no commit
        for script in chance.sample(scripts, 1000):
            alarm = alarms.raise_own(conn, GATE, "gate-forced", NOON)
            for way, who in script:
                conn.exec_driver_sql("SAVEPOINT attempt")
                try:
                    do(conn, alarm, way, who)
                except RefusedError:
                    conn.exec_driver_sql("ROLLBACK TO attempt")
        sent = conn.execute(select(func.count()).select_from(sent_teams)).scalar_one()
        raise _Undone
    assert sent == 0


def test_a_presence_that_is_read_again_is_one_alarm_and_each_reading_is_kept(gate: ListDesk) -> None:
    first, again = hit(1), [hit(n, NOON + timedelta(seconds=50 * n)) for n in (1, 2, 3)]
    taken(gate, first)
    taken(gate, *again)
    assert [(row["id"], row["repeats"]) for row in shown(gate)] == [(first.id, 3)]
    with gate.store.read() as conn:
        raised = conn.execute(select(alarm_events.c.alarm).where(alarm_events.c.event == "raised")).scalars().all()
        assert raised == [first.id, *(one.id for one in again)]
        assert alarms.waiting(conn) == 1
    attempt(gate.store, again[0].id, "acknowledge", "lin")
    assert shown(gate)[0]["state"] == "raised"  # a repeat is not handled by itself


@pytest.mark.parametrize(
    "other",
    [
        {"at": NOON + timedelta(seconds=61)},
        {"entry": "another"},
        {"entry": None, "kind": "tailgating"},
        {"entry": None, "kind": "staff-panic"},
    ],
)
def test_another_presence_is_another_alarm(gate: ListDesk, other: dict[str, Any]) -> None:
    taken(gate, hit(1), hit(2, **other))
    taken(gate, hit(3, NOON, entry=None, kind="staff-panic"))
    assert len(shown(gate)) == 3


def test_a_repeat_of_a_closed_alarm_is_a_new_one(gate: ListDesk) -> None:
    first = hit(1)
    taken(gate, first)
    attempt(gate.store, first.id, "acknowledge", "lin")
    attempt(gate.store, first.id, "dismiss", "lin")
    taken(gate, hit(2))
    assert [row["state"] for row in shown(gate)] == ["dismissed", "raised"]


def test_a_device_that_comes_and_goes_is_one_alarm_until_it_has_been_calm_for_ten_minutes(gate: ListDesk) -> None:
    for minute in (0, 9, 18, 29):
        gate.now = NOON + timedelta(minutes=minute)
        taken(gate, hit(minute + 1, gate.now, entry=None, kind="reader-lost"))
    assert [row["repeats"] for row in shown(gate)] == [2, 0]


class Clock:
    """The station's two clocks."""

    def __init__(self) -> None:
        self.now, self.grown_s = NOON, 0.0

    def passes(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        self.grown_s += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def station(tmp_path: Path, clock: Clock) -> Iterator[Station]:
    folder = lay_out_station(tmp_path / "station", "s", NOON)
    station = Station(folder, now=lambda: clock.now, monotonic=lambda: clock.grown_s)
    staffed(station.store)
    yield station
    station.close()


def escalated(station: Station) -> list[str]:
    with station.store.read() as conn:
        return [event["event"] for event in alarms.changed_since(conn, 0)[1][0]["history"]][1:]


def test_what_nobody_takes_goes_to_a_second_person_and_to_the_supervisor_once_each(
    station: Station, clock: Clock
) -> None:
    with station.store.write() as conn:
        alarms.raise_own(conn, GATE, "gate-forced", clock.now)
    first, restarted = Escalation(station), Escalation(station)
    expected: dict[float, list[str]] = {29: [], 1: ["second-person"], 59: ["second-person"]}
    for seconds, said in expected.items():
        clock.passes(seconds)
        first.look()
        first.look()
        assert escalated(station) == said
    clock.passes(1)
    restarted.look()
    first.look()
    assert escalated(station) == ["second-person", "supervisor"]


def test_where_thousands_are_due_whoever_takes_them_up_has_a_turn_in_between(
    station: Station, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A gate that was cut off for a day brings what it has: one transaction for all of it would take minutes."""
    monkeypatch.setattr(escalation, "AT_ONCE", 2)
    with station.store.write() as conn:
        raised = [alarms.raise_own(conn, GATE, "gate-forced", clock.now) for _ in range(5)]
    clock.passes(30)
    took: list[int] = []
    with monkeypatch.context() as patch:
        begin = station.store.write
        patch.setattr(station.store, "write", lambda: (took.append(1), begin())[1])
        Escalation(station).look()
    assert len(took) == 3
    with station.store.read() as conn:
        said = conn.execute(select(alarm_events.c.alarm).where(alarm_events.c.event == "second-person")).scalars().all()
    assert sorted(said) == sorted(raised)


def test_a_wall_clock_that_is_set_back_makes_nobody_wait_longer(station: Station, clock: Clock) -> None:
    with station.store.write() as conn:
        alarms.raise_own(conn, GATE, "gate-forced", clock.now)
    watch = Escalation(station)
    watch.look()
    clock.now -= timedelta(hours=1)
    clock.grown_s += 91
    watch.look()
    assert escalated(station) == ["second-person", "supervisor"]


def test_what_somebody_has_taken_escalates_no_more(station: Station, clock: Clock) -> None:
    with station.store.write() as conn:
        alarm = exercise.begin(conn, "A", AlarmKind.TAILGATING, "lin", clock.now)
        alarms.act(conn, alarm, Act.ACKNOWLEDGE, "lin", clock.now)
    clock.passes(200)
    Escalation(station).look()
    assert escalated(station) == ["acknowledged"]


def test_an_override_that_no_supervisor_has_looked_at_is_said_again_once(station: Station, clock: Clock) -> None:
    with station.store.write() as conn:
        alarm = alarms.raise_own(conn, GATE, "gate-forced", clock.now)
        overrides.override(conn, alarm, TEAM, "go", "he runs", "lin", clock.now)
    watch = Escalation(station)
    watch.look()
    clock.passes(15 * 60)
    watch.look()
    watch.look()
    assert escalated(station) == ["dispatched", "override", "override-unreviewed"]
