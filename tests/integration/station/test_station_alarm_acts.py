"""From an alarm to a closed case, through the station's own API: who may send whom, and who is told to come back."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import insert, select
from station_world import World, alarm, listed_entry, running

from sync import wire
from sync.station.rights import Role
from sync.station.tables import audit, shifts, team_members, teams


class Site:
    """A running station, a kiosk, and a person of every role; Wei and Bo are guards of teams of their own."""

    def __init__(self, world: World, ends: ExitStack) -> None:
        self.world = world
        self.kiosk = ends.enter_context(world.kiosk())
        self.people = {role.value: ends.enter_context(world.person(f"one-{role}", role)) for role in Role}
        self.second = ends.enter_context(world.person("second-supervisor", Role.SUPERVISOR, Role.DISPATCHER))
        self.wei = ends.enter_context(world.person("wei", Role.GUARD))
        self.bo = ends.enter_context(world.person("bo", Role.GUARD))
        self.nobody = ends.enter_context(world.browser())
        self.seq = 0
        self.team, self.exercise_team = self.on_duty("wei"), self.on_duty("bo", for_exercises=True)
        self.resting = self.on_duty("wei", hours_ago=20)

    def on_duty(self, guard: str, *, for_exercises: bool = False, hours_ago: float = 1) -> str:
        team, begins = str(uuid4()), datetime.now(UTC) - timedelta(hours=hours_ago)
        shift = {"id": str(uuid4()), "login": guard, "team": team, "begins_at": begins, "planned_by": "x"}
        with self.world.station.store.write() as conn:
            conn.execute(insert(teams).values(id=team, name=team, for_exercises=for_exercises))
            conn.execute(insert(team_members).values(team=team, login=guard))
            conn.execute(insert(shifts).values(**shift, ends_at=begins + timedelta(hours=8)))
        return team

    def alarm(self, **facts: Any) -> str:
        self.seq += 1
        message = alarm(self.seq, **facts)
        sent = self.kiosk.post("/v1/messages", content=wire.encode(wire.Upload(messages=(message,))))
        assert sent.status_code == 200, sent.text
        return message.id

    @property
    def desk(self) -> httpx.Client:
        return self.people["dispatcher"]

    def shown(self, alarm_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.desk.get(f"/api/alarms/{alarm_id}").json()
        return found

    def act(
        self, alarm_id: str, act: str, who: httpx.Client | None = None, key: str = "", **body: Any
    ) -> httpx.Response:
        headers = {"Idempotency-Key": key} if key else {}
        return (who or self.desk).post(f"/api/alarms/{alarm_id}/{act}", json=body, headers=headers)

    def send(self, alarm_id: str, **body: Any) -> httpx.Response:
        return self.act(alarm_id, "dispatch", **{"team": self.team, "instruction": "lane A", **body})

    def confirmed(self, **facts: Any) -> str:
        alarm_id = self.alarm(**facts)
        assert self.act(alarm_id, "acknowledge").status_code == 200
        seen = self.act(alarm_id, "confirm", facts_seen=self.shown(alarm_id)["facts_digest"])
        assert seen.status_code == 200, seen.text
        return alarm_id

    def dispatched(self, **facts: Any) -> tuple[str, str]:
        alarm_id = self.confirmed(**facts)
        assert self.send(alarm_id).status_code == 200
        return alarm_id, self.shown(alarm_id)["dispatches"][0]["id"]

    def answer(self, dispatch: str, what: str, who: httpx.Client | None = None, **body: Any) -> httpx.Response:
        return (who or self.wei).post(f"/api/dispatches/{dispatch}/{what}", json=body)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with running(tmp_path_factory.mktemp("station")) as world, ExitStack() as ends:
        yield Site(world, ends)


def told(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json().get("error", "")


def test_an_alarm_is_confirmed_sent_to_found_and_closed_and_its_timeline_says_by_whom(site: Site) -> None:
    alarm_id, dispatch = site.dispatched()
    assert site.act(alarm_id, "note", text="the lane is quiet").status_code == 200
    for answer in ("accept", "arrived"):
        assert site.answer(dispatch, answer).status_code == 200
    assert site.answer(dispatch, "help", note="two more").status_code == 200
    assert site.answer(dispatch, "result", outcome="handed-over").json()["state"] == "done"
    assert site.act(alarm_id, "resolve", outcome="handed-over").json() == {"id": alarm_id, "state": "resolved"}
    shown = site.shown(alarm_id)
    assert [(event["event"], event["who"]) for event in shown["history"]] == [
        ("raised", "g1"),
        ("acknowledged", "one-dispatcher"),
        ("confirmed", "one-dispatcher"),
        ("dispatched", "one-dispatcher"),
        ("note", "one-dispatcher"),
        ("accepted", "wei"),
        ("arrived", "wei"),
        ("help-wanted", "wei"),
        ("result", "wei"),
        ("resolved", "one-dispatcher"),
    ]
    assert [note["text"] for note in shown["notes"]] == ["the lane is quiet"]
    with site.world.station.store.read() as conn:
        acts = [row.what for row in conn.execute(select(audit)) if row.facts.get("alarm") == alarm_id]
    assert len(acts) == len(shown["history"]) - 1  # all but the kiosk's own message


def test_nobody_is_sent_before_somebody_has_confirmed_what_he_has_seen(site: Site) -> None:
    alarm_id = site.alarm()
    assert told(site.send(alarm_id)) == (409, "not-yet")
    assert told(site.act(alarm_id, "confirm", facts_seen="0" * 64)) == (409, "not-yet")
    site.act(alarm_id, "acknowledge")
    assert told(site.send(alarm_id)) == (409, "not-yet")
    assert told(site.act(alarm_id, "confirm", facts_seen="0" * 64)) == (409, "facts-changed")
    assert told(site.act(alarm_id, "confirm")) == (400, "malformed")
    assert site.shown(alarm_id)["state"] == "acknowledged"


def test_every_way_round_the_confirmation_fails_for_everybody(site: Site) -> None:
    """At an alarm that waits, one in hand, and one that is over; a thousand more are in the unit tests."""
    waiting, in_hand, over = site.alarm(), site.alarm(), site.alarm()
    site.act(in_hand, "acknowledge")
    site.act(over, "acknowledge")
    site.act(over, "dismiss", why="a child with a toy")
    body = {"team": site.team, "instruction": "go"}
    ways: list[tuple[str, dict[str, Any]]] = [
        ("dispatch", body),
        ("dispatch", {**body, "why": "now"}),
        ("dispatch", {**body, "confirmed": True}),
        ("override", body),
        ("override", {**body, "why": ""}),
        ("override", {**body, "why": " \t"}),
        ("confirm", {"facts_seen": ""}),
        ("confirm", {"facts_seen": "f" * 64}),
        ("resolve", {"outcome": "handed-over"}),
        ("arrived", {}),
        ("arrive", {}),
        ("review-override", {"agrees": True}),
    ]
    everybody = [site.people["admin"], site.people["auditor"], site.second, site.wei, site.nobody]
    answers = [
        site.act(alarm_id, act, who, **given).status_code
        for alarm_id in (waiting, in_hand, over)
        for act, given in ways
        for who in everybody
    ]
    assert len(answers) == 3 * len(ways) * len(everybody)
    assert min(answers) >= 400
    assert max(answers) < 500
    assert [site.shown(alarm_id)["dispatches"] for alarm_id in (waiting, in_hand, over)] == [[], [], []]


def test_an_emergency_override_waits_for_a_supervisor_who_did_not_use_it(site: Site) -> None:
    alarm_id, boss = site.alarm(), site.people["supervisor"]
    body = {"team": site.team, "instruction": "go", "why": "he runs"}
    assert site.act(alarm_id, "override", site.second, **body).json()["state"] == "dispatched"
    assert [one["alarm"] for one in boss.get("/api/overrides").json()["overrides"]] == [alarm_id]
    assert told(site.act(alarm_id, "review-override", site.second, agrees=True)) == (403, "own-override")
    assert told(site.act(alarm_id, "review-override", site.desk, agrees=True)) == (403, "right")
    assert told(site.act(alarm_id, "review-override", boss, agrees=False)) == (400, "note")
    assert site.act(alarm_id, "review-override", boss, agrees=True).status_code == 200
    assert told(site.act(alarm_id, "review-override", boss, agrees=True)) == (409, "already")
    assert boss.get("/api/overrides").json() == {"overrides": []}
    assert site.shown(alarm_id)["override"]["reviewed_by"] == "one-supervisor"


def test_a_withdrawal_stands_the_guards_down_and_waits_until_they_know(site: Site) -> None:
    entry = listed_entry(site.world)
    alarm_id, dispatch = site.dispatched(entry=entry)
    site.answer(dispatch, "accept")
    site.people["admin"].post(f"/api/list/{entry}/withdraw", json={"why": "mistaken identity"})
    mine = {one["id"]: one for one in site.wei.get("/api/dispatches").json()["dispatches"]}
    assert (mine[dispatch]["state"], mine[dispatch]["stood_down_why"]) == ("stood-down", "withdrawn")
    assert told(site.answer(dispatch, "arrived")) == (409, "already")
    assert site.shown(alarm_id)["listed_now"] == "withdrawn-since"
    assert site.answer(dispatch, "stood-down").json()["state"] == "stand-down-seen"
    assert site.shown(alarm_id)["dispatches"][0]["stand_down_seen_by"] == "wei"
    assert told(site.send(alarm_id)) == (409, "withdrawn-since")  # nor does anybody go again


def test_a_dismissal_stands_the_guards_down(site: Site) -> None:
    alarm_id, dispatch = site.dispatched()
    site.act(alarm_id, "dismiss", why="it is her brother")
    assert site.shown(alarm_id)["dispatches"][0]["state"] == "stood-down"
    assert told(site.answer(dispatch, "accept")) == (409, "already")


def test_a_confirmation_of_what_has_changed_meanwhile_is_refused(site: Site) -> None:
    entry = str(uuid4())
    alarm_id = site.alarm(entry=entry)
    site.act(alarm_id, "acknowledge")
    seen = site.shown(alarm_id)["facts_digest"]
    assert site.alarm(entry=entry, band="reject", kind="listed-document-holder-differs")
    assert site.shown(alarm_id)["repeats"] == 1
    assert told(site.act(alarm_id, "confirm", facts_seen=seen)) == (409, "facts-changed")
    now_seen = site.shown(alarm_id)["facts_digest"]
    site.alarm(entry=entry, band="reject", kind="listed-document-holder-differs", list_age_s=50.0)
    assert site.act(alarm_id, "confirm", facts_seen=now_seen).status_code == 200  # it said nothing new


def test_a_guard_sees_what_was_sent_to_his_own_team_and_no_more(site: Site) -> None:
    _, dispatch = site.dispatched()
    shown = {one["id"]: one for one in site.wei.get("/api/dispatches").json()["dispatches"]}[dispatch]
    assert not {"entry", "case", "facts", "visit", "kiosk"} & shown.keys()
    assert dispatch not in site.bo.get("/api/dispatches").text
    assert told(site.answer(dispatch, "accept", site.bo)) == (404, "no-such-dispatch")
    assert told(site.answer(dispatch, "accept", site.desk)) == (403, "right")
    assert site.wei.get("/api/alarms").status_code == 403


def test_a_team_goes_that_is_on_duty_and_goes_once(site: Site) -> None:
    alarm_id = site.confirmed()
    assert told(site.send(alarm_id, team=site.resting)) == (409, "team-off-duty")
    assert told(site.send(alarm_id, team=str(uuid4()))) == (404, "no-such-team")
    assert told(site.send(alarm_id, team=site.exercise_team)) == (409, "exercise-team")
    assert site.shown(alarm_id)["state"] == "confirmed"
    assert site.send(alarm_id).status_code == 200
    assert told(site.send(alarm_id)) == (409, "already-sent")


def test_an_exercise_runs_the_whole_chain_with_a_mark_and_sends_nobody_who_is_on_real_duty(site: Site) -> None:
    begun = site.people["supervisor"].post("/api/exercises", json={"lane": "A", "kind": "wanted-person"})
    alarm_id = begun.json()["id"]
    site.act(alarm_id, "acknowledge")
    site.act(alarm_id, "confirm", facts_seen=site.shown(alarm_id)["facts_digest"])
    assert told(site.send(alarm_id)) == (409, "exercise-only")
    assert told(site.act(alarm_id, "override", team=site.team, instruction="go", why="now")) == (409, "already")
    assert site.send(alarm_id, team=site.exercise_team).status_code == 200
    shown = site.shown(alarm_id)
    assert (shown["exercise"], shown["dispatches"][0]["state"]) == (True, "exercise")
    assert [one["exercise"] for one in site.bo.get("/api/dispatches").json()["dispatches"]] == [True]
    for answer in ("accept", "arrived"):
        assert site.answer(shown["dispatches"][0]["id"], answer, site.bo).status_code == 200
    assert site.act(alarm_id, "resolve", outcome="no-cause").status_code == 200


def test_the_same_key_again_gets_the_same_answer_and_does_nothing(site: Site) -> None:
    alarm_id, key, early = site.alarm(), str(uuid4()), str(uuid4())
    assert told(site.send(alarm_id, key=early)) == (409, "not-yet")
    first = site.act(alarm_id, "acknowledge", key=key)
    again = site.act(alarm_id, "acknowledge", key=key)
    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert len(site.shown(alarm_id)["history"]) == 2
    assert told(site.act(alarm_id, "acknowledge", site.second, key=key)) == (409, "key-used")
    assert told(site.act(alarm_id, "dismiss", key=key, why="another act")) == (409, "key-used")
    assert told(site.act(alarm_id, "note", key="not-a-uuid", text="x")) == (400, "idempotency-key")
    site.act(alarm_id, "confirm", facts_seen=site.shown(alarm_id)["facts_digest"])
    assert told(site.send(alarm_id, key=early)) == (409, "not-yet")  # the answer is the one it had


def test_of_two_people_at_once_one_acts_and_the_other_is_told_who(site: Site) -> None:
    for _ in range(5):
        alarm_id, together = site.confirmed(), Barrier(2)
        answers: list[httpx.Response] = []

        def press(who: httpx.Client, act: str, body: dict[str, Any], alarm_id: str, together: Barrier) -> None:
            together.wait()
            answers.append(site.act(alarm_id, act, who, **body))  # noqa: B023  # joined below, in the same round

        acts = ((site.desk, "dismiss", {"why": "a toy"}), (site.second, "dismiss", {"why": "another"}))
        threads = [Thread(target=press, args=(*act, alarm_id, together)) for act in acts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        won, lost = sorted(answers, key=lambda answer: answer.status_code)
        assert (won.status_code, *told(lost)) == (200, 409, "already")
        assert lost.json()["who"] == site.shown(alarm_id)["history"][-1]["who"]
