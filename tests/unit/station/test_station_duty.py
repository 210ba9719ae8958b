"""Who is on duty when, and in which team: what a supervisor may plan, and what is refused."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from list_desk import NOON, ListDesk
from sqlalchemy import Connection, insert, update

from sync.station import alarms, dispatches, duty, overrides, people, teams
from sync.station.alarm_life import Act, Answer, Outcome
from sync.station.certificates import Kiosk
from sync.station.refusals import ConflictError, RefusedError
from sync.station.site_time import SITE_TIME, site_day
from sync.station.tables import kiosks
from sync.station.tables import people as people_table

GATE = Kiosk("g1", "A")
EIGHT_H = timedelta(hours=8)


class Roster:
    """Two guards, a dispatcher, an admin; teams one and two, and one for exercises. It is noon at the site."""

    def __init__(self, desk: ListDesk) -> None:
        self.desk, self.now = desk, NOON
        everybody = {"wei": "guard", "bo": "guard", "lin": "dispatcher", "zhou": "admin"}
        rows = [
            {"login": login, "password_hash": "", "roles": [role], "since": NOON} for login, role in everybody.items()
        ]
        with desk.store.write() as conn:
            conn.execute(insert(people_table), rows)
            conn.execute(insert(kiosks).values(id=GATE.id, lane=GATE.lane, enrolled_at=NOON))
            self.one, self.two = (teams.make(conn, name, False, "zhou", NOON) for name in ("one", "two"))
            self.exercises = teams.make(conn, "exercises", True, "zhou", NOON)
            for team in (self.one, self.two, self.exercises):
                teams.set_members(conn, team, ("wei", "bo"), "zhou", NOON)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        with self.desk.store.write() as conn:
            yield conn

    def plan(
        self, login: str, team: str | None, begins: datetime = NOON, length: timedelta = EIGHT_H, days: int = 1
    ) -> list[str]:
        with self.writing() as conn:
            return duty.plan(conn, login, team, begins, length, days, "zhou", self.now)

    def take_off(self, shift: str) -> None:
        with self.writing() as conn:
            duty.take_off(conn, shift, "zhou", self.now)

    def there(self) -> dict[str, list[str]]:
        """Who is on duty in each team that could be sent."""
        with self.desk.store.read() as conn:
            return {team["name"]: team["on_duty"] for team in teams.on_duty(conn, self.now)}

    def sent(self, team: str) -> tuple[str, str]:
        """An alarm to which this team is on its way, and the dispatch."""
        with self.writing() as conn:
            alarm = alarms.raise_own(conn, GATE, "gate-forced", self.now)
            overrides.override(conn, alarm, team, "go", "now", "lin", self.now)
        with self.desk.store.read() as conn:
            return alarm, alarms.one(conn, alarm)["dispatches"][0]["id"]

    def of_guard(self, login: str) -> dict[str, Any]:
        with self.desk.store.read() as conn:
            return {one["id"]: one for one in dispatches.of_guard(conn, login, 0, self.now)[1]}


@pytest.fixture
def roster(desk: ListDesk) -> Roster:
    return Roster(desk)


@contextmanager
def refused(code: str, **facts: Any) -> Iterator[None]:
    with pytest.raises(RefusedError) as error:
        yield
    assert error.value.code == code
    assert error.value.facts.items() >= facts.items()


def test_who_has_a_shift_now_is_on_duty_and_nobody_else(roster: Roster) -> None:
    roster.plan("wei", roster.one)
    roster.plan("bo", roster.two, NOON + EIGHT_H)
    assert roster.there() == {"one": ["wei"]}
    roster.now += EIGHT_H
    assert roster.there() == {"two": ["bo"]}


def test_a_guard_is_on_duty_in_one_team_at_a_time(roster: Roster) -> None:
    roster.plan("wei", roster.one)
    for team in (roster.two, roster.exercises, roster.one):
        with refused("on-duty-already", team="one", begins="03-01 12:00", until="03-01 20:00"):
            roster.plan("wei", team, NOON + timedelta(hours=7))
    roster.plan("wei", roster.two, NOON + EIGHT_H)  # from one into the other without a gap


def test_some_days_in_a_row_are_planned_all_or_none(roster: Roster) -> None:
    roster.plan("wei", roster.two, NOON + timedelta(days=3))
    with refused("on-duty-already"):
        roster.plan("wei", roster.one, days=7)
    assert roster.there() == {}
    assert len(roster.plan("wei", roster.one, days=3)) == 3


@pytest.mark.parametrize(
    ("code", "asked"),
    [
        ("shift-length", {"length": timedelta(hours=25)}),
        ("shift-length", {"length": timedelta()}),
        ("shift-days", {"days": 15}),
        ("shift-days", {"days": 0}),
        ("shift-over", {"begins": NOON - EIGHT_H}),
        ("shift-far", {"begins": NOON + timedelta(days=3660)}),
    ],
)
def test_what_is_surely_mistyped_is_not_planned(roster: Roster, code: str, asked: dict[str, Any]) -> None:
    with refused(code):
        roster.plan("wei", roster.one, **asked)


def test_a_guard_is_on_duty_in_his_own_teams_and_the_desk_is_no_team(roster: Roster) -> None:
    with roster.writing() as conn:
        teams.set_members(conn, roster.two, ("bo",), "zhou", NOON)
    with refused("not-in-team", login="wei", team="two"):
        roster.plan("wei", roster.two)
    with refused("not-in-team", login="lin"):
        roster.plan("lin", roster.one)
    with refused("not-at-desk", login="wei"):
        roster.plan("wei", None)
    with refused("no-such-person"):
        roster.plan("nobody", None)
    with refused("no-such-team"):
        roster.plan("wei", "none")
    roster.plan("lin", None)
    assert roster.there() == {}  # whom a dispatcher may send are teams


def test_only_a_guard_who_is_here_joins_a_team(roster: Roster) -> None:
    with refused("no-guard", login="lin"), roster.writing() as conn:
        teams.set_members(conn, roster.one, ("wei", "lin"), "zhou", NOON)
    with refused("no-such-person"), roster.writing() as conn:
        teams.set_members(conn, roster.one, ("wei", "nobody"), "zhou", NOON)


def test_a_shift_that_runs_ends_now_and_one_to_come_never_was(roster: Roster) -> None:
    running, to_come = roster.plan("wei", roster.one)[0], roster.plan("wei", roster.one, NOON + EIGHT_H)[0]
    roster.now += timedelta(hours=1)
    for shift in (running, to_come):
        roster.take_off(shift)
        with refused("no-such-shift"):
            roster.take_off(shift)
    with roster.desk.store.read() as conn:
        (kept,) = duty.planned(conn, site_day(NOON), roster.now)
    ends = (NOON + timedelta(hours=1)).astimezone(SITE_TIME).isoformat()
    assert (kept["id"], kept["ends"], kept["state"]) == (running, ends, "over")


def test_a_team_that_is_on_its_way_is_not_ended_and_somebody_of_it_stays_on_duty(roster: Roster) -> None:
    wei, bo = (roster.plan(login, roster.one)[0] for login in ("wei", "bo"))
    alarm, dispatch = roster.sent(roster.one)
    with refused("team-on-its-way", team="one"), roster.writing() as conn:
        teams.end(conn, roster.one, "zhou", roster.now)
    roster.take_off(wei)
    with refused("team-on-its-way"):
        roster.take_off(bo)
    with refused("team-on-its-way"), roster.writing() as conn:
        teams.set_members(conn, roster.one, ("wei",), "zhou", roster.now)
    assert roster.there() == {"one": ["bo"]}
    with roster.writing() as conn:
        dispatches.stand_down(conn, [alarm], "dismissed", "lin", roster.now)
    with refused("team-on-its-way"):  # he does not know it yet
        roster.take_off(bo)
    with roster.writing() as conn:
        dispatches.answer(conn, dispatch, Answer.SEE_STAND_DOWN, "bo", roster.now)
        teams.end(conn, roster.one, "zhou", roster.now)
    assert roster.there() == {}


def test_a_team_that_is_out_is_busy_until_it_has_said_what_came_of_it(roster: Roster) -> None:
    def busy() -> bool:
        with roster.desk.store.read() as conn:
            return bool(teams.on_duty(conn, roster.now)[0]["busy"])

    roster.plan("wei", roster.one)
    assert not busy()
    alarm, dispatch = roster.sent(roster.one)
    assert busy()
    with roster.writing() as conn:
        for answer in (Answer.ACCEPT, Answer.ARRIVE):
            dispatches.answer(conn, dispatch, answer, "wei", roster.now)
        dispatches.answer(conn, dispatch, Answer.RESULT, "wei", roster.now, "", Outcome.NO_CAUSE)
        alarms.act(conn, alarm, Act.RESOLVE, "lin", roster.now)
    assert not busy()


def test_whose_shift_ends_on_the_way_is_stood_down_like_anybody(roster: Roster) -> None:
    roster.plan("wei", roster.one)
    roster.plan("bo", roster.one, NOON + EIGHT_H)
    alarm, dispatch = roster.sent(roster.one)  # by radio he says that he goes; the phone is in his pocket
    roster.now += EIGHT_H
    with roster.writing() as conn:
        dispatches.stand_down(conn, [alarm], "withdrawn", "lin", roster.now)
    assert [roster.of_guard(login)[dispatch]["state"] for login in ("wei", "bo")] == ["stood-down", "stood-down"]
    with roster.writing() as conn:
        dispatches.answer(conn, dispatch, Answer.SEE_STAND_DOWN, "wei", roster.now)


def test_what_was_sent_before_or_after_ones_shift_is_anothers(roster: Roster) -> None:
    roster.plan("wei", roster.one)
    roster.plan("bo", roster.two, NOON - EIGHT_H, timedelta(hours=9))
    _, dispatch = roster.sent(roster.one)
    roster.now += timedelta(hours=1)
    assert dispatch not in roster.of_guard("bo")
    with refused("no-such-dispatch"), roster.writing() as conn:
        dispatches.answer(conn, dispatch, Answer.ACCEPT, "bo", roster.now)
    roster.plan("bo", roster.one, roster.now)
    assert dispatch in roster.of_guard("bo")  # he has come to help


def test_a_name_is_given_once_also_after_the_teams_end(roster: Roster) -> None:
    with roster.writing() as conn:
        teams.rename(conn, roster.two, " night ", "zhou", NOON)
        teams.rename(conn, roster.two, "night", "zhou", NOON)
        teams.end(conn, roster.two, "zhou", NOON)
    for code, name in (("team-name", " \t"), ("team-name-taken", "night "), ("team-name-taken", "one")):
        with refused(code), roster.writing() as conn:
            teams.make(conn, name, False, "zhou", NOON)
    with refused("no-such-team"), roster.writing() as conn:
        teams.rename(conn, roster.two, "again", "zhou", NOON)


def test_who_leaves_or_is_no_guard_any_more_is_on_duty_no_more(roster: Roster) -> None:
    roster.plan("wei", roster.one, days=3)
    roster.plan("bo", roster.two)
    with roster.writing() as conn:
        conn.execute(update(people_table).where(people_table.c.login == "zhou").values(roles=["admin"]))
        people.part(conn, "wei", "zhou", roster.now)
        people.change_roles(conn, "bo", ("dispatcher",), "zhou", roster.now)
    assert roster.there() == {}
    with refused("team-off-duty"), roster.writing() as conn:
        alarm = alarms.raise_own(conn, GATE, "gate-forced", roster.now)
        overrides.override(conn, alarm, roster.one, "go", "now", "lin", roster.now)


def test_a_refused_change_leaves_teams_and_duty_as_they_were(roster: Roster) -> None:
    (shift,) = roster.plan("wei", roster.one)
    roster.sent(roster.one)
    with pytest.raises(ConflictError):
        roster.take_off(shift)
    assert roster.there() == {"one": ["wei"]}


def test_every_change_of_teams_and_duty_says_by_whom(roster: Roster) -> None:
    (shift,) = roster.plan("wei", roster.one)
    with roster.writing() as conn:
        teams.set_members(conn, roster.one, ("bo",), "zhou", roster.now)
        teams.rename(conn, roster.one, "first", "zhou", roster.now)
        teams.end(conn, roster.one, "zhou", roster.now)
    acts = [(what, facts) for who, what, facts in roster.desk.audited() if who == "zhou"][9:]
    assert [what for what, _ in acts] == ["shift.planned", "shift.ended", "team.left", "team.renamed", "team.ended"]
    assert acts[1][1] == {"shift": shift, "login": "wei"}
