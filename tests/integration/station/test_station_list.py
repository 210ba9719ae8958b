"""The list: two people to add, one to withdraw, and the feed that carries it to the kiosks."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy import select
from station_world import SITE, STANDARD_NUMBER, World, listed_entry, proposal

from kiosk.domain.numbers import DocumentNumber
from kiosk.ports import FeedPosition
from sync.station import audit, withdrawals
from sync.station.rights import Role
from sync.station.site_time import site_day
from sync.station.tables import entries
from watchlist.feed import GENESIS, Change, verify_batch
from watchlist.published import head_path
from watchlist.seal import index_of, open_record, stretch


def changes(world: World, kiosk: httpx.Client) -> tuple[Change, ...]:
    """Every change (of the few that a test makes), as a kiosk reads and verifies them."""
    answer = kiosk.get(f"/v1/list/{head_path(1)}")
    assert answer.status_code == 200, answer.text
    keys = [key.public for key in world.station.keyring.feed_keys.trusted()]
    start = FeedPosition(epoch=1, seq=0, head=GENESIS)
    group = world.station.keyring.group
    return verify_batch(answer.content, site=SITE, group=group, positions=[start], keys=keys).changes


def test_one_person_alone_puts_nobody_on_the_list(world: World) -> None:
    with world.kiosk() as kiosk, world.person("lin", Role.ADMIN, Role.APPROVER) as lin:
        entry = lin.post("/api/list", json=proposal()).json()["entry"]
        refused = lin.post(f"/api/list/{entry}/approve")
        assert (refused.status_code, refused.json()) == (403, {"error": "own-proposal"})
        assert changes(world, kiosk) == ()


def test_a_second_person_s_approval_is_on_the_feed_and_opens_with_the_number_alone(world: World) -> None:
    entry = listed_entry(world)
    with world.kiosk() as kiosk:
        (change,) = changes(world, kiosk)
    assert (change.op, change.entry) == ("add", entry)
    secret = stretch(DocumentNumber(STANDARD_NUMBER), world.station.keyring.peppers[1])
    assert change.rows[0].idx == index_of(secret)
    assert open_record(secret, change.rows[0]).entry == entry


def test_one_person_withdraws_and_the_feed_says_so_at_once(world: World) -> None:
    entry = listed_entry(world)
    with world.kiosk() as kiosk, world.person("lin", Role.APPROVER) as lin:
        answer = lin.post(f"/api/list/{entry}/withdraw", json={"why": "cleared"})
        assert answer.json() == {"entry": entry, "state": "withdrawn", "seq": 2}
        assert [change.op for change in changes(world, kiosk)] == ["add", "withdraw"]


def test_the_entry_and_the_feed_change_together_or_not_at_all(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = listed_entry(world)

    def full_disk(*_args: object, **_facts: object) -> None:
        raise OSError("no space left")

    with world.kiosk() as kiosk, world.person("lin", Role.ADMIN) as lin:
        monkeypatch.setattr(withdrawals.audit, "record", full_disk)
        assert lin.post(f"/api/list/{entry}/withdraw", json={"why": "cleared"}).status_code == 500
        assert [change.op for change in changes(world, kiosk)] == ["add"]
    with world.station.store.read() as conn:
        assert conn.execute(select(entries.c.state)).scalar_one() == "listed"


def test_who_is_second_to_withdraw_is_told_who_was_first(world: World) -> None:
    entry = listed_entry(world)
    with world.person("lin", Role.ADMIN) as lin, world.person("zhou", Role.ADMIN) as zhou:
        lin.post(f"/api/list/{entry}/withdraw", json={"why": "cleared"})
        second = zhou.post(f"/api/list/{entry}/withdraw", json={"why": "cleared too"})
        again = zhou.post(f"/api/list/{entry}/approve")
    assert (second.status_code, second.json()["who"]) == (409, "lin")
    assert again.status_code in (403, 409)


def test_a_withdrawn_entry_is_not_approved_again(world: World) -> None:
    entry = listed_entry(world)
    with world.person("lin", Role.APPROVER) as lin:
        lin.post(f"/api/list/{entry}/withdraw", json={"why": "cleared"})
        again = lin.post(f"/api/list/{entry}/approve")
    assert (again.status_code, again.json()["state"]) == (409, "withdrawn")


def test_a_number_that_is_listed_cannot_be_listed_a_second_time(world: World) -> None:
    entry = listed_entry(world)
    with world.person("lin", Role.ADMIN) as lin:
        second = lin.post("/api/list", json=proposal())
    assert (second.status_code, second.json()) == (409, {"error": "already-listed", "entry": entry})


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"numbers": ["110105194912310021"]}, "number"),
        ({"numbers": []}, "malformed"),
        ({"numbers": ["1' OR '1'='1"]}, "number"),
        ({"expires_on": "2020-01-01"}, "expires-on"),
        ({"legal_basis": "because-i-say-so"}, "malformed"),
        ({"name": ""}, "malformed"),
        ({"ethnicity": "any"}, "malformed"),
    ],
)
def test_a_proposal_without_a_sound_number_a_legal_basis_or_an_end_is_refused(
    world: World, facts: dict[str, object], code: str
) -> None:
    with world.person("lin", Role.ADMIN) as lin:
        answer = lin.post("/api/list", json=proposal(**facts))
    assert (answer.status_code, answer.json()["error"]) == (400, code)
    assert STANDARD_NUMBER[:17] not in answer.text


def test_the_list_shows_numbers_masked_and_a_look_at_one_is_recorded_by_name(world: World) -> None:
    entry = listed_entry(world)
    with world.person("lin", Role.ADMIN) as lin:
        assert STANDARD_NUMBER not in lin.get("/api/list").text
        assert STANDARD_NUMBER not in lin.get("/list").text
        assert lin.post(f"/api/list/{entry}/numbers").json() == {"numbers": [STANDARD_NUMBER]}
    with world.station.store.read() as conn:
        rows = conn.execute(select(audit.audit).where(audit.audit.c.what == "entry.looked-up")).all()
    assert [(row.who, row.facts) for row in rows] == [("lin", {"entry": entry})]


def test_a_dispatcher_neither_sees_nor_changes_the_list(world: World) -> None:
    entry = listed_entry(world)
    with world.person("lin", Role.DISPATCHER) as lin:
        roads = [
            lin.get("/api/list"),
            lin.post("/api/list", json=proposal()),
            lin.post(f"/api/list/{entry}/approve"),
            lin.post(f"/api/list/{entry}/withdraw", json={"why": "x"}),
            lin.post(f"/api/list/{entry}/numbers"),
            lin.post(f"/api/list/{entry}/review"),
            lin.post(f"/api/list/{entry}/clear", json={"why": "x"}),
            lin.post(f"/api/list/{entry}/renew", json={"until": "2030-01-01"}),
            lin.get(f"/api/list/{entry}/history"),
            lin.get("/api/requests"),
            lin.post("/api/requests/x/grant", json={}),
            lin.post("/api/requests/x/decline"),
            lin.post("/api/clearances/x/lift", json={"why": "x"}),
            lin.post("/api/invitations", json={"roles": ["admin"]}),
        ]
    assert [answer.status_code for answer in roads] == [403] * len(roads)


def test_a_withdrawal_is_shown_until_somebody_else_has_reviewed_it(world: World) -> None:
    entry = listed_entry(world)
    with world.person("lin", Role.ADMIN) as lin, world.person("zhou", Role.APPROVER) as zhou:
        lin.post(f"/api/list/{entry}/withdraw", json={"why": "case closed"})
        assert "已撤控，待复核" in zhou.get("/list").text
        own = lin.post(f"/api/list/{entry}/review")
        assert (own.status_code, own.json()) == (403, {"error": "own-withdrawal"})
        assert zhou.post(f"/api/list/{entry}/review").status_code == 200
        assert "已撤控，待复核" not in zhou.get("/list").text
        events = [one["what"] for one in zhou.get(f"/api/list/{entry}/history").json()["events"]]
    assert events == ["entry.proposed", "entry.approved", "entry.withdrawn", "entry.reviewed"]


def test_a_renewal_is_asked_by_one_shown_to_all_and_granted_by_another(world: World) -> None:
    entry = listed_entry(world)
    until = (site_day(datetime.now(UTC)) + timedelta(days=300)).isoformat()
    with world.person("lin", Role.ADMIN) as lin, world.person("zhou", Role.APPROVER) as zhou, world.kiosk() as kiosk:
        request = lin.post(f"/api/list/{entry}/renew", json={"until": until}).json()["request"]
        assert request in zhou.get("/list").text
        assert [one["until"] for one in zhou.get("/api/requests").json()["requests"]] == [until]
        assert lin.post(f"/api/requests/{request}/grant", json={}).status_code == 403
        answer = zhou.post(f"/api/requests/{request}/grant", json={})
        assert answer.json() == {"request": request, "act": "renew", "seq": 2}
        assert [change.op for change in changes(world, kiosk)] == ["add", "add"]
        assert zhou.get("/api/requests").json() == {"requests": []}


def test_a_cleared_person_is_off_the_list_and_comes_back_only_by_two_people(world: World) -> None:
    entry = listed_entry(world)
    with world.person("lin", Role.ADMIN) as lin, world.person("zhou", Role.APPROVER) as zhou, world.kiosk() as kiosk:
        cleared = lin.post(f"/api/list/{entry}/clear", json={"why": "mistaken identity"}).json()
        assert cleared["entries"] == [entry]
        assert [change.op for change in changes(world, kiosk)] == ["add", "withdraw"]
        again = lin.post("/api/list", json=proposal())
        assert (again.status_code, again.json()["error"], again.json()["who"]) == (409, "cleared", "lin")
        assert STANDARD_NUMBER not in again.text
        lifting = lin.post(f"/api/clearances/{cleared['clearance']}/lift", json={"why": "new warrant"}).json()[
            "request"
        ]
        assert "new warrant" in zhou.get("/list").text
        assert zhou.post(f"/api/requests/{lifting}/grant", json={"why": ""}).json() == {"error": "why"}
        assert zhou.post(f"/api/requests/{lifting}/grant", json={"why": "seen it"}).status_code == 200
        assert lin.post("/api/list", json=proposal()).status_code == 201


def test_a_request_is_declined_by_whoever_may_grant(world: World) -> None:
    entry = listed_entry(world)
    until = (site_day(datetime.now(UTC)) + timedelta(days=300)).isoformat()
    with world.person("lin", Role.ADMIN) as lin, world.person("zhou", Role.APPROVER) as zhou:
        request = lin.post(f"/api/list/{entry}/renew", json={"until": until}).json()["request"]
        assert lin.post(f"/api/requests/{request}/decline").status_code == 403
        assert zhou.post(f"/api/requests/{request}/decline").status_code == 200
        assert zhou.post(f"/api/requests/{request}/grant", json={}).status_code == 409
