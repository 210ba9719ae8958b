"""Who comes in at the console, and what a stranger can do: nothing."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select, update
from station_world import CONSOLE, PASSWORD, World, come_in, listed_entry

from hardware.simulators.scenario.authenticator import code_of
from sync.station import audit
from sync.station import people as people_of_the_station
from sync.station.attempts import WRONG_PER_WINDOW, of_address
from sync.station.people import _HASHER, _NOBODYS_HASH
from sync.station.refusals import ConflictError
from sync.station.rights import Role
from sync.station.tables import people, sessions


def invitation(world: World, *roles: Role) -> str:
    with world.person("host", Role.ADMIN) as host:
        path: str = host.post("/api/invitations", json={"roles": list(roles)}).json()["path"]
    return path.replace("/welcome/", "/api/welcome/")


def log_in(desk: httpx.Client, world: World, login: str, password: str = PASSWORD) -> httpx.Response:
    return desk.post("/api/login", json={"login": login, "password": password, "code": world.code(login)})


def test_a_fresh_station_knows_nobody(world: World) -> None:
    with world.station.store.read() as conn:
        assert conn.execute(select(func.count()).select_from(people)).scalar_one() == 0
    with world.browser() as stranger:
        for login, password in (("admin", "admin"), ("admin", ""), ("root", "password"), ("admin", PASSWORD)):
            answer = stranger.post("/api/login", json={"login": login, "password": password, "code": "000000"})
            assert (answer.status_code, answer.json()) == (401, {"error": "login-or-password"})


@pytest.mark.parametrize("page", ["/", "/kiosks", "/list", "/people"])
def test_a_stranger_is_sent_to_the_log_in(shared_world: World, page: str) -> None:
    with shared_world.browser() as stranger:
        answer = stranger.get(page)
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")


@pytest.mark.parametrize("road", ["/api/me", "/api/alarms", "/api/events", "/api/kiosks", "/api/counts", "/api/list"])
def test_a_stranger_reads_nothing(shared_world: World, road: str) -> None:
    with shared_world.browser() as stranger:
        assert stranger.get(road).status_code == 401


def test_an_invitation_works_once(world: World) -> None:
    road = invitation(world, Role.DISPATCHER)
    with world.browser() as first, world.browser() as second:
        welcomed = come_in(first, road, "lin")
        assert welcomed.json() == {"login": "lin", "roles": ["dispatcher"]}
        assert come_in(second, road, "mallory").status_code == 404


def test_a_login_that_is_taken_does_not_use_up_the_invitation(world: World) -> None:
    road = invitation(world, Role.DISPATCHER)
    with world.browser() as guest:
        taken = come_in(guest, road, "host")
        assert (taken.status_code, taken.json()) == (409, {"error": "login-taken"})
        assert come_in(guest, road, "lin").status_code == 200


@pytest.mark.parametrize("password", ["", "short", "elevenchars", "my login is lin"])
def test_a_short_password_or_one_with_the_login_in_it_is_refused(shared_world: World, password: str) -> None:
    road = invitation(shared_world, Role.DISPATCHER)
    with shared_world.browser() as guest:
        answer = come_in(guest, road, "lin", password)
    assert (answer.status_code, answer.json()) == (400, {"error": "password", "at_least": 12})


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(world: World) -> None:
    with world.person("lin", Role.DISPATCHER), world.browser() as desk:
        cookie = log_in(desk, world, "lin").headers.get_list("set-cookie")[0]
    assert cookie.startswith("__Host-session=")
    for claim in ("Secure", "HttpOnly", "SameSite=strict", "Path=/"):
        assert claim in cookie


def test_logging_out_ends_the_session_at_the_station(world: World) -> None:
    with world.person("lin", Role.DISPATCHER) as lin, world.browser() as thief:
        stolen = lin.cookies.get("__Host-session")
        lin.post("/api/logout")
        assert thief.get("/api/me", headers={"cookie": f"__Host-session={stolen}"}).status_code == 401


def test_a_session_ends_after_a_shift(world: World) -> None:
    with world.person("lin", Role.DISPATCHER) as lin:
        assert lin.get("/api/me").status_code == 200
        with world.station.store.write() as conn:
            conn.execute(update(sessions).values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))
        assert lin.get("/api/me").status_code == 401


def test_another_sites_page_cannot_act_for_somebody_who_is_signed_in(world: World) -> None:
    with world.person("lin", Role.ADMIN) as lin:
        body = {"roles": ["admin"]}
        form = lin.post("/api/invitations", json=body, headers={"X-Station": ""})
        foreign = lin.post("/api/invitations", json=body, headers={**CONSOLE, "Origin": "https://elsewhere.example"})
        ours = lin.post("/api/invitations", json=body, headers={**CONSOLE, "Origin": world.url})
    assert [form.status_code, foreign.status_code, ours.status_code] == [403, 403, 201]


def test_many_wrong_passwords_stop_the_address_and_not_the_person(world: World) -> None:
    with world.person("lin", Role.DISPATCHER) as lin, world.browser() as guesser:
        wrong = {"login": "lin", "password": "guess after guess", "code": "000000"}
        codes = [guesser.post("/api/login", json=wrong).status_code for _ in range(WRONG_PER_WINDOW + 1)]
        stopped = guesser.post("/api/login", json=wrong)
        assert lin.get("/api/me").status_code == 200
        with world.station.attempts.counted(world.station.now(), of_address("192.0.2.7")):
            pass  # another desk is not held up
    assert codes == [401] * WRONG_PER_WINDOW + [429]
    assert 0 < int(stopped.headers["retry-after"]) <= 60


def test_who_did_what_is_in_a_chain_that_holds_until_a_row_is_changed(world: World) -> None:
    listed_entry(world)
    with world.browser() as guest:
        assert come_in(guest, invitation(world, Role.DISPATCHER), "lin").status_code == 200
    with world.station.store.read() as conn:
        assert audit.first_broken_row(conn) is None
        acts = conn.execute(select(audit.audit.c.what).order_by(audit.audit.c.n)).scalars().all()
    assert {"person.welcomed", "session.began", "entry.proposed", "entry.approved"} <= set(acts)
    with world.station.store.write() as conn:
        conn.execute(update(audit.audit).where(audit.audit.c.n == 3).values(who="somebody-else"))
    with world.station.store.read() as conn:
        assert audit.first_broken_row(conn) == 3


def test_neither_passwords_nor_tokens_are_in_the_database(world: World) -> None:
    road = invitation(world, Role.DISPATCHER)
    with world.person("lin", Role.DISPATCHER) as lin:
        secrets = [PASSWORD, road.rpartition("/")[2], lin.cookies.get("__Host-session") or ""]
    for file in Path(world.folder).glob("station.db*"):
        content = file.read_bytes()
        assert not [secret for secret in secrets if secret.encode() in content]


def test_an_unknown_login_is_answered_with_a_hash_of_the_same_cost() -> None:
    assert not _HASHER.check_needs_rehash(_NOBODYS_HASH)


def test_a_password_opens_nothing_without_its_code_and_each_code_once(world: World) -> None:
    with world.person("lin", Role.DISPATCHER), world.browser() as desk:
        refused = (401, {"error": "login-or-password"})
        proof = {"login": "lin", "password": PASSWORD, "code": world.code("lin")}
        wrong = f"{(int(proof['code']) + 1) % 10**6:06}"
        answer = desk.post("/api/login", json={**proof, "code": wrong})
        assert (answer.status_code, answer.json()) == refused
        assert desk.post("/api/login", json={"login": "lin", "password": PASSWORD}).status_code == 400
        assert desk.post("/api/login", json=proof).status_code == 200
        looked_at = desk.post("/api/login", json=proof)
        assert (looked_at.status_code, looked_at.json()) == refused


def test_the_secret_of_the_codes_is_shown_once_and_is_in_the_database_under_a_key_alone(world: World) -> None:
    road = invitation(world, Role.DISPATCHER)
    with world.browser() as guest:
        first, second = (guest.post(f"{road}/code/offer", json={"login": "lin"}).json() for _ in range(2))
        assert first["secret"] != second["secret"]
        assert "style" not in first["qr"]
        proof = {"challenge": first["challenge"], "code": code_of(first["secret"], time.time())}
        assert guest.post(road, json={"login": "lin", "password": PASSWORD, **proof}).status_code == 200
    for file in Path(world.folder).glob("station.db*"):
        assert first["secret"].encode() not in file.read_bytes()


def test_a_stranger_who_uses_up_the_guesses_does_not_keep_a_person_from_their_own_desk(world: World) -> None:
    with world.person("lin", Role.DISPATCHER) as lin, world.browser() as stranger:
        assert log_in(lin, world, "lin").status_code == 200  # at a desk that the station knows from now on
        lin.post("/api/logout")
        wrong = {"login": "lin", "password": "guess after guess", "code": "000000"}
        while stranger.post("/api/login", json=wrong).status_code != 429:
            pass
        assert log_in(stranger, world, "lin").status_code == 429  # even the right one, from a browser nobody knows
        assert log_in(lin, world, "lin").status_code == 200  # from the same address


def test_new_roles_end_every_session_at_once(world: World) -> None:
    with world.person("host", Role.ADMIN) as host, world.person("lin", Role.APPROVER) as lin:
        told = host.post("/api/people/lin/roles", json={"roles": ["dispatcher"]})
        assert {one["login"]: one["roles"] for one in told.json()["people"]}["lin"] == ["dispatcher"]
        assert lin.get("/api/me").status_code == 401
        assert log_in(lin, world, "lin").json()["roles"] == ["dispatcher"]


def test_who_has_left_comes_in_no_more_until_somebody_invites_them_anew(world: World) -> None:
    with world.person("host", Role.ADMIN) as host, world.person("lin", Role.APPROVER) as lin:
        assert host.post("/api/people/lin/part").status_code == 200
        assert lin.get("/api/me").status_code == 401
        assert log_in(lin, world, "lin").status_code == 401
        road = host.post("/api/people/lin/invitation").json()["path"].replace("/welcome", "/api/welcome")
        assert come_in(lin, road, "lin").json() == {"login": "lin", "roles": ["approver"]}


def test_an_admin_changes_neither_their_own_roles_nor_those_of_the_last_admin(world: World) -> None:
    with world.person("host", Role.ADMIN) as host, world.person("other", Role.ADMIN) as other:
        own = host.post("/api/people/host/roles", json={"roles": ["approver"]})
        assert (own.status_code, own.json()) == (403, {"error": "own-roles"})
        assert host.post("/api/people/other/part").status_code == 200
        assert other.get("/api/me").status_code == 401
    with world.station.store.write() as conn, pytest.raises(ConflictError, match="last-admin"):
        people_of_the_station.part(conn, "host", "station", datetime.now(UTC))


def test_logging_out_everywhere_ends_the_other_desks_too(world: World) -> None:
    with world.person("lin", Role.DISPATCHER) as lin, world.browser() as other_desk:
        assert log_in(other_desk, world, "lin").status_code == 200
        lin.post("/api/logout/everywhere")
        assert [lin.get("/api/me").status_code, other_desk.get("/api/me").status_code] == [401, 401]


def test_a_session_ends_when_its_browser_was_not_heard_for_an_hour(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with world.person("lin", Role.DISPATCHER) as lin:
        for minutes in (50, 100):  # heard in between
            monkeypatch.setattr(world.station, "now", lambda m=minutes: datetime.now(UTC) + timedelta(minutes=m))
            assert lin.get("/api/me").status_code == 200
        monkeypatch.setattr(world.station, "now", lambda: datetime.now(UTC) + timedelta(minutes=161))
        assert lin.get("/api/me").status_code == 401
